"""The parts of the comparison that need no server: scenarios, results, tables, /proc, children."""
import os
import signal
import socket
import subprocess
import sys
import time
import unittest

from bench import command, proc, processes, report, scenarios, selftest, servers
from bench.results import Results
from recorded import N, bounds, good, spoil


class Scenarios(unittest.TestCase):
    def test_names_with_and_without_number(self):
        chosen = scenarios.parse("rtmp:50, churn")
        self.assertEqual([(each.name, n) for each, n in chosen], [("rtmp", 50), ("churn", 10_000)])

    def test_nonsense_is_refused_with_what_there_is(self):
        for text in ("rtsp:5", "rtmp:", "rtmp:0", "rtmp:-1", "rtmp:many", "", "rtmp:100001"):
            with self.subTest(text):
                if text == "rtmp:":
                    self.assertEqual(scenarios.parse(text)[0][1], 500)
                else:
                    self.assertRaises(ValueError, scenarios.parse, text)

    def test_scenarios_share_jobs(self):
        jobs = scenarios.jobs(scenarios.parse("rtmp:50,flv:50"), command.FAMILIES, servers.catalogue())
        self.assertEqual(len(jobs), 7)
        self.assertEqual(len(set(jobs)), 7)

    def test_servers_are_chosen_by_family(self):
        jobs = scenarios.jobs(scenarios.parse("rtmp:50,stalled:10,threads"), ["sluice"], servers.catalogue())
        self.assertEqual({job.server for job in jobs}, {"sluice", "sluice-patient", "sluice-2-threads"})

    def test_every_server_of_a_scenario_is_in_the_catalogue_and_every_workload_is_known(self):
        from bench.measure import WORKLOADS
        for scenario in scenarios.ALL:
            self.assertIn(scenario.table, report.TABLES)
            for server, workload in scenario.pairs:
                self.assertIn(server, servers.catalogue())
                self.assertIn(workload, WORKLOADS)


class Reports(unittest.TestCase):
    def test_every_scenario_has_a_table(self):
        chosen = [(scenario, N) for scenario in scenarios.ALL]
        text = report.tables(good(), chosen, servers.catalogue())
        for scenario in scenarios.ALL:
            self.assertIn("### %s:1000" % scenario.name, text)
        for line in text.splitlines():
            if line.startswith("|"):
                self.assertGreater(line.count("|"), 4, line)

    def test_median_and_spread(self):
        self.assertEqual(report.spread([0.12, 0.1, 0.2], "%.2f"), "0.12 (0.10–0.20)")
        self.assertEqual(report.spread([0.12], "%.2f"), "0.12")
        self.assertEqual(report.spread([], "%.2f"), "–")

    def test_ratio_is_that_of_the_medians(self):
        results = good()
        for record, cost in zip(results.of("sluice/rtmp", N), (0.1, 0.3, 0.11)):
            record["figures"]["cpu_s_per_gbit"] = cost
        self.assertAlmostEqual(results.ratio("sluice/rtmp", N, "nginx-rtmp/rtmp", "cpu_s_per_gbit"), 0.11 / 0.2)
        self.assertEqual(len(results.ratios("sluice/rtmp", N, "nginx-rtmp/rtmp", "cpu_s_per_gbit")), 3)

    def test_faults_and_failures_show(self):
        results = spoil(good(), "sluice/rtmp", lambda record: record["faults"].update(lost=2))
        text = report.tables(results, scenarios.parse("rtmp:1000"), servers.catalogue())
        self.assertIn("lost 6", text)
        failed = Results([{"server": "sluice", "workload": "rtmp", "n": 5, "round": 0, "error": "it ended\nlog"}])
        self.assertIn("failed 1×: it ended |", report.tables(failed, scenarios.parse("rtmp:5"), servers.catalogue()))

    def test_stolen_time_is_told(self):
        results = spoil(good(), "sluice/rtmp", lambda record: record["figures"].update(stolen_percent=12.0))
        self.assertIn("took up to 12 %", report.tables(results, scenarios.parse("rtmp:1000"), servers.catalogue()))


class SelfTest(unittest.TestCase):
    def run_on(self, per_message, low, dense, nginx):
        costs = zip((selftest.PER_MESSAGE, selftest.LOW, selftest.DENSE, selftest.NGINX), (per_message, low, dense, nginx))
        results = Results([
            {"server": job.server, "workload": job.workload, "n": job.n, "round": 0, "faults": {},
             "figures": {"cpu_s_per_gbit": cost}}
            for job, cost in costs])
        import contextlib
        import io
        with contextlib.redirect_stdout(io.StringIO()):
            missed = set(selftest.STANDS_FOR) - selftest.broken(results, bounds(), selftest.PER_MESSAGE, selftest.LOW)
            wronged = selftest.broken(results, bounds(), selftest.LOW, selftest.DENSE)
        return missed, wronged

    def test_the_measured_floors_are_told_apart(self):
        self.assertEqual(self.run_on(0.1933, 0.0887, 0.0401, 0.2122), (set(), set()))

    def test_it_notices_when_they_are_not(self):
        self.assertEqual(self.run_on(0.09, 0.0887, 0.0880, 0.2122)[0], set(selftest.STANDS_FOR))


