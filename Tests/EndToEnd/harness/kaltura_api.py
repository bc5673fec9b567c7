"""A Kaltura back end of our own, as small as the cases need it: the calls that the server makes, sessions of version 1, and faults."""
import base64
import hashlib
import http.server
import json
import socket
import struct
import threading
import time
import urllib.parse

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
ENTRY = {
    "objectType": "KalturaLiveStreamEntry", "type": 7, "sourceType": "32", "conversionProfileId": 31, "recordStatus": 0,
    "recordingStatus": 2, "dvrStatus": 0, "segmentDuration": 2000, "explicitLive": 0, "viewMode": 1}


class API:
    """`entries`: id -> (partner, token). `fault`: given (call, fields), the name of one of FAULTS, an error code, or None."""

    def __init__(self, entries, hostname, latency=0):
        api = self
        self.entries, self.hostname, self.latency = entries, hostname, latency
        self.calls, self.sessions, self.registered, self.fault = [], set(), {}, lambda call, fields: None
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

    # Requests

    def handle(self, request, fields):
        parts = urllib.parse.urlsplit(request.path)
        words = parts.path.strip("/").split("/")
        assert not parts.query and "ks" in fields, "the session is to be in the body, and nowhere else"
        call = (words[words.index("service") + 1] + "." + words[words.index("action") + 1]).lower()
        with self.lock:
            self.calls.append((call, fields))
            self.sessions.add(fields["ks"])
        if self.latency:
            time.sleep(self.latency)
        fault = self.fault(call, fields)
        good = json.dumps(self.answer(call, fields)).encode()
        if fault is None:
            return self.send(request, good)
        if fault in FAULTS:
            return FAULTS[fault](self, request, good, fields)
        self.send(request, json.dumps(self.error(fault, fields)).encode())

    @staticmethod
    def send(request, body, status=200, kind="application/json", announced=None):
        request.send_response(status)
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
        good = sign == hashlib.sha1((SECRET + info).encode()).hexdigest()
        return int(info.split(";")[0]) if good and int(info.split(";")[2]) > time.time() else None

    def answer(self, call, fields):
        signer = self.session(fields)
        if signer is None:
            return self.error("INVALID_KS", fields, ERR_CODE=-1)
        if call in ("servernode.reportstatus", "beacon.add"):
            return True
        partner = int(fields.get("partnerId", signer))
        owner, token = self.entries.get(fields["entryId"], (None, None))
        if owner is None or partner not in (owner, -5):
            return self.error("ENTRY_ID_NOT_FOUND", fields)
        if call == "livestream.authenticate" and fields["token"] != token:
            return self.error("LIVE_STREAM_INVALID_TOKEN", fields)
        if fields.get("hostname", self.hostname) != self.hostname:
            return self.error("MEDIA_SERVER_NOT_FOUND", fields)
        key = (fields["entryId"], fields.get("mediaServerIndex"))
        if call == "livestream.registermediaserver":
            self.registered[key] = int(fields["liveEntryStatus"])
        elif call == "livestream.unregistermediaserver":
            self.registered.pop(key, None)
        return dict(ENTRY, id=fields["entryId"], partnerId=owner, streamPassword=token)


def hang(api, request, good, fields):
    time.sleep(3)
    request.close_connection = True


def reset(api, request, good, fields):
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.connection.close()
    request.close_connection = True


def close(api, request, good, fields):
    request.close_connection = True


def cut(api, request, good, fields):
    api.send(request, good[:len(good) // 2], announced=len(good))
    request.close_connection = True


def foreign(api, request, good, fields):
    api.send(request, json.dumps(dict(ENTRY, id=fields.get("entryId"), partnerId=999)).encode())


def expired(api, request, good, fields):
    api.send(request, json.dumps(api.error("INVALID_KS", fields, ERR_CODE=-5)).encode())


FAULTS = {
    "status": lambda api, request, good, fields: api.send(request, b"trouble", 500, "text/html"),
    "malformed": lambda api, request, good, fields: api.send(request, good[:len(good) // 2]),
    "html": lambda api, request, good, fields: api.send(request, b"<html><body>Please sign in</body></html>", kind="text/html"),
    "empty": lambda api, request, good, fields: api.send(request, b""),
    "null": lambda api, request, good, fields: api.send(request, b"null"),
    "wrong_type": lambda api, request, good, fields: api.send(request, b'{"id":["x"],"partnerId":{}}'),
    "hang": hang, "reset": reset, "close": close, "cut": cut, "foreign": foreign, "expired": expired,
}
