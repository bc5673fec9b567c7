"""Outputs in processes of their own: they serve as in the host's, and their deaths are nobody else's."""
import os
import signal
import socket
import threading
import time

from harness import case, equal, media, processes, wait, web
from harness.crowd import Crowd, FLVPlayer, RTMPPlayer, Source
from harness.server import ROOT, own_plugins

APPS = '[app.live]\nopen = true\noutputs = ["rtmp", "http-flv", "hls"]\n'


def compile_plugin(source, out):
    done = processes.run([
        "clang", "-std=gnu11", "-shared", "-fPIC", "-fvisibility=hidden", "-I", os.path.join(ROOT, "PluginAPI/CSluice/include"),
        source, "-o", out])
    equal(done.returncode, 0, done.stderr)


def in_processes(house, name, ids):
    """A folder of manifests in which these plugins run in processes of their own."""
    folder = own_plugins(house, name)
    for id in ids:
        put(folder, id, "process")
    return folder


def put(folder, id, where):
    """Says in a manifest where the plugin's code runs."""
    manifest = os.path.join(folder, id + ".toml")
    with open(manifest) as file:
        lines = [line for line in file.read().splitlines() if not line.startswith("isolation")]
    lines.insert(lines.index(next(line for line in lines if line.startswith("interfaces"))) + 1, 'isolation = "%s"' % where)
    with open(manifest + ".new", "w") as file:
        file.write("\n".join(lines) + "\n")
    os.rename(manifest + ".new", manifest)


def process(server, id):
    return server.sluice_json("plugin", "show", id)["generations"][-1]


def kill(server, id):
    """Kills the plugin's process; the monotonic time of it."""
    before = process(server, id)
    os.kill(before["pid"], signal.SIGKILL)
    return time.monotonic()


def begun(players, pictures=20):
    wait("all players to have begun", lambda: all(player.check.pictures > pictures for player in players), 30)


def no_picture_lost(players, what):
    for player in players:
        equal((player.check.errors[:3], player.check.jumps, player.ended), ([], 0, False), what + ": errors, jumps, ended")


@case(seconds=150)
def http_flv_and_hls_outlive_their_processes(house):
    with house.own_server(APPS, plugins=in_processes(house, "media.d", ["http-flv", "hls"])) as server:
        for id in ("http-flv", "hls"):
            equal(process(server, id)["process"], "running", id)
        publisher = media.Publisher(server.url("rtmp", "live/a"), house.path("media-publisher.log"))
        sources = [Source(server, "s%d" % number, number) for number in range(2)]
        for name in ("a", "s0", "s1"):
            server.wait_on_air("live/" + name)
        neighbours = [RTMPPlayer(server, "s%d" % (number % 2), number % 2) for number in range(4)]
        players = [FLVPlayer(server, "s%d" % (number % 2), number % 2) for number in range(6)]
        crowd = Crowd(players)
        begun(players + neighbours)
        no_picture_lost(players, "HTTP-FLV")
        equal(media.probe(server.url("http", "live/a.flv")), {"video": "h264", "audio": "aac"}, "streams over HTTP-FLV")
        index = server.url("http", "live/a/index.m3u8")
        wait("the playlist", lambda: web.get(index)[0] == 200, 20)
        media.decode(web.renditions(index)["video"], 3, limit=45)
        # Both die while people watch.
        recorder = processes.start(
            [media.FFMPEG, "-nostdin", "-v", "error", "-i", server.url("http", "live/a.flv"), "-t", "8", "-f", "null", "-"],
            log=house.path("media-recorder.log"))
        hls = processes.start(
            [media.FFMPEG, "-nostdin", "-v", "fatal", "-i", web.renditions(index)["video"], "-t", "12", "-f", "null", "-"],
            log=house.path("media-hls.log"))
        time.sleep(2)
        gaps = []
        for _ in range(3):
            before = [player.check.jumps for player in players]
            at = kill(server, "http-flv")
            pictures = [player.check.pictures for player in players]
            # Just before a key frame a death costs no picture; more than a second of them does not come from before it.
            wait("players to go on", lambda: all(
                player.check.jumps > jumps or player.check.pictures > count + 60
                for player, jumps, count in zip(players, before, pictures)), 20, every=0.01)
            gaps.append(time.monotonic() - at)
            time.sleep(1)
        print("HTTP-FLV killed: frames again after %s ms" % ", ".join("%d" % (gap * 1000) for gap in gaps))
        assert max(gaps) < 2, gaps
        at = kill(server, "hls")
        wait("the playlist again", lambda: web.get(index)[0] == 200 and ".m4s" in web.playlist(web.renditions(index)["video"]), 20)
        print("HLS killed: segments again after %d ms" % ((time.monotonic() - at) * 1000))
        for player in players:
            equal((player.check.errors[:3], player.ended), ([], False), "HTTP-FLV: errors, ended")
            assert player.check.jumps <= 3, player.check.jumps
        no_picture_lost(neighbours, "RTMP")
        equal(recorder.wait(40), 0, "recorder over HTTP-FLV")
        equal(hls.wait(60), 0, "player over HLS")
        equal(process(server, "http-flv")["restarts"], 3, "restarts")
        crowd.stop()
        for neighbour in neighbours:
            neighbour.stop()
        for source in sources:
            source.stop()
        assert publisher.is_alive, publisher.text()
        publisher.end()


