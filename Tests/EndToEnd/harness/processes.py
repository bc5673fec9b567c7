"""Programs started by the tests; all are ended when the run ends."""
import os
import subprocess

STARTED = []


def start(command, log=None, **options):
    """Starts a program with no input; its output goes to the file `log`."""
    out = open(log, "ab") if log else subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, **options)
    if log:
        out.close()
    STARTED.append(process)
    return process


def run(command, seconds=30, **options):
    """Runs a program to its end; killed when it takes longer. Standard output and error as text."""
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=seconds,
            text=True, errors="replace", **options)
    except subprocess.TimeoutExpired as late:
        text = lambda part: part.decode("utf-8", "replace") if isinstance(part, bytes) else part or ""
        return subprocess.CompletedProcess(command, "did not end in %s s" % seconds, text(late.stdout), text(late.stderr))


def end(process, seconds=5):
    """Ends it, politely first; its exit status."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


def end_all():
    for process in STARTED:
        if process.poll() is None:
            process.kill()
            process.wait()


def as_nobody(command):
    """VLC refuses to run as root."""
    return ["runuser", "-u", "nobody", "--", "env", "HOME=/tmp"] + command if os.geteuid() == 0 else command
