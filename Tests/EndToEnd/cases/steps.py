"""Streams made of streams, and streams that the server brings on air itself: they play everywhere, and go on through reloads."""
import os
import re
import shutil
import signal
import time

from harness import case, equal, media, processes, wait, web
from harness.server import ROOT

FIXTURES = os.path.join(ROOT, "Tests/Fixtures/Plugins")
LIVE = '[app.live]\nopen = true\noutputs = ["rtmp", "http-flv", "hls"]\n'
BRIEF = LIVE + "linger_s = 2\n"
STEP = '[[app.live.step]]\nuse = "thin"\n'
SOURCE = '[[app.live.source]]\nuse = "pattern"\nstream = "test"\n'


def compile_fixture(name, folder, kind=0):
    out = os.path.join(folder, "lib%s.so" % name)
    done = processes.run(
        ["clang", "-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-DKIND=%d" % kind,
         "-I", os.path.join(ROOT, "PluginAPI/CSluice/include"), os.path.join(FIXTURES, name + ".c"), "-o", out + ".new"])
    equal(done.returncode, 0, done.stderr)
    os.rename(out + ".new", out)


def fixtures(house, name, isolation="host"):
    """The shipped manifests, and those of the fixtures: `thin` makes x_copy and x_keys of x, `pattern` is a source."""
    folder = house.path(name)
    os.makedirs(folder)
    for file in os.listdir(os.path.join(ROOT, "plugins.d")):
        if file.endswith(".toml"):
            shutil.copy(os.path.join(ROOT, "plugins.d", file), folder)
    for id, interface, more in (("thin", "transform", ""), ("pattern", "source", '[permissions]\nservices = ["stream"]\n')):
        compile_fixture(id, folder)
        with open(os.path.join(folder, id + ".toml"), "w") as file:
            file.write('id = "%s"\nlibrary = "lib%s.so"\ninterfaces = ["sluice.%s/0"]\nisolation = "%s"\n%s' % (
                id, id, interface, isolation, more))
    return folder


def packets(file, kind="v"):
    """Decoding times and flags of a recording's packets."""
    done = processes.run(
        [media.FFPROBE, "-v", "error", "-select_streams", kind, "-show_entries", "packet=dts_time,flags", "-of", "csv=p=0", file])
    rows = [line.split(",") for line in done.stdout.split() if line[0].isdigit()]
    return [(float(row[0]), "K" in row[1]) for row in rows]


# One picture a second is too few for ffmpeg and ffprobe to find their rate in time, and for sound that is not there they wait five seconds.
FEW = ["-fpsprobesize", "1", "-analyzeduration", "3000000"]


def record(house, server, name, address, seconds):
    file = house.path(name + ".flv")
    return file, processes.start(
        [media.FFMPEG, "-nostdin", "-v", "error", *FEW, "-i", address, "-t", str(seconds), "-c", "copy", "-y", file], log=house.path(name + ".log"))


def variants(text):
    """Names of the streams that a multivariant playlist has variants of; its own is ""."""
    uris = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [match.group(1) if (match := re.match(r"\.\./([^/]+)/", uri)) else "" for uri in uris]


