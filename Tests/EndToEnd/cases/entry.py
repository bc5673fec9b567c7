"""A Kaltura entry's renditions and settings: one multivariant playlist, segments and window of the entry's own."""
import m3u8

from harness import case, equal, media, processes, wait, web
from harness.web import Edge

SIZES = {1: "640x360", 2: "320x180"}


def two_renditions(house, entry):
    """One encoder with two outputs, as encoders publish `ENTRY_1` and `ENTRY_2`; its key frames are one second apart."""
    address = house.server.url("rtmp", "kLive?" + entry.query)
    command = [media.FFMPEG, "-nostdin", "-hide_banner", "-loglevel", "error"] + media.source("640x360")[:10]
    for number, size in SIZES.items():
        command += media.VIDEO["h264"] + [
            "-map", "0:v", "-map", "1:a", "-s", size, "-pix_fmt", "yuv420p", "-g", "25", "-b:v", "%dk" % (600 // number),
            "-flags", "+global_header", "-sc_threshold", "0"]
        command += media.AUDIO["aac"] + ["-f", "flv", "%s/%s_%d" % (address, entry.id, number)]
    return processes.start(command, log=house.path("renditions.log"))


@case(seconds=60)
def the_renditions_of_an_entry_are_one_multivariant_playlist_with_the_entrys_settings(house):
    entry = house.add_entry(102, "0_ladder01", "--dvr", "true", "--dvr-minutes", "15", "--segment-ms", "1000")
    encoder = two_renditions(house, entry)
    try:
        for number in SIZES:
            shown = house.server.wait_on_air("kLive/%s_%d" % (entry.id, number))
            equal(shown["group"], entry.id, "group")
            found = {key: shown["attributes"].get(key) for key in ("dvr.window_s", "hls.segment_ms", "record.mode", "linger_s")}
            equal(found, {"dvr.window_s": "900", "hls.segment_ms": "1000", "record.mode": "off", "linger_s": "180"}, "attributes")
        index = house.server.url("http", "kLive/%s/index.m3u8" % entry.id)

        def variants():
            return m3u8.loads(web.playlist(index)).playlists

        wait("both variants", lambda: len(variants()) == 2, 30)
        equal([variant.stream_info.resolution for variant in variants()], [(640, 360), (320, 180)], "resolutions, in the streams' order")
        assert all(("/%s_%d/" % (entry.id, number)) in variants()[number - 1].uri for number in SIZES), "addresses"
        video = web.renditions(house.server.url("http", "kLive/%s_1/index.m3u8" % entry.id))["video"]
        wait("three segments", lambda: Edge(web.playlist(video)).complete >= 3, 40)
        equal(m3u8.loads(web.playlist(video)).target_duration, 1, "target duration")
        equal(media.probe(index), {"video": "h264", "audio": "aac"}, "streams")
        assert encoder.poll() is None, "the encoder ended"
    finally:
        processes.end(encoder)
