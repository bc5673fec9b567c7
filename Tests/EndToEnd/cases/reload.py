"""Plugins are replaced while people publish and watch: connections stay, no picture is lost or comes twice."""
import os
import time

from harness import case, equal, media, processes, wait, web
from harness.crowd import Crowd, FLVPlayer, RTMPPlayer, Source
from harness.server import ROOT, own_plugins
from harness.web import Edge

APPS = '[app.live]\nopen = true\noutputs = ["rtmp", "http-flv", "hls"]\n'


def generation(server, id):
    return server.sluice_json("plugin", "show", id)["generation"]


def steps(file, kind):
    """Distances of a recording's decoding times, seconds."""
    done = processes.run([media.FFPROBE, "-v", "error", "-select_streams", kind, "-show_entries", "packet=dts_time", "-of", "csv=p=0", file])
    times = [float(line.strip(",")) for line in done.stdout.split() if line.strip(",") not in ("", "N/A")]
    return [after - before for before, after in zip(times, times[1:])]


class Programs:
    """ffmpeg publishes, ffmpeg records over RTMP and HTTP-FLV, mpv plays both, meanwhile."""

    def __init__(self, house, server, name, seconds):
        self.publisher = media.Publisher(server.url("rtmp", "live/" + name), house.path(name + "-publisher.log"))
        server.wait_on_air("live/" + name)
        self.running, self.files = [], []
        addresses = {"rtmp": server.url("rtmp", "live/" + name), "flv": server.url("http", "live/%s.flv" % name)}
        # The slower program to start goes first and stays longest.
        for kind, url in addresses.items():
            self.start(house.path("%s-%s-mpv.log" % (name, kind)), [
                "mpv", "--no-config", "--msg-level=all=warn", "--vo=null", "--ao=null", "--length=%d" % (seconds + 8), url])
        wait("mpv to play", lambda: server.stream("live/" + name)["players"] == 2, 30)
        for kind, url in addresses.items():
            self.files.append(house.path("%s-%s.flv" % (name, kind)))
            self.start(house.path("%s-%s-ffmpeg.log" % (name, kind)), [
                media.FFMPEG, "-nostdin", "-v", "error", "-i", url, "-t", str(seconds), "-c", "copy", "-y", self.files[-1]])
        wait("four players", lambda: server.stream("live/" + name)["players"] == 4, 8)

    def start(self, log, program):
        self.running.append((program[0], processes.start(program, log=log)))

    def check(self, pictures_at_least):
        for program, process in self.running:
            equal(process.wait(40), 0, program)
        for file in self.files:
            pictures, sound = steps(file, "v"), steps(file, "a")
            assert len(pictures) > pictures_at_least, "%s: %d pictures" % (file, len(pictures))
            assert all(abs(step - 0.04) < 0.002 for step in pictures), "%s: %r" % (file, [s for s in pictures if abs(s - 0.04) >= 0.002])
            assert all(step < 0.025 for step in sound), "%s: sound %r" % (file, [s for s in sound if s >= 0.025])
        assert self.publisher.is_alive, self.publisher.text()
        self.publisher.end()


@case(seconds=120)
def every_picture_reaches_every_player(house):
    with house.own_server(APPS) as server:
        programs = Programs(house, server, "real", 10)
        sources = [Source(server, "s%d" % number, number) for number in range(3)]
        for number in range(3):
            server.wait_on_air("live/s%d" % number)
        over_flv = [FLVPlayer(server, "s%d" % (index % 3), index % 3) for index in range(12)]
        over_rtmp = [RTMPPlayer(server, "s%d" % (index % 3), index % 3) for index in range(12)]
        crowd = Crowd(over_flv)
        time.sleep(1)
        before = generation(server, "rtmp")
        for _ in range(6):
            for id in ("rtmp", "http-flv"):
                server.sluice("plugin", "reload", id)
            time.sleep(0.3)
        equal(generation(server, "rtmp") >= before + 12, True, "generations")
        time.sleep(1)
        for player in over_flv + over_rtmp:
            equal(player.check.errors[:3], [], "errors")
            equal((player.ended, player.check.jumps), (False, 0), "ended, jumps")
            assert player.check.pictures > 150, "%d pictures only" % player.check.pictures
        for source in sources:
            equal(source.trouble, None, "publisher")
        shown = server.sluice_json("plugin", "show", "rtmp")
        # 3 publishers and 12 players of marked pictures, ffmpeg's publisher, and what has not ended of its two players.
        assert 16 <= shown["leases"]["sessions"] <= 18, "%d sessions of the newest generation" % shown["leases"]["sessions"]
        for old in shown["generations"][:-1]:
            equal(old["leases"]["sessions"], 0, "sessions of generation %d" % old["generation"])
        programs.check(pictures_at_least=150)
        crowd.stop()
        for source in sources:
            source.stop()


