"""The commands of PluginAPI/README.md, followed to the letter, in each language."""
import os
import re
import shutil
import tempfile

from harness import case, equal, processes
from harness.server import ROOT

README = os.path.join(ROOT, "PluginAPI/README.md")


def blocks(mark):
    """(words behind the mark, commands) of each marked block, in order."""
    with open(README) as file:
        text = file.read()
    found = re.findall(r"^```sh %s ?([^\n]*)\n(.*?)^```$" % mark, text, re.M | re.S)
    return [(words.split(), body) for words, body in found]


def script(language):
    """One shell session; every block has to succeed but those marked `fails`."""
    lines = ["set -euo pipefail"]
    for words, body in blocks("first-plugin"):
        languages = [word for word in words if word != "fails"]
        if languages and language not in languages:
            continue
        lines.append("echo '>>>'")
        if "fails" in words:
            lines.append("if { %s\n}; then echo 'this was to fail'; exit 1; fi" % body.strip())
        else:
            lines.append(body)
    return "\n".join(lines)


SETTING = """
set -euo pipefail
ip link set lo up
cd "$SERVER"
sluice serve > server.log 2>&1 &
server=$!
for i in $(seq 100); do sluice plugin list > /dev/null 2>&1 && break; sleep 0.2; done
cd "$HOME"
status=0
bash "$HOME/script" || status=$?
kill $server
wait $server || status=$((status + 100))
exit $status
"""


def first_plugin(house, language):
    """In a network of its own, so that the ports of the documentation are free; a server runs as its reader's does."""
    if processes.run(["unshare", "-n", "true"]).returncode != 0:
        print("      not allowed to make a network for it: not run")
        return
    folder = tempfile.mkdtemp(prefix="sluice-reader-")
    try:
        server = os.path.join(folder, "server")
        os.makedirs(server)
        shutil.copytree(os.path.join(ROOT, "plugins.d"), os.path.join(server, "plugins.d"))
        shutil.copy(os.path.join(ROOT, "sluice.toml"), server)
        with open(os.path.join(folder, "script"), "w") as file:
            file.write(script(language))
        home = os.environ.get("HOME", "/root")
        environment = {
            "PATH": house.binaries + ":" + os.environ["PATH"], "HOME": folder, "SERVER": server,
            "CARGO_HOME": os.environ.get("CARGO_HOME", os.path.join(home, ".cargo")),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", os.path.join(home, ".rustup"))}
        if not shutil.which("cc"):
            environment["CC"] = "clang"
        done = processes.run(["unshare", "-n", "bash", "-c", SETTING], 500, env=environment)
        log = ""
        if os.path.exists(os.path.join(server, "server.log")):
            with open(os.path.join(server, "server.log"), errors="replace") as file:
                log = file.read()
        said = done.stdout + done.stderr
        equal(done.returncode, 0, "%s\n-- the server's log ends\n%s" % (said[-3000:], log[-2000:]))
        for words in ("built ", "state     ACTIVE", "acme  ", "kept as it was"):
            assert words in said, "nowhere '%s' in\n%s" % (words, said[-3000:])
        assert "reason=BAD_KEY" in log, log[-2000:]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@case
def it_has_commands_for_each_language(house):
    marked = blocks("first-plugin")
    assert len(marked) >= 8, "only %d blocks" % len(marked)
    for language in ("c", "swift", "rust"):
        assert script(language).count("sluice new plugin") == 1, language
    assert sum("fails" in words for words, _ in marked) == 1


@case
def the_plugin_in_the_readme_is_the_one_that_is_made(house):
    with open(os.path.join(ROOT, "README.md")) as file:
        shown = re.search(r"^```c\n(.*?)^```$", file.read(), re.M | re.S)
    with open(os.path.join(ROOT, "PluginAPI/Templates/c-auth/plugin.c")) as file:
        made = file.read().replace('"c-auth"', '"acme"')
    assert shown and shown.group(1) == made, "README.md shows another plugin than sluice new plugin acme makes"


@case(seconds=240)
def a_first_plugin_in_c(house):
    first_plugin(house, "c")


@case(seconds=600)
def a_first_plugin_in_swift(house):
    first_plugin(house, "swift")


@case(seconds=300)
def a_first_plugin_in_rust(house):
    first_plugin(house, "rust")
