"""The committed bounds (thresholds.json) and whether results keep them.

A threshold bounds one figure of one job: as it is, as a ratio to the same figure of another job ("against"), or as a difference
from it ("above"). It is judged at every N that was measured and is at least `least_n`.
"""
import json
import math
import os
from dataclasses import dataclass

from . import HERE, generator
from .scenarios import Job

KEYS = {"name", "figure", "of", "against", "above", "at_most", "at_least", "least_n", "why"}


@dataclass(frozen=True)
class Threshold:
    """One bound."""
    name: str
    figure: str
    of: str
    why: str
    at_most: float = math.inf
    at_least: float = -math.inf
    against: str = ""
    above: str = ""
    least_n: int = 1

    @property
    def other(self):
        return self.against or self.above

    def value(self, results, n):
        """What is bounded, None when it cannot be told."""
        if self.against:
            return results.ratio(self.of, n, self.against, self.figure)
        one = results.median(self.of, n, self.figure)
        if not self.above or one is None:
            return one
        two = results.median(self.above, n, self.figure)
        return None if two is None else one - two

    def jobs(self, n):
        return [Job(*address.split("/"), n) for address in (self.of, self.other) if address]

    def sentence(self, n, value):
        relation = " against " + self.against if self.against else " above that of " + self.above if self.above else ""
        bound = "at most %g" % self.at_most if self.at_most < math.inf else "no less than %g" % self.at_least
        return "%s: %s of %s:%d%s is %.3g, may be %s" % (self.name, self.figure, self.of, n, relation, value, bound)


@dataclass(frozen=True)
class Violation:
    """A bound that was broken. `final`: measuring again cannot mend it."""
    text: str
    jobs: tuple
    final: bool
    threshold: str = ""              # its name; "" for deliveries


@dataclass
class Judgement:
    """What a set of results comes to."""
    violations: list
    kept: list
    unjudged: list


def load(path=None):
    """The thresholds of the file; ValueError when it is not what it should be."""
    with open(path or os.path.join(HERE, "thresholds.json")) as file:
        listed = json.load(file)["thresholds"]
    for each in listed:
        if set(each) - KEYS or not each.get("why") or ("against" in each and "above" in each) \
                or ("at_most" in each) == ("at_least" in each):
            raise ValueError("thresholds.json: %r: unknown keys %s, no reason given, or not one relation and one bound"
                             % (each.get("name"), sorted(set(each) - KEYS)))
    names = [each["name"] for each in listed]
    if len(set(names)) != len(names):
        raise ValueError("thresholds.json: a name stands twice")
    return [Threshold(**each) for each in listed]


def is_ours(server):
    return server.startswith("sluice")


def broken_jobs(results):
    """Jobs of ours that lost, damaged or delayed something, and jobs of anybody that did not come to an end."""
    found = []
    for address, n in dict.fromkeys(("%s/%s" % (each["server"], each["workload"]), each["n"]) for each in results.records):
        job, server = Job(*address.split("/"), n), address.split("/")[0]
        errors = results.errors(address, n)
        if errors:
            found.append(Violation("%s did not run: %s" % (job, errors[0].splitlines()[0]), (job,), False))
        faults = results.faults(address, n) if is_ours(server) else {}
        for names, word, final in ((generator.BROKEN, "broken", True), (generator.LATE, "late", False)):
            told = ", ".join("%s %d" % (name, faults[name]) for name in names if faults.get(name))
            if told:
                found.append(Violation("%s: %s delivery: %s" % (job, word, told), (job,), final))
    return found


def without(threshold, results, n, judgement):
    """No value: a violation when everything ran and the figure is missing all the same."""
    addresses = [address for address in (threshold.of, threshold.other) if address]
    if all(any("figures" in each for each in results.of(address, n)) for address in addresses):
        text = "%s: %s:%d gave no %s to judge" % (threshold.name, " or ".join(addresses), n, threshold.figure)
        judgement.violations.append(Violation(text, tuple(threshold.jobs(n)), False, threshold.name))
    else:
        judgement.unjudged.append("%s: needs %s:%d" % (threshold.name, " and ".join(addresses), n))


def judge(results, thresholds):
    """All violations; what was kept; thresholds that these results cannot be held to, with the reason."""
    judgement = Judgement(broken_jobs(results), [], [])
    for threshold in thresholds:
        sizes = results.sizes(threshold.of)
        if not sizes:
            continue
        fit = [n for n in sizes if n >= threshold.least_n]
        if not fit:
            judgement.unjudged.append("%s: needs N of at least %d" % (threshold.name, threshold.least_n))
        for n in fit:
            value = threshold.value(results, n)
            if value is None:
                without(threshold, results, n, judgement)
            elif not threshold.at_least <= value <= threshold.at_most:
                jobs = tuple(threshold.jobs(n))
                judgement.violations.append(Violation(threshold.sentence(n, value), jobs, False, threshold.name))
            else:
                judgement.kept.append(threshold.sentence(n, value))
    return judgement