@case(seconds=120)
def ffmpeg_publishes_and_records_through_reloads(house):
    with house.own_server(APPS) as server:
        with media.Publisher(server.url("rtmp", "live/a"), house.path("reload-publisher.log")) as publisher:
            server.wait_on_air("live/a")
            index = server.url("http", "live/a/index.m3u8")
            wait("the playlist", lambda: web.get(index)[0] == 200, 20)
            video = web.renditions(index)["video"]
            first = Edge(web.playlist(video))
            recorders, files = [], []
            for name, address in (("rtmp", server.url("rtmp", "live/a")), ("flv", server.url("http", "live/a.flv"))):
                files.append(house.path("reload-%s.flv" % name))
                recorders.append(processes.start(
                    [media.FFMPEG, "-nostdin", "-v", "error", "-i", address, "-t", "9", "-c", "copy", "-y", files[-1]],
                    log=house.path("reload-%s.log" % name)))
            time.sleep(2)
            for _ in range(5):
                for id in ("rtmp", "http-flv", "hls"):
                    server.sluice("plugin", "reload", id)
                time.sleep(0.7)
            for recorder, file in zip(recorders, files):
                equal(recorder.wait(30), 0, "recorder of " + file)
                pictures = steps(file, "v")
                assert len(pictures) > 150, "%s: %d pictures" % (file, len(pictures))
                assert all(abs(step - 0.04) < 0.002 for step in pictures), "%s: %r" % (file, [s for s in pictures if abs(s - 0.04) >= 0.002])
                sound = steps(file, "a")
                assert all(step < 0.025 for step in sound), "%s: sound %r" % (file, [s for s in sound if s >= 0.025])
            assert publisher.is_alive, publisher.text()
            last = web.playlist(video)
            equal("#EXT-X-DISCONTINUITY\n" in last, False, "a discontinuity in\n" + last)
            assert Edge(last).sequence > first.sequence, "the playlist stands still\n" + last
            media.decode(video, 3, limit=45)


def without_handover(house, name, id, library):
    """A folder of manifests in which one plugin is as it would be without sluice.handover/1."""
    folder = own_plugins(house, name)
    manifest = os.path.join(folder, id + ".toml")
    with open(manifest) as file:
        text = file.read()
    assert ', "sluice.handover/1"' in text, text
    with open(manifest, "w") as file:
        file.write(text.replace(', "sluice.handover/1"', "").replace(library, "without_handover.so"))
    done = processes.run([
        "clang", "-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden",
        "-I", os.path.join(ROOT, "PluginAPI/CSluice/include"), '-DREAL="%s"' % os.path.join(os.path.abspath(house.binaries), library),
        os.path.join(ROOT, "Tests/EndToEnd/plugins/without_handover.c"), "-o", os.path.join(folder, "without_handover.so")])
    equal(done.returncode, 0, done.stderr)
    return folder


@case(seconds=120)
def an_output_that_cannot_be_handed_over_is_replaced_at_a_key_frame(house):
    plugins = without_handover(house, "plain.d", "http-flv", "libSluiceHTTPFLV.so")
    with house.own_server(APPS, plugins=plugins) as server:
        source = Source(server, "s", 0)
        publisher = media.Publisher(server.url("rtmp", "live/a"), house.path("plain-publisher.log"))
        for name in ("s", "a"):
            server.wait_on_air("live/" + name)
        players = [FLVPlayer(server, "s", 0) for _ in range(8)]
        crowd = Crowd(players)
        file = house.path("plain.flv")
        recorder = processes.start(
            [media.FFMPEG, "-nostdin", "-v", "error", "-i", server.url("http", "live/a.flv"), "-t", "9", "-c", "copy", "-y", file],
            log=house.path("plain-recorder.log"))
        wait("all players to have begun", lambda: all(player.check.pictures > 10 for player in players), 20)
        wait("the recorder to play", lambda: server.stream("live/a")["players"] == 1, 20)
        before = generation(server, "http-flv")
        for number in range(4):
            server.sluice("plugin", "reload", "http-flv")
            # The recording's key frames are a second apart, the marked stream's half a second.
            wait("both outputs to be the new generation's", lambda: server.sluice_json(
                "plugin", "show", "http-flv")["generations"][-1]["leases"]["sinks"] == 2, 10)
        assert generation(server, "http-flv") >= before + 4
        late = FLVPlayer(server, "s", 0)
        late_crowd = Crowd([late])
        wait("a newcomer to play", lambda: late.check.pictures > 50, 20)
        for player in players + [late]:
            equal((player.check.errors[:3], player.check.jumps, player.ended), ([], 0, False), "errors, jumps, ended")
        assert min(player.check.pictures for player in players) > 100
        for old in server.sluice_json("plugin", "show", "http-flv")["generations"][:-1]:
            equal(old["leases"]["sinks"], 0, "outputs of generation %d" % old["generation"])
        equal(recorder.wait(30), 0, "recorder")
        pictures, sound = steps(file, "v"), steps(file, "a")
        assert len(pictures) > 150, "%d pictures" % len(pictures)
        assert all(abs(step - 0.04) < 0.002 for step in pictures), [step for step in pictures if abs(step - 0.04) >= 0.002]
        assert all(step < 0.025 for step in sound), [step for step in sound if step >= 0.025]
        crowd.stop()
        late_crowd.stop()
        source.stop()
        publisher.end()


