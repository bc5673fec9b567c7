"""A plugin crashes inside the server's process: the mark names it, and the next start serves without it until the operator says otherwise."""
import contextlib
import os
import signal
import socket
import subprocess

from harness import case, equal, media
from harness.server import ROOT

MANIFEST = """id = "sieve"
library = "sieve.so"
interfaces = ["sluice.protocol/1", "sluice.sink/1", "sluice.handover/1"]
isolation = "host"
[permissions]
services = ["net", "auth", "stream", "broadcast"]
[[listen]]
name = "sieve"
transport = "tcp"
port = 7000
offset = 12
"""


def folder_with_sieve(house, name):
    """plugins.d as it ships, and the sieve: a plugin that does what a line of text says."""
    folder = house.path(name)
    os.makedirs(folder)
    shipped = os.path.join(ROOT, "plugins.d")
    for one in os.listdir(shipped):
        if one.endswith(".toml"):
            with open(os.path.join(shipped, one)) as file, open(os.path.join(folder, one), "w") as copy:
                copy.write(file.read())
    subprocess.run(
        ["cc", "-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-DKIND=2", "-I", os.path.join(ROOT, "PluginAPI/CSluice/include"),
         os.path.join(ROOT, "Tests/Fixtures/Plugins/sieve.c"), "-o", os.path.join(folder, "sieve.so")], check=True)
    with open(os.path.join(folder, "sieve.toml"), "w") as file:
        file.write(MANIFEST)
    return folder


@contextlib.contextmanager
def without_backtrace():
    """The runtime's own takes its time, a minute on a busy machine."""
    os.environ["SWIFT_BACKTRACE"] = "enable=no"
    try:
        yield
    finally:
        del os.environ["SWIFT_BACKTRACE"]


def say(server, line):
    with socket.create_connection(("127.0.0.1", server.base + 12), timeout=30) as peer:
        peer.sendall(line.encode() + b"\n")
        try:
            return peer.recv(100)
        except ConnectionError:
            return b""


def state(server, id):
    found = {one["id"]: one for one in server.sluice_json("plugin", "list")["plugins"]}[id]
    return found["state"], found["reason"]


@case(seconds=240)
def a_plugin_that_crashed_the_server_begins_quarantined(house):
    server = house.own_server(plugins=folder_with_sieve(house, "crash.d"))
    mark = os.path.join(server.data, "run.mark")
    with without_backtrace(), server:
        for how, number in (("null", signal.SIGSEGV), ("abort", signal.SIGABRT), ("recurse", signal.SIGSEGV), ("exit", None)):
            equal(state(server, "sieve")[0], "ACTIVE", "state before")
            say(server, "CRASH " + how)
            code = server.process.wait(60)
            equal(code, 0 if number is None else -number, "how it ended")
            with open(mark) as file:
                text = file.read()
            assert " failed sieve bytes " in text, text
            server.start()
            now, reason = state(server, "sieve")
            equal(now, "QUARANTINED", "state after " + how)
            assert "bytes ended" in reason and "plugin enable sieve" in reason, reason
            assert not os.path.exists(mark), "the mark was left"
            with media.Publisher(server.url("rtmp", "live/a"), house.path("crash-%s.log" % how)):
                server.wait_on_air("live/a")
            assert "sieve is QUARANTINED" in server.admin("/healthz", token=False)[1]
            if how == "null":
                # It holds over an orderly restart.
                equal(server.stop(), 0, "status of a server that was stopped")
                server.start()
                equal(state(server, "sieve")[0], "QUARANTINED", "state after another restart")
            server.sluice("plugin", "enable", "sieve")
            equal(state(server, "sieve")[0], "ACTIVE", "state when enabled")
            equal(say(server, "SLEEP 1"), b"SLEPT\n", "its answer")
        equal(server.stop(), 0, "status at the end")
        server.start()
        equal(state(server, "sieve")[0], "ACTIVE", "state of who was enabled, after a restart")


@case(seconds=120)
def who_ends_the_server_from_outside_quarantines_nobody(house):
    server = house.own_server(plugins=folder_with_sieve(house, "outside.d"))
    for number in (signal.SIGKILL, signal.SIGSEGV):
        with without_backtrace():
            server.start()
        with media.Publisher(server.url("rtmp", "live/a"), house.path("outside-%d.log" % number)):
            server.wait_on_air("live/a")
            os.kill(server.process.pid, number)
            server.process.wait(60)
    with server:
        for plugin in server.sluice_json("plugin", "list")["plugins"]:
            # DISABLED: by its manifest, as it ships.
            if plugin["state"] not in ("DISCOVERED", "DISABLED"):
                equal(plugin["state"], "ACTIVE", plugin["id"] + ": " + plugin["reason"])
