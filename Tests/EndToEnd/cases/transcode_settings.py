"""What a step of the transcoder is told, on a server: sound alone, silence, slates, an entry's profile, Apple's ladder."""
import concurrent.futures
import json
import os
import re
import subprocess

from harness import case, equal, media, processes, transcoder, wait

APPS = "".join("""
[app.%s]
open = true
outputs = ["rtmp"]
[[app.%s.step]]
use = "transcode"
preset = "ultrafast"
%s
""" % (app, app, settings) for app, settings in (
    ("loud", "rungs = []\naudio = { loudness = -16, kbps = 96 }"),
    ("mute", "rungs = [{ height = 90, kbps = 150 }]\naudio = { silence = true, channels = 1 }"),
    ("entry", 'rungs = [{ height = 64, kbps = 100 }]\nprofile = "from-entry"'),
    ("apple", 'ladder = "apple-h264"')))

SLATES = "".join("""
[app.%s]
open = true
outputs = ["rtmp"]
[[app.%s.step]]
use = "transcode"
slate = { width = 160, height = 90, png = "%s.png" }
""" % (name, name, name) for name in ("white", "missing", "broken"))

PROFILE = {"renditions": [
    {"name": "source", "stream": "e_901", "video": "pass", "audio": "pass"},
    {"name": "sd", "stream": "e_903", "audio": "pass", "video": {
        "codec": "avc1", "profile": "main", "bitrate": 200000, "fit": "height", "height": 96, "keys": 50, "skip": 1}},
    {"name": "box", "stream": "e_904", "audio": "pass", "video": {
        "codec": "avc1", "bitrate": 150000, "fit": "letterbox", "width": 128, "height": 128}}]}


def sends(house, url, pictures=None, sound=None, more=()):
    """An ffmpeg that publishes pictures and sound of lavfi's."""
    words = []
    for source in (pictures, sound):
        words += ["-re", "-f", "lavfi", "-i", source] if source else []
    words += ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", *more] if pictures else []
    words += media.AUDIO["aac"] if sound else []
    return processes.start(
        [media.FFMPEG, "-nostdin", "-v", "error", *words, "-f", "flv", url], log=house.path("settings-%s.log" % url.split("/")[-2]))


def shape(url):
    """Of each kind what ffprobe says: codec, profile, width, height, pictures a second or sample rate, channels."""
    done = processes.run(
        [media.FFPROBE, "-v", "error", "-analyzeduration", "1500000", "-show_entries",
         "stream=codec_type,codec_name,profile,width,height,avg_frame_rate,sample_rate,channels", "-of", "json", url], 30)
    found = {}
    for one in (one for one in json.loads(done.stdout).get("streams", []) if one["codec_type"] in ("video", "audio")):
        words = ["codec_name", "profile", "width", "height"] if one["codec_type"] == "video" else ["codec_name", "sample_rate", "channels"]
        found[one["codec_type"]] = tuple(one[word] for word in words)
    return found


def packets(url, seconds):
    """Times in s of a stream's pictures, and of its key frames."""
    done = processes.run(
        [media.FFPROBE, "-v", "error", "-select_streams", "v", "-read_intervals", "%%+%d" % seconds, "-show_entries", "packet=pts_time,flags",
         "-of", "csv=p=0", url], 30)
    rows = sorted((float(row[0]), "K" in row[1]) for row in (line.split(",") for line in done.stdout.split()) if row[0][:1].isdigit())
    return [time for time, _ in rows], [time for time, key in rows if key]


def level(url):
    """Mean level of two seconds, dB below full scale."""
    done = processes.run([media.FFMPEG, "-nostdin", "-i", url, "-t", "2", "-vn", "-af", "volumedetect", "-f", "null", "-"], 20)
    return float(re.search(r"mean_volume: (-?[\d.]+) dB", done.stderr).group(1))


def tone(decibels):
    amplitude = 10 ** (decibels / 20)
    return "aevalsrc=%f*sin(2*PI*1000*t)|%f*sin(2*PI*1000*t):s=48000" % (amplitude, amplitude)