@case(seconds=90)
def a_library_that_fails_leaves_the_old_one_serving(house):
    plugins = own_plugins(house, "failing.d")
    server = house.own_server(APPS, plugins=plugins)
    with server:
        with media.Publisher(server.url("rtmp", "live/b"), house.path("failing.log")) as publisher:
            server.wait_on_air("live/b")
            before = generation(server, "rtmp")
            # What stands beside the manifest goes before what stands beside the executable.
            library = os.path.join(plugins, "libSluiceRTMP.so")
            whole = os.path.join(server.binaries, "libSluiceRTMP.so")
            for content, word in (
                    (b"no library at all, but long enough to be looked at as one: sixty-four bytes and more", "ELF"),
                    (open(whole, "rb").read()[:200000], "cut short"),
                    (open(os.path.join(server.binaries, "libSluiceHLS.so"), "rb").read(), "the library says 'hls'")):
                with open(library, "wb") as file:
                    file.write(content)
                done = processes.run([server.program, "plugin", "reload", "rtmp"] + server.place)
                assert done.returncode != 0 and word in done.stderr, "%s: %s %s" % (word, done.returncode, done.stderr)
                equal(generation(server, "rtmp"), before, "generation")
            os.unlink(library)
            assert publisher.is_alive, publisher.text()
            media.decode(server.url("rtmp", "live/b"), 2)


@case(seconds=60)
def disable_and_enable(house):
    with house.own_server(APPS) as server:
        with media.Publisher(server.url("rtmp", "live/c"), house.path("disable.log")):
            server.wait_on_air("live/c")
            server.sluice("plugin", "disable", "http-flv")
            # The address is then that of the page of a stream called "c.flv".
            equal(web.get(server.url("http", "live/c.flv"), limit=16)[2][:3] == b"FLV", False, "a disabled output sends FLV")
            done = processes.run([server.program, "plugin", "reload", "http-flv"] + server.place)
            assert done.returncode != 0 and "disabled" in done.stderr, done.stderr
            server.sluice("plugin", "enable", "http-flv")
            media.decode(server.url("http", "live/c.flv"), 2)
            server.sluice("plugin", "restart", "rtmp")
            wait("the publisher to be told", lambda: not (server.stream("live/c") or {}).get("publisher"), 10)


@case(seconds=60)
def a_manifest_is_the_word(house):
    plugins = own_plugins(house, "watched.d")
    manifest = os.path.join(plugins, "http-flv.toml")
    with open(manifest) as file:
        text = file.read()
    os.unlink(manifest)
    with house.own_server(APPS, plugins=plugins) as server:
        def state():
            return {plugin["id"]: plugin["state"] for plugin in server.sluice_json("plugin", "list")["plugins"]}.get("http-flv")
        equal(state(), None, "before it is there")
        with open(manifest + ".new", "w") as file:
            file.write(text)
        os.rename(manifest + ".new", manifest)
        wait("the plugin to be loaded", lambda: state() == "ACTIVE", 10)
        with open(manifest, "a") as file:
            file.write("\nhalf = \"a word")
        wait("the refusal", lambda: "manifest is refused" in server.sluice_json("plugin", "show", "http-flv")["reason"], 10)
        equal(state(), "ACTIVE", "state with a broken manifest")
        os.unlink(manifest)
        wait("the plugin to be gone", lambda: state() is None, 15)
