"""What can be asked for: each scenario is a set of jobs. A job is one server under one load; scenarios share jobs."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """One server under one load: measured once per round, however many scenarios want it."""
    server: str
    workload: str
    n: int

    def __str__(self):
        return "%s/%s:%d" % (self.server, self.workload, self.n)


@dataclass(frozen=True)
class Scenario:
    """`pairs` are (server, workload); `default` is N when none is given; `table` names the report's columns."""
    name: str
    default: int
    table: str
    summary: str
    pairs: tuple

    def jobs(self, n):
        return [Job(server, workload, n) for server, workload in self.pairs]


FLOORS = (("floor-33ms", "raw"), ("floor-100ms", "raw"))

ALL = (
    Scenario("rtmp", 500, "broadcast", "one stream, N players by RTMP: Sluice low and dense, nginx-rtmp, the floors",
             (("sluice", "rtmp"), ("sluice-dense", "rtmp"), ("nginx-rtmp", "rtmp")) + FLOORS),
    Scenario("flv", 500, "broadcast", "one stream, N players by HTTP-FLV (nginx-rtmp, which has none, by RTMP)",
             (("sluice", "flv"), ("sluice-dense", "flv"), ("nginx-rtmp", "rtmp")) + FLOORS),
    Scenario("raw", 500, "broadcast",
             "the floor alone: one write per player each 33 and each 100 ms, all at once and spread over it",
             FLOORS + (("floor-33ms-spread", "raw"), ("floor-100ms-spread", "raw"))),
    Scenario("ingest", 100, "ingest", "N streams with one RTMP player each",
             (("sluice", "ingest"), ("nginx-rtmp", "ingest"))),
    Scenario("hls", 200, "broadcast", "one stream, N players by low-latency HLS (fMP4 parts; nginx-rtmp has no such)",
             (("sluice", "hls"),)),
    Scenario("stalled", 100, "stalled",
             "N healthy RTMP players beside 1000 that never read (cut set to 120 s), and beside 1000 that do read",
             (("sluice-patient", "beside-stalled"), ("sluice-patient", "beside-reading"))),
    Scenario("threads", 500, "threads",
             "one stream, N RTMP players, one and two I/O threads; server and generator share both CPUs",
             (("sluice", "shared"), ("sluice-2-threads", "shared"))),
    Scenario("idle", 100, "idle", "N streams that nobody watches: all outputs, ingest only (RTMP on demand), nginx-rtmp",
             (("sluice", "idle"), ("sluice-ingest", "idle"), ("nginx-rtmp", "idle"))),
    Scenario("churn", 10_000, "churn", "N joins at 500/s beside 50 healthy players: descriptors, memory and players flat after",
             (("sluice", "churn"),)),
    Scenario("unruly", 200, "churn",
             "N healthy RTMP players beside N/4 each that never read, trickle, half-close, reset: flat after, the N undisturbed",
             (("sluice", "unruly"),)),
    Scenario("memory", 1000, "memory",
             "RSS per player at N players: in all, and of each further one when the stream's log is there",
             (("sluice", "memory-rtmp"), ("sluice", "memory-flv"), ("nginx-rtmp", "memory-rtmp"))),
    Scenario("first", 100, "broadcast", "time to the first key frame, N players, RTMP and HTTP-FLV",
             (("sluice", "rtmp"), ("sluice", "flv"), ("nginx-rtmp", "rtmp"))),
)

BY_NAME = {scenario.name: scenario for scenario in ALL}


def parse(text):
    """[(scenario, N)] of "rtmp:500,churn"; ValueError with a text for the user."""
    found = []
    for word in text.split(","):
        name, _, number = word.strip().partition(":")
        scenario = BY_NAME.get(name)
        if scenario is None:
            raise ValueError("no scenario is called %r; there are %s" % (name, ", ".join(BY_NAME)))
        if number and (not number.isdigit() or not 0 < int(number) <= 100_000):
            raise ValueError("%r: N is a number from 1 to 100000" % word)
        n = int(number) if number else scenario.default
        found.append((scenario, n))
    return found


def jobs(chosen, families, servers):
    """The jobs of [(scenario, N)], each once, of the chosen families only, in the scenarios' order."""
    wanted = [job for scenario, n in chosen for job in scenario.jobs(n)]
    return list(dict.fromkeys(job for job in wanted if servers[job.server].family in families))
