"""The Kaltura catalogue in MongoDB: the plugin in its sandbox asks a wire server through libmongoc, and outlives its failures."""
import json
import os
import subprocess
import threading
import time

from harness import case, equal, wait
from harness.house import Entry
from harness.publishing import SUFFIX, attempt, catalogue, decides_as_the_back_end, known_entries
from harness.rtmp import Client, Refused, video, AVC_CONFIGURATION
from harness.server import own_plugins

SECRET = "hidden-word"


class Mongo:
    """The tests' own MongoDB server."""

    def __init__(self, binaries):
        self.process = subprocess.Popen(
            [os.path.join(binaries, "mongo-double")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])

    def say(self, words):
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def finds(self):
        return int(self.say("count find"))

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Place:
    """A server whose catalogue has the entries of `known`, and more."""

    def __init__(self, server, known):
        self.server = server
        status, text = server.admin("/api/v1/plugins/kaltura/import", method="POST", body=catalogue(known))
        equal(status, 200, "import: %s" % text)
        self.entry, self.other = self.add(102, "0_ab12cd34"), self.add(102, "0_ef56gh78")

    def add(self, partner, id):
        made = self.server.sluice_json("kaltura", "entry", "add", id, "--partner", str(partner), "--generate-token")
        return Entry(partner, id, made["generated_token"])


def server_of(house, name, port, connect):
    """A server whose catalogue is there; its address stands in a file of the plugin's folder."""
    folder = own_plugins(house, name)
    path = os.path.join(folder, "kaltura.toml")
    with open(path) as file:
        text = file.read()
    text += '\nconnect = %s\n[config]\nbackend = "mongodb"\nmongodb_uri_file = "mongo"\nhost_suffixes = ["%s"]\nauth_cache_ms = 2000\npartner_lookup = false\nmax_stream_index = 3\nauth_negative_max_ms = 2000\n' % (
        connect, SUFFIX)
    with open(path, "w") as file:
        file.write(text)
    server = house.own_server('[app.kLive]\nauth = ["kaltura"]\noutputs = ["rtmp"]\n', plugins=folder)
    home = os.path.join(server.data, "plugins", "kaltura")
    os.makedirs(home, mode=0o700)
    with open(os.path.join(home, "mongo"), "w") as file:
        file.write("mongodb://localhost:%d/test?serverSelectionTimeoutMS=1500&heartbeatFrequencyMS=500&socketTimeoutMS=600&appname=%s\n" % (
            port, SECRET))
    return server


def reason(server):
    return server.sluice_json("kaltura", "rejections")["rejections"][-1]


def denials(server):
    return len([line for line in server.log_lines() if " denied " in line and "reason=BACKEND_DOWN" in line])