@case(seconds=120)
def each_rendition_is_as_it_is_configured(house):
    with house.own_server(APPS, plugins=transcoder.enabled(house, "settings.d")) as server:
        def url(key):
            return server.url("rtmp", key)
        running = [
            sends(house, url("loud/l"), "testsrc2=s=320x180:r=25", tone(-30), ["-g", "25"]),
            sends(house, url("mute/m"), "testsrc2=s=320x180:r=25", more=["-g", "25"]),
            sends(house, url("entry/e"), "testsrc2=s=320x180:r=25", tone(-20), ["-g", "25"]),
            sends(house, url("apple/a"), "testsrc2=s=640x360:r=50", more=["-g", "500"])]
        try:
            for key in ("loud/l_bridged", "mute/m_90p", "entry/e_64p", "apple/a_360p", "apple/a_234p"):
                server.wait_on_air(key)
            status, text = server.admin("/api/v1/streams/entry/e/attributes", "PATCH", body={"ladder.profile": json.dumps(PROFILE)})
            equal(status, 200, text)
            for key in ("entry/e_903", "entry/e_904"):
                server.wait_on_air(key)
            wanted = {
                "loud/l_bridged": {"video": ("h264", "Constrained Baseline", 320, 180), "audio": ("aac", "48000", 2)},
                "mute/m_90p": {"video": ("h264", "Constrained Baseline", 160, 90), "audio": ("aac", "48000", 1)},
                "apple/a_360p": {"video": ("h264", "Constrained Baseline", 640, 360)},
                "apple/a_234p": {"video": ("h264", "Constrained Baseline", 416, 234)},
                "entry/e_903": {"video": ("h264", "Constrained Baseline", 172, 96), "audio": ("aac", "48000", 2)},
                "entry/e_904": {"video": ("h264", "Constrained Baseline", 128, 128), "audio": ("aac", "48000", 2)},
            }
            with concurrent.futures.ThreadPoolExecutor() as pool:
                shapes = {key: pool.submit(shape, url(key)) for key in wanted}
                times = {key: pool.submit(packets, url(key), 5) for key in ("apple/a_234p", "entry/e_903")}
                quiet = pool.submit(level, url("loud/l"))
                equal({key: one.result() for key, one in shapes.items()}, wanted, "what they are")
                for key, most, apart in (("apple/a_234p", 30, 2), ("entry/e_903", 13, 1)):
                    pictures, keys = times[key].result()
                    rate = (len(pictures) - 1) / (pictures[-1] - pictures[0])
                    assert most * 0.9 < rate < most * 1.02, "%s: %.1f pictures a second" % (key, rate)
                    steps = {round(b - a, 2) for a, b in zip(keys, keys[1:])}
                    equal(steps, {apart}, "%s: seconds between key frames" % key)
                # A tone of 1 kHz in both channels: as many LUFS as its peaks have dBFS, 3 dB above its mean.
                assert abs(quiet.result() + 33) < 1.5, "the source: %.1f dB" % quiet.result()
                wait("-16 LUFS", lambda: abs(level(url("loud/l_bridged")) + 19) < 1, 20)
            found = {one["name"] for one in server.api("streams")["streams"] if one["app"] == "entry"}
            assert "e_64p" not in found or server.stream("entry/e_64p")["state"] != "live", "the step's own rung is left out: %r" % found
            assert all(one.poll() is None for one in running), "all publish"
        finally:
            for one in running:
                processes.end(one)


def luma(url):
    """Of a stream's first picture of 160 x 90: the middle, and a point at the left edge."""
    done = subprocess.run(
        [media.FFMPEG, "-nostdin", "-v", "error", "-analyzeduration", "500000", "-fpsprobesize", "1", "-i", url, "-frames:v", "1", "-vf",
         "format=yuv420p,extractplanes=y", "-f", "rawvideo", "-"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        timeout=30)
    picture = done.stdout
    assert len(picture) == 160 * 90, "%d bytes: %s" % (len(picture), done.stderr.decode("utf-8", "replace")[-600:])
    return picture[45 * 160 + 80], picture[45 * 160 + 4]


@case(seconds=60)
def a_slate_shows_its_picture_and_is_black_without_one(house):
    with house.own_server(SLATES, plugins=transcoder.enabled(house, "slates.d")) as server:
        folder = os.path.join(server.data, "plugins", "transcode")
        os.makedirs(folder, exist_ok=True)
        done = processes.run([
            media.FFMPEG, "-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=white:s=32x32", "-frames:v", "1", "-y",
            os.path.join(folder, "white.png")])
        equal(done.returncode, 0, done.stderr)
        with open(os.path.join(folder, "broken.png"), "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n" + bytes(40))
        running = [sends(house, server.url("rtmp", name + "/s"), sound=tone(-20)) for name in ("white", "missing", "broken")]
        try:
            for name, wanted in (("white", (235, 16)), ("missing", (16, 16)), ("broken", (16, 16))):
                equal(media.codecs(server.wait_on_air(name + "/s_slate")), ["avc1", "mp4a"], name)
                found = luma(server.url("rtmp", name + "/s_slate"))
                assert all(abs(one - other) < 10 for one, other in zip(found, wanted)), "%s: %r" % (name, found)
            for name, words in (("missing", "No such file"), ("broken", "PNG")):
                wait("the reason", lambda: any(
                    "the slate is black: %s.png: " % name in line and words in line for line in server.log_lines()))
            assert not any("the slate is black: white.png" in line for line in server.log_lines())
        finally:
            for one in running:
                processes.end(one)
