"""JSON Web Tokens and signed addresses, made here by other means: openssl and Python's own HMAC."""
import base64
import hashlib
import hmac
import json
import os
import socket
import subprocess
import time

from harness import case, equal, media, wait
from harness.neighbour import Neighbour
from harness.rtmp import Client, Refused
from harness.server import own_plugins

SECRET = "a secret of enough bytes that nobody knows"
APPS = """
[app.live]
auth = ["token"]
outputs = ["rtmp", "http-flv"]
[app.live.token]
secret = "%s"
jwks = "keys.json"
audience = "sluice"

[app.free]
open = true
outputs = ["rtmp"]

[app.late]
auth = ["token"]
outputs = ["rtmp"]
[app.late.token]
jwks = "late.json"

[app.lenient]
auth = [{ plugin = "token", on_failure = "open" }]
outputs = ["rtmp"]
[app.lenient.token]
jwks = "late.json"

[app.once]
auth = ["token"]
outputs = ["rtmp"]
[app.once.token]
secret = "%s"
one_time = true

[app.keys]
auth = ["token"]
outputs = ["rtmp"]
[app.keys.token]
jwks = "keys.json"

[app.signed]
auth = ["token"]
outputs = ["rtmp"]
[app.signed.token]
address_secrets = ["the newest of the secrets", "an older secret, still good"]
""" % (SECRET, SECRET)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(value):
    return b64(json.dumps(value).encode())


def claims(**more):
    return dict({"exp": int(time.time()) + 600, "aud": "sluice", "actions": ["publish", "play"]}, **more)


def hs256(payload, secret=SECRET, header=None):
    text = part(header or {"alg": "HS256", "typ": "JWT"}) + "." + part(payload)
    return text + "." + b64(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


class Key:
    """A key pair of openssl's."""

    def __init__(self, folder, kid, algorithm):
        self.kid, self.algorithm, self.file = kid, algorithm, os.path.join(folder, kid + ".pem")
        if algorithm == "RS256":
            self.openssl("genrsa", "-out", self.file, "2048")
            modulus = bytes.fromhex(self.openssl("rsa", "-in", self.file, "-noout", "-modulus").decode().strip().split("=")[1])
            self.jwk = {"kty": "RSA", "kid": kid, "alg": algorithm, "use": "sig", "n": b64(modulus), "e": "AQAB"}
        else:
            self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.file)
            point = self.openssl("ec", "-in", self.file, "-pubout", "-outform", "DER")[-64:]
            self.jwk = {"kty": "EC", "kid": kid, "crv": "P-256", "x": b64(point[:32]), "y": b64(point[32:])}

    @staticmethod
    def openssl(*words, data=None):
        done = subprocess.run(["openssl"] + list(words), input=data, capture_output=True, timeout=20)
        equal(done.returncode, 0, done.stderr)
        return done.stdout

    def sign(self, payload, kid=None):
        text = part({"alg": self.algorithm, "kid": kid or self.kid}) + "." + part(payload)
        signature = self.openssl("dgst", "-sha256", "-sign", self.file, data=text.encode())
        if self.algorithm == "ES256":
            at, numbers = 2, b""
            for _ in range(2):
                size = signature[at + 1]
                numbers += signature[at + 2:at + 2 + size][-32:].rjust(32, b"\0")
                at += 2 + size
            signature = numbers
        return text + "." + b64(signature)


def attempt(server, app, stream, query):
    """How a publish ends: "ok", or the reason that the server's log has for it."""
    seen = len(server.log_lines())
    client = Client(server.port("rtmp"))
    try:
        client.connect(app)
        client.publish(stream + "?" + query)
        return "ok"
    except Refused:
        def reason():
            for line in server.log_lines()[seen:]:
                if " denied " in line:
                    return line.split("reason=")[1].split()[0]
            return None
        return wait("a reason in the log", reason, 5)
    finally:
        client.close()


def start(house, name, keys=()):
    folder = own_plugins(house, name)
    path = os.path.join(folder, "token.toml")
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace("enabled = false\n", ""))
    server = house.own_server(APPS, plugins=folder)
    write_keys(server, keys)
    return server


def write_keys(server, keys, name="keys", cut=None):
    folder = os.path.join(server.data, "plugins", "token")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".new"), "w") as file:
        file.write(json.dumps({"keys": [key.jwk for key in keys]})[:cut])
    os.rename(os.path.join(folder, name + ".new"), os.path.join(folder, name + ".json"))


