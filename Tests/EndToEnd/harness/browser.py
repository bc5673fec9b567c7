"""Chromium, driven by Playwright."""
import contextlib
import io
import os
import sys
import time

import av

# An ES module that exports hls.js's class: one's own, or that of `Tests/EndToEnd/setup`. None: its checks are left out.
HLSJS = os.environ.get("SLUICE_HLSJS") or next(filter(os.path.exists, [os.path.join(sys.prefix, "hls.js")]), None)


@contextlib.contextmanager
def page():
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--disable-dev-shm-usage"])
        try:
            opened = chromium.new_page(viewport={"width": 800, "height": 600})
            opened.said = []
            opened.on("console", lambda message: opened.said.append(message.text))
            opened.on("pageerror", lambda error: opened.said.append("error: %s" % error))
            yield opened
        finally:
            chromium.close()


def picture(opened):
    """What the video element shows, as a grey picture."""
    shot = opened.locator("video").first.screenshot(timeout=20000)
    with av.open(io.BytesIO(shot), format="png_pipe") as container:
        return next(container.decode(video=0)).to_ndarray(format="gray").astype(float)


STATE = """() => { const v = document.querySelector('video'); if (!v) return null; const q = v.getVideoPlaybackQuality();
    return {time: v.currentTime, frames: q.totalVideoFrames, width: v.videoWidth, error: v.error && v.error.message,
            paused: v.paused, src: v.currentSrc}; }"""


def expect_moving(opened, seconds=30):
    """Waits until pictures come, then looks twice: not black, and not the same."""
    end, state = time.monotonic() + seconds, None
    while time.monotonic() < end:
        state = opened.evaluate(STATE)
        if state and state["width"] and state["frames"] > 10 and state["time"] > 0:
            break
        time.sleep(0.2)
    else:
        raise AssertionError("no pictures in %d s: %s; the console said %s" % (seconds, state, opened.said[-8:]))
    first, before = picture(opened), opened.evaluate(STATE)
    time.sleep(1.5)
    second, after = picture(opened), opened.evaluate(STATE)
    assert first.std() > 10, "the picture is of one colour (deviation %.1f)" % first.std()
    assert first.shape == second.shape and abs(first - second).mean() > 0.5, "the picture does not move"
    assert after["frames"] > before["frames"] and after["time"] > before["time"], "playing stopped: %s, %s" % (before, after)
    return after


HLSJS_PAGE = """<video muted style="width:100%"></video><script type="module">
import * as all from '/hls.mjs';
const Hls = Object.values(all).find(one => one && one.isSupported);
window.hls = new Hls();
hls.on('hlsError', (_, what) => { if (what.fatal) console.error('error: ' + what.details); });
hls.loadSource(URL_);
hls.attachMedia(document.querySelector('video'));
document.querySelector('video').play();
</script>"""
CUES = """() => [...document.querySelector('video').textTracks].filter(one => one.kind === 'metadata')
    .flatMap(one => { one.mode = 'hidden'; return [...one.cues || []].map(cue => [cue.startTime, cue.value && cue.value.key, cue.value && cue.value.data]); })"""


def hls_js_cues(url, count, seconds=20):
    """Plays by hls.js until it shows so many metadata cues: start time, key and content of each."""
    origin = "/".join(url.split("/")[:3])
    with open(HLSJS) as script:
        text = script.read()
    with page() as opened:
        opened.route(origin + "/hls.mjs", lambda route: route.fulfill(content_type="text/javascript", body=text))
        opened.route(origin + "/hls.html", lambda route: route.fulfill(
            content_type="text/html", body=HLSJS_PAGE.replace("URL_", repr(url))))
        opened.goto(origin + "/hls.html")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            cues = opened.evaluate(CUES)
            if len(cues) >= count and opened.evaluate(STATE)["frames"] > 10:
                return cues
            time.sleep(0.2)
        raise AssertionError("%s in %d s; the console said %s" % (cues, seconds, opened.said[-8:]))


