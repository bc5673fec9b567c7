"""One job: a server is started, loaded, sampled at the ends of the generator's window, and stopped. Its figures, by name.

Every workload is a function of a Stage; what it returns are the figures. Names carry their units.
"""
import time
from dataclasses import dataclass

from . import Unable, generator, proc

CROWD = 1000                         # players beside the healthy ones of `stalled`
CHURN_RATE = 500                     # joins per second
CHURN_HEALTHY = 50
LONG = 900                           # seconds: until it is told to end
BEFORE_END = 0.08                    # seconds: when the window is over, the players leave, and that is not to be measured


@dataclass(frozen=True)
class Plan:
    """How long, how fast, and where."""
    clip: str
    seconds: float                   # the window
    warm: float                      # between the last player's first key frame and the window
    settle: float                    # between the publisher and the first player
    ramp: float                      # new players per second
    patience: float                  # the window of `stalled`
    server_cpus: frozenset
    client_cpus: frozenset


@dataclass(frozen=True)
class Window:
    """What the generator said, and the server as its window began and just before it ended."""
    result: dict
    begin: proc.Sample
    end: proc.Sample


class Stage:
    """A started server with its generators; as a context, all of them end with it."""

    def __init__(self, job, server, plan):
        self.job, self.server, self.plan = job, server, plan
        shared = job.workload == "shared"
        self.server_cpus = plan.server_cpus | plan.client_cpus if shared else plan.server_cpus
        self.client_cpus = self.server_cpus if shared else plan.client_cpus
        self.softirq = proc.SoftIRQ(self.server_cpus)
        self.generators, self.running = [], None
        self.processes, self.faults, self.streams_at_end = [], {}, None

    def __enter__(self):
        self.running = self.server.start(self.job, self.server_cpus)
        try:
            self.running.wait()
            self.processes = proc.process_tree(self.running.process.pid)
        except BaseException:
            self.running.stop()
            raise
        return self

    def __exit__(self, *_):
        for each in reversed(self.generators):
            each.stop()
        self.running.stop()

    def sample(self):
        if self.running.process.poll() is not None:
            raise Unable("%s ended with status %s:\n%s"
                         % (self.server.name, self.running.process.returncode, self.running.last_words()))
        return proc.Sample(self.processes, self.softirq, self.server_cpus)

    def publish(self, streams, settle=None):
        """Puts streams on air; a sample of the server before anybody watches."""
        publisher = generator.publish(self.running.url("rtmp"), self.plan.clip, streams, LONG, self.client_cpus, self.running.log)
        self.generators.append(publisher)
        if not publisher.wait("ready", 30):
            raise Unable("%s: the publisher was not ready after 30 s:\n%s" % (self.job, self.running.last_words()))
        time.sleep(self.plan.settle if settle is None else settle)
        return self.sample()

    def play(self, protocol, players, streams=1, seconds=None):
        """Plays through one window."""
        seconds = self.plan.seconds if seconds is None else seconds
        ends = {}

        def on_event(name):                         # on the generator's reader, which has nothing to read during the window
            if name != "start":
                return
            try:
                ends["begin"] = self.sample()
                time.sleep(max(0, ends["begin"].at + seconds - BEFORE_END - time.monotonic()))
                ends["end"] = self.sample()
                if self.job.workload == "shared":
                    self.streams_at_end = self.server.streams(self.running)
            except Unable:
                pass                                # the server is gone: there will be no window
        player = generator.play(
            self.running.url(protocol), players, streams, seconds, self.plan.warm, self.plan.ramp, self.client_cpus,
            self.running.log, on_event)
        self.generators.append(player)
        result = player.finish(players / self.plan.ramp + self.plan.warm + seconds + 60)
        self.generators.remove(player)
        self.sample()
        if result is None or len(ends) < 2:
            raise Unable("%s: the players gave no result:\n%s" % (self.job, self.running.last_words()))
        self.count(result)
        return Window(result, ends["begin"], ends["end"])

    def crowd(self, protocol, players, behaviour="healthy", seconds=LONG, options=(), ready=30):
        """Players in the background; returns when they are ready, or after `ready` seconds, for some never are."""
        words = (() if behaviour == "healthy" else ("--behaviour", behaviour)) + tuple(options)
        crowd = generator.play(
            self.running.url(protocol), players, 1, seconds, 0, CHURN_RATE, self.client_cpus, self.running.log, options=words)
        self.generators.append(crowd)
        crowd.wait("start", ready)
        return crowd

    def dismiss(self, crowd):
        """Ends a crowd; its result or {}."""
        self.generators.remove(crowd)
        return crowd.stop() or {}

    def count(self, result):
        for name, number in generator.faults(result).items():
            self.faults[name] = self.faults.get(name, 0) + number

    def players_known(self):
        """Players that the server itself counts; None when it tells nothing."""
        streams = self.server.streams(self.running)
        return None if streams is None else sum(each.get("players", 0) for each in streams)


