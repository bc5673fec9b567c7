"""SIGTERM: nothing new is taken, who is on air finishes, status 0 within the limit; a second one exits now."""
import os
import shutil
import signal
import time

from harness import case, equal, media, processes, wait, web
from harness.rtmp import AVC_CONFIGURATION, Client, Refused, unamf, video
from harness.server import ROOT


def term(server):
    server.process.send_signal(signal.SIGTERM)
    wait("readiness to be withdrawn", lambda: server.admin("/readyz", token=False)[0] == 503, 5)


def ended(server, seconds):
    """Status and how long it took."""
    begin = time.monotonic()
    return server.process.wait(seconds), time.monotonic() - begin


def player(url, log):
    """An ffmpeg that copies what it gets until the server ends it; it prints how many packets."""
    return processes.start([media.FFMPEG, "-nostdin", "-hide_banner", "-loglevel", "error", "-i", url, "-c", "copy", "-f", "null",
                            "-progress", log + ".progress", "-"], log=log)


def frames(log):
    with open(log + ".progress") as file:
        found = [int(line.split("=")[1]) for line in file if line.startswith("frame=")]
    return found[-1] if found else 0


@case(seconds=60)
def an_idle_server_exits_at_once(house):
    server = house.own_server(drain=50).start()
    server.process.send_signal(signal.SIGTERM)
    status, took = ended(server, 20)
    equal(status, 0, "status")
    assert took < 3, "it took %.1f s" % took


@case(seconds=90)
def who_is_on_air_finishes_and_nobody_new_comes(house):
    server = house.own_server(drain=40).start()
    publisher = media.Publisher(server.url("rtmp", "live/on"), house.path("drain-publisher.log"), seconds=14)
    server.wait_on_air("live/on")
    index = server.url("http", "live/on/index.m3u8")
    wait("the playlist", lambda: web.get(index)[0] == 200, 20)
    child = web.renditions(index)["video"]
    log = house.path("drain-player.log")
    watcher = player(server.url("rtmp", "live/on"), log)
    flv = player(server.url("http", "live/on.flv"), log + "-flv")
    wait("both players to be seen", lambda: server.stream("live/on")["players"] >= 2, 10)
    term(server)
    try:
        Client(server.port("rtmp")).connect("live")
        raise AssertionError("a new RTMP connection was accepted")
    except Refused as refused:
        equal((refused.at, refused.code), ("connect", "NetConnection.Connect.Rejected"), "the refusal of a new connection")
        assert "about to stop" in refused.description, refused.description
    for path in ("live/on.flv", "live/on/index.m3u8", "live/on/"):
        status, headers, _ = web.get(server.url("http", path), limit=100)
        equal((status, headers.get("Retry-After")), (503, "5"), path)
    web.playlist(child)
    equal(server.admin("/healthz", token=False)[0], 200, "healthz")
    assert server.stream("live/on")["publisher"], "the publisher is not on air any more"
    equal(publisher.process.wait(30), 0, "ffmpeg's status: " + publisher.text())
    status, took = ended(server, 20)
    equal(status, 0, "status")
    assert took < 5, "it took %.1f s after the last publisher" % took
    for process, name in ((watcher, log), (flv, log + "-flv")):
        process.wait(10)
        assert frames(name) > 100, "%s: %d frames" % (name, frames(name))


@case(seconds=90)
def the_limit_ends_who_does_not_finish(house):
    server = house.own_server(drain=4).start()
    with media.Publisher(server.url("rtmp", "live/long"), house.path("drain-long.log")) as publisher:
        server.wait_on_air("live/long")
        begin = time.monotonic()
        term(server)
        time.sleep(max(begin + 2 - time.monotonic(), 0))
        assert publisher.is_alive, "cut before the limit: " + publisher.text()
        status, _ = ended(server, 20)
        took = time.monotonic() - begin
        equal(status, 0, "status")
        assert 2.5 < took < 5, "it took %.1f s" % took
        wait("ffmpeg to see the end", lambda: not publisher.is_alive, 10)


