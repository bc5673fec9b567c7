"""A Kaltura entry's renditions and settings: one multivariant playlist, segments and window of the entry's own."""
import json
import os
import sqlite3
import time
import urllib.parse
import urllib.request

import m3u8

from harness import browser, case, equal, media, processes, wait, web
from harness.rtmp import AVC_CONFIGURATION, Client, Refused, amf, video
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


def each_segment_has_its_cue(cues, entry):
    """As a player shows them: one a second, numbered, by the wall clock."""
    points = [json.loads(data) for _, key, data in cues if key == "TEXT"]
    equal(len(points), len(cues), "cues of sync points")
    assert all(point["objectType"] == "KalturaSyncPoint" and point["id"].startswith(entry.id + "_1_") for point in points), points
    numbers = [int(point["id"].rpartition("_")[2]) for point in points]
    equal(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "numbers of segments")
    for (start, _, _), (later, _, _), one, other in zip(cues, cues[1:], points, points[1:]):
        assert abs((other["timestamp"] - one["timestamp"]) / 1000 - (later - start)) < 0.01, "times: %s" % cues
    assert abs(points[-1]["timestamp"] / 1000 - time.time()) < 15, "the wall clock: %s" % points[-1]


@case(seconds=60)
def the_renditions_of_an_entry_are_one_multivariant_playlist_with_the_entrys_settings(house):
    flavors = [{"id": 71, "systemName": "source", "tags": "source,ingest", "streamSuffix": "1", "origin": 1},
               {"id": 72, "systemName": "sd", "tags": "mbr", "height": 180, "videoBitrate": 300},
               {"id": 73, "systemName": "camera", "tags": "ingest", "streamSuffix": "2", "origin": 1}]
    status, text = house.server.admin("/api/v1/plugins/kaltura/import", method="POST", body={
        "partners": [], "conversionProfiles": [{"id": 70, "partnerId": 102, "flavors": flavors}]})
    equal(status, 200, "import of a profile: %s" % text)
    entry = house.add_entry(
        102, "0_ladder01", "--dvr", "true", "--dvr-minutes", "15", "--segment-ms", "1000", "--profile", "70")
    encoder = two_renditions(house, entry)
    try:
        for number in SIZES:
            shown = house.server.wait_on_air("kLive/%s_%d" % (entry.id, number))
            equal(shown["group"], entry.id, "group")
            found = {key: shown["attributes"].get(key) for key in ("dvr.window_s", "hls.segment_ms", "record.mode", "linger_s")}
            equal(found, {"dvr.window_s": "900", "hls.segment_ms": "1000", "record.mode": "off", "linger_s": "180"}, "attributes")
            made = json.loads(shown["attributes"]["ladder.profile"])["renditions"]
            equal([one["name"] for one in made], {1: ["source", "sd"], 2: ["camera"]}[number], "what a transcoder would make")
        with Client(house.server.port("rtmp")) as client:
            try:
                client.connect("kLive?" + entry.query).publish(entry.id + "_3")
                raise AssertionError("a stream that no rendition takes was accepted")
            except Refused as refused:
                equal((refused.at, refused.code), ("publish", "NetStream.Publish.Denied"), "refused: %s" % refused)
        index = house.server.url("http", "kLive/%s/index.m3u8" % entry.id)

        def variants():
            return m3u8.loads(web.playlist(index)).playlists

        wait("both variants", lambda: len(variants()) == 2, 30)
        equal([variant.stream_info.resolution for variant in variants()], [(640, 360), (320, 180)], "resolutions, in the streams' order")
        assert all(("/%s_%d/" % (entry.id, number)) in variants()[number - 1].uri for number in SIZES), "addresses"
        video = web.renditions(house.server.url("http", "kLive/%s_1/index.m3u8" % entry.id))["video"]
        wait("three segments", lambda: Edge(web.playlist(video)).complete >= 3, 40)
        equal(m3u8.loads(web.playlist(video)).target_duration, 1, "target duration")
        first = urllib.parse.urljoin(video, m3u8.loads(web.playlist(video)).segments[0].uri)
        segment = web.get(first)[2]
        equal((segment.count(b"aomedia.org/emsg/ID3"), segment[4:8]), (1, b"emsg"), "timed metadata, once, at the start")
        assert b'TEXT' in segment and b'"objectType":"KalturaSyncPoint","timestamp":' in segment, segment[:200]
        if browser.HLSJS:
            one = house.server.url("http", "kLive/%s_1/index.m3u8" % entry.id)
            each_segment_has_its_cue(browser.hls_js_cues(one, 4), entry)
        equal(media.probe(index), {"video": "h264", "audio": "aac"}, "streams")
        lists = [web.renditions(house.server.url("http", "kLive/%s_%d/index.m3u8" % (entry.id, number)))["video"] for number in SIZES]

        def dates():
            return [{one.program_date_time for one in m3u8.loads(web.playlist(one)).segments} for one in lists]

        wait("segments that begin at the same moment of the same wall clock", lambda: set.intersection(*dates()), 20)
        what_a_publisher_says_in_time(house)
        assert encoder.poll() is None, "the encoder ended"
    finally:
        processes.end(encoder)


