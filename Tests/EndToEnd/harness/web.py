"""HTTP as a plain client sees it, playlists, and WebSocket."""
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request

UNVERIFIED = ssl._create_unverified_context()


def get(url, seconds=15, headers=None, limit=None):
    """Status, headers, body (at most `limit` bytes, for bodies that never end)."""
    request = urllib.request.Request(url, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=seconds, context=UNVERIFIED if url.startswith("https") else None) as answer:
            return answer.status, answer.headers, answer.read() if limit is None else read(answer, limit)
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def read(answer, limit):
    body = b""
    while len(body) < limit:
        more = answer.read1(65536)
        if not more:
            break
        body += more
    return body


def playlist(url, seconds=15):
    """A playlist's text; anything but 200 is a failure."""
    status, _, body = get(url, seconds)
    assert status == 200, "GET %s: %s %s" % (url, status, body[:200])
    text = body.decode()
    assert text.startswith("#EXTM3U"), "%s is no playlist: %r" % (url, text[:80])
    return text


def renditions(url):
    """Addresses of the media playlists of a multivariant playlist: {"video": …, "audio": …}."""
    text = playlist(url)
    found = {}
    for line in text.splitlines():
        uri = re.search(r'TYPE=AUDIO.*URI="([^"]+)"', line)
        if uri:
            found.setdefault("audio", urllib.parse.urljoin(url, uri.group(1)))
        elif line and not line.startswith("#"):
            found.setdefault("video", urllib.parse.urljoin(url, line))
    return found


class Edge:
    """Where a media playlist ends: the sequence number of the open segment and how many of its parts are listed."""

    def __init__(self, text):
        self.first = int(re.search(r"#EXT-X-MEDIA-SEQUENCE:(\d+)", text).group(1))
        self.complete = len(re.findall(r"^#EXTINF:", text, re.M))
        self.sequence = self.first + self.complete
        tail = text[text.rfind("#EXTINF:"):]
        self.parts = len(re.findall(r"^#EXT-X-PART:", tail, re.M))
        self.discontinuities = len(re.findall(r"^#EXT-X-DISCONTINUITY$", text, re.M))

    @property
    def next(self):
        return "_HLS_msn=%d&_HLS_part=%d" % (self.sequence, self.parts)
