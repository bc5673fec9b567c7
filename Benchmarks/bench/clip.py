"""The test clip: 1080p30, 2.5 Mbit/s with its AAC sound, a key frame each 2 s, no B frames. Made once by ffmpeg."""
import os
import shutil
import subprocess

from . import Unable, cache

SECONDS = 10
VIDEO_KBIT, AUDIO_KBIT = 2370, 128
MEGABIT = 2.53                       # what one player reads per second with FLV or chunk headers: the floor sends as much


def path():
    """The clip, made when it is not there yet."""
    clip = os.path.join(cache(), "1080p30-%dk-gop60-%ds.flv" % (VIDEO_KBIT + AUDIO_KBIT, SECONDS))
    if os.path.exists(clip):
        return clip
    if not shutil.which("ffmpeg"):
        raise Unable("ffmpeg makes the test clip and is not installed: apt-get install ffmpeg")
    print("making the test clip %s" % clip, flush=True)
    part = "%s.%d.part" % (clip, os.getpid())
    rate = "%dk" % VIDEO_KBIT
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y"]
    command += ["-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30", "-f", "lavfi", "-i", "sine=f=330:r=48000", "-t", str(SECONDS)]
    command += ["-vf", "noise=alls=10:allf=t,format=yuv420p", "-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency"]
    command += ["-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", "%dk" % (VIDEO_KBIT // 2)]
    command += ["-g", "60", "-keyint_min", "60", "-sc_threshold", "0", "-x264-params", "nal-hrd=cbr:force-cfr=1:sliced-threads=0"]
    command += ["-c:a", "aac", "-b:a", "%dk" % AUDIO_KBIT, "-ac", "2", "-f", "flv", part]
    try:
        made = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if made.returncode != 0:
            raise Unable("ffmpeg could not make the test clip: %s" % made.stderr.strip()[-500:])
        os.rename(part, clip)
    finally:
        if os.path.exists(part):
            os.remove(part)
    return clip
