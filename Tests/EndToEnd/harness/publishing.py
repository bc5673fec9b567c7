"""Entry-authenticated publishing as encoders do it: each form of address by ffmpeg, each refusal as a client reads it. The same for whoever
knows the entries: a back end's API, a catalogue in SQLite, one in MongoDB.

`known`: id -> (partner, token, profile).
"""
import concurrent.futures
import os
import time

from . import equal, media, wait
from .kaltura_api import CONVERTS, PASSES
from .rtmp import Client, Refused

SUFFIX = "live.example.test"
REJECTED = "NetConnection.Connect.Rejected"


def entry(number):
    return "0_api%05d" % number


def entries(count, partner=102):
    return {entry(number): (partner, "tOkEn%05d" % number, PASSES) for number in range(count)}


def known_entries():
    """Those of `forms` and `refusals`."""
    known = entries(9)
    known.update({"0_form%04d" % number: (102, "fOrM%04d" % number, CONVERTS) for number in range(1, 9)})
    known.update({
        "1_formlabl": (102, "fOrMlabel", PASSES), "0_blocked1": (103, "bLoCkEd1", PASSES), "0_nolive01": (105, "nOlIvE01", PASSES),
        "0_quota001": (106, "qUoTa001", PASSES), "0_quota002": (106, "qUoTa002", CONVERTS)})
    return known


def catalogue(known):
    """What `sluice kaltura import` takes, without profiles. Of partner 106 one place is for a stream as it comes."""
    partners = {102: {}, 103: {"blocked": True}, 104: {}, 105: {"liveEnabled": False}, 106: {"maxPassthrough": 1}}
    return {
        "partners": [dict(more, id=id, name="partner %d" % id) for id, more in partners.items()],
        "entries": [{"id": id, "partnerId": partner, "streamPassword": token} for id, (partner, token, _) in known.items()]}


def address(known, id, token=None, partner=True, server=0):
    owner, right, _ = known[id]
    return "kLive?%se=%s&i=%d&t=%s" % ("p=%d&" % owner if partner else "", id, server, token or right)


def attempt(server, app, stream):
    """How a publish ends: "ok", or its refusal."""
    client = Client(server.port("rtmp"), timeout=15)
    try:
        client.connect(app)
        client.publish(stream)
        return "ok"
    except Refused as refused:
        return refused
    finally:
        client.close()


def denials(server, reason):
    return [line for line in server.log_lines() if " denied " in line and "reason=%s" % reason in line]


def ffmpeg(house, server, url, app, stream, name):
    """An ffmpeg that publishes with an encoder's two fields: server address and stream key."""
    log = house.path("ffmpeg-%s.log" % name.replace(" ", "-").replace("'", "_"))
    return media.Publisher(
        "rtmp://127.0.0.1:%d/" % server.port("rtmp"), log,
        options=["-rtmp_tcurl", url, "-rtmp_app", app, "-rtmp_playpath", stream])


def forms(known):
    """Name, entry, server address, app, stream key, and the stream that it becomes: SPEC §2.1."""
    def one(number, build, id=None, server=0):
        id = id or "0_form%04d" % number
        name, url, app, stream = build(id, known[id][1])
        return name, url, app, stream, "%s_1%s" % (id, "~b" if server else "")

    def host(label, token):
        return "rtmp://%s.%s:1935/kLive?t=%s" % (label, SUFFIX, token), "kLive?t=%s" % token

    def inside(path):
        return "rtmp://127.0.0.1/" + path, path

    return [
        one(1, lambda e, t: ("A", *inside("kLive/?p=102&e=%s&i=0&t=%s" % (e, t)), e + "_1")),
        one(2, lambda e, t: ("A without a slash", *inside("kLive?p=102&e=%s&i=0&t=%s" % (e, t)), e + "_1")),
        one(3, lambda e, t: ("A and a bare index", *inside("kLive?p=102&e=%s&i=0&t=%s" % (e, t)), "1")),
        one(4, lambda e, t: ("B", *host(e + ".p", t), e + "_1")),
        one(5, lambda e, t: ("B, a label", *host("formlabl.b", t), e + "_1"), "1_formlabl", 1),
        one(6, lambda e, t: ("C", *inside("kLive/p/102/e/%s/i/0/t/%s" % (e, t)), e + "_1")),
        one(7, lambda e, t: ("F", *inside("kLive"), "%s_1?p=102&i=0&t=%s" % (e, t))),
    ]


