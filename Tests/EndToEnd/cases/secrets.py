"""After all the others: no token is anywhere but in the catalogue."""
import os

from harness import case


@case(last=True)
def no_token_in_log_api_metrics_or_files(house):
    server = house.server
    tokens = {entry.token for entry in house.entries.values()} | {server.token}
    places = {"log": "".join(server.log_lines())}
    for path in ("plugins", "apps", "streams", "sessions", "plugins/kaltura/partners", "plugins/kaltura/entries", "plugins/kaltura/rejections"):
        places["API " + path] = server.admin("/api/v1/" + path)[1]
    places["metrics"] = server.admin("/metrics")[1]
    for words in (("kaltura", "entry", "list"), ("kaltura", "rejections"), ("session", "list")):
        places[" ".join(words)] = server.sluice(*words)
    with open(os.path.join(server.data, "run.json")) as file:
        places["run.json"] = file.read()
    found = [(place, token[:2] + "…") for place, text in places.items() for token in tokens if token in text]
    assert not found, "tokens in %s" % found
    assert len(places["log"]) > 1000, "the log is nearly empty: was it looked at?"


@case(last=True)
def the_log_has_no_sign_of_a_crash(house):
    # A call over its time budget says that this machine was busy, not that something went wrong.
    bad = [
        line for line in house.server.log_lines()
        if "over its hard budget" not in line and ("Fatal error" in line or " error " in line or " critical " in line)
    ]
    assert not bad, "".join(bad[:20])