def one_question_for_three(server, mongo, entry):
    before, results = mongo.finds(), []
    threads = [threading.Thread(target=lambda i=i: results.append(attempt(server, "kLive/?" + entry.query, "%s_%d" % (entry.id, i)))) for i in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(results, ["ok"] * 3, "three at once")
    equal(mongo.finds() - before, 2, "look-ups: the entry and its partner, once")


def faults(server, mongo, place):
    good = ["kLive/?" + place.add(102, "0_fault%03d" % number).query for number in range(8)]

    def refused(app, at_most):
        before, begin = denials(server), time.monotonic()
        answer = attempt(server, app, app.split("e=")[1][:10] + "_1")
        assert isinstance(answer, Refused) and "checked" in answer.description, answer
        assert time.monotonic() - begin < at_most, "refused after %.1f s" % (time.monotonic() - begin)
        equal(reason(server)["reason"], "BACKEND_DOWN", "reason")
        wait("its line", lambda: denials(server) > before, 5)
        equal(denials(server) - before, 1, "log lines of one refusal")

    def accepted(app):
        return attempt(server, app, app.split("e=")[1][:10] + "_1") == "ok"

    mongo.say("cut 3")
    assert accepted(good[0]) and accepted(good[1]), "a cut reply was not asked for again: %s" % reason(server)
    mongo.say("cut 0")
    mongo.say("primary 0")
    assert accepted(good[2]), "a look-up needs no primary"
    mongo.say("primary 1")
    mongo.say("delay 3000")
    refused(good[3], 8)
    mongo.say("delay 0")
    wait("the catalogue to be used again", lambda: accepted(good[4]), 30)
    mongo.say("gone 1")
    refused(good[5], 8)
    assert accepted(good[4]), "not within the grace time"
    assert server.stream("kLive/" + place.other.name)["publisher"], "the absent catalogue cost a publisher"
    mongo.say("gone 0")
    wait("the catalogue to be back", lambda: accepted(good[6]), 30)


@case(seconds=120)
def the_catalogue_decides_refuses_and_is_not_missed_on_air(house):
    mongo = Mongo(house.binaries)
    server = server_of(house, "plugins-mongo", mongo.port, [mongo.port])
    try:
        with server:
            known = known_entries()
            place = Place(server, known)
            decides_as_the_back_end(house, server, known)
            with Client(server.port("rtmp")) as live:
                stream = live.connect("kLive/?" + place.other.query).publish(place.other.name)
                live.send(6, 9, stream, AVC_CONFIGURATION)
                video(live, stream, 0)
                server.wait_on_air("kLive/" + place.other.name)
                one_question_for_three(server, mongo, place.add(102, "0_three001"))
                faults(server, mongo, place)
                diagnostics(server, place.other)
                assert live.is_closed_within(60), "the publisher is still there"
            wait("it to be gone", lambda: not any(row["live"] for row in server.sluice_json("kaltura", "live")["publishers"]))
            report = server.sluice_json("kaltura", "copy", "--from", "mongodb", "--to", "sqlite")
            equal(report["partners"], 5, "partners copied")
            text = "".join(server.log_lines()) + json.dumps(server.api("plugins")) + server.sluice("kaltura", "rejections")
            tokens = [place.entry.token, place.other.token, SECRET] + [token for _, token, _ in known.values()]
            equal([token for token in tokens if token in text], [], "secrets in the log or the API")
    finally:
        mongo.stop()


def diagnostics(server, entry):
    row = [row for row in server.sluice_json("kaltura", "live")["publishers"] if row["entry"] == entry.id][0]
    equal((row["stream"], row["live"], row["scheme"]), (entry.name, True, "rtmp"), "who publishes")
    info = json.loads(server.admin("/diagnostics/info")[1])
    equal((info["inputStreamsCount"], info["entriesCount"], info["outputStreamsCount"]), (1, 1, 0), "diagnostics/info")
    assert info["version"] and info["hostName"] and 0 <= info["timeRunning"] < 600, info
    assert 0 <= info["cpuUsage"] <= 100, info
    equal(server.sluice_json("kaltura", "info")["version"], info["version"], "the command says the same")
    status, text = server.admin("/diagnostics/entries")
    equal(status, 200, "diagnostics/entries")
    shown = json.loads(text)[entry.id]["inputs"]["1"]
    equal((shown["Properties"]["Id"], shown["Encoder"]["videoCodec"]), (row["id"], "H.264"), "an input")
    status, errors = server.admin("/diagnostics/errors")
    assert status == 200 and 2 <= len(json.loads(errors)) <= 100, errors
    assert entry.token not in text + errors, "a token is shown"
    equal(server.admin("/diagnostics/entries", token=False)[0], 401, "without the bearer token")
    equal(server.admin("/api/v1/plugins/kaltura/diagnostics/info")[0], 200, "below the plugin's own path")
    equal(server.admin("/diagnostics/killConnection?clientId=%s" % row["id"])[0], 405, "GET")
    equal(server.admin("/diagnostics/killConnection?clientId=1", method="POST")[0], 404, "of nobody")
    equal(server.sluice("kaltura", "kill", "0_nobody00", status=1), "", "killing nobody")
    status, text = server.admin("/diagnostics/killConnection?clientId=%s" % row["id"], method="POST")
    equal((status, json.loads(text)), (200, {"Succeed": True}), "killConnection")


@case
def a_port_that_is_not_granted_is_refused_with_a_reason(house):
    mongo = Mongo(house.binaries)
    server = server_of(house, "plugins-mongo-refused", mongo.port, [mongo.port % 65535 + 1])
    try:
        with server:
            answer = attempt(server, "kLive/?p=102&e=0_ab12cd34&i=0&t=t0k3nt0k", "0_ab12cd34_1")
            assert isinstance(answer, Refused), answer
            found = reason(server)
            equal(found["reason"], "BACKEND_DOWN", "reason")
            sandbox = server.sluice_json("plugin", "show", "kaltura")["generations"][-1]["sandbox"]
            if "not:" not in sandbox:
                assert "port %d may not be connected to" % mongo.port in found["detail"], found
    finally:
        mongo.stop()
    # What `sluice check` says of an address that stands in the manifest.
    with open(os.path.join(server.plugins, "kaltura.toml")) as file:
        text = file.read()
    with open(os.path.join(server.plugins, "kaltura.toml"), "w") as file:
        file.write(text.replace('mongodb_uri_file = "mongo"', 'mongodb_uri = "mongodb://u:%s@h:7/x"' % SECRET))
    said = subprocess.run([server.program, "check"] + server.place, capture_output=True, text=True)
    words = said.stdout + said.stderr
    assert said.returncode != 0 and "TCP port 7, which is not in [permissions] connect" in words, words
    assert SECRET not in words, "a secret is shown"