class PlayersByThread(unittest.TestCase):
    def test_outputs_of_all_streams_add_up(self):
        from bench.measure import players_by_thread
        outputs = [{"players_by_thread": [3, 4]}, {"players_by_thread": [1, 0]}, {"plugin": "hls"}]
        streams = [{"outputs": outputs}, {"outputs": []}]
        self.assertEqual(players_by_thread(streams), [4, 4])
        self.assertEqual(players_by_thread([{"outputs": [{"players_by_thread": [0, 0]}]}]), [])
        self.assertEqual(players_by_thread(None), [])


def until(look, is_it, seconds=60):
    """What `look` gives once `is_it` holds for it; on a busy machine that takes its time."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if is_it(found) or time.monotonic() > end:
            return found
        time.sleep(0.1)


class Proc(unittest.TestCase):
    def test_cpu_time_of_another_process_and_its_children(self):
        code = "import os, time\nif os.fork() == 0:\n    while True: pass\ntime.sleep(600)"
        child = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
        try:
            softirq = proc.SoftIRQ([0])
            processes_of_it = until(lambda: proc.process_tree(child.pid), lambda found: len(found) == 2)
            begin = proc.Sample(processes_of_it, softirq, [0])

            def so_far():
                return proc.Sample(processes_of_it, softirq, [0])

            end = until(so_far, lambda now: now.cpu - now.softirq - begin.cpu + begin.softirq > 0.05)
            spent = end.cpu - end.softirq - begin.cpu + begin.softirq
            self.assertGreater(spent, 0.05)
            self.assertLess(spent, (end.at - begin.at) * 1.2)
            self.assertGreater(end.rss, 2 << 20)
            self.assertGreater(end.descriptors, 2)
            self.assertEqual(len(end.by_thread), 2)
            self.assertAlmostEqual(end.threads_since(begin)[0][1], spent, delta=0.05)
        finally:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def test_a_process_that_is_gone_is_no_error(self):
        child = subprocess.Popen([sys.executable, "-c", ""])
        child.wait()
        sample = proc.Sample([child.pid], proc.SoftIRQ([0]), [0])
        self.assertEqual((sample.rss, sample.descriptors, sample.by_thread), (0, 0, {}))


class Children(unittest.TestCase):
    def test_a_child_that_ignores_its_end_and_its_grandchild_are_gone(self):
        code = ("import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nchild = os.fork()\n"
                "if child: print(child, flush=True)\ntime.sleep(60)")
        with open(os.devnull, "w") as log:
            child = processes.start([sys.executable, "-c", code], os.sched_getaffinity(0), log, stdout=subprocess.PIPE, text=True)
            grandchild = int(child.stdout.readline())
            processes.end(child, 0.3)
            child.stdout.close()
        self.assertNotIn(child, processes.STARTED)
        for pid in (child.pid, grandchild):
            self.assertTrue(is_gone(pid), pid)

    def test_children_die_with_a_parent_that_is_killed(self):
        code = ("import sys, os, time\nsys.dont_write_bytecode = True\nsys.path.insert(0, %r)\nfrom bench import processes\n"
                "child = processes.start(['sleep', '60'], os.sched_getaffinity(0), sys.stderr)\nprint(child.pid, flush=True)\n"
                "time.sleep(60)" % os.path.join(os.path.dirname(processes.__file__), ".."))
        parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        child = int(parent.stdout.readline())
        self.assertTrue(alive(child))
        parent.kill()
        parent.wait()
        parent.stdout.close()
        self.assertTrue(is_gone(child))

    def test_ports_are_free(self):
        base = processes.free_ports(16)
        with socket.socket() as one:
            one.bind(("0.0.0.0", base))
            one.listen()
            self.assertNotEqual(processes.free_ports(16), base)


def alive(pid):
    fields = proc.stat_fields("/proc/%d/stat" % pid)
    return bool(fields) and fields[0] not in "ZX"


def is_gone(pid):
    """Whether it ends; a killed process that is nobody's child takes a moment."""
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


class CommandLine(unittest.TestCase):
    PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Benchmarks", "compare")

    def run_it(self, *words, **environment):
        return subprocess.run(
            [self.PROGRAM, *words], capture_output=True, text=True, timeout=60, env=dict(os.environ, **environment))

    def test_usage(self):
        for words in (["--scenarios", "nope"], ["--servers", "apache"], ["--rounds", "-1"], ["--nonsense"],
                      ["--scenarios", "churn", "--servers", "nginx-rtmp"]):
            with self.subTest(words):
                done = self.run_it(*words)
                self.assertEqual(done.returncode, 64, done.stderr)
                self.assertIn("compare: ", done.stderr)

    def test_every_scenario_is_in_the_help(self):
        text = self.run_it("--help").stdout
        for scenario in scenarios.ALL:
            self.assertIn(scenario.summary, text)

    def test_what_is_missing_is_named_with_its_remedy(self):
        done = self.run_it("--scenarios", "rtmp:5", "--servers", "sluice", SLUICE_BIN="/nonexistent/sluice")
        self.assertEqual(done.returncode, 2)
        self.assertIn("swift build -c release", done.stderr)
        done = self.run_it(
            "--scenarios", "rtmp:5", "--servers", "nginx-rtmp", NGINX_BIN="/bin/true", NGINX_MODULES="/nonexistent")
        self.assertEqual(done.returncode, 2)
        self.assertIn("libnginx-mod-rtmp", done.stderr)
        done = self.run_it("--scenarios", "raw:5", LOAD_BIN="/nonexistent/load")
        self.assertEqual(done.returncode, 2)
        self.assertIn("sluice-load", done.stderr)
        done = self.run_it("--from", os.devnull)
        self.assertEqual(done.returncode, 2)
