"""SIGHUP, the API and `sluice reload` read the configuration again: good files hold at once, bad ones change nothing."""
import json
import signal
import time

from harness import case, equal, media, processes, wait, web
from harness.crowd import Crowd, FLVPlayer, RTMPPlayer, Source
from harness.rtmp import Client, Refused

LIVE = '[app.live]\nopen = true\noutputs = ["rtmp", "http-flv"]\n'


def apps(number=0, other=True):
    """`live` always the same; `other` differs from one number to the next in rules, outputs and access."""
    if not other:
        return LIVE
    text = LIVE + '[app.other]\nlinger_s = %d\nstall_s = %d\nviewers = %d\n' % (number % 7, 1 + number % 5, number % 3 * 100)
    text += 'outputs = [%s]\n' % ('"rtmp", "http-flv", "hls"' if number % 2 else '"rtmp"')
    return text + ('auth = ["kaltura"]\n' if number % 4 == 3 else 'open = true\n')


def said(server, words, since=0):
    return [line for line in server.log_lines()[since:] if words in line]


@case(seconds=180)
def a_hundred_reloads_touch_no_app_that_did_not_change(house):
    server = house.own_server(apps=apps())
    with server:
        sources = [Source(server, "s%d" % index, index) for index in range(3)]
        publisher = media.Publisher(server.url("rtmp", "live/ffmpeg"), house.path("reload-publisher.log"))
        server.wait_on_air("live/ffmpeg")
        sessions = {session["id"] for session in server.api("sessions")["sessions"]}
        flv = [FLVPlayer(server, "s%d" % (index % 3), index % 3) for index in range(12)]
        crowd = Crowd(flv)
        rtmp = [RTMPPlayer(server, "s%d" % (index % 3), index % 3) for index in range(6)]
        decoder = processes.start(
            [media.FFMPEG, "-nostdin", "-hide_banner", "-loglevel", "error", "-i", server.url("rtmp", "live/ffmpeg"), "-f", "null", "-"],
            log=house.path("reload-player.log"))
        wait("all players", lambda: server.stream("live/ffmpeg")["players"] == 1 and all(p.check.pictures for p in flv + rtmp), 20)
        begin = time.monotonic()
        for number in range(1, 101):
            server.configure(apps(number, other=number % 10 != 0))
            if number % 3:
                status, text = server.admin("/api/v1/reload", method="POST")
                equal(status, 200, text)
            else:
                count = len(said(server, "configuration read again"))
                server.process.send_signal(signal.SIGHUP)
                wait("reload %d" % number, lambda: len(said(server, "configuration read again")) > count, 5, every=0.01)
            time.sleep(0.05)
        took = time.monotonic() - begin
        time.sleep(1)
        now = {session["id"] for session in server.api("sessions")["sessions"]}
        equal(sessions - now, set(), "publishers' sessions that were cut")
        assert publisher.is_alive and decoder.poll() is None, "ffmpeg was cut"
        for player in flv + rtmp:
            equal((player.check.errors[:3], player.ended, player.check.jumps), ([], False, 0), "a player of an unchanged app")
        for key in ("live/s0", "live/ffmpeg"):
            equal(server.stream(key)["reconnects"], 0, "reconnects of " + key)
        print("      100 reloads in %.1f s; 4 publishers, 19 players, 0 cut" % took)
        crowd.stop()
        for player in rtmp:
            player.stop()
        for source in sources:
            source.stop()
        publisher.end()
        processes.end(decoder)


@case(seconds=60)
def a_bad_file_changes_nothing_and_is_told_as_check_tells_it(house):
    server = house.own_server(apps=apps())
    with server, media.Publisher(server.url("rtmp", "live/a"), house.path("bad-file.log")) as publisher:
        server.wait_on_air("live/a")
        before = server.api("apps")
        for text, words in (
                (LIVE + '[app.other]\nopen = true\noutpts = ["rtmp"]\n', "outputs"),
                (LIVE.replace('"http-flv"', '"no-such"'), "no plugin"),
                (LIVE + "[app.other\n", "sluice.toml"),
        ):
            server.configure(text)
            checked = processes.run([server.program, "check"] + server.place)
            lines = [line for line in checked.stderr.splitlines() if "sluice.toml" in line]
            assert lines and words in checked.stderr, checked.stderr
            since = len(server.log_lines())
            server.process.send_signal(signal.SIGHUP)
            wait("the refusal in the log", lambda: said(server, "configuration not taken", since), 5)
            status, answer = server.admin("/api/v1/reload", method="POST")
            equal(status, 422, answer)
            first = lines[0].replace("sluice: ", "")
            assert first in json.loads(answer)["errors"], "%r not in %s" % (first, answer)
            equal(server.api("apps"), before, "the apps")
        server.sluice("reload", status=1)
        assert publisher.is_alive and server.stream("live/a")["publisher"], "the publisher was cut"


