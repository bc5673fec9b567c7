"""Children of a run: pinned, in sessions of their own, ended with the run however it ends."""
import ctypes
import os
import signal
import socket
import subprocess

STARTED = []
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def start(command, cpus, log, **options):
    """Starts a program on the given CPUs; standard error goes to the open file `log`. It dies with this process."""
    parent = os.getpid()

    def prepare():
        os.sched_setaffinity(0, cpus)
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=log, start_new_session=True, preexec_fn=prepare, **options)
    STARTED.append(process)
    return process


def end(process, seconds=5):
    """Ends a child, politely first, then with all of its session."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)     # the session's leader is the child: what it left behind is in its group
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()
    if process in STARTED:
        STARTED.remove(process)
    return process.returncode


def end_all():
    """Ends every child; a second Ctrl-C does not come between."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for process in reversed(list(STARTED)):
        end(process, 2)


def free_ports(count):
    """The first of `count` TCP ports in a row that nobody has, below the range that the kernel gives to clients."""
    for base in range(21000 + os.getpid() % 400 * 20, 32000, 20):
        try:
            for port in range(base, base + count):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("0.0.0.0", port))
            return base
        except OSError:
            continue
    raise OSError("no %d free TCP ports in a row between 21000 and 32000" % count)