def refusals(known, id, quota):
    """Reason, app, stream key, and the code at connect or at publish: SPEC §3.5. `id` is on air, `quota` has no place."""
    bad, denied, unauthorized = ("NetStream.Publish." + word for word in ("BadName", "Denied", "Unauthorized"))

    def key(entry, **changes):
        partner, token, _ = known.get(entry, (102, "abcdef01", 0))
        pairs = {"p": partner, "i": 0, "t": token}
        pairs.update(changes)
        return "%s_1?%s" % (entry, "&".join("%s=%s" % pair for pair in pairs.items() if pair[1] is not None))

    free, inside = entry(1), address(known, entry(1))
    return [
        ("BAD_REQUEST", "kLive", key(free, p="many"), bad),
        ("MISSING_ENTRY", "kLive", "1?p=102&i=0&t=x", bad),
        ("MISSING_TOKEN", "kLive", key(free, t=None), bad),
        ("MISSING_PARTNER", "kLive", key(free, p=None), bad),
        ("MISSING_INDEX", "kLive", key(free, i=None), bad),
        ("INVALID_SERVER_INDEX", "kLive", key(free, i=7), bad),
        ("BAD_TOKEN", "kLive", key(free, t="ffffffff"), unauthorized),
        ("BAD_TOKEN", address(known, free, token="ffffffff"), free + "_1", REJECTED),
        ("BLOCKED", "kLive", key("0_blocked1"), denied),
        ("NO_PERMISSION", "kLive", key("0_nolive01"), denied),
        ("NO_ENTRY", "kLive", key("0_nn00nn00"), bad),
        ("NO_ENTRY", "kLive", key(free, p=104), bad),
        ("BAD_STREAM_NAME", inside, "anything", bad),
        ("ENTRY_MISMATCH", inside, entry(2) + "_1", bad),
        ("BAD_STREAM_INDEX", inside, free + "_4", bad),
        ("DUPLICATE", address(known, id), id + "_1", bad),
    ] + [("QUOTA", "kLive", key(one), denied) for one in quota]


def expect(house, server, row, number, by_ffmpeg=True):
    """The refusal as a client that reads the wire sees it, then as ffmpeg prints it."""
    reason, app, stream, code = row
    refused = attempt(server, app, stream)
    assert isinstance(refused, Refused), "%s: let in" % reason
    equal((refused.at, refused.code), ("connect" if code == REJECTED else "publish", code), "%s: %s" % (reason, refused))
    assert len(refused.description) > 10, "%s has no words for the client" % reason
    if not by_ffmpeg:
        assert reason == "DUPLICATE" or denials(server, reason), "%s is not in the log" % reason
        return
    with ffmpeg(house, server, "rtmp://127.0.0.1/" + app, app, stream, "refusal-%d" % number) as encoder:
        wait("ffmpeg to give up after %s" % reason, lambda: not encoder.is_alive, 20)
        # Of a refused connect ffmpeg tells that there was one, not its words.
        wanted = "error" if code == REJECTED else refused.description
        assert wanted in encoder.text(), "%s: ffmpeg said %r, not %r" % (reason, encoder.text(), wanted)
    # Of a duplicate the host decides, which was let in.
    assert reason == "DUPLICATE" or len(denials(server, reason)) >= 2, "%s is not in the log" % reason


def publish_each_form(house, server, known):
    """Each form by an ffmpeg of its own, on air at once. The first stays; it is the caller's to end."""
    encoders, rows = [], forms(known)
    try:
        for name, url, app, stream, _ in rows:
            encoders.append(ffmpeg(house, server, url, app, stream, "%s form %s" % (os.path.basename(server.folder), name)))
        for encoder, (name, _, _, _, becomes) in zip(encoders, rows):
            try:
                server.wait_on_air("kLive/" + becomes)
            except AssertionError as error:
                raise AssertionError("form %s: %s; ffmpeg said %s" % (name, error, encoder.text())) from None
    except BaseException:
        encoders[0].end()
        raise
    finally:
        for encoder in encoders[1:]:
            encoder.end()
    return encoders[:1]


def refuse_each(house, server, rows, by_ffmpeg=True):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(expect, house, server, row, number, by_ffmpeg) for number, row in enumerate(rows)]:
            done.result()


def wrong_tokens_delay_nobody(server, known):
    """A hundred of them, and then the right one."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        wrong = [address(known, entry(6), token="%08x" % number) for number in range(100)]
        found = list(pool.map(lambda app: attempt(server, app, entry(6) + "_1").code, wrong))
    equal(set(found), {REJECTED}, "wrong tokens")
    began = time.monotonic()
    equal(attempt(server, address(known, entry(6)), entry(6) + "_1"), "ok", "the right one")
    assert time.monotonic() - began < 2, "the right token took %.1f s" % (time.monotonic() - began)


def decides_as_the_back_end(house, server, known):
    """A local catalogue with these entries: the same forms, and the same refusals but for those that a back end alone gives."""
    encoders = publish_each_form(house, server, known)
    try:
        with Client(server.port("rtmp"), timeout=15) as only:
            only.connect(address(known, "0_quota001"))
            only.publish("0_quota001_1")
            refuse_each(house, server, refusals(known, "0_form0001", ["0_quota002"]), by_ffmpeg=False)
        wrong_tokens_delay_nobody(server, known)
        assert encoders[0].is_alive, encoders[0].text()
    finally:
        for encoder in encoders:
            encoder.end()