LEVELS_PAGE = """<video muted width=640 height=360></video><script type="module">
import * as all from '/hls.mjs';
const Hls = Object.values(all).find(one => one && one.isSupported);
const video = document.querySelector('video'), seen = window.seen = {frames: [], waits: 0, errors: [], fatal: '', switched: [], levels: []};
const hls = window.hls = new Hls({lowLatencyMode: true, debug: window.said_all});
hls.on('hlsError', (_, what) => { seen.errors.push(what.details + (what.reason || what.error ? ': ' + (what.reason || what.error.message) : '')); if (what.fatal) seen.fatal = what.details; });
hls.on('hlsManifestParsed', (_, what) => { seen.levels = what.levels.map(one => [one.width, one.height, one.bitrate]); });
hls.on('hlsLevelSwitched', (_, what) => seen.switched.push([what.level, video.currentTime]));
video.addEventListener('waiting', () => seen.waits++);
const frame = (now, what) => { seen.frames.push([now, what.mediaTime, what.width, what.height]); video.requestVideoFrameCallback(frame); };
video.requestVideoFrameCallback(frame);
hls.loadSource(URL_);
hls.attachMedia(video);
video.play();
</script>"""
LEVELS = """() => { const q = document.querySelector('video').getVideoPlaybackQuality();
    return {...seen, dropped: q.droppedVideoFrames, total: q.totalVideoFrames, time: document.querySelector('video').currentTime}; }"""


def hls_js_levels(url, file, switches=6, every=2.5, seconds=60, meanwhile=None):
    """Plays by the hls.js in this file and, once pictures come, asks for another of the playlist's levels each `every` seconds.

    Returns what was seen from the first picture on: `sizes` in their order, `hole` (by how much the media times of two pictures shown one after the
    other are at most further apart than they were shown, s), `standstill` (the longest time without a new picture, s), `back` (steps backwards), waits, dropped and total pictures.
    """
    origin = "/".join(url.split("/")[:3])
    with open(file) as script:
        text = script.read()
    with page() as opened:
        opened.route(origin + "/hls.mjs", lambda route: route.fulfill(content_type="text/javascript", body=text))
        opened.route(origin + "/levels.html", lambda route: route.fulfill(
            content_type="text/html", body=LEVELS_PAGE.replace("URL_", repr(url))))
        opened.goto(origin + "/levels.html")
        end = time.monotonic() + seconds

        def until(what, enough):
            while time.monotonic() < end:
                state = opened.evaluate(LEVELS)
                assert not state["fatal"], "hls.js: %s" % state["fatal"]
                if enough(state):
                    return state
                time.sleep(0.1)
            state["frames"] = state["frames"][-3:]
            raise AssertionError("hls.js: no %s in %d s: %s; the console said %s" % (what, seconds, state, opened.said[-8:]))

        count = len(until("pictures", lambda state: len(state["frames"]) > 30)["levels"])
        for number in range(switches):
            wanted = (opened.evaluate("hls.currentLevel") + 1) % count
            before = len(opened.evaluate(LEVELS)["switched"])
            opened.evaluate("level => { hls.nextLevel = level; }", wanted)
            until("switch", lambda state: [one[0] for one in state["switched"][before:]][-1:] == [wanted])
            if meanwhile:
                meanwhile(number)
            time.sleep(every)
        state = opened.evaluate(LEVELS)
    frames, sizes = state.pop("frames"), []
    for _, _, width, height in frames:
        if sizes[-1:] != [(width, height)]:
            sizes.append((width, height))
    steps = [(after[0] - before[0], after[1] - before[1]) for before, after in zip(frames, frames[1:])]
    state.update(sizes=sizes, shown=len(frames), hole=max(media - shown / 1000 for shown, media in steps), back=sum(step < 0 for _, step in steps),
                 standstill=max(step for step, _ in steps) / 1000)
    return state
