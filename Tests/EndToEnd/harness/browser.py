"""Chromium, driven by Playwright."""
import contextlib
import io
import time

import av


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


def hls_js_cues(url, file, count, seconds=20):
    """Plays by the hls.js in this file until it shows so many metadata cues: start time, key and content of each."""
    origin = "/".join(url.split("/")[:3])
    with open(file) as script:
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
