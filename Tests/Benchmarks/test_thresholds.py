"""The committed thresholds: each can break, none breaks on good results, and one bad round breaks none."""
import unittest

from bench import command, thresholds
from bench.scenarios import ALL, Job
from recorded import N, bounds, breaking, good, spoil


class Thresholds(unittest.TestCase):
    def test_good_results_keep_all_and_judge_all(self):
        judgement = thresholds.judge(good(), bounds())
        self.assertEqual(judgement.violations, [])
        self.assertEqual(judgement.unjudged, [])
        self.assertEqual(len(judgement.kept), len(bounds()))

    def test_each_breaks_by_its_own_figure(self):
        for threshold in bounds():
            with self.subTest(threshold.name):
                results = good()
                value = breaking(threshold, results)
                spoil(results, threshold.of, lambda record: record["figures"].update({threshold.figure: value}))
                broken = [each for each in thresholds.judge(results, bounds()).violations if each.threshold == threshold.name]
                self.assertEqual(len(broken), 1)
                self.assertFalse(broken[0].final, "a busy machine may have been the reason")
                for job in threshold.jobs(N):
                    self.assertIn(job, broken[0].jobs)
                self.assertIn(threshold.figure, broken[0].text)

    def test_one_bad_round_of_three_is_no_violation(self):
        for threshold in bounds():
            with self.subTest(threshold.name):
                results = good()
                value = breaking(threshold, results)
                spoil(results, threshold.of, lambda record: record["figures"].update({threshold.figure: value}), rounds=[1])
                self.assertEqual(thresholds.judge(results, [threshold]).violations, [])

    def test_a_server_that_writes_each_message_by_itself_breaks_them(self):
        # Measured, 300 players, CPU-s/Gbit: the floor with 75, 30 and 10 writes per second, nginx-rtmp.
        costs = {"sluice/rtmp": 0.1933, "sluice/flv": 0.1933, "sluice-dense/rtmp": 0.0887, "sluice-dense/flv": 0.0887,
                 "floor-33ms/raw": 0.0887, "floor-100ms/raw": 0.0401, "nginx-rtmp/rtmp": 0.2122}
        results = good()
        for address, cost in costs.items():
            spoil(results, address, lambda record: record["figures"].update(cpu_s_per_gbit=cost))
        broken = {each.threshold for each in thresholds.judge(results, bounds()).violations}
        self.assertEqual(broken, {"rtmp-low-of-nginx", "rtmp-low-of-floor", "rtmp-dense-of-floor",
                                  "flv-low-of-nginx", "flv-low-of-floor", "flv-dense-of-floor"})

    def test_a_buffer_per_player_breaks_them(self):
        results = good()
        spoil(results, "sluice/rtmp", lambda record: record["figures"].update(rss_kib_per_player=10.0 + 80))
        self.assertEqual([each.threshold for each in thresholds.judge(results, bounds()).violations], ["rtmp-memory"])

    def test_they_name_jobs_that_exist(self):
        pairs = {"%s/%s" % pair for scenario in ALL for pair in scenario.pairs}
        for threshold in bounds():
            self.assertIn(threshold.of, pairs, threshold.name)
            self.assertIn(threshold.other or threshold.of, pairs, threshold.name)

    def test_few_players_are_not_judged_where_a_fixed_cost_would_show(self):
        results = good()
        for record in results.records:
            record["n"] = 20
        judgement = thresholds.judge(results, [each for each in bounds() if each.least_n > 20])
        self.assertEqual((judgement.kept, judgement.violations), ([], []))
        self.assertTrue(judgement.unjudged)

    def test_a_figure_that_is_missing_where_all_ran_is_a_violation(self):
        for threshold in bounds():
            with self.subTest(threshold.name):
                results = spoil(good(), threshold.of, lambda record: record["figures"].pop(threshold.figure))
                judgement = thresholds.judge(results, [threshold])
                self.assertEqual([each.threshold for each in judgement.violations], [threshold.name])
                self.assertEqual(judgement.kept, [])

    def test_a_server_that_was_left_out_leaves_its_ratios_unjudged(self):
        results = good()
        results.records = [each for each in results.records if each["server"] != "nginx-rtmp"]
        judgement = thresholds.judge(results, bounds())
        self.assertEqual(judgement.violations, [])
        self.assertEqual(len(judgement.unjudged), len([each for each in bounds() if each.against.startswith("nginx-rtmp")]))

    def test_a_file_with_half_a_bound_is_refused(self):
        import json
        import tempfile
        whole = {"name": "x", "figure": "cpu_percent", "of": "sluice/rtmp", "at_most": 1, "why": "so"}
        for change in ({"why": ""}, {"at_most": None}, {"at_least": 1}, {"atmost": 1}, {"against": "a/b", "above": "a/b"}):
            with self.subTest(change), tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                entry = {key: value for key, value in (whole | change).items() if value is not None}
                json.dump({"thresholds": [entry]}, file)
                file.flush()
                self.assertRaises(ValueError, thresholds.load, file.name)


