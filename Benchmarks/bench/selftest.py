"""--self-test: the check must be able to fail. The floor stands in Sluice's place and writes once per message (75 a second): no
server that writes each message by itself can cost less. In place of the dense mode it writes once per frame. Each must break a
CPU threshold; with the floor at the right paces none may break.
"""
from . import rounds, servers, thresholds
from .results import Results
from .scenarios import Job

N = 300
ROUNDS = 3
PER_MESSAGE = Job("floor-13ms", "raw", N)
LOW, DENSE, NGINX = Job("floor-33ms", "raw", N), Job("floor-100ms", "raw", N), Job("nginx-rtmp", "rtmp", N)
STANDS_FOR = "sluice/rtmp", "sluice-dense/rtmp"


def disguised(results, low, dense):
    """The results with one job's records as Sluice's, another's as those of its dense mode."""
    found = Results(results.records)
    for job, address in ((low, STANDS_FOR[0]), (dense, STANDS_FOR[1])):
        server, workload = address.split("/")
        for record in results.of("%s/%s" % (job.server, job.workload), N):
            found.add(record | {"server": server, "workload": workload})
    return found


def broken(results, bounds, low, dense):
    """The jobs of ours that break a CPU threshold when these jobs stand for them."""
    cpu = {each.name: each for each in bounds if each.figure == "cpu_s_per_gbit" and each.of in STANDS_FOR}
    judgement = thresholds.judge(disguised(results, low, dense), cpu.values())
    for violation in judgement.violations:
        print("broken    %s" % violation.text)
    for text in judgement.kept:
        print("kept      %s" % text)
    return {cpu[each.threshold].of if each.threshold else each.text for each in judgement.violations}


def run(plan, bounds):
    """Exit status: 0 when the thresholds tell a degraded server from a good one."""
    servers.NginxRTMP().check()
    results = rounds.run([PER_MESSAGE, LOW, DENSE, NGINX], ROUNDS, plan)
    print("\n== one write per message in place of low, one per frame in place of dense: each must break a bound")
    missed = set(STANDS_FOR) - broken(results, bounds, PER_MESSAGE, LOW)
    print("\n== the floor itself in place of both: none may break")
    wronged = broken(results, bounds, LOW, DENSE)
    for address in sorted(missed):
        print("self-test: no threshold notices what stands for %s" % address)
    for address in sorted(wronged):
        print("self-test: the floor itself breaks a threshold of %s" % address)
    print("self-test: %s" % ("FAILED" if missed or wronged else "the check fails where it has to, and only there"))
    return 1 if missed or wronged else 0
