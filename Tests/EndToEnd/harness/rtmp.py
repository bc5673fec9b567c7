"""A small RTMP client: says exactly what a case wants to say, and reads what the server answers."""
import os
import socket
import ssl
import struct


class Refused(Exception):
    """The server's refusal. `at`: connect or publish or play; `code` is None when it only closed the connection."""

    def __init__(self, at, code, description):
        super().__init__("%s: %s (%s)" % (at, code, description))
        self.at, self.code, self.description = at, code, description or ""


def amf(*values):
    out = b""
    for value in values:
        if value is None:
            out += b"\x05"
        elif isinstance(value, bool):
            out += b"\x01" + bytes([value])
        elif isinstance(value, (int, float)):
            out += b"\x00" + struct.pack(">d", value)
        elif isinstance(value, str):
            text = value.encode()
            out += (b"\x02" + struct.pack(">H", len(text)) if len(text) < 65536 else b"\x0c" + struct.pack(">I", len(text))) + text
        else:
            out += b"\x03" + b"".join(struct.pack(">H", len(key)) + key.encode() + amf(item) for key, item in value.items())
            out += b"\x00\x00\x09"
    return out


def unamf(data):
    values, at = [], 0

    def text(at):
        size = struct.unpack_from(">H", data, at)[0]
        return data[at + 2:at + 2 + size].decode("utf-8", "replace"), at + 2 + size

    def value(at):
        kind, at = data[at], at + 1
        if kind == 0:
            return struct.unpack_from(">d", data, at)[0], at + 8
        if kind == 1:
            return bool(data[at]), at + 1
        if kind == 2:
            return text(at)
        if kind in (3, 8):
            found, at = {}, at + (4 if kind == 8 else 0)
            while data[at:at + 3] != b"\x00\x00\x09":
                key, at = text(at)
                found[key], at = value(at)
            return found, at + 3
        if kind in (5, 6):
            return None, at
        if kind == 10:
            count, at, found = struct.unpack_from(">I", data, at)[0], at + 4, []
            for _ in range(count):
                item, at = value(at)
                found.append(item)
            return found, at
        raise ValueError("AMF0 type %d" % kind)

    while at < len(data):
        item, at = value(at)
        values.append(item)
    return values


