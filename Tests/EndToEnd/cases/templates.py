"""A stranger's plugins: `sluice new` in a clean folder outside the repository, build and test there without a network, install, use."""
import json
import os
import re
import shutil
import socket
import tempfile
import time
import urllib.error
import urllib.request

from harness import case, equal, media, processes, wait
from harness.server import ROOT

APPS = """
[app.stage]
auth = ["%s"]
outputs = ["rtmp", "http-flv"]
"""


def offline():
    """What to put before a command that shall find no network; nothing where that is not allowed."""
    return ["unshare", "-n"] if processes.run(["unshare", "-n", "true"]).returncode == 0 else []


def environment():
    """The stranger's: nothing of ours, and clang for a system without cc."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "CARGO_HOME", "RUSTUP_HOME", "TMPDIR") if key in os.environ}
    if not shutil.which("cc"):
        kept["CC"] = "clang"
    return kept


# The folder's name is the one in PluginAPI/README.md, whose case leaves its build; the plugin's has to do with a dash.
FOLDER, NAME = "acme", "my-plugin"


class Stranger:
    """A clean folder outside the repository, where plugins are made by the installed `sluice` alone. With a language: the house's workshop."""

    def __init__(self, house, language=None):
        self.sluice, self.kept = os.path.join(house.binaries, "sluice"), language and house.workshop(language)

    def __enter__(self):
        self.folder = self.kept or tempfile.mkdtemp(prefix="sluice-stranger-")
        return self

    def __exit__(self, *_):
        if not self.kept:
            shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def run(self, command, inside="", status=0, seconds=400):
        done = processes.run(command, seconds, cwd=self.path(inside), env=environment())
        assert done.returncode == status, "%s: status %s, expected %s\n%s" % (
            " ".join(command), done.returncode, status, (done.stdout + done.stderr)[-3000:])
        return done.stdout + done.stderr

    def make(self, name, kind, language):
        """`sluice new`, ./test and ./build in FOLDER; the library's path. What was there before gives way to the new one: what it has built of the
        SDK stays, as long as the new one's SDK is the same to the byte."""
        folder, before = self.path(FOLDER), self.path("before")
        shutil.rmtree(before, ignore_errors=True)
        if os.path.exists(folder):
            os.rename(folder, before)
        self.run([self.sluice, "new", "plugin", name, "--kind", kind, "--language", language])
        os.rename(self.path(name), folder)
        if os.path.exists(before):
            self.run(["diff", "-r", os.path.join(before, "sdk"), os.path.join(folder, "sdk")])
            if os.path.exists(os.path.join(before, ".build")):
                shutil.rmtree(os.path.join(folder, "sdk"))
                for kept in ("sdk", ".build"):
                    os.rename(os.path.join(before, kept), os.path.join(folder, kept))
            shutil.rmtree(before)
        for step in ("./test", "./build"):
            said = self.run(offline() + [step], FOLDER)
            assert "warning" not in said, said[-3000:]
        library = os.path.join(folder, name + ".so")
        symbols = self.run(["nm", "-D", "--defined-only", library]).split("\n")
        equal([line.split()[-1] for line in symbols if line.strip()], ["sluice_module_v1"], "exported symbols")
        judged = self.run([self.sluice, "conform", library, "--level", "reloadable"], FOLDER)
        assert "Level: reloadable" in judged, judged[-2000:]
        return library

    def plugins(self):
        """A new folder of plugins with RTMP and HTTP-FLV in it."""
        folder = self.path("plugins.d")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        for name in ("rtmp.toml", "http-flv.toml"):
            shutil.copy(os.path.join(ROOT, "plugins.d", name), folder)
        return folder


def own_lines(stranger, name, file):
    with open(stranger.path(name, file)) as source:
        return len(source.read().splitlines())