@case(seconds=90)
def tokens_are_judged_by_signature_and_claims(house):
    os.makedirs(house.path("keypairs"))
    rsa, ec, other = (Key(house.path("keypairs"), kid, algorithm) for kid, algorithm in (("r1", "RS256"), ("e1", "ES256"), ("x1", "RS256")))
    with start(house, "tokens", (rsa, ec)) as server, Neighbour(server) as neighbour:
        now = int(time.time())
        with open(rsa.file) as file:
            public = Key.openssl("rsa", "-pubout", data=file.read().encode()).decode()
        table = [
            ("HS256", hs256(claims()), "ok"), ("RS256", rsa.sign(claims()), "ok"), ("ES256", ec.sign(claims()), "ok"),
            ("none at all", "", "NO_TOKEN"), ("another secret", hs256(claims(), "another secret of enough bytes, of theirs"), "BAD_SIGNATURE"),
            ("another key", other.sign(claims(), kid="r1"), "BAD_SIGNATURE"), ("an unknown key", other.sign(claims()), "UNKNOWN_KEY"),
            ("expired", hs256(claims(exp=now - 60)), "EXPIRED"), ("not yet", hs256(claims(nbf=now + 600)), "NOT_YET_VALID"),
            ("no expiry", hs256({"aud": "sluice", "actions": "publish"}), "NO_EXPIRY"),
            ("another audience", hs256(claims(aud="other")), "WRONG_AUDIENCE"),
            ("other audiences", hs256(claims(aud=["other", "sluice2"])), "WRONG_AUDIENCE"), ("a viewer's", hs256(claims(actions="play")), "WRONG_ACTION"),
            ("another stream's", hs256(claims(stream="two")), "WRONG_STREAM"),
            ("alg none", part({"alg": "none"}) + "." + part(claims()) + ".", "WRONG_ALGORITHM"),
            ("alg HS512", hs256(claims(), header={"alg": "HS512"}), "WRONG_ALGORITHM"),
            ("garbage", "a.b.c", "MALFORMED_TOKEN"),
        ]
        for number, (what, text, wanted) in enumerate(table):
            equal(attempt(server, "live", "one" if "stream" in what else "s%d" % number, "token=" + text), wanted, what)
        confused = hs256(claims(), public, {"alg": "HS256", "kid": "r1"})
        equal(attempt(server, "keys", "s", "token=" + confused), "WRONG_ALGORITHM", "a public key as a secret")
        too_long(server)
        neighbour.check(10)
        keys_that_are_not_there(server, rsa, other)
        write_keys(server, (rsa, ec, other))
        wait("the new key", lambda: attempt(server, "live", "late%d" % time.monotonic_ns(), "token=" + other.sign(claims())) == "ok", 10, every=0.5)
        write_keys(server, (ec, other))
        wait("the old key to be gone", lambda: attempt(server, "live", "x%d" % time.monotonic_ns(), "token=" + rsa.sign(claims())) == "UNKNOWN_KEY", 10,
             every=0.5)
        publisher = media.Publisher(server.url("rtmp", "live/real?token=" + hs256(claims(sub="ann"))), house.path("token-ffmpeg.log"))
        try:
            server.wait_on_air("live/real")
        finally:
            publisher.end()
        log = "".join(server.log_lines())
        assert SECRET not in log and hs256(claims()).split(".")[2] not in log, "a secret in the log"


