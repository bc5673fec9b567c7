"""A Kaltura back end of our own, as small as the cases need it: the calls that the server makes, sessions of version 1, and faults.

With SLUICE_KALTURA_API=PROGRAM the cases run against another stand-in (`Other`): started with `--port 0 --data CATALOGUE`, it prints
`listening URL` and is told what to do below /__control/.
"""
import base64
import hashlib
import http.server
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
OWN_SECRET = "s3cr3t-of-partner-102-abcdefghij"
PARTNERS = {
    102: {}, 103: {"blocked": True}, 104: {}, 105: {"liveEnabled": False}, 106: {"maxTranscoded": 0, "maxPassthrough": 0}}
# Profiles: one that converts, one that passes through. Streams 1 to 3 have an ingest rendition.
CONVERTS, PASSES = 31, 32
OTHER = os.environ.get("SLUICE_KALTURA_API")
ENTRY = {
    "objectType": "KalturaLiveStreamEntry", "type": 7, "sourceType": "32", "conversionProfileId": 31, "recordStatus": 0,
    "recordingStatus": 2, "dvrStatus": 0, "segmentDuration": 2000, "explicitLive": 0, "viewMode": 1}


def back_end(entries, hostname):
    """The double that the cases run against."""
    return Other(OTHER, entries, hostname) if OTHER else API(entries, hostname)


ENCODE = """<Encode><Enable>true</Enable><Name>%s</Name><StreamName>%s_%d</StreamName><Video>%s</Video>
<Audio><Codec>PassThru</Codec></Audio></Encode>"""
SMALLER = """<Codec>H.264</Codec><Bitrate>900000</Bitrate><FrameSize><FitMode>fit-height</FitMode><Height>480</Height></FrameSize>"""


