"""What is seen and what is heard belong together, and no time is missing. All three are watched at once, when the first is asked for."""
import concurrent.futures

from harness import case, wait, web
from harness.beats import Measure

SECONDS = 20
MEASURES = {}


def hls(house, key):
    url = house.server.url("http", key + "/index.m3u8")
    wait("the playlist", lambda: web.get(url)[0] == 200, 20)
    return Measure(url, SECONDS, {"live_start_index": "-3"})


def measured(house, what):
    if not MEASURES:
        key, pool = house.on_air(), concurrent.futures.ThreadPoolExecutor()
        MEASURES.update({
            "RTMP": pool.submit(Measure, house.server.url("rtmp", key), SECONDS),
            "HTTP-FLV": pool.submit(Measure, house.server.url("http", key + ".flv"), SECONDS),
            "HLS": pool.submit(hls, house, key)})
        pool.shutdown(wait=False)
    return MEASURES[what].result()


@case
def over_rtmp(house):
    measured(house, "RTMP").expect_sound("RTMP")


@case
def over_http_flv(house):
    measured(house, "HTTP-FLV").expect_sound("HTTP-FLV")


@case
def over_hls(house):
    measured(house, "HLS").expect_sound("HLS")