def from_nothing_to_a_publish(house, language, file):
    with Stranger(house, language) as stranger:
        library = stranger.make(NAME, "auth", language)
        lines = own_lines(stranger, FOLDER, file)
        assert lines <= 60, "%s has %d lines" % (file, lines)
        server = house.own_server(APPS % NAME, plugins=stranger.plugins())
        with server:
            told = server.sluice("plugin", "install", library)
            assert "ACTIVE" in told, told
            shown = server.sluice_json("plugin", "show", NAME)
            equal((shown["state"], shown["isolation"]), ("ACTIVE", "process"), "the plugin")
            allowed = server.url("rtmp", "stage/one?user=demo&key=open-sesame")
            with media.Publisher(allowed, stranger.path("allowed.log")):
                stream = server.wait_on_air("stage/one")
                equal(stream["publisher"]["principal"], "demo", "the principal")
                equal(media.probe(server.url("rtmp", "stage/one")), {"video": "h264", "audio": "aac"}, "streams")
            for query, words in (("?user=demo&key=open-sesam", "BAD_KEY"), ("?user=nobody&key=x", "BAD_KEY"), ("", "NO_CREDENTIALS")):
                done = processes.run(media.command(server.url("rtmp", "stage/two" + query), seconds=5))
                assert done.returncode != 0, "published with '%s'" % query
                wait("a line about the denial %s" % words, lambda: any(
                    " denied " in line and "plugin=%s reason=%s" % (NAME, words) in line for line in server.log_lines()))
            assert not any("open-sesam" in line for line in server.log_lines()), "a key is in the log"


@case(seconds=240)
def an_authentication_plugin_in_c(house):
    from_nothing_to_a_publish(house, "c", "plugin.c")


@case(seconds=600)
def an_authentication_plugin_in_swift(house):
    from_nothing_to_a_publish(house, "swift", "Sources/Plugin.swift")


@case(seconds=240)
def an_authentication_plugin_in_rust(house):
    from_nothing_to_a_publish(house, "rust", "src/lib.rs")


def an_output_that_counts(server, stranger):
    with media.Publisher(server.url("rtmp", "live/one"), stranger.path("one.log"), seconds=6) as publisher:
        server.wait_on_air("live/one")
        wait("a count", lambda: any("stream counted" in line and "stream=one" in line for line in server.log_lines()), 20)
        publisher.process.wait(30)
    line = wait("the sum", lambda: [line for line in server.log_lines() if "stream ended" in line and "sum=" in line][-1], 30)
    frames, keys, size = [int(number) for number in re.search(r'sum="(\d+) frames, (\d+) of them key frames, (\d+) bytes"', line).groups()]
    assert 6 * 25 <= frames < 900 and 6 <= keys < frames and size > 6 * 20000, line


def a_route_that_greets(server, _):
    def fetched(path):
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d/%s" % (server.port("http"), path), timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
    equal(fetched("live/one/hello"), (200, "welcome, live/one\n"), "the greeting")
    equal(fetched("other/one/hello")[0], 404, "in an app that does not name it")


def a_protocol_of_lines(server, _):
    with socket.create_connection(("127.0.0.1", server.base + 16), timeout=10) as peer:
        lines = peer.makefile("rb")
        equal(lines.readline(), b"welcome\r\n", "the greeting")
        for part in (b"on", b"e\r", b"\ntwo\nthr"):
            peer.sendall(part)
            time.sleep(0.05)
        equal([lines.readline(), lines.readline()], [b"one\r\n", b"two\r\n"], "lines")
        peer.sendall(b"ee\nquit\nfour\n")
        equal(lines.read(), b"three\r\n", "what comes before the end")
    with socket.create_connection(("127.0.0.1", server.base + 16), timeout=10) as peer:
        peer.sendall(b"x" * 2000)
        equal(peer.makefile("rb").read(), b"welcome\r\n", "the end of who sends no line")
    wait("the reason in the log", lambda: any("longer than 1024" in line for line in server.log_lines()))


def a_source_of_silence(server, _):
    server.wait_on_air("live/silence")
    equal(media.probe(server.url("rtmp", "live/silence")), {"audio": "aac"}, "the source's streams")
    wait("its end", lambda: not server.stream("live/silence"), 40)


def a_transform_to_key_frames(server, stranger):
    with media.Publisher(server.url("rtmp", "live/one"), stranger.path("one.log")):
        server.wait_on_air("live/one")
        server.wait_on_air("live/one_keys")
        kept = wait("its tracks", lambda: server.stream("live/one_keys"))
        equal([track["kind"] for track in kept["tracks"]], ["video"], "what comes out")
    wait("both to end", lambda: not server.stream("live/one") and not server.stream("live/one_keys"), 30)


