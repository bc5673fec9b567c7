"""The load generator: one process that publishes or plays and tells, in lines of JSON, when its window begins and ends, and what
it saw."""
import json
import os
import subprocess
import threading
import time

from . import ROOT, Unable, processes

# Counts of a result that must be zero. What was sent wrong is never the fault of a busy machine; a pause may be.
BROKEN = ("lost", "dup", "crc_err", "foreign", "ts_back", "gaps", "proto_err", "cc_err", "no_mark")
LATE = ("failed", "never_ready", "stalled", "slow")


def program():
    """The generator's path."""
    path = os.environ.get("LOAD_BIN") or os.path.join(ROOT, ".build", "release", "sluice-load")
    if not os.access(path, os.X_OK):
        remedy = "build it: swift build -c release --product sluice-load (or set LOAD_BIN)"
        raise Unable("there is no load generator at %s; %s" % (path, remedy))
    return path


class Generator:
    """A running generator. `on_event` is called with "ready", "start" and "end", from the thread that reads them."""

    def __init__(self, words, cpus, log, on_event=None):
        self.result, self.on_event = None, on_event
        self.seen, self.news = set(), threading.Condition()
        self.process = processes.start([program()] + words, cpus, log, stdout=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            name = event.get("ev")
            if self.on_event:
                self.on_event(name)
            with self.news:
                if name == "result":
                    self.result = event
                self.seen.add(name)
                self.news.notify_all()
        with self.news:
            self.seen.add(None)                     # its output ended
            self.news.notify_all()

    def wait(self, event, seconds):
        """Whether the event came in time."""
        with self.news:
            self.news.wait_for(lambda: event in self.seen or None in self.seen, seconds)
            return event in self.seen

    def finish(self, seconds):
        """Waits for its own end, ends it when late; the result or None."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        return self.stop()

    def stop(self):
        """Ends it (SIGTERM lets it report); the result or None."""
        processes.end(self.process)
        self.reader.join(2)
        return self.result


def publish(url, clip, streams, seconds, cpus, log):
    words = ["publish", url, "--file", clip, "-n", str(streams), "-t", "%g" % seconds, "-r", "200"]
    return Generator(words, cpus, log)


def play(url, players, streams, seconds, warm, ramp, cpus, log, on_event=None, options=()):
    words = ["play", url, "-n", str(players), "-m", str(streams), "-t", "%g" % seconds, "-w", "%g" % warm, "-r", "%g" % ramp]
    return Generator(words + list(options), cpus, log, on_event)


def faults(result):
    """The counts that are not zero."""
    return {name: result[name] for name in BROKEN + LATE if result.get(name)}


def version():
    """Which generator this is, for the record."""
    path = program()
    return {"program": os.path.basename(path), "built": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(os.path.getmtime(path)))}
