"""A company's own HTTP server decides, through the webhook plugin: in our words and in those of other servers."""
import hashlib
import hmac
import http.server
import json
import os
import threading
import time
import urllib.parse

from harness import case, equal, media, wait
from harness.neighbour import Neighbour
from harness.rtmp import Client, Refused
from harness.server import own_plugins


class Hook:
    """An auth server of a few lines. `answer` is (status, body) for each question; None never answers."""

    def __init__(self):
        hook = self
        self.questions, self.answer = [], lambda path, text: (200, b'{"decision":"deny","reason":"NOT_SET"}')

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                text = self.rfile.read(int(self.headers.get("content-length") or 0))
                hook.questions.append((self.path, dict(self.headers), text))
                found = hook.answer(self.path, text)
                if found is None:
                    time.sleep(8)
                    return
                status, body = found
                try:
                    self.send_response(status)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except ConnectionError:
                    pass

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def app(name, hook, mode="sluice", more=""):
    return '[app.%s]\nauth = ["webhook"]\noutputs = ["rtmp"]\n[app.%s.webhook]\nurl = "http://127.0.0.1:%d/%s"\nmode = "%s"\n%s\n' % (
        name, name, hook.port, name, mode, more)


def plugins(house, hook, name):
    """The shipped manifests, the hook's enabled."""
    folder = own_plugins(house, name)
    path = os.path.join(folder, "webhook.toml")
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace("enabled = false\n", "").replace("http://127.0.0.1:8090", "http://127.0.0.1:%d" % hook.port, 1))
    return folder


def attempt(server, app, stream):
    """How a publish ends: "ok", or its refusal."""
    client = Client(server.port("rtmp"))
    try:
        client.connect(app)
        client.publish(stream)
        return "ok"
    except Refused as refused:
        return refused
    finally:
        client.close()


def allow(path, text):
    """Whoever says key=open, in the words of each server."""
    is_open = b"open" in text
    if path == "/srs":
        return 200, b'{"code":0}' if is_open else b'{"code":403}'
    if path == "/live":
        return 200, json.dumps(
            {"decision": "allow", "principal": "ann", "ttl_ms": 0} if is_open
            else {"decision": "deny", "reason": "NO_KEY", "message": "Say a key."}).encode()
    return (200, b"") if is_open else (403, b"")


@case(seconds=60)
def each_form_lets_in_and_keeps_out(house):
    hook = Hook()
    hook.answer = allow
    apps = app("live", hook, more='secret = "of both"') + app("ngx", hook, "nginx-rtmp") + app("srs", hook, "srs") + app("mtx", hook, "mediamtx")
    with house.own_server(apps, plugins=plugins(house, hook, "hooked")) as server:
        for name in ("live", "ngx", "srs", "mtx"):
            equal(attempt(server, name, "one?key=open"), "ok", name)
            refused = attempt(server, name, "one?key=shut")
            equal(getattr(refused, "code", refused), "NetStream.Publish.Denied", name)
        equal("Say a key." in attempt(server, "live", "one?key=shut").description, True, "the hook's words")
        path, headers, body = hook.questions[0]
        asked = json.loads(body)
        equal((asked["action"], asked["app"], asked["stream"], asked["query"]), ("publish", "live", "one", {"key": "open"}), "the question")
        seconds, code = headers["sluice-signature"].split(",")
        equal(code[3:], hmac.new(b"of both", seconds[2:].encode() + b"." + body, hashlib.sha256).hexdigest(), "the signature")
        assert abs(int(seconds[2:]) - time.time()) < 60, seconds
        forms = {path: body for path, _, body in hook.questions}
        equal(urllib.parse.parse_qs(forms["/ngx"].decode())["call"], ["publish"], "nginx-rtmp's call")
        equal(json.loads(forms["/srs"])["action"], "on_publish", "SRS' action")
        equal(json.loads(forms["/mtx"])["path"], "mtx/one", "MediaMTX' path")
        publisher = media.Publisher(server.url("rtmp", "live/real?key=open"), house.path("hooked-ffmpeg.log"))
        try:
            server.wait_on_air("live/real")
        finally:
            publisher.end()
    hook.stop()


@case(seconds=90)
def a_hook_that_is_mad_or_away_keeps_out_and_delays_nobody_else(house):
    hook = Hook()
    allowed = (200, b'{"decision":"allow"}')
    # What it does, and what the log has to say of it.
    ways = {
        "hangs": (None, "no answer within the deadline"), "fails": ((500, b"no"), "status 500"), "garbage": ((200, b"<html>"), "no JSON object"),
        "empty": ((200, b""), "no JSON object"), "huge": ((200, b"x" * 10_000_000), "larger than 65536 bytes"), "moves": ((302, b""), "status 302"),
        "busy": ((429, b""), "status 429"), "wrong": ((200, b'{"decision":"allow","ttl_ms":"x"}'), "ttl_ms")}
    hook.answer = lambda path, text: ways.get(path[1:], (allowed, ""))[0]
    apps = "".join(app(name, hook, more="timeout_ms = 1000") for name in ways) + app("live", hook) + app("slow", hook, more="timeout_ms = 5000")
    apps += app("open", hook).replace('["webhook"]', '[{ plugin = "webhook", on_failure = "open" }]') + '[app.free]\nopen = true\noutputs = ["rtmp"]\n'
    apps += '[app.gone]\nauth = ["webhook"]\noutputs = ["rtmp"]\n[app.gone.webhook]\nurl = "http://127.0.0.1:1/"\nbreaker_failures = 2\n'
    with house.own_server(apps, plugins=plugins(house, hook, "mad")) as server, Neighbour(server) as neighbour:
        ways["slow"] = ways["open"] = (None, "")
        slow = threading.Thread(target=attempt, args=(server, "slow", "s"))
        slow.start()
        wait("the slow question to be asked", lambda: any(path == "/slow" for path, _, _ in hook.questions), 10)
        equal(attempt(server, "live", "s"), "ok", "beside a hook that hangs")
        assert slow.is_alive(), "it waited for another's hook"
        for name, (_, words) in ways.items():
            seen, refused = len(server.log_lines()), None
            if words:
                refused = attempt(server, name, "s")
                equal(getattr(refused, "code", refused), "NetStream.Publish.Denied", name)
                wait("why %s was refused" % name, lambda: [
                    line for line in server.log_lines()[seen:] if "reason=BACKEND_DOWN" in line and words in line and "app=%s " % name in line], 10)
        equal(attempt(server, "open", "s"), "ok", "policy open, beside a hook that hangs")
        slow.join()
        for _ in range(4):
            assert isinstance(attempt(server, "gone", "s"), Refused)
        # Not in egress: it has never left.
        wait("the reason", lambda: any("egress" in line for line in server.log_lines()), 5)
        equal(attempt(server, "live", "after"), "ok", "after all that")
        neighbour.check(10)
    hook.stop()
