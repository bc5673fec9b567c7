"""Each refusal of an entry-authenticated publish: its status code, its words for the client, its reason for the operator."""
import json
import os

from harness import case, equal, wait, web
from harness.publishing import SUFFIX, catalogue, decides_as_the_back_end, known_entries
from harness.rtmp import Client, Refused
from harness.server import own_plugins

CONNECT = "NetConnection.Connect.Rejected"
UNAUTHORIZED = "NetStream.Publish.Unauthorized"
DENIED = "NetStream.Publish.Denied"
BAD_NAME = "NetStream.Publish.BadName"


def refusal(house, app, name):
    with Client(house.server.port("rtmp")) as client:
        try:
            client.connect(app).publish(name)
        except Refused as refused:
            assert refused.code, "only closed: %s" % refused
            assert client.is_closed_within(5), "still open after the refusal"
            return refused
    raise AssertionError("accepted: %s %s" % (app.split("t=")[0], name.split("t=")[0]))


def reasons(house):
    listed = house.server.sluice_json("kaltura", "rejections")["rejections"]
    return [row["reason"] for row in listed]


def expect(house, reason, code, app="kLive", name=None, at="publish"):
    name = name or house.entry.name
    refused = refusal(house, app, name)
    equal((refused.at, refused.code), (at, code), reason)
    assert len(refused.description) > 10, "%s: no words for the client: %r" % (reason, refused.description)
    assert house.entry.token not in refused.description, "%s: the token is in the description" % reason
    wait("the rejection %s to be listed, of %s" % (reason, reasons(house)[:3]), lambda: reason in reasons(house), 5)


def in_key(house, **changes):
    """Form F with some pairs changed; None leaves one out."""
    entry = house.entry
    pairs = {"p": entry.partner, "e": entry.id, "i": 0, "t": entry.token}
    pairs.update(changes)
    return "%s?%s" % (entry.name, "&".join("%s=%s" % pair for pair in pairs.items() if pair[1] is not None))


def in_address(house, **changes):
    return "kLive/?" + in_key(house, **changes).split("?")[1]


@case
def wrong_token(house):
    expect(house, "BAD_TOKEN", UNAUTHORIZED, name=in_key(house, t="ffffffff"))
    expect(house, "BAD_TOKEN", CONNECT, app=in_address(house, t="ffffffff"), at="connect")


@case
def wrong_token_while_the_right_one_is_cached(house):
    with Client(house.server.port("rtmp")) as good:
        good.connect(in_address(house)).publish(house.entry.name)
        expect(house, "BAD_TOKEN", CONNECT, app=in_address(house, t="0badbad0"), at="connect")


@case
def token_of_another_entry(house):
    expect(house, "BAD_TOKEN", UNAUTHORIZED, name=in_key(house, t=house.other.token))


@case
def stream_name_of_another_entry(house):
    expect(house, "ENTRY_MISMATCH", BAD_NAME, app=in_address(house), name=house.other.name)


@case
def wrong_partner(house):
    # Shown to the client exactly as an entry that does not exist.
    expect(house, "PARTNER_MISMATCH", BAD_NAME, name=in_key(house, p=103))
    expect(house, "PARTNER_MISMATCH", CONNECT, app=in_address(house, p=103), at="connect")
    mismatch = refusal(house, "kLive", in_key(house, p=103)).description
    unknown = refusal(house, "kLive", in_key(house, e="0_nn00nn00").replace(house.entry.name, "0_nn00nn00_1")).description
    equal(mismatch, unknown, "what the client is told")


@case
def unknown_entry(house):
    expect(house, "NO_ENTRY", BAD_NAME, name="0_nn00nn00_1?p=102&e=0_nn00nn00&i=0&t=abcdef01")


@case
def blocked_partner(house):
    entry = house.blocked
    expect(house, "BLOCKED", DENIED, name="%s?%s" % (entry.name, entry.query))


@case
def missing_token(house):
    expect(house, "MISSING_TOKEN", BAD_NAME, name=in_key(house, t=None))


@case
def missing_index(house):
    expect(house, "MISSING_INDEX", BAD_NAME, name=in_key(house, i=None))


@case
def missing_everything(house):
    refused = refusal(house, "kLive", house.entry.name)
    equal((refused.at, refused.code), ("publish", BAD_NAME), "no credentials at all")


@case
def bad_server_index(house):
    expect(house, "INVALID_SERVER_INDEX", BAD_NAME, name=in_key(house, i=7))


@case
def bad_partner_number(house):
    expect(house, "BAD_REQUEST", BAD_NAME, name=in_key(house, p="many"))


@case
def bad_stream_name(house):
    expect(house, "BAD_STREAM_NAME", BAD_NAME, app=in_address(house), name="anything")


@case
def an_app_that_does_not_exist(house):
    refused = refusal(house, "nosuchapp", "x")
    assert refused.code in (CONNECT, BAD_NAME, DENIED), refused


@case
def names_that_must_never_be_names(house):
    for name in ("../x", "a/../b", "..", ".", "line\nbreak", "nul\0", ""):
        with Client(house.server.port("rtmp")) as client:
            try:
                client.connect("live").publish(name)
            except Refused:
                continue
        raise AssertionError("the name %r was taken" % name)


@case(seconds=90)
def each_form_by_ffmpeg_and_each_refusal_of_a_back_end_with_a_local_catalogue(house):
    folder = own_plugins(house, "plugins-forms")
    with open(os.path.join(folder, "kaltura.toml"), "a") as file:
        file.write(
            '\n[config]\nhost_suffixes = ["%s"]\npartner_lookup = false\nmax_stream_index = 3\nauth_negative_max_ms = 2000\n' % SUFFIX)
    known = known_entries()
    app = '[app.kLive]\nauth = ["kaltura"]\noutputs = ["rtmp", "hls"]\nplay_header = "X-Edge: hidden-word"\n'
    with house.own_server(app, plugins=folder) as server:
        status, text = server.admin("/api/v1/plugins/kaltura/import", method="POST", body=catalogue(known))
        equal(status, 200, "import: %s" % text)
        decides_as_the_back_end(house, server, known)
        # What comes by no edge: `play_header`.
        index = server.url("http", "kLive/nobody/index.m3u8")
        answers = [web.get(index, headers=headers)[0] for headers in ({}, {"x-edge": "hidden-worm"}, {"X-EDGE": "hidden-word"})]
        equal(answers, [403, 403, 404], "without the header, with another value, with it")
        log = "".join(server.log_lines()) + server.sluice("check") + json.dumps(server.api("apps"))
        equal([id for id, (_, token, _) in known.items() if token in log], [], "tokens in the log")
        assert "hidden-word" not in log, "the header's value is shown"