@case(seconds=240)
def what_a_step_makes_plays_everywhere_and_lists_in_the_inputs_playlist(house):
    with house.own_server(BRIEF + STEP, plugins=fixtures(house, "steps.d")) as server:
        with media.Publisher(server.url("rtmp", "live/a"), house.path("steps-publisher.log")):
            server.wait_on_air("live/a")
            for name in ("a_copy", "a_keys"):
                shown = server.wait_on_air("live/" + name)
                equal((shown["group"], shown["publisher"]["peer"]), ("a", "step thin of live/a"), name)
            for name in ("a_copy", "a_keys"):
                for address in (server.url("rtmp", "live/" + name), server.url("http", "live/%s.flv" % name)):
                    found = media.probe(address, FEW)
                    equal(found, {"video": "h264", "audio": "aac"}, address)
            index = server.url("http", "live/a/index.m3u8")
            wait("all variants", lambda: variants(web.playlist(index)) == ["", "a_copy", "a_keys"], 30)
            own = server.url("http", "live/a_copy/index.m3u8")
            equal(variants(web.playlist(own)), [""], "the rendition's own playlist")
            assert media.decode(own, 3, limit=45) > 50, "pictures of the rendition"
            # The copy is on the input's timeline: both recordings have the same pictures at the same times.
            recordings = [record(house, server, "steps-" + name, server.url("rtmp", "live/" + name), 6) for name in ("a", "a_copy", "a_keys")]
            for file, recorder in recordings:
                equal(recorder.wait(40), 0, file)
            whole, copy, keys = [packets(file) for file, _ in recordings]
            assert len(copy) > 100 and all(abs(b[0] - a[0] - 0.04) < 0.002 for a, b in zip(copy, copy[1:])), "steps of the copy"
            assert len(keys) >= 5 and all(key for _, key in keys), "key frames only: %r" % keys
            assert all(abs(b[0] - a[0] - 1) < 0.002 for a, b in zip(keys, keys[1:])), "steps of the key frames: %r" % keys
            drafts = [line for line in server.log_lines() if "draft of the ABI in use" in line]
            assert all("thin" in line or "pattern" in line for line in drafts), "only who uses one is named: %r" % drafts
            assert sum("sluice.transform/0" in line for line in drafts) == 1, "said once: %r" % drafts
            assert "step thin of live/a" in server.sluice("stream", "show", "live/a_keys")
            assert "thin by thin, running: a_copy, a_keys" in server.sluice("stream", "show", "live/a")
        wait("the end of all three", lambda: not server.api("streams")["streams"], 30)


@case(seconds=180)
def a_plugin_replaced_during_a_broadcast_takes_over_at_a_key_frame(house):
    plugins = fixtures(house, "replaced.d")
    with house.own_server(LIVE + STEP, plugins=plugins) as server:
        with media.Publisher(server.url("rtmp", "live/b"), house.path("replaced-publisher.log")) as publisher:
            server.wait_on_air("live/b_copy")
            recordings = [record(house, server, "replaced-" + name, server.url("http", "live/%s.flv" % name), 9) for name in ("b", "b_copy")]
            time.sleep(2)
            for _ in range(3):
                server.sluice("plugin", "reload", "thin")
                time.sleep(1.5)
            for file, recorder in recordings:
                equal(recorder.wait(40), 0, file)
                times = packets(file)
                assert len(times) > 200, "%s: %d pictures" % (file, len(times))
                steps = [b[0] - a[0] for a, b in zip(times, times[1:])]
                assert all(abs(step - 0.04) < 0.002 for step in steps), "%s: %r" % (file, [s for s in steps if abs(s - 0.04) >= 0.002])
            assert publisher.is_alive, publisher.text()
            equal(server.stream("live/b_copy")["reconnects"], 0, "reconnects")
            shown = server.sluice_json("plugin", "show", "thin")
            equal(shown["leases"]["transforms"], 1, "transforms of the newest generation")
            # A plugin that refuses changes nothing.
            compile_fixture("thin", plugins, kind=2)
            server.sluice("plugin", "reload", "thin", status=None)
            time.sleep(2)
            media.decode(server.url("rtmp", "live/b_copy"), 3)


