"""Many players of a stream, good and bad: the good ones get every byte, the bad ones are cut with a reason, and nothing stays behind."""
import os
import random
import socket
import struct
import threading
import time

from harness import case, equal, processes, wait
from harness.crowd import Crowd, FLVPlayer, RTMPPlayer, Source
from harness.rtmp import Client

APPS = '[app.live]\nopen = true\noutputs = ["rtmp", "http-flv"]\n'
SHORT = "[limits]\nplayer_stall_ms = 1500\nlog_bytes = 2097152\nsend_buffer_bytes = 16384\n"


def sockets(server):
    """Sockets that the server holds: inode -> (whose, in words). Whose: "listener", "process" (its control socket), or the peer's port."""
    folder, found = "/proc/%d/fd/" % server.process.pid, {}
    for name in os.listdir(folder):
        try:
            link = os.readlink(folder + name)
        except OSError:
            continue
        if link.startswith("socket:"):
            found[link[8:-1]] = (None, "descriptor " + name)
    for table in ("tcp", "tcp6", "unix"):
        with open("/proc/%d/net/%s" % (server.process.pid, table)) as rows:
            for field in map(str.split, rows):
                inode = field[6 if table == "unix" else 9]
                if inode not in found:
                    continue
                text = found[inode][1]
                if table == "unix":
                    found[inode] = ("process", text + ", of a process")
                else:
                    whose = "listener" if field[3] == "0A" else int(field[2].split(":")[1], 16)
                    found[inode] = (whose, "%s, %s to %s, state %s, queues %s" % (text, field[1], field[2], field[3], field[4]))
    return found


def settled(server, *sources):
    """Its sockets once they are listeners, the sources' and its processes' alone: those of questions that were answered may take two
    seconds to go, and are nobody's to wait for later."""
    ports = {source.port for source in sources}

    def quiet():
        now = sockets(server)
        owners = {whose for whose, _ in now.values()}
        others = [text for whose, text in now.values() if whose not in ports | {"listener", "process"}]
        assert not others and ports <= owners, "others: %s; sources: %d of %d" % (others, len(ports & owners), len(ports))
        return now
    return wait("the sockets to be the server's and its sources' alone", quiet)


def as_before(server, before):
    """Waits until nothing is left of who came since `settled`, and nobody who was there is gone."""
    def same():
        now = sockets(server)
        left, gone = ([one[key][1] for key in set(one) - set(other)] for one, other in ((now, before), (before, now)))
        assert not left and not gone, "left behind: %s; gone: %s" % (left, gone)
        return True
    wait("the sockets to be those of before", same, 15)


def exact(players, what, at_least=50):
    """Each has had every picture from its first one on."""
    for player in players:
        check = player.check
        equal(check.errors[:3], [], what)
        equal((player.ended, check.jumps), (False, 0), what + ": ended, jumps")
        assert check.pictures >= at_least, "%s: %d pictures only" % (what, check.pictures)


def visit(server, name, over, counts):
    """Players that come and go in every way, one after the other."""
    dice = random.Random(7)
    while not over.is_set():
        way = dice.choice(("reset", "reset in a flush", "half-close", "close"))
        player = socket.socket()
        if way == "reset in a flush":
            player.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        player.settimeout(10)
        player.connect(("127.0.0.1", server.port("http")))
        player.sendall(b"GET /live/%s.flv HTTP/1.1\r\nHost: localhost\r\n\r\n" % name.encode())
        if way == "reset in a flush":
            time.sleep(0.01)
        else:
            player.recv(4096)
        if way.startswith("reset"):
            player.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif way == "half-close":
            player.shutdown(socket.SHUT_WR)
            try:
                while player.recv(65536):
                    pass
            except ConnectionError:
                pass
        player.close()
        counts[way] = counts.get(way, 0) + 1
        time.sleep(0.005)


def output(server, key, format):
    """The output of a stream as `sluice stream show` has it; formats of several variants added up."""
    found = [output for output in server.sluice_json("stream", "show", key)["outputs"] if output.get("format") == format]
    return {name: sum(output[name] for output in found) for name in ("players", "jumps", "cuts", "bytes_skipped", "bytes_out", "log_bytes")}


