"""A ladder of each stream, by libavcodec in a process of its own: sizes, the same key frames everywhere, and its death."""
import concurrent.futures
import os
import re
import signal
import subprocess
import time

from harness import case, equal, media, processes, transcoder, wait, web
from harness.beats import Measure

APPS = """
[app.live]
open = true
outputs = ["rtmp", "http-flv", "hls"]
linger_s = 5
[[app.live.step]]
use = "transcode"
as = "ladder"
preset = "ultrafast"
rungs = [{ height = 120, kbps = 200 }, { label = "tiny", height = 64, kbps = 100 }, { height = 720, kbps = 3000 }]
"""


def pictures(address, seconds):
    """Presentation times in ms of a stream's pictures, and of those that are key frames."""
    done = processes.run(
        [media.FFPROBE, "-v", "error", "-select_streams", "v", "-read_intervals", "%%+%d" % seconds, "-show_entries", "packet=pts_time,flags",
         "-of", "csv=p=0", address], 40)
    rows = [line.split(",") for line in done.stdout.split() if line[0].isdigit()]
    times = [(round(float(row[0]) * 1000), "K" in row[1]) for row in rows]
    return sorted(time for time, _ in times), sorted(time for time, key in times if key)


def size(address):
    done = processes.run(
        [media.FFPROBE, "-v", "error", "-select_streams", "v", "-show_entries", "stream=codec_name,width,height,r_frame_rate",
         "-of", "csv=p=0", address], 30)
    return done.stdout.strip().split("\n")[0]

FINE = """
[app.live]
open = true
outputs = ["rtmp", "hls"]
[[app.live.step]]
use = "transcode"
preset = "superfast"
rungs = [{ height = 120, kbps = 600 }, { height = 90, kbps = 150, codec = "hevc", fps = 15 }, { height = 64, kbps = 100, encoders = ["libsvtav1"] }]
"""


def ladder_process(server):
    """The process of the one ladder that there is; 0 while there is none."""
    processes = server.sluice_json("plugin", "show", "transcode")["generations"][0].get("processes") or [{}]
    return processes[0].get("pid", 0)