@case(seconds=180)
def steps_and_sources_come_and_go_with_the_configuration(house):
    with house.own_server(BRIEF, plugins=fixtures(house, "graph.d")) as server:
        with media.Publisher(server.url("rtmp", "live/c"), house.path("graph-publisher.log")) as publisher:
            server.wait_on_air("live/c")
            player = processes.start(
                [media.FFMPEG, "-nostdin", "-v", "error", "-i", server.url("rtmp", "live/c"), "-f", "null", "-"], log=house.path("graph.log"))
            server.configure(BRIEF + STEP + SOURCE)
            server.sluice("reload")
            server.wait_on_air("live/c_keys")
            server.wait_on_air("live/test")
            server.wait_on_air("live/test_keys")
            equal(media.probe(server.url("rtmp", "live/test"), FEW), {"video": "h264"}, "the source")
            assert media.decode(server.url("http", "live/test.flv"), 2, options=FEW) >= 40, "pictures of the source"
            assert "publisher  source pattern" in server.sluice("stream", "show", "live/test")
            index = server.url("http", "live/test/index.m3u8")
            wait("the source's playlist", lambda: variants(web.playlist(index)) == ["", "test_copy", "test_keys"], 30)
            for bad, place, words in (
                    (STEP + 'from = "thin"\n', "11:8", "a cycle"), (STEP + 'form = "source"\n', "11:1", 'unknown key "form"'),
                    (STEP.replace("thin", "thn"), "10:7", 'did you mean "thin"'), (SOURCE + "settings = { last = -1 }\n", "12:21", "less than 0")):
                server.configure(BRIEF + bad)
                for command in (("reload",), ("check",)):
                    done = processes.run([server.program, *command] + server.place)
                    said = done.stdout + done.stderr
                    assert done.returncode != 0 and words in said and "sluice.toml:" + place in said, "%s: %s" % (command, said)
            assert server.stream("live/test_keys") and server.stream("live/c_keys")
            server.configure(BRIEF)
            server.sluice("reload")
            wait("the end of what was made", lambda: [s["name"] for s in server.api("streams")["streams"]] == ["c"], 30)
            assert publisher.is_alive and player.poll() is None, "an app's own stream was cut"
            equal(server.stream("live/c")["reconnects"], 0, "reconnects")
            processes.end(player)


def process(server, id):
    """The process of a plugin's newest generation."""
    return server.sluice_json("plugin", "show", id)["generations"][-1]["pid"]


@case(seconds=240)
def in_processes_of_their_own_they_die_and_come_back_and_the_input_goes_on(house):
    with house.own_server(LIVE + STEP + SOURCE, plugins=fixtures(house, "processes.d", "process")) as server:
        with media.Publisher(server.url("rtmp", "live/p"), house.path("processes-publisher.log")) as publisher:
            for name in ("p_copy", "p_keys", "test", "test_keys"):
                server.wait_on_air("live/" + name)
            equal(media.probe(server.url("rtmp", "live/test"), FEW), {"video": "h264"}, "the source")
            index = server.url("http", "live/p/index.m3u8")
            wait("all variants", lambda: variants(web.playlist(index)) == ["", "p_copy", "p_keys"], 30)
            before = server.stream("live/p")
            recordings = [record(house, server, "processes-" + name, server.url("http", "live/%s.flv" % name), 14)
                          for name in ("p", "p_copy", "test")]
            time.sleep(2)
            for id in ("thin", "pattern"):
                old = process(server, id)
                os.kill(old, signal.SIGKILL)
                wait("another process", lambda: process(server, id) not in (0, old), 20)
            time.sleep(3)
            # New code, in a new process, beside the old one.
            server.sluice("plugin", "reload", "thin")
            for (file, recorder), name in zip(recordings, ("p", "p_copy", "test")):
                equal(recorder.wait(60), 0, file)
                times = packets(file)
                steps = [b[0] - a[0] for a, b in zip(times, times[1:])]
                gaps = [step for step in steps if abs(step - 0.04) >= 0.002]
                assert all(step > 0 for step in steps), "%s: time goes back: %r" % (name, steps)
                # The input loses nothing; what was made in the process has one gap, up to a key frame.
                assert len(gaps) <= (0 if name == "p" else 1), "%s: gaps %r" % (name, gaps)
                assert len(times) > 150, "%s: %d pictures" % (name, len(times))
            assert publisher.is_alive, publisher.text()
            after = server.stream("live/p")
            equal((after["frames_dropped"], after["reconnects"]), (before["frames_dropped"], 0), "the input")
            media.decode(server.url("rtmp", "live/p_copy"), 3)
        wait("the end of what was made", lambda: [s["name"] for s in server.api("streams")["streams"] if s["name"][0] == "p"] == [], 30)
