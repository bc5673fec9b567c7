"""A second publisher on the same key, by the policy `stalled`; and an encoder that comes back at once."""
import time

from harness import case, equal, wait
from harness.rtmp import AVC_CONFIGURATION, Client, Refused, video


def publisher(house, name, app="live"):
    client = Client(house.server.port("rtmp"))
    client.connect(app)
    stream = client.publish(name)
    client.send(6, 9, stream, AVC_CONFIGURATION)
    video(client, stream, 0)
    return client, stream


def second_is_refused(house, name, app="live"):
    with Client(house.server.port("rtmp")) as second:
        try:
            second.connect(app).publish(name)
        except Refused as refused:
            equal(refused.code, "NetStream.Publish.BadName", "a duplicate")
            return
    raise AssertionError("a second publisher of %s was accepted while the first is on air" % name)


@case
def refused_while_the_first_delivers(house):
    key = house.on_air()
    before = house.server.stream(key)["publisher"]["session"]
    second_is_refused(house, key.split("/")[1])
    equal(house.server.stream(key)["publisher"]["session"], before, "the publisher afterwards")


@case
def refused_on_an_entry_too(house):
    entry = house.entry
    app = "kLive/?" + entry.query
    first, stream = publisher(house, entry.name, app)
    with first:
        second_is_refused(house, entry.name, app)


@case
def takes_over_when_the_first_has_stalled(house):
    first, _ = publisher(house, "stalls")
    with first:
        time.sleep(5.5)
        second, _ = publisher(house, "stalls")
        with second:
            assert first.is_closed_within(5), "the stalled publisher was left open"


@case
def an_encoder_that_restarts_at_once_gets_in(house):
    for _ in range(10):
        client, stream = publisher(house, "restarts")
        video(client, stream, 40)
        client.close()
    found = wait("the last one to be gone", lambda: (house.server.stream("live/restarts") or {"publisher": None}).get("publisher") is None)
    assert found