class API:
    """`entries`: id -> (partner, token, profile). `fault`: given (call, fields), a rule (see `rule`) or None."""

    is_ours = True

    def __init__(self, entries, hostname, latency=0):
        api = self
        self.entries, self.hostname, self.latency = entries, hostname, latency
        self.calls, self.sessions, self.registered, self.rules = [], set(), {}, []
        self.fault = self.by_rules
        self.lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                text = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                try:
                    api.handle(self, dict(urllib.parse.parse_qsl(text, keep_blank_values=True)))
                except (ConnectionError, ValueError):
                    self.close_connection = True

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.port

    def count(self, name):
        with self.lock:
            return sum(1 for call, _ in self.calls if call == name)

    def last(self, name):
        with self.lock:
            return [fields for call, fields in self.calls if call == name][-1]

    # Faults

    def rule(self, kind, call="livestream.authenticate", count=-1, **more):
        """From now on such calls (`*`: all) meet this fault, `count` of them (-1: all). `error` takes a `code`."""
        with self.lock:
            self.rules.append(dict(more, kind=kind, call=call, count=count))

    def clear(self):
        with self.lock:
            self.rules = []
            self.fault = self.by_rules

    def by_rules(self, call, fields):
        with self.lock:
            for rule in self.rules:
                if rule["call"] in ("*", call) and rule["count"] != 0:
                    rule["count"] -= 1
                    return rule
        return None

    # Requests

    def handle(self, request, fields):
        parts = urllib.parse.urlsplit(request.path)
        words = parts.path.strip("/").split("/")
        assert not parts.query, "what is secret is to be in the body, and nowhere else"
        call = (words[words.index("service") + 1] + "." + words[words.index("action") + 1]).lower()
        with self.lock:
            self.calls.append((call, fields))
            if call == "session.start":
                fields["ks"] = self.sign(fields)
            self.sessions.add(fields["ks"])
        if self.latency:
            time.sleep(self.latency)
        rule, is_file = self.fault(call, fields), call == "wowza_liveconversionprofile.serve"
        if rule and rule["kind"] == "error":
            return self.send(request, json.dumps(self.error(rule["code"], fields)).encode())
        if rule and rule["kind"] not in ("latency", "slow", "malformed", "truncate", "foreign"):
            # What the answer is not made for has no effect either.
            return FAULTS[rule["kind"]](self, request, b"", fields, rule)
        if is_file and not rule:
            return self.serve(request, fields)
        good = b"<Root/>" if is_file else json.dumps(self.answer(call, fields)).encode()
        if rule:
            return FAULTS[rule["kind"]](self, request, good, fields, rule)
        self.send(request, good)

    def serve(self, request, fields):
        """The source and, of a profile that converts, 480 lines, unless the input is known to be smaller. A file fails in a header."""
        if self.session(fields) is None:
            return self.send(request, json.dumps(self.error("INVALID_KS", fields, ERR_CODE=-1)).encode())
        entry, _, index = fields["streamName"].rpartition("_")
        if entry not in self.entries or index not in ("1", "2", "3"):
            return self.send(request, b"", kind="text/html", headers={"X-Kaltura": "error- INGEST_NOT_FOUND_IN_CONVERSION_PROFILE"})
        known = json.loads(fields.get("extraParams", "{}"))
        encodes = [ENCODE % ("source", entry, 901, "<Codec>PassThru</Codec>")]
        if self.entries[entry][2] == CONVERTS and int(known.get("height", 480)) >= 480:
            encodes.append(ENCODE % ("mid", entry, 903, SMALLER))
        text = '<?xml version="1.0"?>\n<Root><Transcode><Encodes>%s</Encodes></Transcode></Root>' % "".join(encodes)
        self.send(request, text.encode(), kind="text/xml")

    @staticmethod
    def send(request, body, status=200, kind="application/json", announced=None, headers={}):
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("content-type", kind)
        request.send_header("content-length", str(len(body) if announced is None else announced))
        request.end_headers()
        request.wfile.write(body)

    @staticmethod
    def error(code, fields, **args):
        return {"code": code, "message": "refused, said with ks %s" % fields["ks"], "objectType": "KalturaAPIException", "args": args or []}

    def session(self, fields):
        """The partner that signed (version 1), or None."""
        sign, _, info = base64.b64decode(fields["ks"]).decode().partition("|")
        partner = int(info.split(";")[0])
        secret = {-5: SECRET, 102: OWN_SECRET}.get(partner)
        good = secret and sign == hashlib.sha1((secret + info).encode()).hexdigest()
        return partner if good and int(info.split(";")[2]) > time.time() else None

    @staticmethod
    def sign(fields):
        """A session of version 1."""
        until = int(time.time()) + int(fields["expiry"])
        info = "%s;%s;%d;%s;7;%s;%s" % (fields["partnerId"], fields["partnerId"], until, fields["type"], fields["userId"], fields["privileges"])
        return base64.b64encode((hashlib.sha1((fields["secret"] + info).encode()).hexdigest() + "|" + info).encode()).decode()

    def answer(self, call, fields):
        if call == "session.start":
            return fields["ks"] if self.session(fields) else self.error("START_SESSION_ERROR", fields)
        signer = self.session(fields)
        if signer is None:
            return self.error("INVALID_KS", fields, ERR_CODE=-1)
        partner = int(fields.get("partnerId", signer))
        if signer not in (-5, partner):
            return self.error("SERVICE_FORBIDDEN", fields)
        if call in ("servernode.reportstatus", "beacon.add"):
            return True
        entry = self.entries.get(fields["entryId"])
        if entry is None or partner not in (entry[0], -5):
            return self.error("ENTRY_ID_NOT_FOUND", fields)
        refusal = self.refusal(call, fields, entry)
        if refusal:
            return self.error(refusal, fields)
        key = (fields["entryId"], fields.get("mediaServerIndex"))
        with self.lock:
            if call == "livestream.registermediaserver":
                self.registered[key] = int(fields["liveEntryStatus"])
            elif call == "livestream.authenticate" and "hostname" in fields:
                self.registered[key] = 3
            elif call == "livestream.unregistermediaserver" and self.registered.pop(key, None) is None:
                return self.error("ENTRY_SERVER_NODE_NOT_FOUND", fields)
        return dict(ENTRY, id=fields["entryId"], partnerId=entry[0], streamPassword=entry[1], conversionProfileId=entry[2])

    def refusal(self, call, fields, entry):
        owner = PARTNERS.get(entry[0], {})
        if call in ("livestream.authenticate", "livestream.registermediaserver"):
            if owner.get("blocked"):
                return "SERVICE_FORBIDDEN_CONTENT_BLOCKED"
            if owner.get("liveEnabled") is False:
                return "SERVICE_FORBIDDEN"
        if call == "livestream.authenticate" and fields["token"] != entry[1]:
            return "LIVE_STREAM_INVALID_TOKEN"
        if fields.get("hostname", self.hostname) != self.hostname:
            return "MEDIA_SERVER_NOT_FOUND"
        if call == "livestream.authenticate" and owner.get("maxTranscoded") == 0:
            return "LIVE_STREAM_EXCEEDED_MAX_" + ("TRANSCODED" if entry[2] == CONVERTS else "PASSTHRU")
        return None


