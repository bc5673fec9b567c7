"""Numbered pictures: a publisher whose every picture says which one it is, and players that check every byte of them.

A picture is one NAL unit: its header, "NUMB", stream (1 byte), number (4), CRC-32 of the rest (4), filler by number.
"""
import selectors
import socket
import ssl
import struct
import threading
import time
import zlib

from . import rtmp

AVC = rtmp.AVC_CONFIGURATION[5:]
# 320 x 180, Main, as x265 wrote it.
HEVC = bytes.fromhex(
    "0101600000009000000000003cf000fcfdf8f800000f03"
    "a00001001840010c01ffff01600000030090000003000003003c959409"
    "a10001002942010101600000030090000003000003003ca00a080c1f3e595952930bc05a02000007d20000ea6010"
    "a2000100064401c073c189")
FILLER = bytes(index * 7 % 251 for index in range(251)) * 200


def filler(stream, number, size):
    begin = (number * 13 + stream * 31) % 251
    return FILLER[begin:begin + size]


def picture(stream, number, key, size, codec):
    head = (b"\x65" if key else b"\x41") if codec == "avc1" else (b"\x26\x01" if key else b"\x02\x01")
    rest = filler(stream, number, size)
    return head + b"NUMB" + struct.pack(">BII", stream, number, zlib.crc32(rest)) + rest


