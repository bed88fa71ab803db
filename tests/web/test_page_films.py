"""Films on the page, driven in a real Chromium without a window."""

import io
import re
from urllib.request import urlopen

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from photochrom.web.settings import FilmSettings

LUMA = np.array([0.299, 0.587, 0.114])  # a small film is of BT.601


def shown(page):
    """The upper middle of the stage, as people see it: float (H, W, 3)."""
    picture = np.asarray(Image.open(io.BytesIO(page.locator(".frame").screenshot())).convert("RGB"), np.float64)
    height, width = picture.shape[:2]
    return picture[height // 10 : height // 3, width // 8 : -width // 8]


def tint(picture):
    return (picture.max(-1) - picture.min(-1)).mean()


def slide(page, key):
    page.get_by_role("slider", name="Before and after").press(key)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    return shown(page)


def test_a_film_is_colored_compared_while_it_plays_and_downloaded(page, choose, make_film, jpeg):
    sent = []

    def listen(route):
        response = route.fetch()
        sent.append(response.body())
        route.fulfill(response=response)

    page.route("**/result", listen)
    choose(page, ("old.jpg", jpeg))
    page.locator("#models input[value=strong]").check()
    page.locator("#models input[value=default]").uncheck()
    choose(page, ("old film.mp4", make_film(20, 96, 160)))
    page.locator("#reel .pick").last.click()
    expect(page.locator("#film-name")).to_have_text("old film.mp4 · 0:00, 160×96")
    expect(page.locator("#count")).to_have_text("2 of 2 colored")
    expect(page.locator(".stage.colored")).to_be_visible()
    page.locator(".stage video").evaluate("(video) => { video.muted = true; }")

    page.wait_for_timeout(300)
    assert shown(page).mean() > 40, "the first frame is there before anybody plays or moves anything"
    before, after = slide(page, "End"), slide(page, "Home")
    assert tint(before) < 1
    assert tint(after) > 5
    assert np.abs(after @ LUMA - before[..., 0]).mean() < 1.5, "before is the luma of what is after"

    first = before
    page.get_by_role("slider", name="Position").fill("0.4")
    expect(page.get_by_role("slider", name="Position")).to_have_attribute("aria-valuetext", "0:00 of 0:00")
    later = slide(page, "End")
    assert np.abs(later - first).mean() > 3, "the picture follows the position"
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(100)
    expect(page.get_by_role("button", name="Play")).to_be_visible()  # again, at the end
    assert page.locator(".stage video").evaluate("(video) => video.ended")
    assert tint(slide(page, "End")) < 1

    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "old film-color.mp4"
    assert [download.value.path().read_bytes()] == sent

    page.locator("#saturation").fill("0.5")
    expect(page.locator("#film-status")).to_have_text("The settings have changed since it was colored.")
    expect(page.get_by_role("button", name="Color again")).to_be_visible()
    expect(page.get_by_role("button", name="Color the film again")).to_be_visible()
    page.locator("#saturation").fill("1")
    expect(page.get_by_role("button", name="Color again")).to_be_hidden()


def test_a_film_is_cancelled_and_the_server_has_nothing_of_it(page, url, choose, make_film):
    choose(page, ("long.mp4", make_film(600, 36, 64)))
    expect(page.locator("#film-status")).to_have_text(re.compile("of 600"))
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#film-status")).to_have_text("Not colored")
    expect(page.get_by_role("button", name="Color the film")).to_be_focused()
    for _ in range(200):
        if "photochrom_films_inside 0.0" in urlopen(f"{url}metrics").read().decode():
            break
        page.wait_for_timeout(50)
    else:
        raise AssertionError("the server still has it")


def test_what_cannot_be_colored_is_told_in_one_line(open_page, choose, serve, jpeg):
    page = open_page()
    choose(page, ("old.jpg", jpeg), ("broken.mp4", b"no film at all"))
    failed = page.locator("#reel .failed")
    expect(failed.locator(".status")).to_have_text(re.compile("^Not a film of a kind that is taken"))
    failed.locator(".pick").click()
    expect(page.locator(".stage .veil")).to_have_text(re.compile("check the file"))
    expect(page.get_by_role("button", name="Color by hand")).to_be_hidden()
    page.locator("#reel .pick").first.click()
    expect(page.get_by_role("button", name="Color by hand")).to_be_visible()

    without = open_page(at=serve(films=FilmSettings(at_once=0)))
    expect(without.locator("#limits")).not_to_contain_text("films")
    choose(without, ("old.mp4", b"x"))
    expect(without.get_by_role("alert")).to_contain_text("This server takes no films")
    expect(without.locator("#reel li")).to_have_count(0)
