"""FLV files sent over RTMP, one behind the other in one stream: an encoder that changes what it sends while it is on air."""
import time

from . import media, processes
from .rtmp import amf


def make(file, seconds=3, size="320x180", fps=25, video="h264", audio="aac", rate=48000, channels=2):
    """A clip with flash and beep at each second; without pictures or sound where `video` or `audio` is None."""
    source = [word for word in media.source(size, fps) if word != "-re"]
    words = media.VIDEO[video] + ["-pix_fmt", "yuv420p", "-g", str(fps), "-b:v", "300k"] if video else ["-vn"]
    words += media.AUDIO[audio] + ["-ar", str(rate), "-ac", str(channels)] if audio else ["-an"]
    if not video:
        source = source[:source.index("-vf")]
    done = processes.run(
        [media.newer_ffmpeg(), "-nostdin", "-v", "error", *source, *words, "-t", str(seconds), "-flags", "+global_header", "-f", "flv", "-y",
         file], 60)
    assert done.returncode == 0, done.stderr
    return file


def tags(file):
    """Kind, time in ms and body of each tag."""
    with open(file, "rb") as flv:
        data = flv.read()
    at = 13
    while at + 11 <= len(data):
        size = int.from_bytes(data[at + 1:at + 4], "big")
        stamp = int.from_bytes(data[at + 4:at + 7], "big") | data[at + 7] << 24
        yield data[at], stamp, data[at + 11:at + 11 + size]
        at += 15 + size


def send(client, stream, files, seconds=3):
    """Sends clips of so many seconds as fast as they are to be shown."""
    began = time.monotonic()
    for number, file in enumerate(files):
        for kind, stamp, body in tags(file):
            stamp += number * seconds * 1000
            time.sleep(max(0, began + stamp / 1000 - time.monotonic()))
            client.send({8: 4, 9: 6}.get(kind, 5), kind, stream, amf("@setDataFrame") + body if kind == 18 else body, stamp)
    time.sleep(max(0, began + len(files) * seconds - time.monotonic()))
