"""Interleaved rounds: each round runs every job once, so that a slow minute of the machine hits all servers alike."""
import time

from . import servers
from .measure import measure
from .results import Results


def line(record):
    """One record for whoever watches."""
    head = "%d  %-32s" % (record["round"] + 1, "%s/%s:%d" % (record["server"], record["workload"], record["n"]))
    if "error" in record:
        return head + "FAILED  " + record["error"].replace("\n", "\n      ")
    figures, words = record["figures"], []
    for name, text in (("cpu_s_per_gbit", "%.4f CPU-s/Gbit"), ("gbit_s", "%.3f Gbit/s"), ("latency_p50_ms", "p50 %.1f ms"),
                       ("latency_p99_ms", "p99 %.1f ms"), ("rss_kib_per_player", "%.0f KiB/player"),
                       ("descriptors_left", "%d descriptors left"), ("rss_mib_left", "%.1f MiB left"),
                       ("cpu_percent", "CPU %.1f %%"), ("generator_share", "generator %.2f")):
        if figures.get(name) is not None:
            words.append(text % figures[name])
    words += ["%s %d" % pair for pair in record["faults"].items()]
    return head + ", ".join(words)


def run(jobs, rounds, plan, first=0, say=print):
    """Runs all jobs `rounds` times; the results. Rounds are numbered from `first`."""
    catalogue, results = servers.catalogue(), Results()
    begin = time.monotonic()
    for number in range(first, first + rounds):
        for job in jobs if number % 2 == 0 else reversed(jobs):   # back and forth: nobody is always second after the same server
            record = measure(job, catalogue[job.server], plan, number)
            results.add(record)
            say(line(record))
    say("%d jobs in %.0f s" % (len(jobs) * rounds, time.monotonic() - begin))
    return results