class Other:
    """Another stand-in for the API, with the same interface for the cases as our own."""

    is_ours = False

    def __init__(self, program, entries, hostname):
        self.entries, self.sessions = entries, set()
        self.file = tempfile.NamedTemporaryFile("w", suffix=".json")
        json.dump(self.catalogue(entries, hostname), self.file)
        self.file.flush()
        self.process = subprocess.Popen(
            [sys.executable, program, "--port", "0", "--data", self.file.name, "--quiet"], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    @staticmethod
    def catalogue(entries, hostname):
        flavors = [{"id": 900 + n, "systemName": "in%d" % n, "tags": "source,ingest", "streamSuffix": str(n), "origin": 1} for n in (1, 2, 3)]
        return {
            "partners": [{"id": -5, "adminSecret": SECRET, "canImpersonate": True, "ksVersion": 2}] + [
                dict(limits, id=id, adminSecret=OWN_SECRET if id == 102 else "secret-of-%d-aaaaaaaaaaaaaaaaaaa" % id)
                for id, limits in PARTNERS.items()],
            "serverNodes": [{"id": 11, "hostName": hostname, "environment": "one"}],
            "conversionProfiles": [
                {"id": CONVERTS, "flavors": flavors + [{"id": 904, "systemName": "low", "tags": "mbr", "height": 90, "videoBitrate": 100}]},
                {"id": PASSES, "flavors": flavors}],
            "entries": [
                dict(ENTRY, id=id, partnerId=partner, streamPassword=token, conversionProfileId=profile)
                for id, (partner, token, profile) in entries.items()],
            "faults": [],
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.file.close()

    def control(self, what, method="GET", body=None):
        request = urllib.request.Request(
            "%s/__control/%s" % (self.url, what), method=method, data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def count(self, name):
        return self.control("stats")["calls"].get(name, 0)

    def last(self, name):
        return [{key: str(value) for key, value in row["params"].items()} for row in self.control("log") if row["call"] == name][-1]

    @property
    def registered(self):
        return {(row["entryId"], str(row["serverType"])): row["status"] for row in self.control("state")["registrations"]}

    def rule(self, kind, call="livestream.authenticate", count=-1, **more):
        service, _, action = call.partition(".")
        self.control("faults", "POST", dict(more, kind=kind, service=service, action=action or "*", count=count))

    def clear(self):
        self.control("faults", "DELETE")


def hang(api, request, good, fields, rule):
    time.sleep(rule.get("ms", 3000) / 1000)
    request.close_connection = True


def reset(api, request, good, fields, rule):
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.connection.close()
    request.close_connection = True


def close(api, request, good, fields, rule):
    request.close_connection = True


def truncate(api, request, good, fields, rule):
    api.send(request, good[:len(good) // 2], announced=len(good))
    request.close_connection = True


def slow(api, request, good, fields, rule):
    api.send(request, b"", announced=len(good))
    for number in range(len(good)):
        request.wfile.write(good[number:number + 1])
        time.sleep(rule.get("ms", 20) / 1000)


def latency(api, request, good, fields, rule):
    time.sleep(rule.get("ms", 1000) / 1000)
    api.send(request, good)


def foreign(api, request, good, fields, rule):
    api.send(request, json.dumps(dict(ENTRY, id=fields.get("entryId"), partnerId=999)).encode())


def expired(api, request, good, fields, rule):
    api.send(request, json.dumps(api.error("INVALID_KS", fields, ERR_CODE=-5)).encode())


def answering(body, status=200, kind="application/json"):
    return lambda api, request, good, fields, rule: api.send(request, body, status, kind)


FAULTS = {
    "latency": latency, "status": answering(b"trouble", 500, "text/html"), "hang": hang, "close": close, "reset": reset,
    "malformed": lambda api, request, good, fields, rule: api.send(request, good[:len(good) // 2]),
    "truncate": truncate, "garbage": answering(b"\x00\x01<{[not json, not xml"),
    "html": answering(b"<html><body>Please sign in</body></html>", kind="text/html"), "empty": answering(b""),
    "null": answering(b"null"), "slow": slow, "expired_ks": expired,
    # Of our own double only.
    "wrong_type": answering(b'{"id":["x"],"partnerId":{}}'), "foreign": foreign,
}
