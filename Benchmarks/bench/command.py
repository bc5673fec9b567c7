"""The command line: which scenarios, on which CPUs, how often; tables, judgement, exit status."""
import argparse
import json
import os
import platform
import resource
import signal
import sys
import time
from dataclasses import replace

from . import Unable, clip, generator, proc, processes, report, rounds, scenarios, selftest, servers, thresholds
from .measure import Plan
from .results import Results

EXIT_FAILED, EXIT_UNABLE, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 64, 130
DEFAULT_SCENARIOS = "rtmp:500,flv:500"
QUICK_SCENARIOS = "rtmp:500,flv:500"
FAMILIES = ["sluice", "sluice-dense", "nginx-rtmp", "floor-33ms", "floor-100ms"]

EPILOG = """\
scenarios (NAME or NAME:N, comma-separated; the default N in brackets):
%s

Servers run one after the other, never together, in interleaved rounds; the server on one CPU, the generator on another.
Environment: SLUICE_BIN, SLUICE_PLUGINS (a plugins.d), LOAD_BIN, NGINX_BIN, NGINX_MODULES, XDG_CACHE_HOME.
Exit status: 0 done, and with --check all bounds kept; 1 a bound broken; 2 something needed is missing; 64 usage.
"""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(EXIT_USAGE, "compare: %s\n" % message)


def parser():
    listed = "\n".join("  %-8s %5d  %s" % (each.name, each.default, each.summary) for each in scenarios.ALL)
    found = Parser(prog="compare", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=EPILOG % listed,
                   description="Compares Sluice with nginx-rtmp and with the kernel's send alone, on this machine.")
    found.add_argument("--scenarios", metavar="LIST", help="default %s; with --quick %s" % (DEFAULT_SCENARIOS, QUICK_SCENARIOS))
    found.add_argument("--servers", metavar="LIST", default=",".join(FAMILIES), help="of %(default)s")
    found.add_argument("--rounds", type=int, metavar="N", help="interleaved rounds: 7; with --quick 3")
    found.add_argument("--check", action="store_true",
                       help="hold the medians to thresholds.json; a broken one is measured once more first")
    found.add_argument("--quick", action="store_true", help="what CI runs: short windows, few rounds")
    found.add_argument("--seconds", type=float, metavar="S",
                       help="length of a window: 10; with --quick 2. Even numbers: the clip has a key frame each 2 s")
    found.add_argument("--warm", type=float, metavar="S",
                       help="between the last player's first key frame and the window: 3; with --quick 0.5")
    found.add_argument("--patience", type=float, metavar="S", default=60, help="the window of `stalled` (60)")
    found.add_argument("--ramp", type=float, metavar="RATE", help="new players per second: 250; with --quick 1000")
    found.add_argument("--server-cpu", type=int, metavar="CPU", help="default: the first of this process's affinity mask")
    found.add_argument("--client-cpu", type=int, metavar="CPU", help="default: the second")
    found.add_argument("--json", metavar="FILE", help="writes all records there")
    found.add_argument("--from", dest="recorded", metavar="FILE", help="reports and checks what --json wrote, measures nothing")
    found.add_argument("--thresholds", metavar="FILE", help="instead of Benchmarks/thresholds.json")
    found.add_argument("--self-test", action="store_true",
                       help="shows that --check can fail: puts the floor with one write per message in Sluice's place")
    return found


def chosen_of(words, arguments):
    """The wanted scenarios and server families; exits with usage when there are no such."""
    try:
        chosen = scenarios.parse(words.scenarios or (QUICK_SCENARIOS if words.quick else DEFAULT_SCENARIOS))
    except ValueError as trouble:
        arguments.error(str(trouble))
    families = words.servers.split(",")
    for family in families:
        if family not in FAMILIES:
            arguments.error("no server is called %r; there are %s" % (family, ", ".join(FAMILIES)))
    for name in ("rounds", "seconds", "ramp", "patience"):
        if getattr(words, name) is not None and getattr(words, name) <= 0:
            arguments.error("--%s: more than 0" % name)
    return chosen, families


def plan_of(words):
    """Lengths and places; Unable on a machine with one CPU."""
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        raise Unable("a comparison needs two CPUs, one for the server and one for the generator; this process may use %d"
                     % len(cpus))
    server = cpus[0] if words.server_cpu is None else words.server_cpu
    client = next(cpu for cpu in cpus if cpu != server) if words.client_cpu is None else words.client_cpu
    if server == client or server not in cpus or client not in cpus:
        raise Unable("--server-cpu %d and --client-cpu %d have to be two different ones of %s" % (server, client, cpus))

    def either(value, usual, quick):
        return value if value is not None else quick if words.quick else usual
    return Plan(clip=clip.path(), seconds=either(words.seconds, 10, 2), warm=either(words.warm, 3, 0.5),
                settle=either(None, 2.5, 0.5), ramp=either(words.ramp, 250, 1000), patience=words.patience,
                server_cpus=frozenset([server]), client_cpus=frozenset([client]))


