"""What is seen and what is heard belong together, and no time is missing."""
from harness import case, wait, web
from harness.beats import Measure

SECONDS = 20


@case
def over_rtmp(house):
    Measure(house.server.url("rtmp", house.on_air()), SECONDS).expect_sound("RTMP")


@case
def over_http_flv(house):
    Measure(house.server.url("http", house.on_air() + ".flv"), SECONDS).expect_sound("HTTP-FLV")


@case
def over_hls(house):
    url = house.server.url("http", house.on_air() + "/index.m3u8")
    wait("the playlist", lambda: web.get(url)[0] == 200, 20)
    Measure(url, SECONDS, {"live_start_index": "-3"}).expect_sound("HLS")