@case(seconds=90)
def apps_come_change_and_go(house):
    server = house.own_server(apps=LIVE)
    with server, media.Publisher(server.url("rtmp", "live/a"), house.path("apps-live.log")) as steady:
        server.wait_on_air("live/a")
        try:
            Client(server.port("rtmp")).connect("other").publish("x")
            raise AssertionError("an app that is not there took a publisher")
        except Refused:
            pass
        server.configure(LIVE + '[app.other]\nopen = true\noutputs = ["rtmp"]\n')
        assert "apps added: other" in server.sluice("reload")
        with media.Publisher(server.url("rtmp", "other/b"), house.path("apps-other.log")) as publisher:
            server.wait_on_air("other/b")
            index = server.url("http", "other/b/index.m3u8")
            equal(web.get(index)[0], 404, "HLS of an app without it")
            server.configure(LIVE + '[app.other]\nopen = true\noutputs = ["rtmp", "hls"]\n')
            assert "apps changed: other" in server.sluice("reload")
            wait("HLS of the stream that is on air", lambda: "#EXTM3U" in web.playlist(index), 20)
            server.configure(LIVE + '[app.other]\nopen = true\noutputs = ["rtmp"]\n[app.other.hls]\nsegment_ms = 1000\n')
            # What plugins hear, too, as the event config.reloaded.
            equal(server.sluice_json("reload")["plugins"], {"hls": ["other"]}, "whose settings are other ones")
            equal(web.get(index)[0], 404, "HLS taken away")
            assert publisher.is_alive, "a change cut the publisher"
            watchers = [
                processes.start([media.FFMPEG, "-nostdin", "-loglevel", "error", "-i", server.url("rtmp", "other/" + name), "-f", "null", "-"],
                                log=house.path("apps-%s.log" % name)) for name in ("b", "waits")]
            wait("a player", lambda: server.stream("other/b")["players"] == 1, 10)
            server.configure(LIVE)
            assert "apps removed: other" in server.sluice("reload")
            wait("the publisher of a removed app to be ended", lambda: not publisher.is_alive, 10)
            wait("who plays and who waits to be ended", lambda: all(one.poll() is not None for one in watchers), 5)
            wait("its stream to go", lambda: server.stream("other/b") is None, 5)
        assert said(server, "is not configured any more"), "no reason in the log"
        assert steady.is_alive, "the publisher of another app was cut"


@case(seconds=60)
def what_needs_a_restart_is_said_and_not_half_applied(house):
    server = house.own_server(apps=LIVE)
    with server:
        server.configure("log_level = \"debug\"\nthreads = 7\n" + '[listen.http]\naddress = "127.0.0.1"\n[limits]\nstreams = 1\nheld_requests = 5\n' + LIVE)
        change = server.sluice_json("reload")
        equal(change["needs_restart"], ["host.threads", "limits.held_requests", "listen.http"], "needs a restart")
        equal(change["applied"], ["host.log_level", "limits.streams"], "applied")
        assert said(server, "not changed before a restart"), "not in the log"
        with media.Publisher(server.url("rtmp", "live/one"), house.path("limit.log")):
            server.wait_on_air("live/one")
            try:
                Client(server.port("rtmp")).connect("live").publish("two")
                raise AssertionError("a second stream in spite of limits.streams = 1")
            except Refused:
                pass
        equal(server.sluice_json("reload")["applied"], [], "the same file again")
        equal(server.sluice_json("reload")["needs_restart"], ["host.threads", "limits.held_requests", "listen.http"], "said again")
