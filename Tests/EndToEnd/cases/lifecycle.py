"""Start and stop of the server itself."""
import os
import stat

from harness import case, equal, media, processes


@case
def a_second_server_on_the_same_data_folder_is_refused(house):
    done = processes.run([house.server.program, "serve", "--config", house.server.config, "--data", house.server.data,
                          "--port-base", str(house.server.base + 10)])
    equal(done.returncode, 1, "status: " + done.stderr)
    assert str(house.server.process.pid) in done.stderr and house.server.data in done.stderr, done.stderr


@case
def a_port_in_use_is_said(house):
    server = house.own_server()
    server.base = house.server.base
    done = processes.run([server.program, "serve"] + server.place)
    equal(done.returncode, 1, "status: " + done.stderr)
    assert str(server.base) in done.stderr, done.stderr


@case
def sigterm_ends_it_with_status_0_while_it_serves(house):
    server = house.own_server()
    server.start()
    with media.Publisher(server.url("rtmp", "live/a"), house.path("sigterm.log")):
        server.wait_on_air("live/a")
        equal(server.stop(), 0, "status")
    assert not os.path.exists(os.path.join(server.data, "run.json")), "run.json was left"


@case
def the_catalogue_survives_a_restart(house):
    server = house.own_server()
    with server:
        server.sluice("kaltura", "partner", "add", "9")
    with server:
        assert "9" in server.sluice("kaltura", "partner", "list")


@case
def only_the_owner_can_read_secrets(house):
    for name in ("admin.token", "plugins/kaltura"):
        mode = stat.S_IMODE(os.stat(os.path.join(house.server.data, name)).st_mode)
        equal(mode & 0o077, 0, "rights of others on %s" % name)
