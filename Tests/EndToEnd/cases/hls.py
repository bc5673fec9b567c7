"""HLS: ffmpeg plays it, the playlists say what LL-HLS asks for, blocking reload waits and refuses what it must."""
import re
import time
import urllib.parse

import m3u8

from harness import case, equal, media, wait, web
from harness.web import Edge


def index(house, key=None):
    url = house.server.url("http", "%s/index.m3u8" % (key or house.on_air()))
    wait("the playlist", lambda: web.get(url)[0] == 200, 20)
    return url


def video(house):
    url = web.renditions(index(house))["video"]
    wait("three segments", lambda: Edge(web.playlist(url)).complete >= 3, 20)
    return url


@case
def ffprobe_and_both_ffmpegs(house):
    url = index(house)
    equal(media.probe(url), {"video": "h264", "audio": "aac"}, "streams")
    media.decode(url, 4, limit=45)
    media.decode(url, 4, program=media.newer_ffmpeg(), limit=45)


@case
def multivariant_playlist_says_what_is_inside(house):
    playlist = m3u8.loads(web.playlist(index(house)))
    assert playlist.is_variant and playlist.playlists, "no variant"
    info = playlist.playlists[0].stream_info
    equal(info.resolution, (320, 180), "RESOLUTION")
    assert re.search(r"avc1\.[0-9a-fA-F]{6}", info.codecs) and "mp4a.40.2" in info.codecs, info.codecs
    assert info.bandwidth > 50000, info.bandwidth


@case
def media_playlist_has_the_low_latency_tags(house):
    text = web.playlist(video(house))
    playlist = m3u8.loads(text)
    assert 0.2 <= float(playlist.part_inf.part_target) <= 1, playlist.part_inf.part_target
    control = playlist.server_control
    assert control.can_block_reload, "no CAN-BLOCK-RELOAD"
    assert float(control.part_hold_back) >= 2 * float(playlist.part_inf.part_target), control.part_hold_back
    assert any(segment.parts for segment in playlist.segments), "no parts"
    assert playlist.preload_hint and playlist.preload_hint.hint_type == "PART", "no preload hint"
    assert any(segment.program_date_time for segment in playlist.segments), "no program date-time"
    assert all(segment.duration <= playlist.target_duration + 0.5 for segment in playlist.segments if segment.duration)
    assert playlist.segment_map, "no EXT-X-MAP"


@case
def blocking_reload_waits_for_the_next_part(house):
    url = video(house)
    for _ in range(4):
        edge = Edge(web.playlist(url))
        begin = time.monotonic()
        later = Edge(web.playlist(url + "?" + edge.next))
        took = time.monotonic() - begin
        assert (later.sequence, later.parts) > (edge.sequence, edge.parts), "nothing new: %s" % vars(later)
        assert took < 3, "held for %.1f s" % took


@case
def preload_hint_is_answered_when_the_part_is_whole(house):
    url = video(house)
    for _ in range(3):
        hint = re.search(r'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', web.playlist(url)).group(1)
        status, headers, body = web.get(urllib.parse.urljoin(url, hint), 10)
        equal(status, 200, hint)
        assert b"moof" in body[:64] or b"styp" in body[:64], body[:64]


@case
def directives_that_make_no_sense_are_400_at_once(house):
    url = video(house)
    sequence = Edge(web.playlist(url)).sequence
    for query in ("_HLS_msn=-1", "_HLS_msn=x", "_HLS_part=0", "_HLS_msn=%d" % (sequence + 100), "_HLS_msn=18446744073709551616"):
        begin = time.monotonic()
        status, _, _ = web.get(url + "?" + query)
        equal(status, 400, query)
        assert time.monotonic() - begin < 2, "held: " + query


@case
def segments_and_parts_are_the_same_bytes(house):
    url = video(house)
    text = web.playlist(url)
    block = text.split("#EXTINF:")[-2]
    parts = re.findall(r'#EXT-X-PART:[^\n]*URI="([^"]+)"', block)
    segment = re.search(r"^([^#\n]\S+)$", text[text.rfind("#EXTINF:"):], re.M).group(1)
    assert parts, "the last segment lists no parts"
    joined = b"".join(web.get(urllib.parse.urljoin(url, part))[2] for part in parts)
    equal(len(joined), len(web.get(urllib.parse.urljoin(url, segment))[2]), "bytes of the parts and of %s" % segment)


@case
def every_answer_may_be_read_by_other_pages(house):
    _, headers, _ = web.get(index(house), headers={"Origin": "https://player.example"})
    equal(headers.get("Access-Control-Allow-Origin"), "*", "CORS")


@case
def what_is_not_there_is_404(house):
    for path in ("live/nothing/index.m3u8", "live/av/nothing.m4s", "nosuchapp/x/index.m3u8"):
        equal(web.get(house.server.url("http", path))[0], 404, path)


@case
def an_authenticated_app_is_watched_with_addresses_from_its_playlist(house):
    entry = house.add_entry(102, "0_hh33ss44")  # of its own: a lingering playlist may begin with what other cases published
    with house.publish("kLive/" + entry.name, url="%s/%s?%s" % (house.server.url("rtmp", "kLive"), entry.name, entry.query)):
        media.decode(index(house, "kLive/" + entry.name), 2, limit=45)


@case
def a_group_offers_all_renditions_of_an_entry(house):
    entry = house.add_entry(102, "0_gg11rr22")
    base = house.server.url("rtmp", "kLive")

    def rendition(number):
        name = "%s_%d" % (entry.id, number)
        return house.publish("kLive/" + name, url="%s/%s?%s" % (base, name, entry.query))

    with rendition(1), rendition(2):
        group = index(house, "kLive/" + entry.id)
        playlist = wait("two variants", lambda: two_variants(group), 20)
        for variant in playlist.playlists:
            media.decode(urllib.parse.urljoin(group, variant.uri), 1, limit=45)


def two_variants(url):
    playlist = m3u8.loads(web.playlist(url))
    return playlist if len(playlist.playlists) == 2 else None