@case(seconds=60)
def a_second_signal_exits_now(house):
    server = house.own_server(drain=50).start()
    with media.Publisher(server.url("rtmp", "live/twice"), house.path("drain-twice.log")):
        server.wait_on_air("live/twice")
        term(server)
        server.process.send_signal(signal.SIGTERM)
        status, took = ended(server, 10)
        equal(status, 0, "status")
        assert took < 1, "it took %.1f s" % took


class Encoder:
    """A publisher in RTMP's own words, with the capabilities that it is given."""

    def __init__(self, server, name, **more):
        self.client, self.at = Client(server.port("rtmp")).connect("live", **more), 0
        self.stream = self.client.publish(name)
        self.client.send(6, 9, self.stream, AVC_CONFIGURATION)
        self.picture()

    def picture(self, key=True):
        video(self.client, self.stream, self.at, key)
        self.at += 40

    def heard(self, seconds):
        """Infos of the onStatus commands that come in so many seconds, one picture sent each 40 ms."""
        found, end = [], time.monotonic() + seconds
        self.client.socket.settimeout(0.04)
        while time.monotonic() < end:
            try:
                kind, _, stream, body = self.client.message()
                words = unamf(body) if kind == 20 else []
                if words[:1] == ["onStatus"]:
                    found.append((stream, words[1], words[3]))
            except TimeoutError:
                self.picture(key=False)
        return found


@case(seconds=90)
def who_understands_is_asked_to_reconnect(house):
    server = house.own_server(drain=40).start()
    with house.own_server() as other:
        modern = Encoder(server, "modern", capsEx=1, videoFourCcInfoMap={"*": 7})
        moved = Encoder(server, "moved", capsEx=1)
        plain = Encoder(server, "plain")
        for name in ("modern", "moved", "plain"):
            server.wait_on_air("live/" + name)
        # What the client can do is part of what a session hands over.
        server.sluice("plugin", "reload", "rtmp")
        player = Client(server.port("rtmp")).connect("live", capsEx=3)
        player.play("plain")
        term(server)
        for encoder in (modern, moved):
            (stream, transaction, info), = encoder.heard(1)
            equal((stream, transaction), (0, 0), "message stream, transaction")
            equal(info["code"], "NetConnection.Connect.ReconnectRequest", "code")
            equal((info["level"], "tcUrl" in info), ("status", False), "level, tcUrl")
            assert "about to stop" in info["description"], info
        equal(plain.heard(1), [], "what a client without the capability is told")
        player.socket.settimeout(10)
        asked = next(answer for answer in player.answers("drain") if answer[0] == "onStatus" and len(answer) > 3)
        equal(asked[3]["code"], "NetConnection.Connect.ReconnectRequest", "a player is asked")
        assert server.stream("live/modern")["publisher"], "cut before it has left"
        # Elsewhere, as it was asked: for a moment on both, then here no more.
        there = Encoder(other, "modern", capsEx=1)
        other.wait_on_air("live/modern")
        modern.picture()
        for encoder in (modern, moved, plain):
            encoder.client.close()
        status, took = ended(server, 20)
        equal(status, 0, "status")
        assert took < 5, "it took %.1f s after the last publisher" % took
        equal(there.heard(0.3), [], "nothing is asked of who is there")


@case(seconds=90)
def also_by_a_plugin_in_a_process_of_its_own(house):
    folder = house.path("drain.d")
    shutil.copytree(os.path.join(ROOT, "plugins.d"), folder)
    manifest = os.path.join(folder, "rtmp.toml")
    with open(manifest) as file:
        text = file.read()
    with open(manifest, "w") as file:
        file.write(text.replace('isolation = "host"', 'isolation = "process"'))
    server = house.own_server(drain=40, plugins=folder).start()
    assert server.sluice_json("plugin", "show", "rtmp")["generations"][-1]["pid"], "RTMP is not in a process"
    encoder = Encoder(server, "modern", capsEx=1)
    server.wait_on_air("live/modern")
    term(server)
    (_, _, info), = encoder.heard(2)
    equal(info["code"], "NetConnection.Connect.ReconnectRequest", "code")
    encoder.client.close()
    equal(ended(server, 20)[0], 0, "status")
