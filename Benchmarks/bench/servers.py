"""The servers: how each is configured, started, asked whether it is ready, and addressed."""
import grp
import json
import os
import pwd
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import HERE, ROOT, Unable, cache, clip, generator, processes

LOCAL = "127.0.0.1"
PLAYER_STALL_MS = 10_000             # Sluice's own default


def fill(name, folder, values):
    """Writes servers/NAME into the folder with every @KEY@ replaced; its path."""
    with open(os.path.join(HERE, "servers", name)) as file:
        text = file.read()
    for key, value in values.items():
        text = text.replace("@%s@" % key, str(value))
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


class Server:
    """What can be started. `family` is what --servers chooses by, `floor` the floor program that writes at the same pace."""

    def __init__(self, name, title, family=None, floor=None):
        self.name, self.title, self.family, self.floor = name, title, family or name, floor

    def check(self):
        """Raises Unable with the remedy when it cannot run here."""

    def start(self, job, cpus):
        """A Running server for a job, not yet ready."""
        folder = os.path.join(cache(), "run", self.name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        running = Running(self, folder, processes.free_ports(16))
        running.log = open(os.path.join(folder, "server.log"), "ab")
        command = self.command(running, job)
        running.process = processes.start(command, cpus, running.log, stdout=running.log, cwd=folder)
        return running

    def command(self, running, job):
        raise NotImplementedError

    def is_ready(self, running):
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex((LOCAL, running.port)) == 0

    def url(self, running, protocol):
        """The address of stream %d by rtmp (publish too), flv, hls or raw."""
        raise NotImplementedError

    def streams(self, running):
        """What it tells about its streams; None when it tells nothing."""
        return None


class Running:
    """A started server: its folder, its first port, its process."""

    def __init__(self, server, folder, port):
        self.server, self.folder, self.port = server, folder, port
        self.log = self.process = None

    def wait(self, seconds=20):
        """Returns when it is ready; raises Unable with the end of its log when it will not be."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Unable("%s ended with status %s:\n%s" % (self.server.name, self.process.returncode, self.last_words()))
            if self.server.is_ready(self):
                return
            time.sleep(0.03)
        raise Unable("%s was not ready after %d s:\n%s" % (self.server.name, seconds, self.last_words()))

    def last_words(self):
        text = ""
        for name in ("server.log", "error.log"):
            try:
                with open(os.path.join(self.folder, name), errors="replace") as file:
                    text += "".join(file.readlines()[-8:])
            except OSError:
                pass
        return text or "(it wrote no log)"

    def url(self, protocol):
        return self.server.url(self, protocol)

    def stop(self):
        if self.process is not None:
            processes.end(self.process)
        if self.log is not None:
            self.log.close()


class Sluice(Server):
    """This repository's release build."""

    def __init__(self, name, title, family="sluice", latency="low", threads=1, stall=PLAYER_STALL_MS,
                 outputs=("rtmp", "http-flv", "hls")):
        super().__init__(name, title, family, "floor-33ms" if latency == "low" else "floor-100ms")
        self.latency, self.threads, self.stall, self.outputs = latency, threads, stall, outputs

    @staticmethod
    def program():
        return os.environ.get("SLUICE_BIN") or os.path.join(ROOT, ".build", "release", "sluice")

    def check(self):
        if not os.access(self.program(), os.X_OK):
            raise Unable("there is no server at %s; build it: swift build -c release (or set SLUICE_BIN)" % self.program())

    def command(self, running, job):
        configuration = fill("sluice.toml", running.folder, {
            "PLUGINS": os.environ.get("SLUICE_PLUGINS") or os.path.join(ROOT, "plugins.d"), "THREADS": self.threads,
            "STALL": self.stall, "LATENCY": self.latency, "OUTPUTS": json.dumps(list(self.outputs))})
        return [self.program(), "serve", "--config", configuration, "--data", os.path.join(running.folder, "data"),
                "--port-base", str(running.port)]

    def admin(self, running, path, token=None):
        request = urllib.request.Request("http://%s:%d%s" % (LOCAL, running.port + 4, path))
        if token:
            request.add_header("Authorization", "Bearer " + token)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read().decode()

    def is_ready(self, running):
        try:
            self.admin(running, "/readyz")
            return True
        except (OSError, urllib.error.URLError):
            return False

    def url(self, running, protocol):
        if protocol == "rtmp":
            return "rtmp://%s:%d/live/s%%d" % (LOCAL, running.port)
        path = {"flv": "live/s%d.flv", "hls": "live/s%d/index.m3u8"}[protocol]
        return "http://%s:%d/%s" % (LOCAL, running.port + 2, path)

    def streams(self, running):
        """The streams as `sluice stream show --json` shows them."""
        try:
            with open(os.path.join(running.folder, "data", "admin.token")) as file:
                token = file.read().strip()
            listed = json.loads(self.admin(running, "/api/v1/streams", token))
            listed = listed.get("streams", []) if isinstance(listed, dict) else listed
            paths = ("/api/v1/streams/%s/%s" % (each["app"], each["name"]) for each in listed)
            return [json.loads(self.admin(running, path, token)) for path in paths]
        except (OSError, ValueError, KeyError, urllib.error.URLError):
            return None


class NginxRTMP(Server):
    """nginx with libnginx-mod-rtmp, as Debian has it."""

    def __init__(self):
        super().__init__("nginx-rtmp", "nginx-rtmp", floor="floor-33ms")

    @staticmethod
    def program():
        return os.environ.get("NGINX_BIN") or shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")

    @staticmethod
    def modules():
        return os.environ.get("NGINX_MODULES", "/usr/lib/nginx/modules")

    def check(self):
        remedy = "apt-get install --no-install-recommends nginx libnginx-mod-rtmp"
        if not self.program():
            raise Unable("nginx is not installed: %s (or leave it out with --servers)" % remedy)
        if not os.path.exists(os.path.join(self.modules(), "ngx_rtmp_module.so")):
            raise Unable("%s has no ngx_rtmp_module.so: %s (or set NGINX_MODULES)" % (self.modules(), remedy))

    def command(self, running, job):
        user = "user %s %s;" % (pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name) if os.getuid() == 0 else ""
        configuration = fill("nginx-rtmp.conf", running.folder, {
            "MODULES": self.modules(), "FOLDER": running.folder, "RTMP": running.port, "USER": user})
        return [self.program(), "-p", running.folder, "-c", configuration]

    def url(self, running, protocol):
        return "rtmp://%s:%d/live/s%%d" % (LOCAL, running.port)


class Floor(Server):
    """The generator's floor program: the same bytes at the same pace by one write per player, and nothing else."""

    def __init__(self, milliseconds, spread=False):
        family = "floor-%dms" % milliseconds
        name, title = family + "-spread" * spread, "the kernel's send alone, each %d ms" % milliseconds
        super().__init__(name, title + ", players spread over it" * spread, family, floor=family)
        self.options = ["--spread"] * spread
        self.interval = {33: 100 / 3, 13: 1000 / 75}.get(milliseconds, milliseconds)     # video frames, all messages

    def command(self, running, job):
        words = ["floor", str(running.port), "--rate", str(clip.MEGABIT), "--interval", "%.3f" % self.interval]
        return [generator.program()] + words + self.options

    def url(self, running, protocol):
        return "http://%s:%d/s%%d" % (LOCAL, running.port)


def catalogue():
    """All servers by name. --servers chooses by family; the others of a family run where a scenario needs them."""
    servers = [
        Sluice("sluice", "Sluice, low"),
        Sluice("sluice-dense", "Sluice, dense", family="sluice-dense", latency="dense"),
        Sluice("sluice-patient", "Sluice, low, players cut after 120 s", stall=120_000),
        Sluice("sluice-2-threads", "Sluice, low, two I/O threads", threads=2),
        Sluice("sluice-ingest", "Sluice, one output on demand", outputs=("rtmp",)),
        NginxRTMP(), Floor(33), Floor(100), Floor(33, spread=True), Floor(100, spread=True), Floor(13),
    ]
    return {server.name: server for server in servers}


def versions(chosen):
    """What ran, for the record."""
    found = {}
    for server in chosen:
        if isinstance(server, Sluice):
            told = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
            found["sluice"] = told.stdout.strip() or "unknown"
        elif isinstance(server, NginxRTMP):
            told = subprocess.run([server.program(), "-v"], capture_output=True, text=True)
            found["nginx"] = (told.stderr + told.stdout).strip().rpartition("/")[2]
    return found
