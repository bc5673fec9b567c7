"""Real footage through a ladder: that of the tests' environment, or of the folder that SLUICE_FOOTAGE names; SLUICE_OBS names a program that
streams with OBS (ADDRESS KEY --seconds N), which is not on every machine."""
import json
import os
import subprocess
import sys

from harness import case, equal, media, processes, transcoder, wait, web

APPS = """
[app.live]
open = true
outputs = ["rtmp", "hls"]
linger_s = 2
[[app.live.step]]
use = "transcode"
preset = "ultrafast"
rungs = [{ height = 240, kbps = 400 }, { height = 144, kbps = 200 }]
"""


def shape(address):
    done = processes.run(
        [media.FFPROBE, "-v", "error", "-show_entries", "stream=codec_type,codec_name,profile,width,height,sample_aspect_ratio", "-of", "json",
         address], 60)
    return {one["codec_type"]: one for one in json.loads(done.stdout)["streams"]}


def right(server, name):
    """Both rungs are what they were asked to be, and have the source's pictures and key frames; what was found, in words."""
    source = shape(server.url("rtmp", "live/" + name))
    video = source["video"]
    aspect = [int(part) for part in video.get("sample_aspect_ratio", "1:1").split(":")]
    aspect = aspect[0] / aspect[1] if all(aspect) else 1
    shapes = {}
    for height in (240, 144):
        found = shapes[height] = shape(server.url("rtmp", "live/%s_%dp" % (name, height)))
        equal((found["video"]["codec_name"], found["video"]["height"]), ("h264", height), "%s_%dp" % (name, height))
        wanted = video["width"] * aspect * height / video["height"]
        assert abs(found["video"]["width"] - wanted) <= 2, "%s: %d pixels wide, wanted %.1f" % (name, found["video"]["width"], wanted)
        equal("audio" in found, "audio" in source, "sound of %s_%dp" % (name, height))
    streams = [name, name + "_240p", name + "_144p"]
    readers = [subprocess.Popen(
        [media.FFPROBE, "-v", "error", "-select_streams", "v", "-read_intervals", "%+6", "-show_entries", "packet=pts_time,flags", "-of",
         "csv=p=0", server.url("rtmp", "live/" + one)], stdout=subprocess.PIPE, text=True) for one in streams]
    times = []
    for reader in readers:
        rows = [line.split(",") for line in reader.communicate(timeout=60)[0].split() if line[0].isdigit()]
        times.append(sorted((round(float(row[0]) * 1000), "K" in row[1]) for row in rows))
    begin, end = max(one[0][0] for one in times), min(one[-1][0] for one in times)
    common = [[row for row in one if begin <= row[0] <= end] for one in times]
    assert end - begin > 2000 and len(common[0]) > 20, "%s: %d ms in common" % (name, end - begin)
    pictures, keys = [[time for time, _ in one] for one in common], [[time for time, key in one if key] for one in common]
    for place, one in ((1, "240p"), (2, "144p")):
        lost = sorted(set(pictures[0]) ^ set(pictures[place]))
        assert not lost, "%s_%s: %d pictures are not the source's: %s" % (name, one, len(lost), lost[:9])
    # Where the source has none for four seconds the ladder puts one in.
    equal(keys[2], keys[1], "key frames of the rungs of " + name)
    assert set(keys[0]) <= set(keys[1]), "%s: key frames %r, of its rungs %r" % (name, keys[0], keys[1])
    return "%s: %dx%d %s, rungs %s, %d pictures the same in all three, %d key frames (%d of the source)" % (
        name, video["width"], video["height"], video["profile"],
        " ".join("%dx%d" % (one["video"]["width"], one["video"]["height"]) for one in shapes.values()), len(common[0]), len(keys[1]),
        len(keys[0]))


@case(seconds=600)
def real_footage_comes_out_of_the_ladder_as_configured(house):
    folder, obs = os.environ.get("SLUICE_FOOTAGE", os.path.join(sys.prefix, "footage")), os.environ.get("SLUICE_OBS")
    if not os.path.isdir(folder):
        print("no footage in " + folder)
        folder = None
    failed = []

    def look(server, name):
        try:
            print(right(server, name), flush=True)
        except AssertionError as error:
            failed.append(str(error))
    with house.own_server(APPS, plugins=transcoder.enabled(house, "footage.d")) as server:
        for file in sorted(os.listdir(folder)) if folder else []:
            name = "".join(letter for letter in file.split(".")[0] if letter.isalnum())
            sender = processes.start(
                [media.FFMPEG, "-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i", os.path.join(folder, file), "-c", "copy", "-f",
                 "flv", server.url("rtmp", "live/" + name)], log=house.path("footage-%s.log" % name))
            try:
                server.wait_on_air("live/%s_144p" % name)
                look(server, name)
                index = server.url("http", "live/%s/index.m3u8" % name)
                wait("all variants", lambda: web.playlist(index).count("RESOLUTION=") == 3, 60)
            finally:
                processes.end(sender)
            wait("the end of " + name, lambda: not server.api("streams")["streams"], 60)
        if obs:
            sender = processes.start(
                ["python3", obs, server.url("rtmp", "live"), "obs", "--seconds", "40"], log=house.path("obs.log"))
            try:
                server.wait_on_air("live/obs_144p", 60)
                look(server, "obs")
            finally:
                processes.end(sender)
    assert not failed, "\n".join(failed)
