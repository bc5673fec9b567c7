"""Publishers: flash and beep each second, encoded live by ffmpeg, so that no clip has a seam."""
import functools
import os
import re

from . import processes

FFMPEG = "/usr/bin/ffmpeg"
FFPROBE = "/usr/bin/ffprobe"
BEAT = 0.08
VIDEO = {
    "h264": ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-b_strategy", "0"],
    "hevc": ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:pools=1"],
    "av1": ["-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=1"],
}
AUDIO = {"aac": ["-c:a", "aac", "-b:a", "96k"], "opus": ["-c:a", "libopus", "-b:a", "64k"]}


@functools.lru_cache()
def newer_ffmpeg():
    import imageio_ffmpeg
    return imageio_ffmpeg.get_ffmpeg_exe()


def version(program):
    found = re.search(r"ffmpeg version (\S+)", processes.run([program, "-version"]).stdout)
    return found.group(1) if found else "?"


def source(size="320x180", fps=25):
    """Inputs and filter: a moving picture whose lower half is white, and a tone, in the first 80 ms of each second."""
    on = "lt(mod(t\\,1)\\,%s)" % BEAT
    tone = "0.5*sin(2*PI*1000*t)*lt(mod(t\\,1)\\,%s)" % BEAT
    return [
        "-re", "-f", "lavfi", "-i", "testsrc2=s=%s:r=%d" % (size, fps),
        "-re", "-f", "lavfi", "-i", "aevalsrc=%s|%s:s=48000" % (tone, tone),
        "-vf", "drawbox=x=0:y=ih/2:w=iw:h=ih/2:color=black:t=fill,"
        "drawbox=x=0:y=ih/2:w=iw:h=ih/2:color=white:t=fill:enable='%s'" % on,
    ]


def modest(video):
    """libsvtav1 makes root's threads real-time ones, which take the processors from all others."""
    return ["setpriv", "--bounding-set=-sys_nice"] if video == "av1" and os.geteuid() == 0 else []


def command(url, program=FFMPEG, video="h264", audio="aac", fps=25, seconds=None, options=()):
    return (
        modest(video) + [program, "-nostdin", "-hide_banner", "-loglevel", "error"] + source(fps=fps)
        + VIDEO[video] + ["-pix_fmt", "yuv420p", "-g", str(fps), "-b:v", "300k"] + AUDIO[audio]
        + (["-t", str(seconds)] if seconds else []) + ["-flags", "+global_header"] * (video != "av1")
        + ["-f", "flv"] + list(options) + [url])


class Publisher:
    """An ffmpeg that publishes; as a context it is ended."""

    def __init__(self, url, log, **options):
        self.log = log
        self.process = processes.start(command(url, **options), log=log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    @property
    def is_alive(self):
        return self.process.poll() is None

    def end(self):
        return processes.end(self.process)

    def text(self):
        with open(self.log, errors="replace") as file:
            return file.read()[-2000:]


def probe(url, options=(), program=FFPROBE, seconds=25):
    """codec_name by kind, as ffprobe sees it."""
    done = processes.run(
        [program, "-v", "error", *options, "-show_entries", "stream=codec_type,codec_name", "-of", "csv=p=0", url], seconds)
    assert done.returncode == 0, "ffprobe %s: status %s %s" % (url, done.returncode, done.stderr[-600:])
    rows = [line.split(",")[:2] for line in done.stdout.split() if "," in line]
    return {kind: codec for codec, kind in rows}


def decode(url, seconds=3, program=FFMPEG, options=(), limit=30):
    """Decodes so much; returns the numbers of frames by kind. What ffmpeg prints as an error is a failure."""
    done = processes.run(
        [program, "-nostdin", "-hide_banner", "-loglevel", "error", *options, "-i", url, "-t", str(seconds), "-f", "null",
         "-progress", "-", "-"], limit)
    trouble = done.stderr.strip()
    assert done.returncode == 0, "decoding %s: status %s %s" % (url, done.returncode, trouble[-600:])
    frames = [int(number) for number in re.findall(r"^frame=(\d+)", done.stdout, re.M)]
    assert frames and frames[-1] > 0, "decoding %s gave no frames: %s" % (url, trouble[-600:])
    assert not trouble, "decoding %s: %s" % (url, trouble[-600:])
    return frames[-1]


def codecs(stream):
    """Codecs of a stream's video and audio, as the API shows it."""
    return sorted(track["codec"] for track in stream["tracks"] if track["kind"] in ("video", "audio"))
