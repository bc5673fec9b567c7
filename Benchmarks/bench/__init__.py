"""The comparison: starts servers, plays from them, samples /proc, judges. One module per topic; Python's standard library only.

  command     the command line                        rounds       jobs, interleaved; retries
  scenarios   what can be asked for, as jobs           measure      one job: one figure set
  servers     Sluice, nginx-rtmp, the floor            generator    the load generator's process
  processes   children, none of which is left behind   proc         what /proc tells of a server
  clip        the test clip                            report       tables
  thresholds  the committed bounds and their judgement
"""
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.join(ROOT, "Benchmarks")


class Unable(Exception):
    """Something that a run needs is not there; the text says what to do."""


def cache():
    """Where the clip and the servers' run folders lie."""
    base = os.environ.get("XDG_CACHE_HOME")
    folder = os.path.join(base, "sluice-bench") if base else os.path.join(ROOT, ".build", "bench")
    os.makedirs(folder, exist_ok=True)
    return folder
