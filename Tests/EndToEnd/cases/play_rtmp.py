"""RTMP players: ffprobe, both ffmpegs, rtmpdump, mpv, VLC; who joins late starts with a key frame at once."""
import os
import time

from harness import case, equal, media, processes
from harness.players import AVC_AAC, play_in_mpv, play_in_vlc
from harness.rtmp import Client


def address(house):
    return house.server.url("rtmp", house.on_air())


@case
def ffprobe(house):
    equal(media.probe(address(house)), AVC_AAC, "streams")


@case
def ffmpeg_decodes_without_a_word(house):
    media.decode(address(house), 3)
    media.decode(address(house), 3, program=media.newer_ffmpeg())


@case
def rtmpdump(house):
    out = house.path("dump.flv")
    done = processes.run(["timeout", "-s", "INT", "4", "rtmpdump", "-q", "-r", address(house), "--live", "-o", out], 30)
    assert os.path.exists(out) and os.path.getsize(out) > 20000, "status %s %s" % (done.returncode, done.stderr[-400:])
    equal(media.probe(out), AVC_AAC, "streams")
    media.decode(out, 2)


@case
def mpv(house):
    play_in_mpv(address(house))


@case
def vlc(house):
    play_in_vlc(address(house))


@case
def starts_at_the_last_key_frame_at_once(house):
    key = house.on_air()
    for _ in range(3):
        with Client(house.server.port("rtmp")) as client:
            client.connect("live")
            begin = time.monotonic()
            client.play(key.split("/")[1])
            kind, _, body = client.media(5, kinds=(9,))
            while body[0] & 0x0F == 7 and body[1] == 0:  # the decoder's configuration
                kind, _, body = client.media(5, kinds=(9,))
            took = time.monotonic() - begin
        assert body[0] >> 4 == 1, "the first picture is no key frame: %02x" % body[0]
        assert took < 0.5, "the first picture came after %.2f s" % took


@case
def a_player_that_never_reads_does_not_hold_the_publisher_up(house):
    key = house.on_air()
    sleepers = []
    for _ in range(5):
        client = Client(house.server.port("rtmp"))
        client.connect("live").play(key.split("/")[1])
        sleepers.append(client)
    before = house.server.stream(key)["frames_in"]
    time.sleep(3)
    after = house.server.stream(key)["frames_in"]
    for client in sleepers:
        client.close()
    assert after - before > 120, "%d frames in 3 s" % (after - before)