USES = [("sink", an_output_that_counts), ("routes", a_route_that_greets), ("protocol", a_protocol_of_lines),
        ("source", a_source_of_silence), ("transform", a_transform_to_key_frames)]


def each_other_kind(house, language):
    """Under one name and in one place after the other."""
    with Stranger(house, language) as stranger:
        for kind, use in USES:
            library = stranger.make(NAME, kind, language)
            manifest = stranger.path(FOLDER, NAME + ".toml")
            with open(manifest) as file:
                text = file.read()
            with open(manifest, "w") as file:
                file.write(text.replace('"hello"', '"welcome"').replace("every_s = 60", "every_s = 1"))
            outputs = '["rtmp"%s]' % (', "%s"' % NAME if kind in ("sink", "routes") else "")
            apps = '[app.live]\nopen = true\noutputs = %s\nlinger_s = 1\n[app.other]\nopen = true\noutputs = ["rtmp"]\n' % outputs
            if kind == "source":
                apps += '[[app.live.source]]\nuse = "%s"\nstream = "silence"\nsettings = { seconds = 8 }\n' % NAME
            if kind == "transform":
                apps += '[[app.live.step]]\nuse = "%s"\n' % NAME
            with house.own_server(apps, plugins=stranger.plugins()) as server:
                told = server.sluice("plugin", "install", library)
                assert "ACTIVE" in told, told
                use(server, stranger)


@case(seconds=500)
def other_kinds_in_c(house):
    each_other_kind(house, "c")


@case(seconds=900)
def other_kinds_in_swift(house):
    each_other_kind(house, "swift")


@case(seconds=500)
def other_kinds_in_rust(house):
    each_other_kind(house, "rust")


@case
def what_cannot_be_made_is_said(house):
    with Stranger(house) as stranger:
        def new(*words):
            return stranger.run([stranger.sluice, "new", "plugin"] + list(words), status=64)
        assert "auth (c, rust, swift)" in new("acme", "--kind", "codec", "--language", "rust"), "no list of what there is"
        assert "a-z" in new("Acme", "--kind", "auth", "--language", "c")
        assert "word of the host" in new("stream", "--kind", "auth", "--language", "c")
        os.mkdir(stranger.path("acme"))
        told = stranger.run([stranger.sluice, "new", "plugin", "acme", "--kind", "auth", "--language", "c"], status=1)
        assert "is there already" in told, told
        equal(os.listdir(stranger.path("acme")), [], "the folder that was there")


@case
def what_cannot_be_installed_is_refused(house):
    with Stranger(house) as stranger:
        folder = stranger.plugins()
        before = sorted(os.listdir(folder))
        with open(stranger.path("sluice.toml"), "w") as file:
            file.write('[host]\nplugins = "plugins.d"\n')

        def refused(name, words):
            told = stranger.run([stranger.sluice, "plugin", "install", name, "--config", "sluice.toml"], status=1)
            assert words in told, "%s: %s" % (name, told)
            equal(sorted(os.listdir(folder)), before, "the folder of plugins after " + name)

        with open(stranger.path("text.so"), "w") as file:
            file.write("this is no library, however long it is made to be by a sentence that goes on\n")
        with open(stranger.path("empty.c"), "w") as file:
            file.write("int nothing_to_see_here;\n")
        stranger.run([environment().get("CC", "cc"), "-shared", "-fPIC", "-o", "empty.so", "empty.c"])
        with open(stranger.path("empty.so"), "rb") as whole, open(stranger.path("cut.so"), "wb") as cut:
            data = bytearray(whole.read())
            cut.write(data[:1000])
            data[18] ^= 0xFF
        with open(stranger.path("foreign.so"), "wb") as file:
            file.write(data)
        refused("absent.so", "No such file")
        refused("text.so", "not an ELF")
        refused("empty.so", "sluice_module_v1")
        refused("cut.so", "cut short")
        refused("foreign.so", "another kind of machine")
        refused("empty.c", "NAME.so")


