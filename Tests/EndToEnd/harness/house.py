"""The server most cases share, with its entries and its publishers, each started when first asked for."""
import json
import os

from . import media
from .server import Server

APPS = """
[app.live]
open = true
outputs = ["rtmp", "http-flv", "hls", "web-player"]

[app.kLive]
auth = ["kaltura"]
outputs = ["rtmp", "http-flv", "hls", "web-player"]
"""


class Entry:
    def __init__(self, partner, id, token):
        self.partner, self.id, self.token = partner, id, token

    @property
    def name(self):
        return self.id + "_1"

    @property
    def query(self):
        return "p=%d&e=%s&i=0&t=%s" % (self.partner, self.id, self.token)


class House:
    def __init__(self, binaries, folder):
        self.binaries, self.folder = binaries, folder
        self.server = Server(binaries, os.path.join(folder, "house"), APPS)
        self.publishers, self.entries, self.count = {}, {}, 0
        # The last server that a case made for itself.
        self.latest = None

    def __enter__(self):
        self.server.start()
        for partner in (102, 103, 104):
            self.server.sluice("kaltura", "partner", "add", str(partner), "--name", "Partner %d" % partner)
        self.entry = self.add_entry(102, "0_ab12cd34")
        self.other = self.add_entry(102, "0_ef56gh78")
        self.foreign = self.add_entry(103, "0_zz99yy88")
        self.blocked = self.add_entry(104, "0_bb11cc22")
        self.server.sluice("kaltura", "partner", "block", "104")
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for publisher in self.publishers.values():
            publisher.end()
        return self.server.stop()

    def add_entry(self, partner, id, *settings):
        made = json.loads(self.server.sluice(
            "kaltura", "entry", "add", id, "--partner", str(partner), "--generate-token", "--json", *settings))
        self.entries[id] = Entry(partner, id, made["generated_token"])
        return self.entries[id]

    def path(self, name):
        return os.path.join(self.folder, name)

    def workshop(self, language):
        """Where plugins in this language are made, one after the other in its folder `acme`, outside the repository. What the first one has
        built of the SDK (Swift's takes a minute and more) serves the next."""
        folder = self.path("workshop-" + language)
        os.makedirs(folder, exist_ok=True)
        return folder

    def own_server(self, apps=APPS, **options):
        """Another server, for cases that stop it or configure it otherwise."""
        self.count += 1
        self.latest = Server(self.binaries, self.path("server%d" % self.count), apps, **options)
        return self.latest

    def publish(self, key, url=None, **options):
        """An ffmpeg of the case's own, on air."""
        log = self.path("ffmpeg-%s-%d.log" % (key.replace("/", "-"), len(os.listdir(self.folder))))
        publisher = media.Publisher(url or self.server.url("rtmp", key), log, **options)
        try:
            self.server.wait_on_air(key)
        except AssertionError as error:
            publisher.end()
            raise AssertionError("%s; ffmpeg said: %s" % (error, publisher.text())) from None
        return publisher

    def on_air(self, key="live/av", **options):
        """The shared publisher of this stream; its key."""
        running = self.publishers.get(key)
        if running is None or not running.is_alive:
            self.publishers[key] = self.publish(key, **options)
        return key
