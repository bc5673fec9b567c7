"""A Sluice server of our own: folder, ports, start, stop, command line, admin API."""
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request

from . import processes, wait

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
OFFSETS = {"rtmp": 0, "rtmps": 1, "http": 2, "https": 3, "admin": 4}
HOST = "127.0.0.1"


def free_base():
    """A number with sixteen free TCP ports behind it."""
    for base in random.sample(range(21000, 31000, 20), 200):
        try:
            for offset in range(16):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("0.0.0.0", base + offset))
            return base
        except OSError:
            continue
    raise RuntimeError("no free ports")


def own_plugins(house, name):
    """A folder of manifests of our own, whose libraries are the build's."""
    folder = house.path(name)
    os.makedirs(folder)
    for file in os.listdir(os.path.join(ROOT, "plugins.d")):
        if file.endswith(".toml"):
            shutil.copy(os.path.join(ROOT, "plugins.d", file), folder)
    return folder


class Server:
    """`sluice serve` on a folder of its own. As a context it starts, and is stopped at the end."""

    def __init__(self, binaries, folder, apps, plugins=None, extra="", drain=0):
        self.binaries, self.folder, self.plugins, self.extra, self.drain = binaries, folder, plugins, extra, drain
        os.makedirs(folder, exist_ok=True)
        self.data = os.path.join(folder, "data")
        self.config = os.path.join(folder, "sluice.toml")
        self.log = os.path.join(folder, "server.log")
        self.base = free_base()
        self.process = None
        self.configure(apps)

    def configure(self, apps):
        """Writes sluice.toml, whole in one step."""
        with open(self.config + ".new", "w") as file:
            file.write('[host]\nplugins = "%s"\ndrain_s = %d\n%s\n%s' % (
                self.plugins or os.path.join(ROOT, "plugins.d"), self.drain, self.extra, apps))
        os.rename(self.config + ".new", self.config)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def program(self):
        return os.path.join(self.binaries, "sluice")

    @property
    def place(self):
        return ["--config", self.config, "--data", self.data, "--port-base", str(self.base)]

    def port(self, name):
        return self.base + OFFSETS[name]

    def url(self, name, path):
        return "%s://%s:%d/%s" % (name, HOST, self.port(name), path.lstrip("/"))

    def start(self, **options):
        self.process = processes.start([self.program, "serve"] + self.place, log=self.log, **options)
        try:
            wait("the server to be ready", self.is_ready, 60)
        except AssertionError:
            raise AssertionError("the server did not start:\n" + "".join(self.log_lines()[-15:])) from None
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise RuntimeError("the server ended with status %s:\n%s" % (self.process.returncode, "".join(self.log_lines()[-15:])))
        try:
            with urllib.request.urlopen("http://%s:%d/readyz" % (HOST, self.port("admin")), timeout=3) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as refusal:
            refusal.close()     # or the connection stays until the error is collected
            return False

    def stop(self, seconds=15):
        """SIGTERM; the exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                return "did not end in %s s" % seconds
        return self.process.returncode

    def log_lines(self):
        try:
            with open(self.log, errors="replace") as file:
                return file.readlines()
        except OSError:
            return []

    # Command line

    def sluice(self, *words, status=0, seconds=30):
        """Runs a command on this data folder; its standard output."""
        done = processes.run([self.program] + list(words) + self.place, seconds)
        assert status is None or done.returncode == status, "sluice %s: status %s, expected %s\n%s%s" % (
            " ".join(words), done.returncode, status, done.stdout, done.stderr)
        return done.stdout

    def sluice_json(self, *words):
        return json.loads(self.sluice(*words, "--json"))

    # Admin API

    @property
    def token(self):
        with open(os.path.join(self.data, "admin.token")) as file:
            return file.read().strip()

    def admin(self, path, method="GET", token=True, body=None):
        """Status and text."""
        headers = {"Authorization": "Bearer " + self.token} if token else {}
        request = urllib.request.Request(
            "http://%s:%d%s" % (HOST, self.port("admin"), path), method=method, headers=headers,
            data=json.dumps(body).encode() if body is not None else None)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")

    def api(self, path):
        status, text = self.admin("/api/v1/" + path)
        assert status == 200, "GET /api/v1/%s: %s %s" % (path, status, text)
        return json.loads(text)

    def stream(self, key):
        """The stream `app/name` as the API shows it; None when there is none."""
        status, text = self.admin("/api/v1/streams/" + key)
        return json.loads(text) if status == 200 else None

    def wait_on_air(self, key, seconds=20):
        def on_air():
            found = self.stream(key)
            return found if found and found.get("publisher") and len(found["tracks"]) > 0 else None
        return wait("%s to be on air" % key, on_air, seconds)