@case(seconds=180)
def what_is_installed_again_keeps_what_the_operator_wrote(house):
    with Stranger(house) as stranger:
        library = stranger.make("acme", "auth", "c")
        folder = stranger.plugins()
        manifest = os.path.join(folder, "acme.toml")

        def text():
            with open(manifest) as file:
                return file.read()

        def hash_in(text):
            return re.search(r'^sha256 = "([0-9a-f]{64})"$', text, re.M).group(1)

        with house.own_server(APPS % "acme", plugins=folder) as server:
            assert "not enabled" in server.sluice("plugin", "install", library, "--no-enable")
            wait("it to be listed", lambda: server.sluice_json("plugin", "show", "acme")["state"] == "DISABLED")
            assert "ACTIVE" in server.sluice("plugin", "install", library, "--enable")
            first = hash_in(text())
            with open(manifest + ".new", "w") as file:
                file.write("# the operator's\n" + text() + 'ann = "another key"\n')
            os.rename(manifest + ".new", manifest)
            source = stranger.path("acme", "plugin.c")
            with open(source) as file:
                code = file.read()
            with open(source, "w") as file:
                file.write(code.replace('"0.1.0"', '"0.2.0"'))
            stranger.run(["./build"], "acme")
            told = server.sluice("plugin", "install", library)
            assert "ACTIVE" in told and "kept as it was" in told, told
            shown = server.sluice_json("plugin", "show", "acme")
            equal((shown["version"], shown["sha256"]), ("0.2.0", hash_in(text())), "version and hash")
            assert hash_in(text()) != first and text().startswith("# the operator's") and "another key" in text(), text()
            with media.Publisher(server.url("rtmp", "stage/one?user=ann&key=another%20key"), stranger.path("ann.log")):
                server.wait_on_air("stage/one")


@case
def rust_bindings_are_what_the_headers_say(house):
    done = processes.run([os.path.join(ROOT, "Scripts/rust-bindings"), "--check"])
    equal(done.returncode, 0, done.stdout + done.stderr)
    with open(os.path.join(ROOT, "PluginAPI/RustKit/sluice.rs")) as file:
        text = file.read()
    structs = re.findall(r"pub struct (\w+) \{\n(.*?)\n\}", text, re.S)
    structs = [(name, re.findall(r"pub (r#\w+|\w+):", body)) for name, body in structs if name != "sluice_instance"]
    program = ['#[path = "%s"] mod sluice;' % os.path.join(ROOT, "PluginAPI/RustKit/sluice.rs"), "use sluice::*;",
               "fn size<T>(_: *const T) -> usize { std::mem::size_of::<T>() }", "fn main() {"]
    for name, fields in structs:
        program.append("{ let u = std::mem::MaybeUninit::<%s>::zeroed(); let p = u.as_ptr();" % name)
        program.append('println!("%s - {} 0", std::mem::size_of::<%s>());' % (name, name))
        for field in fields:
            program.append('let f = unsafe { std::ptr::addr_of!((*p).%s) }; println!("%s %s {} {}", f as usize - p as usize, size(f));' % (
                field, name, field.replace("r#", "")))
        program.append("}")
    with Stranger(house) as stranger:
        with open(stranger.path("layout.rs"), "w") as file:
            file.write("\n".join(program + ["}"]))
        stranger.run(["rustc", "--edition", "2021", "-o", "layout", "layout.rs"])
        rows = [line.split() for line in stranger.run(["./layout"]).splitlines()]
    found = {}
    for name, field, first, second in rows:
        one = found.setdefault(name, {"size": 0, "fields": {}})
        if field == "-":
            one["size"] = int(first)
        else:
            one["fields"][field] = {"offset": int(first), "size": int(second)}
    wanted = {}
    for layout in ("v1", "draft"):
        with open(os.path.join(ROOT, "PluginAPI/ABI/%s.layout.json" % layout)) as file:
            wanted.update(json.load(file)["structs"])
    for one in wanted.values():
        for field in one["fields"].values():
            del field["declaration"]
    equal(sorted(found), sorted(wanted), "structs")
    for name in wanted:
        equal(found[name], wanted[name], name)
