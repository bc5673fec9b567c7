"""What the kernel says about a server: CPU time, memory, threads, descriptors, from /proc and the processes' CPU clocks.

A server's CPU time is that of its process tree and of ksoftirqd of its CPUs: TCP work that the kernel put off belongs to whoever
caused it. utime and stime of /proc count in ticks of 10 ms, too coarse for a window of three seconds; the processes' CPU clocks
(clock_gettime with the clock of another process) count the same time in nanoseconds. On loopback the receiving half of TCP runs
in the sender's context; the floor has that too.
"""
import os
import re
import time

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def stat_fields(path):
    """The fields of a stat file behind the program's name; [] when there is none. [1] parent, [11] utime, [12] stime."""
    text = read(path)
    return text.rpartition(")")[2].split() if text else []


def ticks(path):
    """User and system seconds."""
    fields = stat_fields(path)
    return (int(fields[11]) / TICKS, int(fields[12]) / TICKS) if len(fields) > 12 else (0.0, 0.0)


def cpu_clock(pid):
    """CPU seconds of a process, all its threads, ended ones too."""
    try:
        return time.clock_gettime((~pid << 3) | 2)      # CPUCLOCK_SCHED of that process, as clock_getcpuclockid(3) makes it
    except OSError:
        return sum(ticks("/proc/%d/stat" % pid))


def process_tree(root):
    """The process and all that descend from it."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = stat_fields("/proc/%s/stat" % name)
            if fields:
                children.setdefault(int(fields[1]), []).append(int(name))
    found, open_ends = [], [root]
    while open_ends:
        process = open_ends.pop()
        found.append(process)
        open_ends += children.get(process, [])
    return found


class SoftIRQ:
    """ksoftirqd of some CPUs."""

    def __init__(self, cpus):
        names = {"ksoftirqd/%d" % cpu for cpu in cpus}
        self.pids = [int(name) for name in os.listdir("/proc")
                     if name.isdigit() and read("/proc/%s/comm" % name).strip() in names]

    def seconds(self):
        return sum(cpu_clock(pid) for pid in self.pids)


def resident(pid):
    """VmRSS in bytes."""
    found = re.search(r"^VmRSS:\s+(\d+) kB", read("/proc/%d/status" % pid), re.M)
    return int(found.group(1)) * 1024 if found else 0


def descriptors(pid):
    try:
        return len(os.listdir("/proc/%d/fd" % pid))
    except OSError:
        return 0


def thread_seconds(pid):
    """CPU seconds per thread: {thread id: (name, seconds)}."""
    found = {}
    try:
        names = os.listdir("/proc/%d/task" % pid)
    except OSError:
        return found
    for name in names:
        folder = "/proc/%d/task/%s/" % (pid, name)
        schedule = read(folder + "schedstat").split()
        seconds = int(schedule[0]) / 1e9 if schedule else sum(ticks(folder + "stat"))
        found[int(name)] = (read(folder + "comm").strip(), seconds)
    return found


def tcp_memory():
    """The kernel's memory for all TCP sockets, in bytes."""
    found = re.search(r"^TCP:.* mem (\d+)", read("/proc/net/sockstat"), re.M)
    return int(found.group(1)) * PAGE if found else 0


def stolen(cpus):
    """Seconds that the hypervisor took from these CPUs."""
    lines = {line.split()[0]: line.split() for line in read("/proc/stat").splitlines() if line.startswith("cpu")}
    return sum(int(lines["cpu%d" % cpu][8]) for cpu in cpus if "cpu%d" % cpu in lines) / TICKS


class Sample:
    """One look at the processes of a server; what changes fastest when a window ends comes first."""

    def __init__(self, processes, softirq, cpus):
        self.at = time.monotonic()
        self.softirq = softirq.seconds()
        self.cpu = sum(cpu_clock(pid) for pid in processes) + self.softirq
        self.tcp = tcp_memory()
        self.rss = sum(resident(pid) for pid in processes)
        self.descriptors = sum(descriptors(pid) for pid in processes)
        modes = [ticks("/proc/%d/stat" % pid) for pid in processes]
        self.user, self.system = sum(mode[0] for mode in modes), sum(mode[1] for mode in modes)
        self.by_thread = {thread: seconds for pid in processes for thread, seconds in thread_seconds(pid).items()}
        self.stolen = stolen(cpus)

    def threads_since(self, earlier):
        """CPU seconds per thread since an earlier sample, the busiest first: [(name, seconds)]."""
        spent = [(name, seconds - earlier.by_thread.get(thread, ("", 0.0))[1])
                 for thread, (name, seconds) in self.by_thread.items()]
        return sorted(spent, key=lambda each: -each[1])