# Figures

def window_figures(window):
    """CPU, delivery, latency and the key frame's delay, of one window."""
    begin, end, result = window.begin, window.end, window.result
    wall, cpu = end.at - begin.at, end.cpu - begin.cpu
    busy = (end.user - begin.user) + (end.system - begin.system)
    figures = {
        "cpu_s_per_gbit": cpu / wall / result["gbit_s"] if result.get("gbit_s") else None,
        "cpu_percent": 100 * cpu / wall,
        "softirq_percent": 100 * (end.softirq - begin.softirq) / wall,
        "user_share": (end.user - begin.user) / busy if busy else None,
        "gbit_s": result.get("gbit_s"),
        "stolen_percent": 100 * (end.stolen - begin.stolen) / wall,
        "generator_share": result.get("cpu_share"),
        "rss_mib": end.rss / (1 << 20),
        "descriptors": end.descriptors,
        "threads": len(end.by_thread),
    }
    for name, source in (("latency", "latency_ms"), ("first_key", "first_key_ms")):
        spread = result.get(source) or {}
        for part in ("p50", "p95", "p99"):
            figures["%s_%s_ms" % (name, part)] = spread.get(part) if spread.get("n") else None
    return figures


def per_player(base, end, players):
    return {"rss_kib_per_player": (end.rss - base.rss) / players / 1024,
            "tcp_kib_per_player": (end.tcp - base.tcp) / players / 1024}


# Workloads

def broadcast(protocol, settle=None):
    def run(stage):
        base = stage.publish(1, settle) if protocol != "raw" else stage.sample()
        window = stage.play(protocol, stage.job.n)
        figures = window_figures(window) | per_player(base, window.end, stage.job.n)
        if protocol == "raw":                       # no frames, and no memory but one buffer
            figures = {name: value for name, value in figures.items() if not name.startswith(("latency", "first_key", "rss_kib"))}
        return figures
    return run


def ingest(stage):
    base = stage.publish(stage.job.n)
    window = stage.play("rtmp", stage.job.n, streams=stage.job.n)
    return window_figures(window) | per_player(base, window.end, stage.job.n)


def idle(stage):
    begin = stage.publish(stage.job.n, settle=stage.plan.settle + 2)
    time.sleep(stage.plan.seconds)
    end = stage.sample()
    return {"cpu_percent": 100 * (end.cpu - begin.cpu) / (end.at - begin.at), "rss_mib": end.rss / (1 << 20),
            "stolen_percent": 100 * (end.stolen - begin.stolen) / (end.at - begin.at), "threads": len(end.by_thread)}


def shared(stage):
    """All CPUs for all: how the players and the work spread over the I/O threads."""
    base = stage.publish(1)
    window = stage.play("rtmp", stage.job.n)
    figures = window_figures(window) | per_player(base, window.end, stage.job.n)
    busiest = [seconds for _, seconds in window.end.threads_since(window.begin)][:stage.server.threads]
    figures["least_thread_percent"] = 100 * min(busiest) / sum(busiest) if sum(busiest) else None
    players = players_by_thread(stage.streams_at_end)
    if players:
        players += [0] * (stage.server.threads - len(players))
        figures["least_players_percent"] = 100 * min(players) / sum(players)
    return figures


