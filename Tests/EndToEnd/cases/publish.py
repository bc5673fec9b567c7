"""Encoders publish: both ffmpegs, to the open app and to the entry-authenticated one, in the forms encoders use."""
from harness import case, equal, media
from harness.rtmp import Client


@case
def ffmpeg_to_an_open_app(house):
    key = house.on_air()
    equal(media.codecs(house.server.stream(key)), ["avc1", "mp4a"], "tracks")


@case
def newer_ffmpeg_to_an_open_app(house):
    with house.publish("live/newer", program=media.newer_ffmpeg()):
        equal(media.codecs(house.server.stream("live/newer")), ["avc1", "mp4a"], "tracks")


def kaltura(house, url, program):
    entry = house.entry
    with house.publish("kLive/" + entry.name, url=url, program=program) as publisher:
        stream = house.server.stream("kLive/" + entry.name)
        equal(stream["publisher"]["principal"], "%d/%s" % (entry.partner, entry.id), "principal")
        assert publisher.is_alive, publisher.text()


@case
def entry_form_A_prime_query_in_the_connect_address(house):
    base = house.server.url("rtmp", "kLive")
    for program in (media.FFMPEG, media.newer_ffmpeg()):
        kaltura(house, "%s?%s/%s" % (base, house.entry.query, house.entry.name), program)


@case
def entry_form_F_query_in_the_stream_key(house):
    base = house.server.url("rtmp", "kLive")
    for program in (media.FFMPEG, media.newer_ffmpeg()):
        kaltura(house, "%s/%s?%s" % (base, house.entry.name, house.entry.query), program)


def accepted(house, app, name):
    with Client(house.server.port("rtmp")) as client:
        client.connect(app).publish(name)


@case
def entry_form_A_slash_before_the_query(house):
    accepted(house, "kLive/?" + house.entry.query, house.entry.name)


@case
def entry_form_C_pairs_in_the_path(house):
    entry = house.entry
    accepted(house, "kLive/p/%d/e/%s/i/0/t/%s" % (entry.partner, entry.id, entry.token), entry.name)


@case
def primary_and_backup_do_not_collide(house):
    entry = house.entry
    with Client(house.server.port("rtmp")) as primary, Client(house.server.port("rtmp")) as backup:
        primary.connect("kLive/?" + entry.query).publish(entry.name)
        backup.connect("kLive/?" + entry.query.replace("i=0", "i=1")).publish(entry.name)
        names = {stream["name"] for stream in house.server.api("streams")["streams"]}
        assert {entry.name, entry.name + "~b"} <= names, names


@case
def connect_without_credentials_then_publish(house):
    with Client(house.server.port("rtmp")) as client:
        client.connect("kLive").publish("%s?%s" % (house.entry.name, house.entry.query))


@case
def connect_without_credentials_then_play(house):
    entry = house.entry
    with house.publish("kLive/" + entry.name, url="%s/%s?%s" % (house.server.url("rtmp", "kLive"), entry.name, entry.query)):
        with Client(house.server.port("rtmp")) as client:
            client.connect("kLive").play(entry.name)
            client.media(10)