def prepare(plan):
    """This process: out of the server's way, many descriptors for its children, no survivors of a signal."""
    os.sched_setaffinity(0, plan.client_cpus)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def stop(*_):
        raise KeyboardInterrupt
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:       # nohup means it
            signal.signal(number, stop)


def machine():
    names = [line.split(":", 1)[1].strip() for line in proc.read("/proc/cpuinfo").splitlines() if line.startswith("model name")]
    model = names[0] if names else platform.machine()
    return {"cpus": os.cpu_count(), "model": model, "kernel": platform.release()}


def record(words, chosen, results, used):
    return {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "command": sys.argv[1:], "machine": machine(),
            "versions": servers.versions(used), "generator": generator.version(), "records": results.records,
            "scenarios": [[scenario.name, n] for scenario, n in chosen]}


def write(path, document):
    part = path + ".part"
    with open(part, "w") as file:
        json.dump(document, file, indent=1)
    os.rename(part, path)


def tell(judgement, verbose=True):
    """The judgement in lines."""
    for text in judgement.kept if verbose else ():
        print("kept      %s" % text)
    for text in judgement.unjudged:
        print("unjudged  %s" % text)
    for violation in judgement.violations:
        print("BROKEN    %s" % violation.text)


def check(results, bounds, again=None):
    """Exit status of --check. `again(jobs)` measures once more, None when that cannot be."""
    judgement = thresholds.judge(results, bounds)
    print("\n== check")
    tell(judgement)
    if not judgement.kept and not judgement.violations:
        print("check: nothing was judged: none of the thresholds is about what was measured")
        return EXIT_FAILED
    final = [each for each in judgement.violations if each.final]
    doubtful = [each for each in judgement.violations if not each.final]
    if doubtful and again:
        jobs = list(dict.fromkeys(job for each in doubtful for job in each.jobs))
        print("\n== once more, more rounds of twice the length, before it counts: %s" % ", ".join(map(str, jobs)))
        names = {each.threshold for each in doubtful}
        judgement = thresholds.judge(again(jobs), [each for each in bounds if each.name in names])
        tell(judgement)
        final += judgement.violations
    else:
        final += doubtful
    for violation in final:
        print("compare: FAILED: %s" % violation.text, file=sys.stderr)
    print("check: %s" % ("%d broken" % len(final) if final else "all kept"))
    return EXIT_FAILED if final else 0


def recorded(words, bounds):
    """--from: a run that was recorded."""
    try:
        with open(words.recorded) as file:
            document = json.load(file)
        results, chosen = Results(document["records"]), report.chosen_of(document["scenarios"])
    except (OSError, ValueError, KeyError, TypeError) as trouble:
        raise Unable("%s is not what --json wrote: %s" % (words.recorded, trouble)) from None
    print(report.tables(results, chosen, servers.catalogue()))
    return check(results, bounds) if words.check else 0


def compare(words, arguments, bounds):
    """A run."""
    chosen, families = chosen_of(words, arguments)
    catalogue = servers.catalogue()
    jobs = scenarios.jobs(chosen, families, catalogue)
    if not jobs:
        arguments.error("none of these servers takes part in these scenarios")
    used = [catalogue[name] for name in dict.fromkeys(job.server for job in jobs)]
    for server in used:
        server.check()
    generator.program()
    plan = plan_of(words)
    prepare(plan)
    count = words.rounds or (3 if words.quick else 7)
    print("%d jobs, %d rounds, windows of %g s; server on CPU %s, generator on CPU %s"
          % (len(jobs), count, plan.seconds, *plan.server_cpus, *plan.client_cpus), flush=True)
    results = rounds.run(jobs, count, plan)
    print(report.tables(results, chosen, catalogue), flush=True)
    document = record(words, chosen, results, used)
    status = 0
    if words.check:
        def again(jobs):
            more = rounds.run(jobs, max(5, count + 2), replace(plan, seconds=2 * plan.seconds), first=count)
            document["again"] = more.records
            return more
        status = check(results, bounds, again)
    if words.json:
        write(words.json, document)
    return status


def main():
    arguments = parser()
    words = arguments.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    try:
        bounds = thresholds.load(words.thresholds)
        if words.recorded:
            return recorded(words, bounds)
        if words.self_test:
            words.quick = True
            generator.program()
            plan = plan_of(words)
            prepare(plan)
            return selftest.run(plan, bounds)
        return compare(words, arguments, bounds)
    except (Unable, OSError, ValueError) as trouble:
        print("compare: %s" % trouble, file=sys.stderr)
        return EXIT_UNABLE
    except KeyboardInterrupt:
        print("\ncompare: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    finally:
        processes.end_all()
