"""Under a service manager: what `Type=notify` expects, the watchdog, and sockets that were opened before the server was there."""
import os
import signal
import socket
import threading
import time

from harness import case, equal, media, processes, wait, web


class Manager:
    """Plays systemd: listens to NOTIFY_SOCKET."""

    def __init__(self, address):
        self.messages, self.times, self.address = [], [], address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                text = self.socket.recv(4096).decode()
            except OSError:
                return
            self.messages.append(dict(line.split("=", 1) for line in text.split("\n")))
            self.times.append(time.monotonic())

    def having(self, key):
        return [message for message in list(self.messages) if key in message]

    def environment(self, **more):
        return dict(os.environ, NOTIFY_SOCKET=self.address, **more)


@case(seconds=90)
def it_says_ready_reloading_and_stopping(house):
    manager = Manager("@sluice-test-%d" % os.getpid())
    server = house.own_server(drain=8)
    server.start(env=manager.environment())
    wait("READY=1", lambda: manager.having("READY"), 5)
    equal(int(manager.having("READY")[0]["MAINPID"]), server.process.pid, "MAINPID")
    before = time.monotonic_ns() // 1000
    server.process.send_signal(signal.SIGHUP)
    wait("READY=1 after the reload", lambda: len(manager.having("READY")) == 2, 5)
    order = [key for message in manager.messages for key in ("READY", "RELOADING") if key in message]
    equal(order, ["READY", "RELOADING", "READY"], "what was told")
    assert int(manager.having("RELOADING")[0]["MONOTONIC_USEC"]) >= before, "MONOTONIC_USEC is before the signal"
    with media.Publisher(server.url("rtmp", "live/m"), house.path("systemd.log")):
        server.wait_on_air("live/m")
        server.process.send_signal(signal.SIGTERM)
        wait("STOPPING=1", lambda: manager.having("STOPPING"), 5)
        assert int(manager.having("STOPPING")[0]["EXTEND_TIMEOUT_USEC"]) > 8_000_000, manager.having("STOPPING")
    equal(server.process.wait(15), 0, "status")


@case(seconds=60)
def the_watchdog_hears_of_it_while_the_loops_turn(house):
    manager = Manager(house.path("notify"))
    server = house.own_server()
    server.start(env=manager.environment(WATCHDOG_USEC="1000000"))
    wait("pings", lambda: len(manager.having("WATCHDOG")) >= 8, 10)
    times = [at for message, at in zip(manager.messages, manager.times) if "WATCHDOG" in message]
    assert max(b - a for a, b in zip(times, times[1:])) < 0.9, times
    equal(server.stop(), 0, "status")


@case(seconds=60)
def it_takes_sockets_that_were_passed(house):
    server = house.own_server()
    passed = []
    for name in ("rtmp", "http"):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", 0 if name == "rtmp" else server.port("http")))
        one.listen(16)
        passed.append(one)
    # Connected before the server is there: answered once it is.
    early = socket.create_connection(("127.0.0.1", server.port("http")))
    early.sendall(b"GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

    def prepare():
        # As systemd does it: from 3 on, in order. High numbers first, lest one overwrites the other.
        high = [os.dup2(one.fileno(), 100 + index) for index, one in enumerate(passed)]
        for index, number in enumerate(high):
            os.dup2(number, 3 + index)
            os.set_inheritable(3 + index, True)
        os.environ["LISTEN_PID"] = str(os.getpid())
        os.execve(server.program, [server.program, "serve"] + server.place,
                  dict(os.environ, LISTEN_FDS="2", LISTEN_FDNAMES="rtmp:sluice.socket"))

    server.start(preexec_fn=prepare, close_fds=False)
    early.settimeout(10)
    assert early.recv(100).startswith(b"HTTP/1.1 404"), "the early connection was not answered"
    port = passed[0].getsockname()[1]
    with media.Publisher("rtmp://127.0.0.1:%d/live/p" % port, house.path("passed.log")):
        server.wait_on_air("live/p")
    equal(web.get(server.url("http", "nothing"))[0], 404, "over the passed socket")
    equal(server.stop(), 0, "status")
