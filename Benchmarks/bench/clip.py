"""The test clip: 1080p30, 2.5 Mbit/s with its AAC sound, a key frame each 2 s, no B frames. Made once by ffmpeg.

The encoder's first two GOPs are cut off: the second is 7 % larger while its buffer fills, and a window of one GOP would tell
servers apart by when they were ready.
"""
import os
import shutil
import subprocess

from . import Unable, cache

SECONDS, CUT = 10, 4
VIDEO_KBIT, AUDIO_KBIT = 2370, 128
MEGABIT = 2.53                       # what one player reads per second with FLV or chunk headers: the floor sends as much


def path():
    """The clip, made when it is not there yet."""
    clip = os.path.join(cache(), "1080p30-%dk-gop60-%ds-steady.flv" % (VIDEO_KBIT + AUDIO_KBIT, SECONDS))
    if os.path.exists(clip):
        return clip
    if not shutil.which("ffmpeg"):
        raise Unable("ffmpeg makes the test clip and is not installed: apt-get install ffmpeg")
    print("making the test clip %s" % clip, flush=True)
    whole, part = ("%s.%d.%s" % (clip, os.getpid(), word) for word in ("whole", "part"))
    try:
        ffmpeg(encoding(SECONDS + CUT) + [whole])
        ffmpeg(["-ss", str(CUT + 1), "-i", whole, "-c", "copy", "-f", "flv", part])
        os.rename(part, clip)                     # copying begins at the key frame before -ss
    finally:
        for file in (whole, part):
            if os.path.exists(file):
                os.remove(file)
    return clip


def encoding(seconds):
    rate = "%dk" % VIDEO_KBIT
    words = ["-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30", "-f", "lavfi", "-i", "sine=f=330:r=48000", "-t", str(seconds)]
    words += ["-vf", "noise=alls=10:allf=t,format=yuv420p", "-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency"]
    words += ["-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", "%dk" % (VIDEO_KBIT // 2)]
    words += ["-g", "60", "-keyint_min", "60", "-sc_threshold", "0", "-x264-params", "nal-hrd=cbr:force-cfr=1:sliced-threads=0"]
    return words + ["-c:a", "aac", "-b:a", "%dk" % AUDIO_KBIT, "-ac", "2", "-f", "matroska"]


def ffmpeg(words):
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y"] + words
    made = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if made.returncode != 0:
        raise Unable("ffmpeg could not make the test clip: %s" % made.stderr.strip()[-500:])
