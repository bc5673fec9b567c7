"""A Kaltura back end decides, by its API: who may publish, what it is told of it, and what happens when it does not answer."""
import concurrent.futures
import json
import os
import re
import shutil
import signal
import threading
import time

from harness import case, equal, media, processes, wait
from harness.kaltura_api import CONVERTS, OWN_SECRET, PASSES, SECRET, back_end
from harness.publishing import (
    REJECTED, SUFFIX, address, attempt, denials, entries, entry, expect, known_entries, publish_each_form, refusals, refuse_each,
    wrong_tokens_delay_nobody)
from harness.rtmp import AVC_CONFIGURATION, Client, Refused, video
from harness.server import Server, own_plugins

APP = '[app.kLive]\nauth = ["kaltura"]\noutputs = ["rtmp"]\n'
HOSTNAME = "edge-a.example.test"


def server_of(house, api, name, secret=SECRET, **config):
    """A server that asks this back end; its manifest and its secret as an operator writes them."""
    folder = own_plugins(house, name)
    path = os.path.join(folder, "kaltura.toml")
    with open(path) as file:
        text = file.read()
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#")) + "\n"
    assert '"fetch"' in text and "[config]" not in text, text
    settings = {
        "backend": '"kaltura"', "server_url": '"%s"' % api.url, "admin_secret_file": '"secret"', "hostname": '"%s"' % HOSTNAME,
        "ks_version": 1 if api.is_ours else 2, "playable_after": '"1 s"', "keepalive_s": 1, "reconnect_timeout_s": 1}
    settings.update(config)
    text += 'egress = ["%s"]\n[config]\n%s' % (api.url, "".join("%s = %s\n" % pair for pair in settings.items()))
    with open(path, "w") as file:
        file.write(text)
    server = house.own_server(APP, plugins=folder)
    home = os.path.join(server.data, "plugins", "kaltura")
    os.makedirs(home)
    with open(os.path.join(home, "secret"), "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(secret + "\n")
    return server


def publisher(house, server, api, id):
    """An ffmpeg that publishes this entry, on air."""
    made = media.Publisher(server.url("rtmp", "%s/%s_1" % (address(api.entries, id), id)), house.path("ffmpeg-%s.log" % id))
    try:
        server.wait_on_air("kLive/%s_1" % id)
    except AssertionError as error:
        made.end()
        raise AssertionError("%s; ffmpeg said: %s" % (error, made.text())) from None
    return made


def ladder(server, id):
    """The renditions that a transcoder would make of it."""
    return [one["name"] for one in json.loads(server.stream("kLive/%s_1" % id)["attributes"]["ladder.profile"])["renditions"]]


def metric(server, name):
    found = re.search(r"^sluice_%s (\S+)$" % name, server.admin("/metrics")[1], re.M)
    return float(found.group(1)) if found else 0.0


def allowed(server):
    """How often a publisher was let in, asked again included."""
    return metric(server, r'auth_decisions_total\{action="publish",decision="allow",source="chain"\}')


def session_of(server, id):
    """Who publishes the entry now."""
    return ((server.stream("kLive/%s_1" % id) or {}).get("publisher") or {}).get("session")


def no_secret_in(server, api):
    places = {"log": "".join(server.log_lines()), "metrics": server.admin("/metrics")[1]}
    for path in ("plugins", "apps", "streams", "sessions", "openapi.json", "plugins/kaltura/rejections", "plugins/kaltura"):
        places[path] = server.admin("/api/v1/" + path)[1]
    for words in (("kaltura", "rejections"), ("session", "list"), ("plugin", "show", "kaltura"), ("check",)):
        places[" ".join(words)] = server.sluice(*words, status=None)
    for folder, _, files in os.walk(server.data):
        for file in files:
            if file != "secret" and not file.endswith(".so"):
                with open(os.path.join(folder, file), errors="replace") as content:
                    places[file] = content.read()
    secrets = {token for _, token, _ in api.entries.values()} | api.sessions | {SECRET, OWN_SECRET}
    found = [(place, secret[:6] + "…") for place, text in places.items() for secret in secrets if secret in text]
    # A session of version 2 begins so, whoever made it.
    found += [(place, "a session") for place, text in places.items() if re.search(r"djJ8[A-Za-z0-9_=-]{40}", text)]
    assert not found, "secrets in %s" % found
    assert len(places["log"]) > 500, "the log is nearly empty: was it looked at?"


class Events:
    """What the server's event stream says meanwhile."""

    def __init__(self, server):
        self.process = processes.start(
            ["curl", "-sN", "-H", "Authorization: Bearer " + server.token, "http://127.0.0.1:%d/api/v1/events" % server.port("admin")],
            log=os.path.join(server.folder, "events.log"))
        self.file = os.path.join(server.folder, "events.log")

    def no_secret(self, api):
        processes.end(self.process)
        with open(self.file, errors="replace") as file:
            text = file.read()
        assert "auth." in text or "stream." in text, "no events were heard: %s" % text[-300:]
        found = [secret[:6] for secret in [token for _, token, _ in api.entries.values()] + list(api.sessions) + [SECRET] if secret in text]
        assert not found, "secrets in events: %s" % found


@case(seconds=120)
def it_lets_in_registers_cuts_and_is_not_missed_on_air(house):
    first, second = entry(1), entry(2)
    converting = {first: entries(9)[first][:2] + (CONVERTS,)}
    with back_end(dict(entries(9), **converting), HOSTNAME) as api, server_of(house, api, "kaltura-api") as server:
        events = Events(server)
        with publisher(house, server, api, first):
            equal(api.count("livestream.authenticate"), 1, "calls of one connect and one publish")
            asked = api.last("livestream.authenticate")
            equal((asked["partnerId"], asked["hostname"], asked["mediaServerIndex"]), ("102", HOSTNAME, "0"), "the call")
            equal(ladder(server, first)[0], "source", "what a transcoder would make")
            asked = [fields for call, fields in api.calls if call == "wowza_liveconversionprofile.serve"][0]
            equal((asked["streamName"], asked["partnerId"], asked.get("extraParams")), (first + "_1", "102", None), "the call")
            # No flavor takes the fourth stream: what ffmpeg hears of it.
            fourth = media.Publisher(server.url("rtmp", "%s/%s_4" % (address(api.entries, first), first)), house.path("fourth.log"))
            wait("ffmpeg to be refused", lambda: not fourth.is_alive, 20)
            assert "no rendition of the entry's profile" in fourth.text(), fourth.text()
            wait("its log line", lambda: len(denials(server, "NO_PROFILE")) == 1)
            wait("status 1", lambda: api.registered.get((first, "0")) == 1)
            refused = attempt(server, address(api.entries, first, token="wrong"), first + "_1")
            equal(refused.code, REJECTED, "beside the right one: %s" % refused)
            wait("the alerts", lambda: api.count("beacon.add") == 2)
            equal(attempt(server, address(api.entries, entry(3), partner=False), entry(3) + "_1"), "ok", "an unknown partner")
            equal(api.count("livestream.get"), 1, "look-ups")
            wait("the ladder of what the input is", lambda: ladder(server, first) == ["source"], 20)
            known = json.loads([fields for _, fields in api.calls if "extraParams" in fields][-1]["extraParams"])
            equal((known["height"], known["audiocodecidstring"]), ("180", "AAC"), "what the back end is told of the input")
            api.rule("error", "livestream.registermediaserver", code="SERVICE_FORBIDDEN_CONTENT_BLOCKED")
            wait("the blocked one to be cut", lambda: not (server.stream("kLive/%s_1" % first) or {}).get("publisher"), 40)
        api.clear()
        wait("it to be withdrawn", lambda: api.count("livestream.unregistermediaserver") == 1 and (first, "0") not in api.registered, 20)
        with publisher(house, server, api, second):
            wait("it to be registered", lambda: api.registered.get((second, "0")) in (1, 2))
            wait("it to be noted", lambda: second in open(os.path.join(server.data, "plugins/kaltura/let_in.json")).read())
            on_air = session_of(server, second)
            # Away, and the plugin dies as well: who is on air stays, who was there a moment ago comes back, others are told to wait.
            api.rule("close", "*")
            pid = server.sluice_json("plugin", "show", "kaltura")["generations"][-1]["pid"]
            os.kill(pid, signal.SIGKILL)
            wait("another process", lambda: server.sluice_json("plugin", "show", "kaltura")["generations"][-1]["pid"] not in (0, pid), 20)
            equal(attempt(server, address(api.entries, entry(3), partner=False), entry(3) + "_1"), "ok", "within the grace time")
            began = time.monotonic()
            refused = attempt(server, address(api.entries, entry(4)), entry(4) + "_1")
            assert isinstance(refused, Refused) and time.monotonic() - began < 10, refused
            equal(len(denials(server, "BACKEND_DOWN")), 1, "log lines of it")
            wait("the circuit to open", lambda: any("back end cannot be used" in line for line in server.log_lines()))
            # Who is on air is asked about again each five seconds.
            let_in = allowed(server)
            wait("the next recheck", lambda: allowed(server) > let_in)
            equal(session_of(server, second), on_air, "the publisher, while the back end was away")
            equal(ladder(server, second), ["source"], "its ladder")
            api.clear()
            wait("it to be registered by the new process", lambda: api.registered.get((second, "0")) == 1, 20)
            no_secret_in(server, api)
            server.sluice("plugin", "reload", "kaltura")
            wait("it to be noted", lambda: second in open(os.path.join(server.data, "plugins/kaltura/let_in.json")).read())
            events.no_secret(api)
            # The server stops while it is on air.
            equal(server.stop(), 0, "the server's end")
            assert (second, "0") not in api.registered, "not withdrawn when the server stopped: %s" % (api.registered,)


@case(seconds=120)
def every_fault_of_it_has_its_answer(house):
    kinds = [
        ("latency", {"ms": 300}, "ok"), ("status", {}, "BACKEND_DOWN"), ("hang", {"ms": 3000}, "BACKEND_DOWN"), ("close", {}, "BACKEND_DOWN"),
        ("reset", {}, "BACKEND_DOWN"), ("malformed", {}, "BACKEND_DOWN"), ("truncate", {}, "BACKEND_DOWN"),
        ("garbage", {}, "BACKEND_DOWN"), ("html", {}, "BACKEND_DOWN"), ("empty", {}, "BACKEND_DOWN"), ("null", {}, "BACKEND_DOWN"),
        ("slow", {"ms": 20}, "BACKEND_DOWN"), ("expired_ks", {"count": 1}, "ok"),
        ("error", {"code": "INTERNAL_SERVERL_ERROR"}, "BACKEND_DOWN"), ("error", {"code": "A_NEW_ONE"}, "BACKEND_DOWN")]
    with back_end(entries(60), HOSTNAME) as api, server_of(
            house, api, "kaltura-faults", api_timeout_ms=1000, alerts="false", register="false") as server:
        if api.is_ours:
            kinds += [("wrong_type", {}, "BACKEND_DOWN"), ("foreign", {}, "PARTNER_MISMATCH")]
        number = 0
        with publisher(house, server, api, entry(59)):
            on_air = session_of(server, entry(59))
            for kind, more, wanted in kinds:
                id = entry(number)
                before, began, sessions = len(denials(server, wanted)), time.monotonic(), metric(server, r"kaltura_sessions_total(?:\{[^}]*\})?")
                api.rule(kind, **more)
                found = attempt(server, address(api.entries, id), id + "_1")
                took = time.monotonic() - began
                api.clear()
                assert took < 10, "%s took %.1f s" % (kind, took)
                if wanted == "ok":
                    equal(found, "ok", kind)
                else:
                    assert isinstance(found, Refused) and found.at == "connect", "%s: %s" % (kind, found)
                    wait("its line", lambda: len(denials(server, wanted)) > before, 5)
                    equal(len(denials(server, wanted)), before + 1, "log lines for %s" % kind)
                equal(metric(server, r"kaltura_sessions_total(?:\{[^}]*\})?") - sessions, 1 if kind == "expired_ks" else 0, "sessions made for " + kind)
                equal(attempt(server, address(api.entries, entry(number + 1)), entry(number + 1) + "_1"), "ok", "after %s" % kind)
                number += 2
            if api.is_ours:
                a_session_that_ends_while_three_connect(api, server, number)
            equal(session_of(server, entry(59)), on_air, "the publisher that was on air meanwhile")
        no_secret_in(server, api)


def a_session_that_ends_while_three_connect(api, server, number):
    """It is renewed once; nobody is refused for it."""
    sessions, old = len(api.sessions), set(api.sessions)
    api.fault = lambda call, fields: {"kind": "expired_ks"} if fields["ks"] in old else None
    results = []
    threads = [
        threading.Thread(target=lambda id=entry(number + i): results.append(attempt(server, address(api.entries, id), id + "_1")))
        for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(results, ["ok"] * 3, "while the session was renewed")
    equal(len(api.sessions), sessions + 1, "sessions")


def faults(known):
    """Refusals that a back end alone gives: what it answers, and the row as in `refusals`."""
    bad, denied = "NetStream.Publish.BadName", "NetStream.Publish.Denied"

    def key(number):
        return "%s_1?p=102&i=0&t=%s" % (entry(number), known[entry(number)][1])

    return [
        ({"kind": "error", "code": "LIVE_STREAM_ALREADY_BROADCASTING"}, ("ON_AIR_ELSEWHERE", "kLive", key(3), bad)),
        # This server's name is unknown to the back end.
        ({"kind": "error", "code": "MEDIA_SERVER_NOT_FOUND"}, ("BACKEND_DOWN", "kLive", key(4), denied)),
        ({"kind": "status"}, ("BACKEND_DOWN", address(known, entry(5)), entry(5) + "_1", REJECTED)),
    ]


@case(seconds=120)
def each_form_is_let_in_and_each_refusal_is_seen_on_the_wire(house):
    known = known_entries()
    with back_end(known, HOSTNAME) as api, server_of(
            house, api, "kaltura-forms", host_suffixes='["%s"]' % SUFFIX, partner_lookup="false", max_stream_index=3,
            auth_negative_max_ms=2000) as server:
        encoders = []
        try:
            encoders = publish_each_form(house, server, known)
            rows = refusals(known, "0_form0001", quota=("0_quota001", "0_quota002"))
            refuse_each(house, server, rows)
            for number, (fault, row) in enumerate(faults(known)):
                api.rule(**fault)
                expect(house, server, row, 100 + number)
                api.clear()
            wrong_tokens_delay_nobody(server, known)
            assert encoders[0].is_alive, encoders[0].text()
        finally:
            for encoder in encoders:
                encoder.end()
        no_secret_in(server, api)
    with back_end(known, HOSTNAME) as api, server_of(
            house, api, "kaltura-own", secret=OWN_SECRET, partner_id=102, **({"ks_source": '"api"'} if api.is_ours else {})) as server:
        # An installation of one partner acts for nobody, and refuses others without a call.
        refused = attempt(server, "kLive", "0_blocked1_1?p=103&i=0&t=bLoCkEd1")
        equal((refused.at, refused.code), ("publish", "NetStream.Publish.Denied"), "PARTNER_MISMATCH")
        equal((len(denials(server, "PARTNER_MISMATCH")), api.count("livestream.authenticate")), (1, 0), "its line, and calls")
        equal(attempt(server, address(api.entries, entry(1)), entry(1) + "_1"), "ok", "its own entry")
        assert "partnerId" not in api.last("livestream.authenticate"), "it acted for somebody"
        if api.is_ours:
            equal((api.count("session.start"), len(api.sessions)), (1, 1), "sessions had from the back end")
        no_secret_in(server, api)


def on_air(server, app, stream):
    """A small encoder: connected, publishing, with a picture sent."""
    client = Client(server.port("rtmp"), timeout=15)
    client.connect(app)
    number = client.publish(stream)
    client.send(6, 9, number, AVC_CONFIGURATION)
    video(client, number, 40)
    return client, number


@case(seconds=90)
def those_who_stop_come_back_and_both_sides_are_live(house):
    with back_end(entries(3), HOSTNAME) as api, server_of(house, api, "kaltura-sides", reconnect_timeout_s=20) as server:
        id = entry(1)
        name = "kLive/%s_1" % id
        # The first registration is lost, and so is its retry: it is repaired while the other side comes and goes.
        api.rule("close", "livestream.registermediaserver", count=2)
        backup, _ = on_air(server, address(api.entries, id, server=1), id + "_1")
        wait("two lost calls", lambda: api.count("livestream.registermediaserver") >= 2)
        began = time.monotonic()
        # Stopped and started at once, ten times: let in each time, one broadcast.
        for number in range(10):
            primary, stream = on_air(server, address(api.entries, id), id + "_1")
            wait("start %d" % number, lambda: (server.stream(name) or {}).get("publisher"), 10, every=0.02)
            if number < 9:
                primary.close()
        assert time.monotonic() - began < 10, "ten starts took %.1f s" % (time.monotonic() - began)
        ends = [line for line in server.log_lines() if "stream.ended" in line or "stream ended" in line]
        equal((ends, api.count("livestream.unregistermediaserver")), ([], 0), "ends of the broadcast")
        # Both sides, each for itself; the rhythm sixty times as fast.
        stop = threading.Event()

        def pictures():
            time_ = 80
            while not stop.wait(0.1):
                video(primary, stream, time_)
                time_ += 100

        thread = threading.Thread(target=pictures)
        thread.start()
        try:
            assert server.stream(name)["publisher"] and server.stream(name + "~b")["publisher"], "one of the sides is not live"
            wait("both to be registered", lambda: api.registered.get((id, "0")) == 1 and api.registered.get((id, "1")) in (1, 2))
            begun, count = time.monotonic(), api.count("livestream.registermediaserver")
            wait("four repetitions", lambda: api.count("livestream.registermediaserver") >= count + 4)
            passed = time.monotonic() - begun
            made = api.count("livestream.registermediaserver") - count
            assert made <= 2 * (passed / 0.9 + 1), "%d registrations in %.1f s" % (made, passed)
            # One side ends, the other does not notice. A lost encoder is waited for before it is withdrawn.
            backup.close()
            wait("the backup to be gone", lambda: not (server.stream(name + "~b") or {}).get("publisher"))
            equal((api.registered.get((id, "1")) is not None, bool(server.stream(name)["publisher"])), (True, True), "who waits, who is live")
        finally:
            stop.set()
            thread.join()
        equal(server.stop(), 0, "the server's end")
        equal([key for key in api.registered if key[0] == id], [], "what is registered when the server has stopped")
        primary.close()


# Changes to a good [config], and what is said of it: a place and words.
WRONG = [
    ({"server_url": None}, r":\d+:\d+: config\.server_url: backend = \"kaltura\" needs the API's address, like"),
    ({"server_url": '"api.example.com"'}, r":\d+:1: config\.server_url: not an address like"),
    ({"server_url": '"https://other.example.com"'}, r':\d+:1: config\.server_url: .* add "https://other\.example\.com" to egress in \[permissions\]'),
    ({"admin_secret_file": None, "partner_id": -3}, r":\d+:1: config\.partner_id: neither -5 nor a positive number"),
    ({"admin_secret_file": None}, r":\d+:\d+: config\.admin_secret_file: backend = \"kaltura\" needs the secret"),
    ({"admin_secret_file": '"nothing"'}, r":\d+:1: config\.admin_secret_file: .*/plugins/kaltura/nothing: No such file"),
    ({"backend": '"kaltur"', "keepalive_s": 1000}, r':\d+:\d+: config\.backend: expected one of .*; did you mean "kaltura"\?'),
    ({"backend": '"mongodb"', "server_url": None}, r":\d+:\d+: config\.mongodb_uri: backend \"mongodb\" needs mongodb_uri or mongodb_uri_file"),
]


@case(seconds=60)
def a_wrong_configuration_is_explained_before_the_server_starts(house):
    class Nobody:
        url, is_ours = "https://www.example.com", True

    server = server_of(house, Nobody, "kaltura-check")
    path = os.path.join(house.path("kaltura-check"), "kaltura.toml")
    with open(path) as file:
        good = file.read()
    server.sluice("check")

    def told(row):
        number, (changes, words) = row
        lines = [line for line in good.splitlines() if line.split(" = ")[0] not in changes]
        lines += ["%s = %s" % pair for pair in changes.items() if pair[1] is not None]
        folder = "%s-%d" % (house.path("kaltura-check"), number)
        shutil.copytree(house.path("kaltura-check"), folder)
        with open(os.path.join(folder, "kaltura.toml"), "w") as file:
            file.write("\n".join(lines) + "\n")
        own = Server(house.binaries, house.path("kaltura-check-server-%d" % number), APP, plugins=folder)
        shutil.copytree(server.data, own.data)
        done = processes.run([own.program, "check"] + own.place)
        equal(done.returncode, 78, "status of %s" % changes)
        assert re.search(r"^" + re.escape(os.path.join(folder, "kaltura.toml")) + words, done.stderr, re.M), "%s: %s" % (changes, done.stderr)
        assert SECRET not in done.stderr + done.stdout, "the secret is printed"

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(told, enumerate(WRONG)))
