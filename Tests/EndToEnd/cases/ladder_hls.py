"""A ladder in HLS: variants cut at the same pictures, at the same times, and hls.js goes from one to another without a break."""
import re
import urllib.parse

from harness import browser, case, equal, media, processes, transcoder, wait, web

APPS = """
[app.live]
open = true
outputs = ["rtmp", "hls"]
[[app.live.step]]
use = "transcode"
preset = "ultrafast"
rungs = [{ height = 120, kbps = 200 }, { height = 64, kbps = 100 }]
"""


def variants(index):
    """Addresses of the variants' playlists, as a player of the multivariant playlist finds them."""
    return [urllib.parse.urljoin(index, line) for line in web.playlist(index).splitlines() if line and not line.startswith("#")]


def segments(address):
    """Of a media playlist, by number: date, length, address; and the address of the initialization segment."""
    text = web.playlist(address)
    number = int(re.search(r"#EXT-X-MEDIA-SEQUENCE:(\d+)", text).group(1))
    init = urllib.parse.urljoin(address, re.findall(r'#EXT-X-MAP:URI="([^"]+)"', text)[-1])
    found = {}
    for date, length, uri in re.findall(
            r"#EXT-X-PROGRAM-DATE-TIME:(\S+)\n(?:#EXT-X-PART:.*\n)*#EXTINF:([\d.]+),\n(?:#EXT-X-BYTERANGE.*\n)?([^#\n]+)", text):
        found[number] = (date, float(length), urllib.parse.urljoin(address, uri))
        number += 1
    discontinuity = re.search(r"#EXT-X-DISCONTINUITY-SEQUENCE:(\d+)", text)
    return found, init, int(re.search(r"#EXT-X-TARGETDURATION:(\d+)", text).group(1)), discontinuity and int(discontinuity.group(1))


def shown(house, init, address):
    """The times at which the pictures of a segment are shown, s."""
    file = house.path("ladder-segment.mp4")
    with open(file, "wb") as out:
        out.write(web.get(init)[2] + web.get(address)[2])
    done = processes.run(
        [media.FFPROBE, "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", file], 20)
    return sorted(round(float(line.split(",")[0]), 3) for line in done.stdout.split())


@case(seconds=120)
def variants_are_cut_alike_and_hls_js_goes_from_one_to_another(house):
    with house.own_server(APPS, plugins=transcoder.enabled(house, "ladder-hls.d")) as server:
        with media.Publisher(server.url("rtmp", "live/t"), house.path("ladder-hls.log")):
            server.wait_on_air("live/t_64p")
            index = server.url("http", "live/t/index.m3u8")
            addresses = wait("all variants", lambda: len(found := variants(index)) == 3 and found, 40)
            text = web.playlist(index)
            equal(text.count("#EXT-X-MEDIA:"), 1, "one sound, listed once: " + text)
            equal(text.count('AUDIO="audio"'), 3, text)

            def alike():
                lists = [segments(address) for address in addresses]
                common = sorted(set.intersection(*(set(one[0]) for one in lists)))
                return len(common) >= 3 and (lists, common[-1])
            lists, number = wait("three segments that all have", alike, 40)
            equal(len({(target, count) for _, _, target, count in lists}), 1, "target duration and discontinuities")
            for begun in {n for found, _, _, _ in lists for n in found}:
                rows = {found[begun][:2] for found, _, _, _ in lists if begun in found and begun > min(found)}
                assert len(rows) <= 1, "segment %d: %r" % (begun, rows)
            times = [shown(house, init, found[number][2]) for found, init, _, _ in lists]
            assert len(times[0]) >= 25, times
            equal(times[1:], times[:1] * 2, "when the pictures of segment %d are shown" % number)
            if not browser.HLSJS:
                return
            seen = browser.hls_js_levels(index, browser.HLSJS, switches=4, every=1)
            print("hls.js: sizes %(sizes)s, dropped %(dropped)d of %(total)d, %(waits)d waits, longest step of media %(hole).3f s, longest time "
                  "without a picture %(standstill).3f s, errors %(errors)s" % seen)
            assert len(seen["sizes"]) >= 4 and len(set(map(tuple, seen["sizes"]))) == 3, seen["sizes"]
            assert seen["back"] == 0 and seen["hole"] < 0.5 and not seen["fatal"], seen