@case(seconds=90)
def good_players_do_not_notice_bad_ones(house):
    with house.own_server(APPS, extra=SHORT) as server:
        source = Source(server, "crowd", 1)
        server.wait_on_air("live/crowd")
        before = settled(server, source)
        good = [FLVPlayer(server, "crowd", 1) for _ in range(40)]
        by_rtmp = [RTMPPlayer(server, "crowd", 1) for _ in range(10)]
        # Far below the stream's rate: they fall behind, jump to a later key frame, and fall behind again.
        slow = [FLVPlayer(server, "crowd", 1, receive_buffer=32768, limit=6000, every=0.1) for _ in range(4)]
        stalled = [FLVPlayer(server, "crowd", 1, receive_buffer=4096, every=1e9) for _ in range(30)]
        trickling = [FLVPlayer(server, "crowd", 1, receive_buffer=4096, limit=1, every=1) for _ in range(20)]
        sleepers = []
        for _ in range(20):
            sleeper = Client(server.port("rtmp"))
            sleeper.connect("live").play("crowd")
            sleepers.append(sleeper)
        crowd = Crowd(good + slow + stalled + trickling)
        over, counts = threading.Event(), {}
        visitors = [threading.Thread(target=visit, args=(server, "crowd", over, counts), daemon=True) for _ in range(2)]
        for visitor in visitors:
            visitor.start()
        time.sleep(3)
        shown = output(server, "live/crowd", "flv")
        assert shown["players"] >= 44 and shown["bytes_out"] > 1e6, shown
        wait("a jump", lambda: output(server, "live/crowd", "flv")["jumps"] > 0, 20, every=0.5)
        wait("70 cuts", lambda: output(server, "live/crowd", "flv")["cuts"] + output(server, "live/crowd", "rtmp")["cuts"] >= 70, 20)
        over.set()
        for visitor in visitors:
            visitor.join(15)
        assert len(counts) == 4 and sum(counts.values()) > 40, counts
        shown = output(server, "live/crowd", "flv")
        assert shown["bytes_skipped"] > 0 and shown["log_bytes"] <= 2 * 2097152 + 4 * 262144, shown
        exact(good, "over HTTP-FLV")
        exact(by_rtmp, "over RTMP")
        for player in slow:
            equal(player.check.errors[:3], [], "a slow player")
        text = server.sluice("stream", "show", "live/crowd")
        for word in ("BY THREAD", "SKIPPED", "LAG NOW", "P99", "flv", "rtmp"):
            assert word in text, "no %r in\n%s" % (word, text)
        reasons = [line for line in server.log_lines() if "reader too slow: no progress for 1500 ms" in line and "rtmp" in line]
        assert len(reasons) >= 20, "%d of 20 stalled RTMP players in the log" % len(reasons)
        crowd.stop()
        for player in by_rtmp:
            player.stop()
        for sleeper in sleepers:
            sleeper.close()
        as_before(server, before)
        wait("the players to be gone", lambda: server.stream("live/crowd")["players"] == 0, 15)
        source.stop()


@case(seconds=60)
def players_live_through_a_publisher_that_comes_back_with_another_codec(house):
    with house.own_server(APPS) as server:
        number = 0
        players, crowd, ended = [], None, []
        for codec in ("avc1", "hvc1", "hvc1", "avc1"):
            source = Source(server, "changing", 3, codec=codec, first=number)
            wait(codec, lambda: codec in [track["codec"] for track in (server.stream("live/changing") or {"tracks": []})["tracks"]])
            if crowd is None:
                players = [FLVPlayer(server, "changing", 3) for _ in range(10)]
                crowd = Crowd(players)
            time.sleep(1.2)
            number = source.stop()
            wait("the publisher to be gone", lambda: not server.stream("live/changing").get("publisher"))
            wait("the last picture", lambda: all(player.check.expected == number for player in players), 5)
        exact(players, "through four publishers", 150)
        for player in players:
            equal(player.check.codecs, ["avc1", "hvc1", "avc1"], "configurations")
        crowd.stop()


@case(seconds=60)
def over_tls(house):
    server = house.own_server(APPS, extra='[tls]\ncertificate = "server.pem"\nkey = "server.key"\n')
    done = processes.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-keyout", os.path.join(server.folder, "server.key"), "-out", os.path.join(server.folder, "server.pem")])
    equal(done.returncode, 0, done.stderr)
    with server:
        source = Source(server, "sealed", 4, tls=True)
        server.wait_on_air("live/sealed")
        before = settled(server, source)
        by_https = [FLVPlayer(server, "sealed", 4, tls=True) for _ in range(12)]
        by_rtmps = [RTMPPlayer(server, "sealed", 4, tls=True) for _ in range(8)]
        stalled = [FLVPlayer(server, "sealed", 4, tls=True, receive_buffer=4096, every=1e9) for _ in range(4)]
        plain = [FLVPlayer(server, "sealed", 4) for _ in range(4)]
        crowd = Crowd(by_https + stalled + plain)
        time.sleep(3)
        exact(by_https, "over HTTPS-FLV", 80)
        exact(by_rtmps, "over RTMPS", 80)
        exact(plain, "beside them over HTTP", 80)
        crowd.stop()
        for player in by_rtmps:
            player.stop()
        as_before(server, before)
        source.stop()


@case(seconds=60)
def no_byte_of_one_stream_in_another(house):
    with house.own_server(APPS) as server:
        names = ["one", "two"]
        sources = [Source(server, name, 11 + index) for index, name in enumerate(names)]
        for name in names:
            server.wait_on_air("live/" + name)
        before = settled(server, *sources)
        players = [FLVPlayer(server, name, 11 + index) for _ in range(12) for index, name in enumerate(names)]
        by_rtmp = [RTMPPlayer(server, name, 11 + index) for _ in range(3) for index, name in enumerate(names)]
        crowd = Crowd(players)
        # Descriptors wander from one stream's players to the other's.
        over, counts = threading.Event(), {}
        visitors = [threading.Thread(target=visit, args=(server, name, over, counts), daemon=True) for name in names for _ in range(2)]
        for visitor in visitors:
            visitor.start()
        time.sleep(4)
        over.set()
        for visitor in visitors:
            visitor.join(15)
        exact(players, "over HTTP-FLV", 100)
        exact(by_rtmp, "over RTMP", 100)
        crowd.stop()
        for player in by_rtmp:
            player.stop()
        as_before(server, before)
        for source in sources:
            source.stop()