def corner(address):
    """The brightness of a point near the upper left corner of a stream's first picture, and of one near the lower right."""
    done = subprocess.run(
        [media.FFMPEG, "-nostdin", "-v", "error", "-i", address, "-frames:v", "1", "-vf", "scale=214:120,format=gray", "-f", "rawvideo", "-"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
    picture = done.stdout
    return (picture[14 * 214 + 14], picture[105 * 214 + 200]) if len(picture) == 214 * 120 else (0, 0)


@case(seconds=90)
def renditions_in_hevc_and_av1_are_as_configured_and_an_overlay_is_changed_while_they_run(house):
    with house.own_server(FINE, plugins=transcoder.enabled(house, "fine.d")) as server:
        folder = os.path.join(server.data, "plugins", "transcode")
        os.makedirs(folder, exist_ok=True)
        processes.run([media.FFMPEG, "-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=white:s=32x32", "-frames:v", "1", "-y",
                       os.path.join(folder, "logo.png")])
        said = server.sluice("transcode", "encoders")
        for name in ("libx264  h264  yes", "libx265  hevc  yes", "libsvtav1  av1  yes", "h264_nvenc  h264  "):
            assert name in said, said
        with media.Publisher(server.url("rtmp", "live/t"), house.path("fine-publisher.log")) as publisher:
            server.wait_on_air("live/t_64p")
            index = server.url("http", "live/t/index.m3u8")
            playlist = wait("all variants", lambda: (text := web.playlist(index)) and text.count("RESOLUTION=") == 4 and text, 40)
            for wanted in ('avc1.64000D', 'hvc1.1.6.L60', 'av01.0.00M.08', "RESOLUTION=160x90,FRAME-RATE=15.000", "RESOLUTION=114x64"):
                assert wanted in playlist, playlist
            address = server.url("rtmp", "live/t_120p")
            status, text = server.admin("/api/v1/streams/live/t/attributes", "PATCH", body={
                "overlay.png": "logo.png", "overlay.position": "top-left", "overlay.size": "0.2"})
            equal(status, 200, text)
            wait("the overlay", lambda: corner(address)[0] > 220)
            for name, wanted in (("t_90p", "hevc,160,90,"), ("t_64p", "av1,114,64,")):
                found = size(server.url("http", "live/%s/index.m3u8" % name))
                assert found.startswith(wanted), "%s: %s" % (name, found)
            server.admin("/api/v1/streams/live/t/attributes", "PATCH", body={"overlay.png": "none.png", "overlay.text": "on: air's"})
            wait("no overlay", lambda: corner(address)[0] < 200)
            wait("the reason", lambda: any("none.png" in line for line in server.log_lines()))
            rungs = {rung["label"]: rung for rung in server.stream("live/t")["steps"][0]["report"]["rungs"]}
            assert rungs["120p"]["frames"] > 0 and rungs["64p"]["encoder"] == "libsvtav1", rungs
            wait("metrics", lambda: 'sluice_transcode_rung_frames_total{app="live",rung="90p"}' in server.admin("/metrics")[1])
            assert publisher.is_alive, publisher.text()


def its_death_leaves_no_hole(house, server):
    """A source with a key frame each four seconds: nobody waits for the next one."""
    with media.Publisher(server.url("rtmp", "live/d"), house.path("death-publisher.log"), options=["-g", "100"]) as publisher:
        server.wait_on_air("live/d_tiny")
        recordings = {name: house.path("ladder-%s.flv" % name) for name in ("d", "d_tiny")}
        recorders = [processes.start(
            [media.FFMPEG, "-nostdin", "-v", "error", "-i", server.url("rtmp", "live/" + name), "-t", "8", "-c", "copy", "-y", recording],
            log=house.path("ladder-recorder.log")) for name, recording in recordings.items()]
        wait("players", lambda: all(server.stream("live/" + name)["players"] for name in recordings))
        time.sleep(2)
        before = ladder_process(server)
        began = time.monotonic()
        os.kill(before, signal.SIGKILL)
        wait("another process", lambda: ladder_process(server) not in (0, before))
        wait("the ladder", lambda: (server.stream("live/d_tiny") or {}).get("state") == "live")
        print("ladder killed: back on air after %d ms" % ((time.monotonic() - began) * 1000))
        equal(size(server.url("rtmp", "live/d_tiny")), "h264,114,64,25/1", "after the death")
        equal([recorder.wait(40) for recorder in recorders], [0, 0], "the recorders")
        steps = {}
        for name, recording in recordings.items():
            done = processes.run(
                [media.FFPROBE, "-v", "error", "-select_streams", "v", "-show_entries", "packet=dts_time", "-of", "csv=p=0", recording])
            times = [float(line.split(",")[0]) for line in done.stdout.split()]
            assert len(times) > 150, "%s: %d pictures" % (name, len(times))
            steps[name] = [b - a for a, b in zip(times, times[1:])]
        assert all(abs(step - 0.04) < 0.002 for step in steps["d"]), "the source's pictures"
        # What was inside the process that died is encoded once more, unless a key frame came while there was none.
        assert 0 < min(steps["d_tiny"]) and max(steps["d_tiny"]) < 1, "a hole of %.2f s in the ladder" % max(steps["d_tiny"])
        assert publisher.is_alive, publisher.text()


@case(seconds=240)
def a_ladder_plays_everywhere_with_the_same_key_frames_and_outlives_its_process(house):
    with house.own_server(APPS, plugins=transcoder.enabled(house, "transcode.d")) as server:
        with media.Publisher(server.url("rtmp", "live/t"), house.path("ladder-publisher.log")) as publisher:
            for name in ("t_120p", "t_tiny"):
                equal(server.wait_on_air("live/" + name)["group"], "t", "the group of " + name)
            assert not server.stream("live/t_720p"), "a rung that is larger than the source"
            for name, wanted in (("t_120p", "h264,214,120,25/1"), ("t_tiny", "h264,114,64,25/1")):
                for address in (server.url("rtmp", "live/" + name), server.url("http", "live/%s.flv" % name)):
                    equal(size(address), wanted, address)
            index = server.url("http", "live/t/index.m3u8")
            playlist = wait("all variants", lambda: (text := web.playlist(index)) and text.count("RESOLUTION=") == 3 and text, 40)
            for wanted in ("RESOLUTION=320x180,FRAME-RATE=25.000", "RESOLUTION=214x120,FRAME-RATE=25.000", "RESOLUTION=114x64,FRAME-RATE=25.000"):
                assert wanted in playlist, playlist
            with concurrent.futures.ThreadPoolExecutor() as pool:
                addresses = [server.url("rtmp", "live/" + name) for name in ("t", "t_120p", "t_tiny")]
                found = list(pool.map(lambda address: pictures(address, 6), addresses))
            begin, end = max(times[0] for times, _ in found), min(times[-1] for times, _ in found)
            assert end - begin > 3000, "they have %d ms in common" % (end - begin)
            common = [([t for t in times if begin <= t <= end], [t for t in keys if begin <= t <= end]) for times, keys in found]
            assert len(common[0][1]) >= 3, "key frames: %r" % common[0][1]
            equal(common[1], common[0], "pictures and key frames of 120p")
            equal(common[2], common[0], "pictures and key frames of tiny")

            assert publisher.is_alive, publisher.text()
        wait("the end of all three", lambda: not server.api("streams")["streams"], 30)
        its_death_leaves_no_hole(house, server)
        wait("the end of those", lambda: not server.api("streams")["streams"], 30)
        for bad, words in (
                ('preset = "best"', '"best"'), ("rungs = [{ height = 120 }]", "kbps"),
                ("rungs = [{ height = 120, kbps = 1 }]", "less than 16")):
            server.configure(re.sub(r"preset.*\n|rungs.*\n", "", APPS) + bad + "\n")
            done = processes.run([server.program, "check"] + server.place)
            said = done.stdout + done.stderr
            assert done.returncode != 0 and words in said and re.search(r"sluice\.toml:\d+:\d+", said), "%s: %s" % (bad, said[-2000:])


BRIDGE = """
[app.live]
open = true
outputs = ["rtmp", "http-flv", "hls"]
[[app.live.step]]
use = "transcode"
as = "ladder"
preset = "ultrafast"
rungs = [{ height = 90, kbps = 100 }]

[app.radio]
open = true
outputs = ["rtmp"]
[[app.radio.step]]
use = "transcode"
as = "ladder"
slate = { width = 160, height = 90 }
"""


@case(seconds=90)
def opus_is_heard_in_aac_where_it_was_and_sound_alone_has_a_slate(house):
    with house.own_server(BRIDGE, plugins=transcoder.enabled(house, "bridge.d")) as server:
        options = ["-rtmp_enhanced_codecs", "hvc1,av01,vp09,Opus"]
        radio = processes.start(
            [media.FFMPEG, "-nostdin", "-v", "error"] + media.source()[5:10] + media.AUDIO["aac"] + ["-f", "flv", server.url("rtmp", "radio/r")],
            log=house.path("radio-publisher.log"))
        with media.Publisher(
                server.url("rtmp", "live/o"), house.path("bridge-publisher.log"), program=media.newer_ffmpeg(), audio="opus", options=options):
            for name in ("o_90p", "o_bridged"):
                server.wait_on_air("live/" + name)
            with concurrent.futures.ThreadPoolExecutor() as pool:
                found = list(pool.map(lambda name: Measure(server.url("rtmp", "live/" + name), 4), ("o_90p", "o_bridged")))
            for name, heard in zip(("o_90p", "o_bridged"), found):
                equal(media.codecs(server.stream("live/" + name)), ["avc1", "mp4a"], "tracks of " + name)
                print("AAC of Opus, %s: beep %.1f ms after flash" % (name, heard.offset_ms))
                heard.expect_sound(name, 20, 40)
            equal(media.codecs(server.stream("live/o")), ["Opus", "avc1"], "tracks of the source")
            equal(media.codecs(server.wait_on_air("radio/r_slate")), ["avc1", "mp4a"], "tracks of the slate")
            done = processes.run(
                [media.FFPROBE, "-v", "error", "-analyzeduration", "500000", "-select_streams", "v", "-show_entries", "stream=codec_name,width,height",
                 "-of", "csv=p=0", server.url("rtmp", "radio/r_slate")], 30)
            equal(done.stdout.strip(), "h264,160,90", "the slate")
            picture = wait("a thumbnail", lambda: (got := web.get(server.url("http", "live/o/thumbnail.jpg"))) and got[0] == 200 and got[-1])
            assert picture[:2] == b"\xff\xd8", "no JPEG: %r" % picture[:20]
        processes.end(radio)