class Source:
    """Publishes numbered pictures from a thread until it is stopped; numbers go on from `first`."""

    def __init__(self, server, name, stream, codec="avc1", first=0, fps=50, gop=25, sizes=(24000, 5000), tls=False):
        self.stream, self.codec, self.number, self.fps, self.gop, self.sizes = stream, codec, first, fps, gop, sizes
        self.client = rtmp.Client(server.port("rtmps" if tls else "rtmp"), tls=tls)
        self.port = self.client.socket.getsockname()[1]
        self.client.connect("live")
        self.message_stream = self.client.publish(name)
        self.over, self.trouble = threading.Event(), None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def send(self, body, time):
        self.client.send(6, 9, self.message_stream, body, time)

    def run(self):
        try:
            begin, count = time.monotonic(), 0
            if self.codec == "avc1":
                self.send(b"\x17\x00\x00\x00\x00" + AVC, 0)
            else:
                self.send(b"\x90hvc1" + HEVC, 0)
            while not self.over.is_set():
                key = count % self.gop == 0
                unit = picture(self.stream, self.number, key, self.sizes[0 if key else 1], self.codec)
                unit = struct.pack(">I", len(unit)) + unit
                head = (b"\x17" if key else b"\x27") + b"\x01\x00\x00\x00" if self.codec == "avc1" else (
                    b"\x93" if key else b"\xa3") + b"hvc1"
                self.send(head + unit, count * 1000 // self.fps)
                self.number += 1
                count += 1
                time.sleep(max(begin + count / self.fps - time.monotonic(), 0))
        except OSError as error:
            self.trouble = error

    def stop(self):
        """Ends it politely; the number that would have come next."""
        self.over.set()
        self.thread.join(10)
        assert self.trouble is None, "the publisher was cut: %s" % self.trouble
        self.client.close()
        return self.number


class Check:
    """Looks at each video message of one player."""

    def __init__(self, stream):
        self.stream, self.expected, self.pictures, self.jumps = stream, None, 0, 0
        self.errors, self.codecs, self.last_time = [], [], -1

    def video(self, body, at):
        if body[0] & 0x80:
            codec, kind = body[1:5].decode("latin-1"), body[0] & 15
            form, unit, configuration = body[0] >> 4 & 7, body[8 if kind == 1 else 5:], kind == 0
        else:
            codec, form, unit, configuration = "avc1", body[0] >> 4, body[5:], body[1] == 0
        if configuration:
            if self.codecs[-1:] != [codec]:
                self.codecs.append(codec)
            return
        if at < self.last_time:
            self.errors.append("time goes back from %d to %d" % (self.last_time, at))
        self.last_time = at
        self.unit(unit, form == 1, codec)

    def unit(self, unit, key, codec):
        size = struct.unpack_from(">I", unit)[0]
        at = 4 + (1 if codec == "avc1" else 2)
        if len(unit) != 4 + size or unit[at:at + 4] != b"NUMB":
            return self.errors.append("no picture of ours: %r" % unit[:20])
        stream, number, crc = struct.unpack_from(">BII", unit, at + 4)
        rest = unit[at + 13:]
        if stream != self.stream:
            return self.errors.append("a picture of stream %d in stream %d" % (stream, self.stream))
        if rest != filler(stream, number, len(rest)) or zlib.crc32(rest) != crc:
            return self.errors.append("picture %d differs" % number)
        if self.codecs[-1:] != [codec]:
            self.errors.append("%s without its configuration" % codec)
        if self.expected is None or number != self.expected:
            if not key:
                self.errors.append("%d, which is no key frame, instead of %s" % (number, self.expected))
            if self.expected is not None:
                self.jumps += 1
                if number < self.expected:
                    self.errors.append("back to %d from %d" % (number, self.expected))
        self.expected = number + 1
        self.pictures += 1


class FLVPlayer:
    """One HTTP-FLV connection; `feed` takes what came."""

    def __init__(self, server, name, stream=0, tls=False, receive_buffer=None, limit=1 << 16, every=0.0):
        plain = socket.socket()
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.settimeout(10)
        plain.connect(("127.0.0.1", server.port("https" if tls else "http")))
        self.socket = ssl._create_unverified_context().wrap_socket(plain, server_hostname="localhost") if tls else plain
        self.check, self.buffer, self.is_in_body, self.ended = Check(stream), bytearray(), False, False
        # A slow one reads `limit` bytes each `every` seconds.
        self.limit, self.every, self.next = limit, every, 0.0
        self.socket.sendall(b"GET /live/%s.flv HTTP/1.1\r\nHost: localhost\r\n\r\n" % name.encode())
        self.socket.setblocking(False)

    def feed(self, data):
        buffer = self.buffer
        buffer += data
        if not self.is_in_body:
            end = buffer.find(b"\r\n\r\n")
            if end < 0 or len(buffer) < end + 17:
                return
            if buffer[:12] != b"HTTP/1.1 200" or buffer[end + 4:end + 8] != b"FLV\x01":
                return self.check.errors.append("answered %r" % bytes(buffer[:60]))
            del buffer[:end + 17]
            self.is_in_body = True
        at = 0
        while len(buffer) - at >= 15:
            kind, size = buffer[at], int.from_bytes(buffer[at + 1:at + 4], "big")
            if len(buffer) - at < 15 + size:
                break
            when = int.from_bytes(buffer[at + 4:at + 7], "big") | buffer[at + 7] << 24
            if kind not in (8, 9, 18) or int.from_bytes(buffer[at + 11 + size:at + 15 + size], "big") != 11 + size:
                return self.check.errors.append("no tag: %r" % bytes(buffer[at:at + 16]))
            if kind == 9:
                self.check.video(bytes(buffer[at + 11:at + 11 + size]), when)
            at += 15 + size
        del buffer[:at]


class Crowd:
    """Reads for many HTTP-FLV players in one thread."""

    def __init__(self, players):
        self.players, self.over = list(players), threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        selector = selectors.DefaultSelector()
        patient = [player for player in self.players if player.every]
        for player in self.players:
            if not player.every:
                selector.register(player.socket, selectors.EVENT_READ, player)
        while not self.over.is_set():
            for entry, _ in selector.select(0.02):
                if not self.read(entry.data):
                    selector.unregister(entry.data.socket)
            now = time.monotonic()
            for player in patient:
                if not player.ended and now >= player.next:
                    player.next = now + player.every
                    self.read(player)

    @staticmethod
    def read(player):
        try:
            while True:
                data = player.socket.recv(player.limit)
                player.ended = not data
                player.feed(data)
                if player.ended or player.every or not getattr(player.socket, "pending", int)():
                    return not player.ended
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            player.ended = True
            return False

    def stop(self):
        self.over.set()
        self.thread.join(10)
        for player in self.players:
            player.socket.close()


class RTMPPlayer:
    """One RTMP player in a thread of its own. `enhanced`: it says that it knows HEVC."""

    def __init__(self, server, name, stream, tls=False):
        self.check, self.ended, self.over = Check(stream), False, threading.Event()
        self.client = rtmp.Client(server.port("rtmps" if tls else "rtmp"), tls=tls)
        self.client.connect("live").play(name)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        try:
            while not self.over.is_set():
                kind, at, _, body = self.client.message()
                if kind == 9:
                    self.check.video(body, at)
        except (OSError, EOFError):
            self.ended = not self.over.is_set()

    def stop(self):
        self.over.set()
        self.thread.join(10)
        self.client.close()
