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
