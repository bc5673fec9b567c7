"""Records of jobs, and the medians and ratios over their rounds."""
import statistics


class Results:
    """The records of a run. A job is addressed as "server/workload" and N."""

    def __init__(self, records=()):
        self.records = list(records)

    def add(self, record):
        self.records.append(record)

    def of(self, address, n):
        server, workload = address.split("/")
        return [each for each in self.records if (each["server"], each["workload"], each["n"]) == (server, workload, n)]

    def sizes(self, address):
        """All N at which the job was measured."""
        server, workload = address.split("/")
        return sorted({each["n"] for each in self.records if (each["server"], each["workload"]) == (server, workload)})

    def by_round(self, address, n, figure):
        """{round: value} of the rounds that have one."""
        values = {each["round"]: each.get("figures", {}).get(figure) for each in self.of(address, n)}
        return {number: value for number, value in values.items() if value is not None}

    def values(self, address, n, figure):
        return list(self.by_round(address, n, figure).values())

    def median(self, address, n, figure):
        values = self.values(address, n, figure)
        return statistics.median(values) if values else None

    def ratio(self, address, n, other, figure):
        """The ratio of the medians; None when either is missing or the other is zero."""
        one, two = self.median(address, n, figure), self.median(other, n, figure)
        return one / two if one is not None and two else None

    def ratios(self, address, n, other, figure):
        """The ratios round by round: both ran within seconds of each other."""
        one, two = self.by_round(address, n, figure), self.by_round(other, n, figure)
        return [one[number] / two[number] for number in one if two.get(number)]

    def faults(self, address, n):
        """The sums of the counts that should be zero."""
        sums = {}
        for record in self.of(address, n):
            for name, number in record.get("faults", {}).items():
                sums[name] = sums.get(name, 0) + number
        return sums

    def errors(self, address, n):
        return [each["error"] for each in self.of(address, n) if "error" in each]