def players_by_thread(streams):
    """Players per I/O thread as the server lists them; [] when it does not."""
    sums = {}
    for output in (output for stream in streams or () for output in stream.get("outputs") or ()):
        for index, count in enumerate(output.get("players_by_thread") or ()):
            sums[index] = sums.get(index, 0) + count
    return [sums[index] for index in sorted(sums)] if sum(sums.values()) else []


def beside(behaviour):
    """Healthy players beside a crowd."""
    def run(stage):
        stage.publish(1)
        crowd = stage.crowd("rtmp", CROWD, behaviour)
        window = stage.play("rtmp", stage.job.n, seconds=stage.plan.patience)
        result = stage.dismiss(crowd)
        return window_figures(window) | {"crowd_alive": result.get("alive")}
    return run


def flat(stage, before, after, players):
    """What is left of those who came and went."""
    known = stage.players_known()
    return {"descriptors_left": after.descriptors - before.descriptors, "rss_mib_left": (after.rss - before.rss) / (1 << 20),
            "players_left": None if known is None else known - players, "rss_mib": after.rss / (1 << 20)}


def churn(stage):
    """A first tenth of the joins fills the allocator's pools; then nothing may grow."""
    stage.publish(1)
    healthy = stage.crowd("rtmp", CHURN_HEALTHY)

    def join(count):
        options = ("--churn-rate", str(CHURN_RATE), "--joins", str(count))
        crowd = stage.crowd("rtmp", 200, "churn", count / CHURN_RATE + 30, options, ready=0)
        crowd.finish(count / CHURN_RATE + 60)
        result = stage.dismiss(crowd)
        time.sleep(3)
        return result
    join(max(stage.job.n // 10, 1))
    before = stage.sample()
    joined = join(stage.job.n)
    after = stage.sample()
    figures = flat(stage, before, after, CHURN_HEALTHY)
    result = stage.dismiss(healthy)
    stage.count(result)
    spread = result.get("latency_ms") or {}
    return figures | {"joins": joined.get("joins"), "joins_failed": joined.get("joins_failed"),
                      "latency_p99_ms": spread.get("p99"), "cpu_percent": 100 * (after.cpu - before.cpu) / (after.at - before.at)}


def unruly(stage):
    """A first crowd fills the allocator's pools; the second one may leave nothing."""
    stage.publish(1)
    each = max(stage.job.n // 4, 1)
    behaviours = ("stalled", "trickle", "halfclose", "reset")

    def visit():
        crowds = [stage.crowd("rtmp", each, behaviour, ready=3) for behaviour in behaviours]
        window = stage.play("rtmp", stage.job.n)
        for crowd in crowds:
            stage.dismiss(crowd)
        time.sleep(3)
        return window
    visit()
    before = stage.sample()
    window = visit()
    after = stage.sample()
    return window_figures(window) | flat(stage, before, after, 0)


def memory(protocol):
    """Ten players first: with them the stream's log is there. Then N more."""
    def run(stage):
        base = stage.publish(1)
        few = 10
        first = stage.crowd(protocol, few)
        time.sleep(3)
        with_log = stage.sample()
        window = stage.play(protocol, stage.job.n)
        figures = window_figures(window) | per_player(base, window.end, stage.job.n + few)
        figures["rss_kib_per_further_player"] = (window.end.rss - with_log.rss) / stage.job.n / 1024
        stage.dismiss(first)
        return figures
    return run


WORKLOADS = {
    "rtmp": broadcast("rtmp"), "flv": broadcast("flv"), "raw": broadcast("raw"), "hls": broadcast("hls", settle=9),
    "ingest": ingest, "idle": idle, "shared": shared, "beside-stalled": beside("stalled"), "beside-reading": beside("healthy"),
    "churn": churn, "unruly": unruly, "memory-rtmp": memory("rtmp"), "memory-flv": memory("flv"),
}


def measure(job, server, plan, round_number):
    """The record of one job: its figures and faults, or an error."""
    record = {"server": job.server, "workload": job.workload, "n": job.n, "round": round_number, "at": round(time.time())}
    try:
        with Stage(job, server, plan) as stage:
            record["figures"] = WORKLOADS[job.workload](stage)
            record["faults"] = stage.faults
    except Unable as trouble:
        record["error"] = str(trouble)
    return record
