"""Plugins dropped into plugins.d, some broken: each is listed with its state and reason, and the server serves on."""
import os
import shutil

from harness import case, equal, media, processes
from harness.server import ROOT

MANIFEST = """id = "%s"
library = "lib%s.so"
interfaces = ["sluice.selftest/1"]
%s
"""


def compile_plugin(source, out):
    include = os.path.join(ROOT, "PluginAPI/CSluice/include")
    done = processes.run(
        ["clang", "-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden", "-I", include, source, "-o", out])
    equal(done.returncode, 0, done.stderr)


def fill(folder):
    os.makedirs(folder)
    for name in os.listdir(os.path.join(ROOT, "plugins.d")):
        if name.endswith(".toml"):
            shutil.copy(os.path.join(ROOT, "plugins.d", name), folder)

    def drop(id, more=""):
        with open(os.path.join(folder, id + ".toml"), "w") as file:
            file.write(MANIFEST % (id, id, more))
        return os.path.join(folder, "lib%s.so" % id)

    hello = os.path.join(ROOT, "Tests/EndToEnd/plugins/hello.c")
    compile_plugin(hello, drop("hello"))
    with open(drop("text"), "w") as file:
        file.write("this is no library\n")
    empty = os.path.join(folder, "empty.c")
    with open(empty, "w") as file:
        file.write("int nothing_to_see_here;\n")
    compile_plugin(empty, drop("empty"))
    drop("absent")
    shutil.copy(os.path.join(folder, "libhello.so"), drop("other"))
    shutil.copy(os.path.join(folder, "libhello.so"), drop("changed", 'sha256 = "%s"' % ("0" * 64)))
    shutil.copy(os.path.join(folder, "libhello.so"), drop("loose"))
    os.chmod(os.path.join(folder, "libloose.so"), 0o777)
    shutil.copy(os.path.join(folder, "libhello.so"), os.path.join(folder, "libbare.so"))
    with open(os.path.join(folder, "typo.toml"), "w") as file:
        file.write('id = "typo"\nlibrary = "libtypo.so"\ninterfaces = []\nenabledd = true\n')


# Id, state, words of the reason.
EXPECTED = [
    ("hello", "ACTIVE", ""), ("text", "REJECTED", "ELF"), ("empty", "REJECTED", "sluice_module_v1"), ("absent", "REJECTED", "not found"),
    ("other", "REJECTED", "id"), ("changed", "REJECTED", "SHA-256"), ("loose", "REJECTED", "written by others"),
    ("typo", "REJECTED", "enabled"), ("libbare", "DISCOVERED", "no manifest"),
]


@case(seconds=120)
def one_active_and_the_broken_ones_rejected_with_reasons(house):
    folder = house.path("plugins.d")
    fill(folder)
    server = house.own_server(plugins=folder)
    with server:
        listed = {plugin["id"]: plugin for plugin in server.sluice_json("plugin", "list")["plugins"]}
        from_api = {plugin["id"]: plugin for plugin in server.api("plugins")["plugins"]}
        wrong = []
        for id, state, words in EXPECTED:
            for where, found in (("command", listed.get(id)), ("API", from_api.get(id))):
                if not found or found["state"] != state or words not in found["reason"]:
                    wrong.append("%s by the %s: expected %s '%s', found %s" % (id, where, state, words, found))
        assert not wrong, "\n".join(wrong)
        bare = [line for line in server.sluice("plugin", "list").splitlines() if line.startswith("libbare ")]
        assert bare and "sluice plugin install " + os.path.join(folder, "libbare.so") in bare[0], bare
        for id in ("rtmp", "http-flv", "hls", "kaltura", "web-player"):
            equal(listed[id]["state"], "ACTIVE", id + ": " + listed[id]["reason"])
        with media.Publisher(server.url("rtmp", "live/on"), house.path("plugins.log")):
            server.wait_on_air("live/on")
            equal(media.probe(server.url("rtmp", "live/on")), {"video": "h264", "audio": "aac"}, "streams")