class Client:
    def __init__(self, port, tls=False, timeout=10):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        if tls:
            context = ssl._create_unverified_context()
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.port, self.size, self.streams, self.buffer, self.transaction = port, 128, {}, b"", 0
        mine = os.urandom(1528)
        self.socket.sendall(b"\x03" + bytes(8) + mine)
        answer = self.read(1 + 1536 + 1536)
        assert answer[0] == 3, "S0 is %d" % answer[0]
        self.socket.sendall(answer[1:1537])
        self.send(2, 1, 0, struct.pack(">I", 4096))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    # Bytes

    def read(self, count):
        while len(self.buffer) < count:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError("the server closed the connection")
            self.buffer += more
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def send(self, chunk_stream, kind, message_stream, body, time=0):
        head = bytes([chunk_stream]) + struct.pack(">I", min(time, 0xFFFFFF))[1:] + struct.pack(">I", len(body))[1:]
        head += bytes([kind]) + struct.pack("<I", message_stream)
        out = head + body[:4096]
        for at in range(4096, len(body), 4096):
            out += bytes([0xC0 | chunk_stream]) + body[at:at + 4096]
        self.socket.sendall(out)

    def message(self):
        """The next message: (kind, time, message stream, body); chunk size and pings are seen to."""
        while True:
            first = self.read(1)[0]
            form, number = first >> 6, first & 63
            if number == 0:
                number = 64 + self.read(1)[0]
            elif number == 1:
                number = 64 + struct.unpack("<H", self.read(2))[0]
            state = self.streams.setdefault(number, {"time": 0, "length": 0, "kind": 0, "stream": 0, "body": b"", "long": False})
            if form < 3:
                time = int.from_bytes(self.read(3), "big")
                if form < 2:
                    state["length"], state["kind"] = int.from_bytes(self.read(3), "big"), self.read(1)[0]
                if form == 0:
                    state["stream"] = struct.unpack("<I", self.read(4))[0]
                state["long"] = time == 0xFFFFFF
                if state["long"]:
                    time = int.from_bytes(self.read(4), "big")
                state["time"] = time if form == 0 else state["time"] + time
            elif state["long"]:
                self.read(4)
            state["body"] += self.read(min(self.size, state["length"] - len(state["body"])))
            if len(state["body"]) < state["length"]:
                continue
            kind, body, state["body"] = state["kind"], state["body"], b""
            if kind == 1:
                self.size = int.from_bytes(body, "big")
            elif kind == 4 and body[:2] == b"\x00\x06":
                self.send(2, 4, 0, b"\x00\x07" + body[2:6])
            else:
                return kind, state["time"], state["stream"], body

    # Commands

    def command(self, name, *values, stream=0):
        self.transaction += 1
        self.send(3, 20, stream, amf(name, self.transaction, *values))
        return self.transaction

    def answers(self, at):
        """Commands that the server sends; its closing the connection is a refusal without a code."""
        while True:
            try:
                kind, _, _, body = self.message()
            except (EOFError, ConnectionError) as error:
                raise Refused(at, None, str(error)) from None
            if kind in (17, 20):
                yield unamf(body[1:] if kind == 17 else body)

    def connect(self, app, tc_url=None, **more):
        mine = self.command("connect", {
            "app": app, "type": "nonprivate", "flashVer": "FMLE/3.0 (compatible; test)",
            "tcUrl": tc_url or "rtmp://127.0.0.1:%d/%s" % (self.port, app), **more})
        for answer in self.answers("connect"):
            info = answer[3] if len(answer) > 3 and isinstance(answer[3], dict) else {}
            if answer[0] == "_error":
                raise Refused("connect", info.get("code"), info.get("description"))
            if answer[0] == "_result" and answer[1] == mine:
                return self

    def create(self):
        mine = self.command("createStream", None)
        for answer in self.answers("createStream"):
            if answer[0] == "_result" and answer[1] == mine:
                return int(answer[3])

    def status(self, at, wanted):
        for answer in self.answers(at):
            if answer[0] != "onStatus":
                continue
            info = answer[3]
            if info.get("level") == "error":
                raise Refused(at, info.get("code"), info.get("description"))
            if info.get("code") == wanted:
                return info

    def publish(self, name):
        stream = self.create()
        self.command("publish", None, name, "live", stream=stream)
        self.status("publish", "NetStream.Publish.Start")
        return stream

    def play(self, name):
        stream = self.create()
        self.command("play", None, name, -2000, stream=stream)
        self.status("play", "NetStream.Play.Start")
        return stream

    def media(self, seconds, kinds=(8, 9)):
        """The first audio or video message."""
        self.socket.settimeout(seconds)
        while True:
            kind, time, _, body = self.message()
            if kind in kinds and body:
                return kind, time, body

    def is_closed_within(self, seconds):
        """Whether the server closes the connection."""
        self.socket.settimeout(seconds)
        try:
            while True:
                self.message()
        except (EOFError, ConnectionError):
            return True
        except socket.timeout:
            return False


# The configuration of a 320 x 180 Baseline picture: enough to be on air.
AVC_CONFIGURATION = bytes.fromhex(
    "17000000000142c00cffe100196742c00cd901419f9f011000000300100000030320f142a48001000568cb83cb20")


def video(client, stream, time, key=True):
    """A picture that no decoder will like but every server passes on."""
    client.send(6, 9, stream, (b"\x17" if key else b"\x27") + b"\x01\x00\x00\x00" + struct.pack(">I", 40) + b"\x65" + bytes(39), time)
