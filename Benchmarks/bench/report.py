"""Tables: medians over the rounds, with the least and the most in brackets."""
import statistics

from .scenarios import ALL


class Column:
    """A heading and, per job, a text."""

    def __init__(self, heading, text):
        self.heading, self.text = heading, text


def spread(values, form):
    """Median (least–most)."""
    if not values:
        return "–"
    middle = form % statistics.median(values)
    least, most = form % min(values), form % max(values)
    return middle if least == most else "%s (%s–%s)" % (middle, least, most)


def figure(heading, name, form="%.1f", scale=1):
    def text(context, address, n):
        return spread([value * scale for value in context.results.values(address, n, name)], form)
    return Column(heading, text)


def pair(heading, first, second, form="%.1f"):
    """Two medians."""
    def text(context, address, n):
        values = [context.results.median(address, n, name) for name in (first, second)]
        return "–" if None in values else " / ".join(form % value for value in values)
    return Column(heading, text)


def ratio(heading, name, other):
    """The ratio of the medians with the spread of the ratios round by round. `other` gives the address to compare with."""
    def text(context, address, n):
        reference = other(context, address)
        if reference is None or reference == address:
            return "1" if reference == address else "–"
        value = context.results.ratio(address, n, reference, name)
        if value is None:
            return "–"
        by_round = context.results.ratios(address, n, reference, name)
        return "%.2f (%.2f–%.2f)" % (value, min(by_round), max(by_round)) if len(by_round) > 1 else "%.2f" % value
    return Column(heading, text)


def difference(heading, name, other, form="%.1f"):
    def text(context, address, n):
        one, two = context.results.median(address, n, name), context.results.median(other(context, address), n, name)
        return "–" if one is None or two is None or other(context, address) == address else form % (one - two)
    return Column(heading, text)


def faults(context, address, n):
    errors = context.results.errors(address, n)
    found = ["%s %d" % pair for pair in context.results.faults(address, n).items()]
    if max(context.results.values(address, n, "generator_share"), default=0) > 0.9:
        found.append("generator near full")
    if errors:
        found.append("failed %d×: %s" % (len(errors), errors[0].splitlines()[0]))
    return ", ".join(found) or "none"


def nginx(context, address):
    workload = address.split("/")[1]
    return "nginx-rtmp/" + {"flv": "rtmp", "raw": "rtmp", "memory-flv": "memory-rtmp"}.get(workload, workload)


def floor(context, address):
    server, workload = address.split("/")
    name = context.servers[server].floor
    return "%s/raw" % name if name and workload in ("rtmp", "flv", "raw") else None


def same(server, workload):
    return lambda context, address: "%s/%s" % (server, workload)


CPU = figure("CPU-s/Gbit", "cpu_s_per_gbit", "%.3f")
PERCENT = figure("CPU % of a core", "cpu_percent")
LATENCY = pair("latency p50 / p99 ms", "latency_p50_ms", "latency_p99_ms")
KEY = pair("first key frame p50 / p95 ms", "first_key_p50_ms", "first_key_p95_ms")
FAULTS = Column("faults", faults)
RSS = figure("RSS MiB", "rss_mib")

TABLES = {
    "broadcast": [
        CPU, ratio("of nginx-rtmp", "cpu_s_per_gbit", nginx), ratio("of the floor", "cpu_s_per_gbit", floor), LATENCY, KEY,
        figure("RSS KiB/player", "rss_kib_per_player", "%.0f"), figure("TCP KiB/player", "tcp_kib_per_player", "%.0f"),
        figure("Gbit/s", "gbit_s", "%.3f"), figure("user %", "user_share", "%.0f", 100), FAULTS],
    "ingest": [PERCENT, ratio("of nginx-rtmp", "cpu_percent", nginx), CPU, LATENCY, figure("RSS MiB", "rss_mib"), FAULTS],
    "idle": [PERCENT, difference("above ingest only", "cpu_percent", same("sluice-ingest", "idle")),
             ratio("of nginx-rtmp", "cpu_percent", nginx), RSS, FAULTS],
    "stalled": [RSS, difference("RSS above reading ones", "rss_mib", same("sluice-patient", "beside-reading")), LATENCY,
                ratio("p99 of that beside reading ones", "latency_p99_ms", same("sluice-patient", "beside-reading")),
                figure("of the 1000 still there", "crowd_alive", "%.0f"), PERCENT, FAULTS],
    "threads": [CPU, ratio("of one thread", "cpu_s_per_gbit", same("sluice", "shared")),
                figure("least thread's share of the CPU %", "least_thread_percent"),
                figure("least thread's share of the players %", "least_players_percent"), LATENCY, FAULTS],
    "churn": [figure("descriptors left", "descriptors_left", "%d"), figure("players left", "players_left", "%d"),
              figure("RSS MiB left", "rss_mib_left"), RSS, figure("joins", "joins", "%d"),
              figure("joins refused", "joins_failed", "%d"), PERCENT, figure("healthy p99 ms", "latency_p99_ms"), FAULTS],
    "memory": [figure("RSS KiB/player", "rss_kib_per_player"), figure("of each further player", "rss_kib_per_further_player"),
               figure("TCP KiB/player", "tcp_kib_per_player", "%.0f"),
               ratio("of nginx-rtmp", "rss_kib_per_player", nginx), FAULTS],
}

WORKLOAD_TITLES = {
    "rtmp": "RTMP", "flv": "HTTP-FLV", "hls": "HLS", "memory-rtmp": "RTMP", "memory-flv": "HTTP-FLV",
    "shared": "server and generator on both CPUs",
    "beside-stalled": "beside 1000 that never read", "beside-reading": "beside 1000 that read",
}


class Context:
    """What the columns read."""

    def __init__(self, results, servers):
        self.results, self.servers = results, servers


def table(context, scenario, n):
    """The table of one scenario, as lines of Markdown; [] when none of its jobs ran."""
    columns, rows = TABLES[scenario.table], []
    for server, workload in scenario.pairs:
        address = "%s/%s" % (server, workload)
        count = len(context.results.of(address, n))
        if count:
            title = context.servers[server].title
            if workload in WORKLOAD_TITLES:
                title += ", " + WORKLOAD_TITLES[workload]
            rows.append("| %s | %s |" % (title, " | ".join(column.text(context, address, n) for column in columns)))
            rounds = count
    if not rows:
        return []
    head = ["", "### %s:%d" % (scenario.name, n), "", "%s. Median of %d %s (least–most)."
            % (scenario.summary[0].upper() + scenario.summary[1:], rounds, "rounds" if rounds > 1 else "round"), ""]
    headings = ["| | %s |" % " | ".join(column.heading for column in columns), "|" + "---|" * (len(columns) + 1)]
    return head + headings + rows


def stolen(results):
    """A warning when the hypervisor took CPU time."""
    most = max((each.get("figures", {}).get("stolen_percent") or 0 for each in results.records), default=0)
    told = "The hypervisor took up to %.0f %% of the server's CPU in a window: take the ratios with care." % most
    return ["", told] if most > 5 else []


def tables(results, chosen, servers):
    """All tables of the scenarios [(scenario, N)]."""
    context = Context(results, servers)
    lines = [line for scenario, n in chosen for line in table(context, scenario, n)]
    return "\n".join(lines + stolen(results))


def chosen_of(words):
    """[(scenario, N)] of the pairs that a recorded run names."""
    by_name = {scenario.name: scenario for scenario in ALL}
    return [(by_name[name], n) for name, n in words]
