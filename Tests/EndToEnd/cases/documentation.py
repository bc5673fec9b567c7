"""The commands of PluginAPI/README.md, followed to the letter, in each language; and the pages that Scripts/docs makes."""
import glob
import html.parser
import importlib.machinery
import importlib.util
import json
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
    folder, reader = tempfile.mkdtemp(prefix="sluice-reader-"), house.workshop(language)
    try:
        server = os.path.join(folder, "server")
        os.makedirs(server)
        shutil.copytree(os.path.join(ROOT, "plugins.d"), os.path.join(server, "plugins.d"))
        shutil.copy(os.path.join(ROOT, "sluice.toml"), server)
        with open(os.path.join(reader, "script"), "w") as file:
            file.write(script(language))
        home = os.environ.get("HOME", "/root")
        environment = {
            "PATH": house.binaries + ":" + os.environ["PATH"], "HOME": reader, "SERVER": server,
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
        assert "warning: " not in said, said[-3000:]
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


HEADERS = os.path.join(ROOT, "PluginAPI/CSluice/include/sluice")
DOCS = os.path.join(ROOT, "Scripts/docs")


class Page(html.parser.HTMLParser):
    """What stands in each element with an id, and where links inside the page go."""
    def __init__(self, path):
        super().__init__()
        self.open, self.texts, self.targets = [], {}, set()
        with open(path) as file:
            self.whole = file.read()
        self.feed(self.whole)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in ("meta", "input", "br", "link"):
            self.open.append((tag, attributes.get("id"), attributes.get("class")))
        if attributes.get("id"):
            assert attributes["id"] not in self.texts, "twice in the page: %s" % attributes["id"]
            self.texts[attributes["id"]] = ""
        if attributes.get("href", "").startswith("#"):
            self.targets.add(attributes["href"][1:])

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        classes = [entry[2] for entry in self.open]
        if "text" in classes:
            inside = classes.index("text")
            for _, identifier, _ in self.open[:inside]:
                if identifier:
                    self.texts[identifier] += data


def declared(path):
    """(anchor, what has to have a text) of a header, read in the simplest way there is, another than the page's maker."""
    with open(path) as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    for name, body in re.findall(r"struct (\w+) \{(.*?)\n\}", text, re.S):
        yield name, not re.search(r"_(service|interface)$", name)
        for function in re.findall(r"\(\*(\w+)\)\(", body):
            yield "%s.%s" % (name, function), True
    for name in re.findall(r"^typedef [^;{]*\(\*(\w+)\)\(", text, re.M) + re.findall(r"^(?:static inline|SLUICE_EXPORT) [^(;]*?(\w+)\(", text, re.M):
        yield name, True
    for name in re.findall(r"^#define ((?:SLUICE|KIT)_\w+)[ (]", text, re.M):
        if not name.endswith("_H") and name not in ("SLUICE_EXPORT", "KIT_STEP_SCHEMA", "KIT_SOURCE_SCHEMA"):
            yield name, False


@case(seconds=300)
def every_function_is_rendered(house):
    with tempfile.TemporaryDirectory(prefix="sluice-docs-") as folder:
        done = processes.run([DOCS, "--out", folder], 280)
        equal(done.returncode, 0, (done.stdout + done.stderr)[-3000:])
        page = Page(os.path.join(folder, "c/index.html"))
        for outside in ("http://", "https://", "src="):
            assert outside not in page.whole, "the page needs " + outside
        headers = [path for path in glob.glob(HEADERS + "/**/*.h", recursive=True) if not path.endswith(("/sluice.h", "/drafts.h"))]
        assert len(headers) >= 24, headers
        count = 0
        for path in headers + [os.path.join(ROOT, "PluginAPI/CKit/sluice_kit.h")]:
            for anchor, needs_text in declared(path):
                if path.endswith("sluice_kit.h") and "kit." + anchor in page.texts:
                    anchor = "kit." + anchor
                assert anchor in page.texts, "%s: %s is not in the page" % (path, anchor)
                assert not needs_text or len(page.texts[anchor].strip()) > 5, "%s: %s has no text" % (path, anchor)
                count += 1
        assert count > 250, "only %d declarations were found" % count
        lost = sorted(page.targets - set(page.texts))
        assert not lost, "links to nowhere: %s" % lost
        with open(os.path.join(folder, "swift/data/documentation/sluicekit/yourfirstplugin.json")) as file:
            article = json.dumps(json.load(file))
        for words in ("sluice new plugin acme --kind auth --language swift", "final class AuthPlugin", "open-sesame"):
            assert words in article, "the first plugin has no " + words
        for name in ("plugin", "authenticator/decide(_:)", "transformprovider", "borrowedframe"):
            assert os.path.exists(os.path.join(folder, "swift/data/documentation/sluicekit", name + ".json")), name


@case
def what_has_no_text_is_no_documentation(house):
    loader = importlib.machinery.SourceFileLoader("sluice_docs", DOCS)
    docs = importlib.util.module_from_spec(importlib.util.spec_from_loader("sluice_docs", loader))
    loader.exec_module(docs)
    with open(os.path.join(HEADERS, "log.h")) as file:
        good = file.read()
    with tempfile.TemporaryDirectory(prefix="sluice-docs-") as folder:
        def complaints(text):
            path = os.path.join(folder, "log.h")
            with open(path, "w") as file:
                file.write(text)
            return list(docs.silent([docs.Header(path)]))

        equal(complaints(good), [], "of a good header")
        first = "    /* [any] 1 when a line of this level would be written, else 0. */\n"
        assert first in good
        for bad, words in ((good.replace(first, ""), "enabled has no comment"), (good.replace("[any] 1 when", "1 when"), "enabled does not say its thread"),
                           (re.sub(r"^/\*.*?\*/\n", "", good, count=1, flags=re.S), "no comment at its beginning"),
                           (good.replace("#define SLUICE_LOG_TRACE", "typedef void (*sluice_log_done)(void *context);\n\n#define SLUICE_LOG_TRACE"),
                            "sluice_log_done has no comment")):
            told = complaints(bad)
            assert any(words in one for one in told), "'%s' is not among %s" % (words, told)
