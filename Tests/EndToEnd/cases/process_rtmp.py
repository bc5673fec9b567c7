"""RTMP in a process of its own: it is replaced and it is killed while people publish and watch, and the connections stay."""
import os
import re
import shutil
import signal
import time

from harness import case, equal, media, processes, wait, web
from harness.crowd import Crowd, FLVPlayer, RTMPPlayer, Source
from harness.server import ROOT

APPS = '[app.live]\nopen = true\noutputs = ["rtmp", "http-flv", "hls"]\n'


def isolate(folder, isolation="process"):
    """Where the RTMP plugin's code is to run from its next generation on."""
    path = os.path.join(folder, "rtmp.toml")
    with open(path) as file:
        text = file.read()
    with open(path + ".new", "w") as file:
        file.write(re.sub(r'isolation = "\w+"', 'isolation = "%s"' % isolation, text))
    os.rename(path + ".new", path)


def plugins(house, name):
    folder = house.path(name)
    os.makedirs(folder)
    for file in os.listdir(os.path.join(ROOT, "plugins.d")):
        if file.endswith(".toml"):
            shutil.copy(os.path.join(ROOT, "plugins.d", file), folder)
    isolate(folder)
    return folder


def newest(server):
    return server.sluice_json("plugin", "show", "rtmp")["generations"][-1]


class Audience:
    """Publishers of numbered pictures, and players that look at each."""

    def __init__(self, server, streams=2, players=4):
        self.sources = [Source(server, "s%d" % number, number) for number in range(streams)]
        for number in range(streams):
            server.wait_on_air("live/s%d" % number)
        self.flv = [FLVPlayer(server, "s%d" % (index % streams), index % streams) for index in range(players)]
        self.rtmp = [RTMPPlayer(server, "s%d" % (index % streams), index % streams) for index in range(players)]
        self.crowd = Crowd(self.flv)

    def check(self, rtmp_jumps, pictures):
        """Nothing that an output in the host sends is missing; of the process' own output at most so many gaps."""
        for player in self.flv + self.rtmp:
            equal(player.check.errors[:3], [], "errors")
            equal(player.ended, False, "ended")
            assert player.check.pictures > pictures, "%d pictures only" % player.check.pictures
        for player in self.flv:
            equal(player.check.jumps, 0, "jumps over HTTP-FLV")
        for player in self.rtmp:
            assert player.check.jumps <= rtmp_jumps, "%d jumps over RTMP" % player.check.jumps
        for source in self.sources:
            equal(source.trouble, None, "publisher")

    def stop(self):
        self.crowd.stop()
        for player in self.rtmp:
            player.stop()
        for source in self.sources:
            source.stop()


@case(seconds=90)
def real_programs_publish_and_play(house):
    with house.own_server(APPS, plugins=plugins(house, "process-real.d")) as server:
        shown = newest(server)
        assert shown["pid"] > 0 and shown["pid"] != server.process.pid, shown
        with media.Publisher(server.url("rtmp", "live/a"), house.path("process-real.log")) as publisher:
            server.wait_on_air("live/a")
            index = server.url("http", "live/a/index.m3u8")
            wait("the playlist", lambda: web.get(index)[0] == 200, 20)
            for address in (server.url("rtmp", "live/a"), server.url("http", "live/a.flv"), index):
                media.decode(address, 3, limit=45)
            file = house.path("process-dump.flv")
            done = processes.run(["timeout", "-s", "INT", "4", "rtmpdump", "-q", "-v", "-r", server.url("rtmp", "live/a"), "-o", file], 30)
            assert os.path.getsize(file) > 50_000, "rtmpdump: %s %s" % (done.returncode, done.stderr[-400:])
            assert publisher.is_alive, publisher.text()
        wait("the end", lambda: not (server.stream("live/a") or {}).get("publisher"), 10)


@case(seconds=90)
def a_reload_closes_no_connection_and_loses_nothing(house):
    with house.own_server(APPS, plugins=plugins(house, "process-reload.d")) as server:
        audience = Audience(server)
        time.sleep(1)
        first = newest(server)
        for _ in range(3):
            server.sluice("plugin", "reload", "rtmp")
            time.sleep(0.7)
        last = newest(server)
        assert last["pid"] not in (0, first["pid"]), (first, last)
        wait("all sessions to be with the newest", lambda: newest(server)["leases"]["sessions"] == 6, 10)
        time.sleep(1)
        audience.check(rtmp_jumps=0, pictures=120)
        audience.stop()


@case(seconds=120)
def a_killed_process_costs_a_gap_at_most(house):
    with house.own_server(APPS, plugins=plugins(house, "process-kill.d")) as server:
        audience = Audience(server)
        time.sleep(1)
        for _ in range(3):
            before = newest(server)
            os.kill(before["pid"], signal.SIGKILL)
            began = time.monotonic()
            player = None
            wait("another process", lambda: newest(server)["pid"] not in (0, before["pid"]), 10)
            player = RTMPPlayer(server, "s0", 0)
            wait("a picture for a new player", lambda: player.check.pictures > 0, 10)
            took = time.monotonic() - began
            print("    again in service after %.0f ms" % (took * 1000))
            player.stop()
            time.sleep(1)
        equal(newest(server)["leases"]["sessions"], 6, "sessions")
        audience.check(rtmp_jumps=3, pictures=150)
        audience.stop()


@case(seconds=90)
def from_the_host_into_a_process_and_back(house):
    folder = plugins(house, "process-move.d")
    isolate(folder, "host")
    with house.own_server(APPS, plugins=folder) as server:
        audience = Audience(server)
        time.sleep(1)
        for isolation in ("process", "host", "process"):
            number = newest(server)["generation"]
            isolate(folder, isolation)
            wait("the generation in %s" % isolation, lambda: newest(server)["generation"] > number, 20)
            wait("all sessions to move", lambda: newest(server)["leases"]["sessions"] == 6, 10)
            equal(newest(server)["isolation"], isolation, "isolation")
            time.sleep(1)
        audience.check(rtmp_jumps=0, pictures=120)
        audience.stop()


@case(seconds=90)
def quarantine_ends_sessions_with_words(house):
    with house.own_server(APPS, plugins=plugins(house, "process-quarantine.d")) as server:
        source = Source(server, "q", 0)
        server.wait_on_air("live/q")

        def state():
            return server.sluice_json("plugin", "show", "rtmp")["state"]
        for _ in range(5):
            pid = wait("a process", lambda: newest(server).get("pid"), 10)
            os.kill(pid, signal.SIGKILL)
            wait("its death to be seen", lambda: newest(server).get("pid") != pid, 10)
        wait("the quarantine", lambda: state() == "QUARANTINED", 10)
        wait("the publisher to be cut", lambda: source.trouble is not None, 10)
        assert any("quarantined" in line and "session" in line for line in server.log_lines()), "".join(server.log_lines()[-15:])
        began = time.monotonic()
        try:
            Source(server, "r", 0)
            raise AssertionError("a publisher was taken")
        except (OSError, EOFError):
            pass
        assert time.monotonic() - began < 3, "not refused at once"
        server.sluice("plugin", "restart", "rtmp")
        wait("it to serve again", lambda: state() == "ACTIVE", 20)
        again = Source(server, "r", 0)
        server.wait_on_air("live/r")
        again.stop()
