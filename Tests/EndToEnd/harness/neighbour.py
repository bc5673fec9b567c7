"""Somebody else, on the same server: whether others' trouble is theirs."""
import threading
import time

from .rtmp import Client


class Neighbour:
    """Publishes on an app that nobody guards, again and again, one after the other. `with` it: whoever is inside must not be noticed."""

    def __init__(self, server, app="free"):
        self.port, self.app, self.took, self.trouble, self.over = server.port("rtmp"), app, [], None, False
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.thread.join(30)

    def run(self):
        number = 0
        while not self.over:
            began, number = time.monotonic(), number + 1
            try:
                with Client(self.port, timeout=30) as client:
                    client.connect(self.app)
                    client.publish("n%d" % number)
            except Exception as error:          # whatever it was: it was not the neighbour's
                self.trouble = self.trouble or repr(error)
            self.took.append(time.monotonic() - began)
            time.sleep(0.05)

    def check(self, seconds):
        """Served all the time. `seconds`: what a busy machine takes at most; who was stuck behind somebody took longer."""
        assert self.trouble is None, "a neighbour's publish: %s" % self.trouble
        assert self.took and max(self.took) < seconds, "a neighbour took %.2f s" % max(self.took or [0])
