"""Results as a run records them, and ways to spoil them."""
import math

from bench import thresholds
from bench.results import Results
from bench.scenarios import ALL

N = 1000
ROUNDS = 3

# What a good machine and a good server come to; every job of every scenario has all of them.
GOOD = {
    "cpu_s_per_gbit": 0.1, "cpu_percent": 10.0, "gbit_s": 2.5, "latency_p50_ms": 5.0, "latency_p95_ms": 9.0,
    "latency_p99_ms": 20.0,
    "first_key_p50_ms": 1.0, "first_key_p95_ms": 4.0, "rss_kib_per_player": 10.0, "tcp_kib_per_player": 5.0, "rss_mib": 60.0,
    "rss_kib_per_further_player": 6.0, "descriptors_left": 0, "players_left": 0, "rss_mib_left": 0.5, "joins": N,
    "joins_failed": 0,
    "least_thread_percent": 49.0, "least_players_percent": 50.0, "stolen_percent": 0.0, "generator_share": 0.3,
    "user_share": 0.1, "descriptors": 1050, "threads": 5,
}
COSTS = {"nginx-rtmp": 0.2, "floor-33ms": 0.09, "floor-100ms": 0.04, "sluice-dense": 0.05}


def good():
    """Records of all jobs of all scenarios in which nothing is wrong, N players each."""
    records = []
    for number in range(ROUNDS):
        for server, workload in dict.fromkeys(pair for scenario in ALL for pair in scenario.pairs):
            noise = 1 + 0.05 * (number - 1)
            figures = dict(GOOD, cpu_s_per_gbit=COSTS.get(server, GOOD["cpu_s_per_gbit"]) * noise)
            if server == "nginx-rtmp":
                figures["cpu_percent"] = 20.0
            records.append({"server": server, "workload": workload, "n": N, "round": number, "figures": figures, "faults": {}})
    return Results(records)


def spoil(results, address, change, rounds=None):
    """Applies `change` to the records of a job, in the given rounds or all."""
    for record in results.of(address, N):
        if rounds is None or record["round"] in rounds:
            change(record)
    return results


def breaking(threshold, results):
    """A figure of the bounded job that lies just beyond the bound."""
    if threshold.at_most == math.inf:
        return threshold.at_least * 0.99
    other = results.median(threshold.other, N, threshold.figure) if threshold.other else 0
    if threshold.against:
        return threshold.at_most * other * 1.01
    return other + threshold.at_most + max(0.01, 0.01 * threshold.at_most)


def bounds():
    return thresholds.load()