@case(seconds=150)
def outputs_move_between_the_host_and_processes(house):
    plugins = own_plugins(house, "moving.d")
    with house.own_server(APPS, plugins=plugins) as server:
        source = Source(server, "s", 0)
        publisher = media.Publisher(server.url("rtmp", "live/a"), house.path("moving-publisher.log"))
        for name in ("s", "a"):
            server.wait_on_air("live/" + name)
        players = [FLVPlayer(server, "s", 0) for _ in range(6)]
        crowd = Crowd(players)
        begun(players)
        index = server.url("http", "live/a/index.m3u8")
        wait("the playlist", lambda: web.get(index)[0] == 200, 20)
        video = web.renditions(index)["video"]
        first = web.Edge(web.playlist(video))
        for where in ("process", "process", "host", "process", "host"):
            for id in ("http-flv", "hls"):
                before = process(server, id)
                if before["isolation"] == where:
                    server.sluice("plugin", "reload", id)
                else:
                    # A changed manifest is seen without a command.
                    put(plugins, id, where)
                wait("%s in the %s to have its outputs" % (id, where), lambda: (now := process(server, id)) and (
                    now["generation"] > before["generation"], now["isolation"], now["leases"]["sinks"] > 0) == (True, where, True), 20)
            time.sleep(1)
        no_picture_lost(players, "HTTP-FLV")
        last = web.playlist(video)
        equal("#EXT-X-DISCONTINUITY\n" in last, False, "a discontinuity in\n" + last)
        assert web.Edge(last).sequence > first.sequence, "the playlist stands still\n" + last
        media.decode(video, 3, limit=45)
        crowd.stop()
        source.stop()
        publisher.end()


@case(seconds=150)
def everything_in_processes(house):
    ids = ["rtmp", "http-flv", "hls", "web-player"]
    with house.own_server(APPS, plugins=in_processes(house, "all.d", ids)) as server:
        for id in ids:
            equal(process(server, id)["process"], "running", id)
        publisher = media.Publisher(server.url("rtmp", "live/a"), house.path("all-publisher.log"))
        sources = [Source(server, "s%d" % number, number) for number in range(2)]
        for name in ("a", "s0", "s1"):
            server.wait_on_air("live/" + name)
        over_rtmp = [RTMPPlayer(server, "s%d" % (number % 2), number % 2) for number in range(4)]
        over_flv = [FLVPlayer(server, "s%d" % (number % 2), number % 2) for number in range(4)]
        crowd = Crowd(over_flv)
        begun(over_rtmp + over_flv)
        for id in ("rtmp", "http-flv", "hls"):
            server.sluice("plugin", "reload", id)
            time.sleep(1)
        index = server.url("http", "live/a/index.m3u8")
        wait("the playlist", lambda: web.get(index)[0] == 200, 20)
        media.decode(web.renditions(index)["video"], 3, limit=45)
        equal(media.probe(server.url("rtmp", "live/a")), {"video": "h264", "audio": "aac"}, "streams over RTMP")
        no_picture_lost(over_rtmp, "RTMP")
        no_picture_lost(over_flv, "HTTP-FLV")
        crowd.stop()
        for player in over_rtmp:
            player.stop()
        for source in sources:
            source.stop()
        assert publisher.is_alive, publisher.text()
        publisher.end()


