"""A Kaltura back end decides, by its API: who may publish, what it is told of it, and what happens when it does not answer."""
import os
import threading
import time

from harness import case, equal, media, wait
from harness.kaltura_api import API, FAULTS, SECRET
from harness.rtmp import Client, Refused
from harness.server import own_plugins

APP = '[app.kLive]\nauth = ["kaltura"]\noutputs = ["rtmp"]\n'
HOSTNAME = "edge-a.example.test"


def entry(number):
    return "0_api%05d" % number


def entries(count, partner=102):
    return {entry(number): (partner, "tOkEn%05d" % number) for number in range(count)}


def server_of(house, api, name, more=""):
    """A server that asks this back end; its manifest and its secret as an operator writes them."""
    folder = own_plugins(house, name)
    path = os.path.join(folder, "kaltura.toml")
    with open(path) as file:
        text = file.read()
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#")) + "\n"
    assert '"fetch"' in text and "[config]" not in text, text
    text += 'egress = ["%s"]\n[config]\nbackend = "kaltura"\nserver_url = "%s"\nadmin_secret_file = "secret"\nhostname = "%s"\n' % (
        api.url, api.url, HOSTNAME)
    text += 'ks_version = 1\nplayable_after = "1 s"\nkeepalive_s = 1\nreconnect_timeout_s = 1\n' + more
    with open(path, "w") as file:
        file.write(text)
    server = house.own_server(APP, plugins=folder)
    home = os.path.join(server.data, "plugins", "kaltura")
    os.makedirs(home)
    with open(os.path.join(home, "secret"), "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(SECRET + "\n")
    return server


def address(api, id, token=None, partner=True):
    owner, right = api.entries[id]
    return "kLive?%se=%s&i=0&t=%s" % ("p=%d&" % owner if partner else "", id, token or right)


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


def publisher(house, server, api, id):
    """An ffmpeg that publishes this entry, on air."""
    made = media.Publisher(server.url("rtmp", "%s/%s_1" % (address(api, id), id)), house.path("ffmpeg-%s.log" % id))
    try:
        server.wait_on_air("kLive/%s_1" % id)
    except AssertionError as error:
        made.end()
        raise AssertionError("%s; ffmpeg said: %s" % (error, made.text())) from None
    return made


def denials(server, reason):
    return [line for line in server.log_lines() if " denied " in line and "reason=%s" % reason in line]


def no_secret_in(server, api):
    text = "".join(server.log_lines())
    for path in ("plugins", "streams", "sessions", "plugins/kaltura/rejections"):
        text += server.admin("/api/v1/" + path)[1]
    text += server.admin("/metrics")[1]
    secrets = {token for _, token in api.entries.values()} | api.sessions | {SECRET}
    found = [secret[:6] + "…" for secret in secrets if secret in text]
    assert not found, "secrets in the log or the API: %s" % found


@case(seconds=90)
def it_lets_in_registers_cuts_and_is_not_missed_on_air(house):
    with API(entries(9), HOSTNAME) as api, server_of(house, api, "kaltura-api") as server:
        first, second = entry(1), entry(2)
        with publisher(house, server, api, first):
            equal(api.count("livestream.authenticate"), 1, "calls of one connect and one publish")
            asked = api.last("livestream.authenticate")
            equal((asked["partnerId"], asked["hostname"], asked["mediaServerIndex"]), ("102", HOSTNAME, "0"), "the call")
            wait("status 1", lambda: api.registered.get((first, "0")) == 1)
            assert any(fields.get("liveEntryStatus") == "2" for _, fields in api.calls), "never broadcasting"
            refused = attempt(server, address(api, first, token="wrong"), first + "_1")
            equal(refused.code, "NetConnection.Connect.Rejected", "beside the right one: %s" % refused)
            wait("the alert", lambda: api.count("beacon.add") == 1)
            equal(attempt(server, address(api, entry(3), partner=False), entry(3) + "_1"), "ok", "an unknown partner")
            equal(api.count("livestream.get"), 1, "look-ups")
            api.fault = lambda call, fields: "SERVICE_FORBIDDEN_CONTENT_BLOCKED" if call.endswith(".registermediaserver") else None
            wait("the blocked one to be cut", lambda: not (server.stream("kLive/%s_1" % first) or {}).get("publisher"), 40)
        api.fault = lambda call, fields: None
        wait("it to be withdrawn", lambda: api.count("livestream.unregistermediaserver") == 1 and not api.registered, 20)
        with publisher(house, server, api, second):
            # Away: who is on air stays, who was there a moment ago comes back, others are told to wait.
            api.fault = lambda call, fields: "close"
            equal(attempt(server, address(api, entry(3), partner=False), entry(3) + "_1"), "ok", "within the grace time")
            began = time.monotonic()
            refused = attempt(server, address(api, entry(4)), entry(4) + "_1")
            assert isinstance(refused, Refused) and time.monotonic() - began < 10, refused
            equal(len(denials(server, "BACKEND_DOWN")), 1, "log lines of it")
            wait("the circuit to open", lambda: any("back end cannot be used" in line for line in server.log_lines()))
            assert server.stream("kLive/%s_1" % second)["publisher"], "the absent back end cost a publisher"
        no_secret_in(server, api)


@case(seconds=90)
def every_fault_of_it_has_its_answer(house):
    with API(entries(40), HOSTNAME) as api, server_of(house, api, "kaltura-faults", "api_timeout_ms = 1000\nalerts = false\nregister = false\n") as server:
        number = 0
        for fault in FAULTS:
            api.fault = lambda call, fields, bad=entry(number): fault if fields.get("entryId") == bad else None
            wanted = {"foreign": "PARTNER_MISMATCH"}.get(fault, "BACKEND_DOWN")
            before, began = len(denials(server, wanted)), time.monotonic()
            refused = attempt(server, address(api, entry(number)), entry(number) + "_1")
            assert isinstance(refused, Refused) and refused.at == "connect", "%s: %s" % (fault, refused)
            assert time.monotonic() - began < 10, "%s took %.1f s" % (fault, time.monotonic() - began)
            wait("its line", lambda: len(denials(server, wanted)) > before, 5)
            equal(len(denials(server, wanted)), before + 1, "log lines for %s" % fault)
            number += 1
            equal(attempt(server, address(api, entry(number)), entry(number) + "_1"), "ok", "after %s" % fault)
            number += 1
        # A session that ends while three connects are under way is renewed once; nobody is refused for it.
        sessions, old = len(api.sessions), set(api.sessions)
        api.fault = lambda call, fields: "expired" if fields["ks"] in old else None
        results = []
        threads = [
            threading.Thread(target=lambda id=entry(number + i): results.append(attempt(server, address(api, id), id + "_1")))
            for i in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        equal(results, ["ok"] * 3, "while the session was renewed")
        equal(len(api.sessions), sessions + 1, "sessions")
        no_secret_in(server, api)
