"""Chromium: plays the HLS address by itself, and the player page."""
from harness import browser, case, equal, wait


@case(seconds=120)
def hls_natively(house):
    index = house.server.url("http", house.on_air() + "/index.m3u8")
    with browser.page() as page:
        page.set_content('<body style="margin:0"><video muted autoplay src="%s"></video>' % index)
        browser.expect_moving(page)


def watch_page(house, fragment, source):
    with browser.page() as page:
        page.goto(house.server.url("http", house.on_air() + "/" + fragment))
        state = browser.expect_moving(page)
        equal(state["width"], 320, "width of the picture")
        assert source in state["src"], "%s plays %s" % (fragment, state["src"])
        assert not [line for line in page.said if line.startswith("error")], page.said


@case(seconds=120)
def the_player_page_by_hls(house):
    watch_page(house, "#hls", ".m3u8")


@case(seconds=120)
def the_player_page_by_flv_and_media_source(house):
    watch_page(house, "#flv", "blob:")


@case
def the_player_page_says_when_the_stream_is_off(house):
    with browser.page() as page:
        page.goto(house.server.url("http", "live/nobody/"))
        wait("words about the stream", lambda: len(page.inner_text("body").strip()) > 10, 10)
        text = page.inner_text("body").lower()
        assert any(word in text for word in ("off", "not on air", "not live", "waiting")), text