class Reader:
    """Reads an answer that does not end."""

    def __init__(self, server, path):
        self.socket = socket.create_connection(("127.0.0.1", server.port("http")), 10)
        self.socket.sendall(b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path.encode())
        self.bytes, self.ended, self.over = 0, False, False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        self.socket.settimeout(60)
        try:
            while not self.over:
                data = self.socket.recv(1 << 16)
                self.bytes += len(data)
                if not data:
                    break
        except OSError:
            pass
        self.ended = not self.over

    def stop(self):
        self.over = True
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.socket.close()


WAYS = ["abort", "loop", "null", "gigabytes", "exit", "head"]


@case(seconds=180)
def neighbours_of_an_output_that_dies_lose_nothing(house):
    plugins = own_plugins(house, "dying.d")
    compile_plugin(os.path.join(ROOT, "Tests/Fixtures/BadPlugins/media.c"), os.path.join(plugins, "libmedia.so"))
    with open(os.path.join(plugins, "media.toml"), "w") as file:
        file.write(
            'id = "media"\nlibrary = "libmedia.so"\ninterfaces = ["sluice.sink/1", "sluice.routes/1", "sluice.handover/1"]\n'
            'isolation = "process"\n[permissions]\nservices = ["stream", "broadcast", "exchange"]\n')
    apps = APPS.replace('"hls"]', '"hls", "media"]')
    with house.own_server(apps, plugins=plugins) as server:
        sources = [Source(server, "s%d" % number, number) for number in range(3)]
        for number in range(3):
            server.wait_on_air("live/s%d" % number)
        players = [FLVPlayer(server, "s%d" % (number % 3), number % 3) for number in range(9)]
        neighbours = [RTMPPlayer(server, "s%d" % (number % 3), number % 3) for number in range(9)]
        crowd = Crowd(players)
        begun(players + neighbours)
        readers = [Reader(server, "live/s%d.raw" % number) for number in range(3)]
        for number, way in enumerate(WAYS):
            wait("its output to be there", lambda: web.get(server.url("http", "live/s0/raw/who"))[0] == 200, 20)
            equal(web.get(server.url("http", "live/s0/raw/die/" + way))[0] in (200, 503), True, way)
            wait("a new process after " + way, lambda: process(server, "media")["restarts"] == number + 1
                 and process(server, "media")["process"] == "running", 30)
            # Five early deaths in a row would be quarantine.
            if number == 3:
                time.sleep(10)
        # Who plays what it writes is still there, and gets more of it.
        marks = [reader.bytes for reader in readers]
        wait("its own players to go on", lambda: all(reader.bytes > mark for reader, mark in zip(readers, marks)), 20)
        equal([reader.ended for reader in readers], [False] * 3, "its own players ended")
        no_picture_lost(players, "HTTP-FLV")
        no_picture_lost(neighbours, "RTMP")
        for reader in readers:
            reader.stop()
        print("%d ways to die beside %d players: %d pictures checked, none lost" % (
            len(WAYS), len(players + neighbours), sum(player.check.pictures for player in players + neighbours)))
        crowd.stop()
        for neighbour in neighbours:
            neighbour.stop()
        for source in sources:
            source.stop()