def what_a_publisher_says_in_time(house):
    """Its own messages reach players, as they are and as timed ID3; the server's for recordings reach no player."""
    entry = house.add_entry(102, "0_timed001", "--record", "append")
    stream = "kLive/" + entry.name
    with Client(house.server.port("rtmp")) as encoder, Client(house.server.port("rtmp")) as player:
        number = encoder.connect("kLive?" + entry.query).publish(entry.name)
        encoder.send(6, 9, number, AVC_CONFIGURATION)
        video(encoder, number, 0)
        shown = house.server.wait_on_air(stream)
        wait("a track of its own", lambda: [one["codec"] for one in house.server.stream(stream)["tracks"]] == ["avc1", "amf0", "amfr"])
        equal(shown["attributes"]["sync_points.every_ms"], "60000", "attributes")
        player.connect("kLive").play(entry.name)
        flv, read = urllib.request.urlopen(house.server.url("http", stream + ".flv"), timeout=15), b""
        for time in range(40, 9000, 40):
            video(encoder, number, time, key=time % 1000 == 0)
            if time == 3200:
                encoder.send(4, 18, number, amf("onTextData", {"text": "hello"}), time)
        heard = b""
        while b"onTextData" not in heard:
            kind, _, _, body = player.message()
            heard += body if kind == 18 else b""
        while b"onTextData" not in read:
            read += flv.read1(65536)
        flv.close()
        assert b"onMetaDataRecording" not in heard + read, "players are shown what is for recordings"
        video_list = web.renditions(house.server.url("http", stream + "/index.m3u8"))["video"]
        listed = wait("the segments", lambda: (lambda all: len(all) >= 3 and all)(m3u8.loads(web.playlist(video_list)).segments), 20)
        media_of = [web.get(urllib.parse.urljoin(video_list, one.uri))[2] for one in listed]
        equal([b'TEXT' in one and b'{"text":"hello"}' in one and b"onTextData" in one for one in media_of].count(True), 1, "its segment")
        assert not any(b"onMetaDataRecording" in one for one in media_of), "a player of HLS is shown what is for recordings"


@case(seconds=60)
def a_catalogue_file_that_is_corrupt_or_locked_is_said_once_and_used_again_when_it_is_good(house):
    with house.own_server() as server:
        file = os.path.join(server.data, "plugins", "kaltura", "catalogue.sqlite")
        server.sluice("kaltura", "partner", "add", "102")
        server.sluice("kaltura", "partner", "add", "103", "--max-passthrough", "5")
        made = {}
        server.sluice("kaltura", "partner", "add", "104")
        for number, partner in enumerate((102, 102, 102, 103, 104)):
            id = "0_corrupt%d" % number
            made[id] = (partner, server.sluice_json(
                "kaltura", "entry", "add", id, "--partner", str(partner), "--generate-token")["generated_token"])

        def publish(number):
            id = "0_corrupt%d" % number
            with Client(server.port("rtmp"), timeout=20) as client:
                try:
                    client.connect("kLive/?p=%d&e=%s&i=0&t=%s" % (made[id][0], id, made[id][1])).publish(id + "_1")
                except Refused as refused:
                    return refused.description
                return "ok"

        def lines(words):
            return len([line for line in server.log_lines() if words in line])

        equal(publish(0), "ok", "a good file")
        blocked = Client(server.port("rtmp"), timeout=20)
        stream = blocked.connect("kLive/?p=104&e=0_corrupt4&i=0&t=%s" % made["0_corrupt4"][1]).publish("0_corrupt4_1")
        blocked.send(6, 9, stream, AVC_CONFIGURATION)
        video(blocked, stream, 0)
        server.wait_on_air("kLive/0_corrupt4_1")
        server.sluice("kaltura", "partner", "block", "104")
        lock = sqlite3.connect(file, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        equal(publish(1), "ok", "looking up while another program writes")
        assert "checked" in publish(3), "a quota's place cannot be taken"
        lock.execute("COMMIT")
        lock.close()
        equal((lines("catalogue failed"), lines("reason=BACKEND_DOWN")), (1, 1), "log lines while locked")
        assert blocked.is_closed_within(60), "who is blocked is still on air"
        blocked.close()
        with open(file, "rb") as good:
            content = good.read()
        os.rename(file, file + ".good")
        with open(file, "wb") as bad:
            bad.write(bytes(reversed(content)))
        assert "checked" in publish(2), "a corrupt file"
        equal(publish(1), "ok", "who was accepted a moment ago, within the grace time")
        equal((lines("catalogue failed"), lines("reason=BACKEND_DOWN")), (2, 2), "log lines while corrupt")
        equal(server.sluice_json("kaltura", "rejections")["rejections"][-1]["reason"], "BACKEND_DOWN", "rejections need no catalogue")
        os.rename(file + ".good", file)
        wait("the file to be used again", lambda: publish(2) == "ok", 30)
        text = "".join(server.log_lines())
        equal([id for id in made if made[id][1] in text], [], "tokens in the log")
