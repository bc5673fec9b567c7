"""HTTP-FLV and WebSocket-FLV on the same address."""
from harness import case, equal, media, web

from harness.players import AVC_AAC, play_in_mpv, play_in_vlc


def address(house):
    return house.server.url("http", house.on_air() + ".flv")


@case
def ffprobe(house):
    equal(media.probe(address(house)), AVC_AAC, "streams")


@case
def ffmpeg_decodes_without_a_word(house):
    media.decode(address(house), 3)


@case
def mpv(house):
    play_in_mpv(address(house))


@case
def vlc(house):
    play_in_vlc(address(house))


@case
def begins_with_an_flv_header(house):
    status, headers, body = web.get(address(house), limit=20000)
    equal((status, headers.get("Content-Type")), (200, "video/x-flv"), "answer")
    equal(body[:3] + body[3:4], b"FLV\x01", "first bytes")


@case
def over_a_web_socket(house):
    import websocket
    socket = websocket.create_connection(address(house).replace("http", "ws"), timeout=10)
    body = b""
    while len(body) < 60000:
        kind, data = socket.recv_data()
        equal(kind, websocket.ABNF.OPCODE_BINARY, "frame")
        body += data
    socket.close()
    equal(body[:4], b"FLV\x01", "first bytes")
    path = house.path("ws.flv")
    with open(path, "wb") as file:
        file.write(body)
    equal(media.probe(path), AVC_AAC, "streams")


@case
def a_stream_that_is_not_there_is_404(house):
    for path in ("live/nothing.flv", "nosuchapp/x.flv"):
        status, _, _ = web.get(house.server.url("http", path), 20)
        equal(status, 404, path)
