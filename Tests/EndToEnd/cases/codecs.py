"""Enhanced RTMP: what the newer ffmpeg sends comes out again, decodable, over RTMP and HLS."""
from harness import case, equal, media, wait, web


def round_trip(house, name, video, audio, seen):
    key = "live/" + name
    enhanced = ["-rtmp_enhanced_codecs", "hvc1,av01,vp09,Opus"]
    with house.publish(key, program=media.newer_ffmpeg(), video=video, audio=audio, options=enhanced):
        equal(media.codecs(house.server.stream(key)), sorted(seen), "tracks")
        media.decode(house.server.url("rtmp", key), 3, program=media.newer_ffmpeg(), options=enhanced)
        media.decode(house.server.url("http", key + ".flv"), 3, program=media.newer_ffmpeg())
        index = house.server.url("http", key + "/index.m3u8")
        wait("the playlist", lambda: web.get(index)[0] == 200, 20)
        media.decode(index, 3, program=media.newer_ffmpeg(), limit=60)


@case(seconds=150)
def hevc_and_aac(house):
    round_trip(house, "hevc", "hevc", "aac", ["hvc1", "mp4a"])


@case(seconds=150)
def av1_and_opus(house):
    round_trip(house, "av1", "av1", "opus", ["av01", "Opus"])
