"""The command line and the admin API, with a server and without one."""
import json
import os

from harness import case, equal, processes, wait, web


@case
def check_prints_settings_listeners_plugins_and_limits(house):
    text = house.server.sluice("check")
    for words in ("limits.handshake_ms", "10000 ms", "app.live.open", "rtmps", "closed", "kaltura", "good"):
        assert words in text, "no %r in\n%s" % (words, text)
    report = house.server.sluice_json("check")
    equal(report["errors"], [], "errors")
    listeners = {listener["name"]: listener for listener in report["listeners"]}
    equal(listeners["rtmp"]["port"], house.server.base, "the port of rtmp")


def check(house, text, *words):
    path = house.path("wrong.toml")
    with open(path, "w") as file:
        file.write(text)
    done = processes.run([house.server.program, "check", "--config", path, "--data", house.path("wrong-data")])
    said = done.stdout + done.stderr
    equal(done.returncode, 78, "exit code of check: " + said)
    for word in words:
        assert word in said, "no %r in: %s" % (word, said)


@case
def check_refuses_unknown_keys_with_line_column_and_suggestion(house):
    check(house, '[app.live]\nopen = true\noutpts = ["rtmp"]\n', "wrong.toml:3:1", "outputs")
    check(house, '[host]\nthread = 2\n', "wrong.toml:2:1", "threads")


@case
def an_app_without_authentication_has_to_say_so(house):
    check(house, '[app.live]\noutputs = ["rtmp"]\n', "open = true")


@case
def help_names_the_plugins_commands(house):
    text = house.server.sluice("--help")
    for word in ("serve", "check", "plugin", "app", "stream", "session", "events", "kaltura"):
        assert word in text, "no %r in\n%s" % (word, text)


@case
def without_a_server(house):
    server = house.own_server()
    server.sluice("stream", "list", status=3)
    server.sluice("nonsense", status=64)
    server.sluice("kaltura", "partner", "add", "7", "--name", "Seven")
    made = json.loads(server.sluice("kaltura", "entry", "add", "0_aa11bb22", "--partner", "7", "--token", "0123abcd", "--json"))
    equal(made["id"], "0_aa11bb22", "the entry")
    with server:
        listed = server.sluice("kaltura", "entry", "list")
        assert "0_aa11bb22" in listed and "0123abcd" not in listed, listed


@case
def listings_of_a_running_server(house):
    key = house.on_air()
    assert key in house.server.sluice("stream", "list")
    equal(house.server.sluice_json("stream", "show", key)["name"], key.split("/")[1], "stream show")
    equal({app["name"] for app in house.server.sluice_json("app", "list")["apps"]}, {"live", "kLive"}, "apps")
    assert any(key in session["publishes"] for session in house.server.sluice_json("session", "list")["sessions"]), "no session publishes"
    house.server.sluice("stream", "show", "live/nothing", status=2)
    house.server.sluice("plugin", "show", "nothing", status=2)


@case
def kicking_a_stream_ends_its_publisher(house):
    with house.publish("live/kicked") as publisher:
        house.server.sluice("stream", "kick", "live/kicked")
        wait("ffmpeg to end", lambda: not publisher.is_alive, 10)


@case
def the_api_wants_its_token(house):
    for path in ("/api/v1/streams", "/api/v1/plugins", "/api/v1/openapi.json", "/metrics", "/api/v1/plugins/kaltura/entries"):
        equal(house.server.admin(path, token=False)[0], 401, path)
        equal(house.server.admin(path)[0], 200, path)
    for path in ("/healthz", "/readyz"):
        equal(house.server.admin(path, token=False)[0], 200, path)
    equal(os.stat(os.path.join(house.server.data, "admin.token")).st_mode & 0o777, 0o600, "mode of admin.token")


@case
def every_path_of_the_api_description_answers(house):
    document = house.server.api("openapi.json")
    fills = {"{id}": "rtmp", "{app}": "live", "{stream}": house.on_air().split("/")[1]}
    for path, operations in document["paths"].items():
        if "get" not in operations or path.endswith("/events") or "sessions/{" in path:
            continue
        for name, value in fills.items():
            path = path.replace(name, value)
        equal(house.server.admin(path)[0], 200, path)


@case
def metrics_count_what_happens(house):
    house.on_air()
    status, text = house.server.admin("/metrics")
    names = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if line and not line.startswith("#")}
    assert "sluice_streams" in names, sorted(names)
    assert all(name.startswith("sluice_") for name in names), sorted(names)


@case
def the_admin_api_is_not_on_the_media_port(house):
    for path in ("api/v1/streams", "metrics", "healthz"):
        equal(web.get(house.server.url("http", path))[0], 404, path)
