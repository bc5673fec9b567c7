"""A ladder of each stream, by libavcodec in a process of its own: sizes, the same key frames everywhere, and its death."""
import concurrent.futures
import os
import re
import signal
import time

from harness import case, equal, media, processes, wait, web
from harness.server import own_plugins

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


@case(seconds=240)
def a_ladder_plays_everywhere_with_the_same_key_frames_and_outlives_its_process(house):
    plugins = own_plugins(house, "transcode.d")
    manifest = os.path.join(plugins, "transcode.toml")
    with open(manifest) as file:
        text = file.read()
    with open(manifest, "w") as file:
        file.write(text.replace("enabled = false", "enabled = true"))
    with house.own_server(APPS, plugins=plugins) as server:
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

            recording = house.path("ladder.flv")
            recorder = processes.start(
                [media.FFMPEG, "-nostdin", "-v", "error", "-i", server.url("rtmp", "live/t"), "-t", "8", "-c", "copy", "-y", recording],
                log=house.path("ladder-recorder.log"))
            time.sleep(2)
            before = server.sluice_json("plugin", "show", "transcode")["generations"][0]["pid"]
            began = time.monotonic()
            os.kill(before, signal.SIGKILL)
            wait("another process", lambda: server.sluice_json("plugin", "show", "transcode")["generations"][0]["pid"] not in (0, None, before))
            wait("the ladder", lambda: all((server.stream("live/" + name) or {}).get("state") == "live" for name in ("t_120p", "t_tiny")))
            print("ladder killed: back on air after %d ms" % ((time.monotonic() - began) * 1000))
            equal(size(server.url("rtmp", "live/t_tiny")), "h264,114,64,25/1", "after the death")
            equal(recorder.wait(40), 0, "the recorder")
            done = processes.run(
                [media.FFPROBE, "-v", "error", "-select_streams", "v", "-show_entries", "packet=dts_time", "-of", "csv=p=0", recording])
            times = [float(line.split(",")[0]) for line in done.stdout.split()]
            assert len(times) > 180 and all(abs(b - a - 0.04) < 0.002 for a, b in zip(times, times[1:])), "the source's pictures"
            assert publisher.is_alive, publisher.text()
        wait("the end of all three", lambda: not server.api("streams")["streams"], 30)
        for bad, words in (
                ("rungs = []", "at least 1 are needed"), ('preset = "best"', '"best"'), ("rungs = [{ height = 120 }]", "kbps"),
                ("rungs = [{ height = 120, kbps = 1 }]", "less than 16")):
            server.configure(re.sub(r"preset.*\n|rungs.*\n", "", APPS) + bad + "\n")
            done = processes.run([server.program, "check"] + server.place)
            said = done.stdout + done.stderr
            assert done.returncode != 0 and words in said and re.search(r"sluice\.toml:\d+:\d+", said), "%s: %s" % (bad, said[-2000:])