class Deliveries(unittest.TestCase):
    def test_loss_and_damage_count_at_once(self):
        for name in ("lost", "dup", "crc_err", "foreign", "ts_back", "gaps", "proto_err"):
            with self.subTest(name):
                results = spoil(good(), "sluice/rtmp", lambda record: record["faults"].update({name: 1}), rounds=[2])
                broken = thresholds.judge(results, bounds()).violations
                self.assertEqual([each.final for each in broken], [True])
                self.assertIn("%s 1" % name, broken[0].text)

    def test_stalls_and_refusals_are_looked_at_again(self):
        for name in ("failed", "never_ready", "stalled", "slow"):
            with self.subTest(name):
                results = spoil(good(), "sluice-dense/flv", lambda record: record["faults"].update({name: 3}), rounds=[0])
                broken = thresholds.judge(results, bounds()).violations
                self.assertEqual([(each.final, each.jobs) for each in broken], [(False, (Job("sluice-dense", "flv", N),))])

    def test_others_may_lose(self):
        results = spoil(good(), "nginx-rtmp/rtmp", lambda record: record["faults"].update(lost=5, stalled=2))
        self.assertEqual(thresholds.judge(results, bounds()).violations, [])

    def test_a_job_that_did_not_run_is_a_violation(self):
        results = good()
        for record in results.of("nginx-rtmp/rtmp", N):
            del record["figures"]
            record["error"] = "nginx-rtmp ended with status 1:\nbind() failed"
        broken = [each for each in thresholds.judge(results, bounds()).violations if not each.threshold]
        self.assertEqual(["nginx-rtmp/rtmp:1000 did not run: nginx-rtmp ended with status 1:"], [each.text for each in broken])


class Check(unittest.TestCase):
    """The whole of --check: exit status, and the second look."""

    def setUp(self):
        self.asked = []

    def check(self, results, second=None):
        def again(jobs):
            self.asked.append(jobs)
            return second
        import contextlib
        import io
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as errors:
            status = command.check(results, bounds(), again if second else None)
        self.out, self.errors = out.getvalue(), errors.getvalue()
        return status

    def slow(self):
        return spoil(good(), "sluice/rtmp", lambda record: record["figures"].update(cpu_s_per_gbit=0.3))

    def test_good_results_pass_without_a_second_look(self):
        self.assertEqual(self.check(good(), good()), 0)
        self.assertEqual(self.asked, [])

    def test_a_bound_broken_twice_fails_with_a_line(self):
        self.assertEqual(self.check(self.slow(), self.slow()), 1)
        self.assertEqual(len(self.asked), 1)
        jobs = {Job("sluice", "rtmp", N), Job("nginx-rtmp", "rtmp", N), Job("floor-33ms", "raw", N)}
        self.assertEqual(set(self.asked[0]), jobs)
        self.assertIn("FAILED: rtmp-low-of-nginx: cpu_s_per_gbit of sluice/rtmp:1000 against nginx-rtmp/rtmp is 1.5, "
                      "may be at most 0.7",
                      self.errors)

    def test_a_bound_broken_once_passes_and_says_so(self):
        self.assertEqual(self.check(self.slow(), good()), 0)
        self.assertIn("once more", self.out)
        self.assertEqual(self.errors, "")

    def test_damage_fails_whatever_the_second_look_says(self):
        results = spoil(self.slow(), "sluice/rtmp", lambda record: record["faults"].update(crc_err=1))
        self.assertEqual(self.check(results, good()), 1)
        self.assertIn("crc_err 3", self.errors)

    def test_a_recorded_run_gets_no_second_look(self):
        self.assertEqual(self.check(self.slow()), 1)

    def test_nothing_judged_is_no_pass(self):
        results = good()
        results.records = [each for each in results.records if each["server"] == "floor-33ms"]
        self.assertEqual(self.check(results), 1)
        self.assertIn("nothing was judged", self.out)
