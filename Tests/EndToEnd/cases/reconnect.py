"""A publisher that comes back within the linger time continues the media sequence, with one discontinuity."""
from harness import case, equal, media, wait, web
from harness.web import Edge


@case
def hls_goes_on_with_one_discontinuity(house):
    key = "live/again"
    first = house.publish(key)
    index = house.server.url("http", key + "/index.m3u8")
    wait("the playlist", lambda: web.get(index)[0] == 200, 20)
    url = web.renditions(index)["video"]
    wait("two segments", lambda: Edge(web.playlist(url)).complete >= 2, 20)
    first.end()
    before = Edge(web.playlist(url))
    with house.publish(key):
        after = wait("two more segments", lambda: newer(url, before), 30)
        equal(after.discontinuities, 1, "discontinuities in\n" + web.playlist(url))
        media.decode(web.renditions(index)["video"], 3, limit=45)


def newer(url, before):
    edge = Edge(web.playlist(url))
    assert edge.first >= before.first, "the media sequence went back from %d to %d" % (before.first, edge.first)
    return edge if edge.sequence >= before.sequence + 2 else None
