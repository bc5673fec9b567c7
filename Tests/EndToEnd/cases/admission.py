"""A ladder that there is no processor for is refused with figures, its source plays, and it comes on air by itself when there is room."""
from harness import case, equal, media, processes, transcoder, wait

APPS = """
[app.live]
open = true
outputs = ["rtmp"]
linger_s = 1
[[app.live.step]]
use = "transcode"
preset = "medium"
rungs = [{ height = 180, kbps = 400 }, { height = 120, kbps = 200 }]
"""


@case(seconds=60)
def a_second_ladder_waits_until_the_first_one_has_ended(house):
    with house.own_server(APPS, plugins=transcoder.enabled(house, "admission.d", "cpu_percent = 10\n")) as server:
        def process():
            return (server.sluice_json("plugin", "show", "transcode")["generations"][0].get("processes") or [{}])[0]
        with media.Publisher(server.url("rtmp", "live/a"), house.path("admission-a.log")) as first:
            server.wait_on_air("live/a_120p")
            used = wait("what the first one uses", lambda: process().get("cpu_percent"))
            with media.Publisher(server.url("rtmp", "live/b"), house.path("admission-b.log")) as second:
                server.wait_on_air("live/b")
                step = wait("the refusal", lambda: (one := server.stream("live/b")["steps"][0]).get("reason") and one)
                print("admission: the first ladder uses %d %% of a processor: %s" % (used, step["reason"]))
                assert step["reason"].startswith("no room: 1 use 0.") and " of 0.1 processors, one of them 0." in step["reason"], step
                equal((step["state"], step["outputs"]), ("failed", []), "the second one's step")
                assert any("no room: " in line and "live/b" in line for line in server.log_lines()), "the log"
                equal(media.probe(server.url("rtmp", "live/b")), {"video": "h264", "audio": "aac"}, "the second one's source")
                assert not server.stream("live/b_120p") and server.stream("live/a_120p")["state"] == "live"
                equal(first.end(), 255, "the first one")
                server.wait_on_air("live/b_120p")
                equal(media.probe(server.url("rtmp", "live/b_120p")), {"video": "h264", "audio": "aac"}, "its rendition")
                assert "reason" not in server.stream("live/b")["steps"][0], "no reason is left"
                assert second.is_alive, second.text()
