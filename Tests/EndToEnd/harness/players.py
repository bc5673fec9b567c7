"""Players that people have on their desks."""
import re

from . import equal, processes

AVC_AAC = {"video": "h264", "audio": "aac"}


def play_in_mpv(url):
    done = processes.run(["mpv", "--no-config", "--really-quiet", "--vo=null", "--ao=null", "--length=2", url], 40)
    equal(done.returncode, 0, "mpv %s: %s" % (url, done.stdout[-400:] + done.stderr[-400:]))


def play_in_vlc(url):
    done = processes.run(processes.as_nobody(
        ["cvlc", "-I", "dummy", "-vv", "--vout", "dummy", "--aout", "dummy", url, "--run-time", "3", "vlc://quit"]), 60)
    said = done.stdout + done.stderr
    assert re.search(r"Received first picture|received first picture", said), "VLC saw no picture: %s" % said[-800:]
