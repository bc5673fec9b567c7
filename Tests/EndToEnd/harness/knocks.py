"""Many RTMP connects a second, each a question to the app's authentication: what became of each, and when.

  python3 -m harness.knocks PORT SECONDS PER_SECOND APP QUERY      # from Tests/EndToEnd; prints one JSON object

Each is a TCP connection of its own: handshake, connect with credentials, the answer, gone. No two ask the same question, so that no kept
verdict answers. A process of its own, so that whoever plays and publishes meanwhile has its interpreter to itself.
"""
import json
import os
import subprocess
import sys
import threading
import time

from . import rtmp

THREADS = 48
WAIT = 10


def knock(port, app, query):
    """None when it was let in, else what it was told."""
    try:
        with rtmp.Client(port, timeout=WAIT) as client:
            client.connect(app, "rtmp://127.0.0.1:%d/%s?%s" % (port, app, query))
        return None
    except rtmp.Refused as refused:
        return "%s: %s" % (refused.code, refused.description)
    except (OSError, EOFError) as error:
        return "no answer: %s" % error


def run(port, seconds, per_second, app, query):
    total, begin = seconds * per_second, time.monotonic()
    found, lock, numbers = [], threading.Lock(), iter(range(total))

    def work():
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            time.sleep(max(begin + number / per_second - time.monotonic(), 0))
            asked = time.monotonic()
            said = knock(port, app, "%s&n=%d" % (query, number))
            found.append((asked, time.monotonic(), said))

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"per_second": total / (max(end for _, end, _ in found) - begin), "knocks": sorted(found)}


class Knocks:
    """The same in a process of its own; `result` waits for it. Times are of time.monotonic(), the machine's."""

    def __init__(self, port, seconds, per_second, app, query):
        folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-m", "harness.knocks", str(port), str(seconds), str(per_second), app, query], cwd=folder,
            stdout=subprocess.PIPE, text=True)

    def result(self):
        return Result(json.loads(self.process.communicate()[0]))


class Result:
    def __init__(self, found):
        self.per_second, self.knocks = found["per_second"], found["knocks"]

    @property
    def slowest(self):
        """The longest that one waited for its answer, seconds."""
        return max(end - asked for asked, end, _ in self.knocks)

    @property
    def unanswered(self):
        return [said for _, _, said in self.knocks if said and said.startswith("no answer")]

    @property
    def refusals(self):
        return sorted({said for _, _, said in self.knocks if said})

    def refused(self, begin, end):
        return [knock for knock in self.knocks if knock[2] and begin <= knock[0] < end]

    def back(self, killed, until):
        """Seconds from a death to the first who was let in of those who came after the last that was refused for it."""
        last = max([asked for asked, _, _ in self.refused(killed - 1, until)], default=killed)
        return min((end for asked, end, said in self.knocks if asked >= max(last, killed) and said is None), default=float("inf")) - killed


if __name__ == "__main__":
    port, seconds, per_second = (int(word) for word in sys.argv[1:4])
    print(json.dumps(run(port, seconds, per_second, *sys.argv[4:6])))