def too_long(server):
    """No address is so long: refused with words before it is a question, over RTMP and over HTTP."""
    for text in (hs256(claims(more="x" * 9000)), "a" * 65000, "a" * 1_000_000):
        with Client(server.port("rtmp")) as client:
            try:
                client.connect("live")
                client.publish("s?token=" + text)
                raise AssertionError("a token of %d bytes was taken" % len(text))
            except Refused as refused:
                if len(text) < 100_000:
                    equal((refused.code, refused.description), ("NetStream.Publish.BadName", "the name is longer than 4096 bytes"), len(text))
                else:
                    # More than any peer may send before it is let in: closed at the message's head, with a word in the log.
                    wait("why it was closed", lambda: any("message of 1000" in line and "limit" in line for line in server.log_lines()), 10)
        # A line of a request's head may be longer than what is read of it: the answer is there before all of it was sent.
        with socket.create_connection(("127.0.0.1", server.port("http")), 10) as client:
            try:
                client.sendall(b"GET /live/s.flv?token=" + text.encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            except ConnectionError:
                pass
            status = client.recv(65536).split(b"\r\n")[0]
            assert status.split()[1:2] in ([b"414"], [b"431"]), "%d bytes over HTTP: %r" % (len(text), status)


def keys_that_are_not_there(server, rsa, other):
    """A file that was never good decides nothing: the chain's failure policy does. One that was good stays so."""
    good, theirs = "token=" + rsa.sign(claims()), "token=" + other.sign(claims())
    equal(attempt(server, "late", "a", good), "BACKEND_DOWN", "no file of keys")
    equal(attempt(server, "late", "b", "token=" + rsa.sign(claims(exp=1))), "EXPIRED", "no file of keys, and too late besides")
    equal(attempt(server, "lenient", "c", good), "ok", "no file of keys, policy open")
    equal(attempt(server, "lenient", "d", "token=a.b.c"), "MALFORMED_TOKEN", "garbage, policy open")
    write_keys(server, (rsa,), "late", cut=-20)
    wait("half a file to be seen", lambda: any("late.json" in line and "JSON" in line for line in server.log_lines())
         or attempt(server, "late", "e%d" % time.monotonic_ns(), good) == "ok", 20)
    equal(attempt(server, "late", "f", good), "BACKEND_DOWN", "half a file")
    write_keys(server, (rsa,), "late")
    wait("the whole file", lambda: attempt(server, "late", "g%d" % time.monotonic_ns(), good) == "ok", 20, every=0.5)
    equal(attempt(server, "lenient", "h", theirs), "UNKNOWN_KEY", "another key, now that there are keys")
    seen = len(server.log_lines())
    os.unlink(os.path.join(server.data, "plugins", "token", "late.json"))
    wait("the file to be missed", lambda: attempt(server, "late", "i%d" % time.monotonic_ns(), good) == "ok" and any(
        "late.json" in line and "No such file" in line for line in server.log_lines()[seen:]), 20, every=0.5)


@case(seconds=60)
def a_token_is_good_once_even_after_a_restart(house):
    with start(house, "once") as server:
        spent = "token=" + hs256(claims(jti="first"))
        equal(attempt(server, "once", "a", spent), "ok", "first use")
        equal(attempt(server, "once", "b", spent), "ALREADY_USED", "second use")
        equal(attempt(server, "once", "c", "token=" + hs256(claims())), "NO_ID", "without an id")
        server.stop()
        server.start()
        equal(attempt(server, "once", "d", spent), "ALREADY_USED", "after a restart")
        equal(attempt(server, "once", "e", "token=" + hs256(claims(jti="second"))), "ok", "another one")
        # What can't be written down is no use: neither let in nor spent.
        server.stop()
        file, third = os.path.join(server.data, "plugins", "token", "used-ids"), "token=" + hs256(claims(jti="third"))
        os.rename(file, file + ".away")
        os.mkdir(file)
        server.start()
        for _ in range(2):
            equal(attempt(server, "once", "f", third), "BACKEND_DOWN", "without a file of used ids")
        assert any("used ids cannot be kept" in line and "Is a directory" in line for line in server.log_lines()), "no word of it in the log"
        os.rmdir(file)
        os.rename(file + ".away", file)
        equal(attempt(server, "once", "g", third), "ok", "the disk is good again")
        equal(attempt(server, "once", "h", third), "ALREADY_USED", "twice")
        equal(attempt(server, "once", "i", spent), "ALREADY_USED", "used before all that")


@case(seconds=60)
def signed_addresses(house):
    with start(house, "signed") as server:
        query = server.sluice("token", "sign", "signed/one", "--action", "publish", "--for", "60").strip()
        equal(attempt(server, "signed", "one", query), "ok", "as signed")
        equal(attempt(server, "signed", "two", query), "BAD_SIGNATURE", "for another stream")
        bound = server.sluice("token", "sign", "signed/one", "--action", "publish", "--ip", "192.0.2.1").strip()
        equal(attempt(server, "signed", "three", bound), "BAD_SIGNATURE", "from another address")

        def by_hand(stream, expires, secret):
            text = "sluice1\npublish\nsigned/%s\n%d\n" % (stream, expires)
            return "expires=%d&signature=%s" % (expires, hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest())
        equal(attempt(server, "signed", "old", by_hand("old", time.time() + 60, "an older secret, still good")), "ok", "by an older secret")
        equal(attempt(server, "signed", "late", by_hand("late", time.time() - 1, "the newest of the secrets")), "EXPIRED", "too late")
        equal(attempt(server, "signed", "none", "x=1"), "NO_TOKEN", "unsigned")
