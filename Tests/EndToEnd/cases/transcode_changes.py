"""A source that is another one from one moment to the next: codecs, sizes, rates, loudspeakers, no sound, no pictures. Its rendition stays what it is."""
import concurrent.futures

from harness import case, equal, media, replay, transcoder, wait
from harness.beats import Measure
from harness.rtmp import Client

APPS = """
[app.live]
open = true
outputs = ["rtmp", "http-flv"]
linger_s = 5
[[app.live.step]]
use = "transcode"
preset = "ultrafast"
rungs = [{ height = 90, kbps = 300 }]
audio = { codec = "aac", sample_rate = 48000, channels = 2 }
"""

# What each three seconds of a broadcast are.
CLIPS = [
    dict(size="320x180", fps=25, video="h264", audio="aac", rate=48000, channels=2),
    dict(size="640x360", fps=50, video="h264", audio="aac", rate=44100, channels=1),
    dict(size="480x270", fps=15, video="hevc", audio="aac", rate=44100, channels=2),
    dict(size="320x240", fps=25, video="h264", audio="opus", rate=48000, channels=1),
]


class Seen(Measure):
    """What a player sees and hears, and the sizes of the pictures and the shape of the sound."""

    def __init__(self, url, seconds):
        self.shapes = set()
        super().__init__(url, seconds)

    def picture(self, frame, at):
        self.shapes.add((frame.width, frame.height))
        super().picture(frame, at)

    def sound(self, frame, at):
        self.shapes.add((frame.sample_rate, frame.layout.name))
        super().sound(frame, at)


@case(seconds=90)
def another_codec_size_and_rate_in_the_middle_is_the_same_rendition(house):
    clips = [replay.make(house.path("changes-%d.flv" % number), **clip) for number, clip in enumerate(CLIPS)]
    with house.own_server(APPS, plugins=transcoder.enabled(house, "changes.d")) as server:
        with Client(server.port("rtmp")) as client, concurrent.futures.ThreadPoolExecutor() as pool:
            client.connect("live")
            sending = pool.submit(replay.send, client, client.publish("x"), clips)
            server.wait_on_air("live/x_90p")
            watching = pool.submit(Seen, server.url("http", "live/x_90p.flv"), 9)
            codecs, found = [], None
            while not sending.done():
                found = server.stream("live/x") or found
                if found and media.codecs(found) not in codecs:
                    codecs.append(media.codecs(found))
                equal(media.codecs(server.stream("live/x_90p")), ["avc1", "mp4a"], "tracks of the rendition")
            sending.result()
            seen = watching.result(20)
        for wanted in (["avc1", "mp4a"], ["hvc1", "mp4a"], ["Opus", "avc1"]):
            assert wanted in codecs, "tracks of the source: %r" % codecs
        equal(seen.shapes, {(160, 90), (48000, "stereo")}, "what the rendition is")
        print("changes on air: %d pictures, longest holes %r s, beep %.0f ms after flash" % (
            seen.frames["video"], {kind: round(hole, 3) for kind, hole in seen.longest_hole.items()}, seen.offset_ms))
        # Over all four: none of them is much less than the source has.
        seen.expect_sound("a source that changes", 60, 300)
        assert len(seen.flashes) >= 7 and len(seen.beeps) >= 7, "%r %r" % (seen.flashes, seen.beeps)
        near = [min(abs(beep - flash) for flash in seen.flashes) for beep in seen.beeps]
        assert max(near) < 0.1, "each beep has its flash: %r" % near


@case(seconds=90)
def without_sound_without_pictures_and_with_both_again(house):
    both, mute, blind = [replay.make(house.path("parts-%d.flv" % number), seconds=2, **clip) for number, clip in enumerate((
        dict(), dict(audio=None, video="hevc"), dict(video=None)))]
    with house.own_server(APPS, plugins=transcoder.enabled(house, "parts.d")) as server:
        def publishes(clip, name, tracks, condition=lambda: True):
            """Publishes a clip until a stream of that name has these tracks."""
            with Client(server.port("rtmp")) as client, concurrent.futures.ThreadPoolExecutor() as pool:
                client.connect("live")
                sending = pool.submit(replay.send, client, client.publish("y"), [clip] * 3, 2)

                def there():
                    shown = server.stream("live/" + name)
                    return shown and shown["state"] == "live" and media.codecs(shown) == tracks and condition()
                wait("%s with %s" % (name, " ".join(tracks)), there, 20)
                client.close()
                sending.exception()
            wait("the end of the publisher", lambda: server.stream("live/y")["state"] == "lingering")
        publishes(both, "y_90p", ["avc1", "mp4a"])
        publishes(mute, "y_90p", ["avc1"])
        publishes(blind, "y_bridged", ["mp4a"], lambda: server.stream("live/y_90p")["state"] != "live")
        assert not server.stream("live/y_slate"), "a slate that nobody asked for"
        publishes(both, "y_90p", ["avc1", "mp4a"])
        equal(server.stream("live/y")["reconnects"], 3, "one stream")
        equal(server.stream("live/y")["steps"][0]["failures"], 0, "failures of the step")


@case(seconds=60)
def who_waits_for_pictures_that_it_does_not_play_gets_a_rendition(house):
    clip = replay.make(house.path("waiting.flv"), **CLIPS[2])
    with house.own_server(APPS, plugins=transcoder.enabled(house, "waiting.d")) as server:
        # Says nothing of HEVC, and has none by RTMP.
        with concurrent.futures.ThreadPoolExecutor() as pool:
            asking = pool.submit(media.probe, server.url("rtmp", "live/w"), ["-analyzeduration", "1000000"])
            wait("the player", lambda: server.api("sessions")["sessions"])
            client = Client(server.port("rtmp")).connect("live")
            sending = pool.submit(replay.send, client, client.publish("w"), [clip] * 3)
            equal(asking.result(), {"video": "h264", "audio": "aac"}, "what it gets")
            equal(media.codecs(server.stream("live/w")), ["hvc1", "mp4a"], "the source")
            client.close()
            sending.exception()
        wait("the log", lambda: any("player gets a rendition that it plays" in line and "live/w_90p" in line for line in server.log_lines()))
