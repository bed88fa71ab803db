"""Coloring by hand on the page, driven in a real Chromium without a window."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from photochrom.color import fit_gamut, merge, rgb_to_chroma
from photochrom.colorizer import Colorizer
from photochrom.hints import Hints


def spot(page, x, y):
    """Where the place (x, y) of the photograph is on the screen."""
    return page.evaluate(
        """([x, y]) => {
          const box = document.querySelector(".frame").getBoundingClientRect();
          const aspect = Number(document.querySelector(".frame").style.getPropertyValue("--aspect"));
          const width = Math.min(box.width, box.height * aspect), height = width / aspect;
          return [box.left + box.width / 2 + (x - 0.5) * width, box.top + box.height / 2 + (y - 0.5) * height];
        }""",
        [x, y],
    )


def color_at(page, x, y):
    """Red, green and blue that the stage shows at a place of the photograph."""
    left, top = spot(page, x, y)
    return np.array(
        page.evaluate(
            """([left, top]) => {
              const canvas = document.querySelector(".stage canvas"), box = canvas.getBoundingClientRect();
              const at = [(left - box.left) * canvas.width / box.width, (top - box.top) * canvas.height / box.height];
              return [...canvas.getContext("2d").getImageData(...at.map(Math.round), 1, 1).data].slice(0, 3);
            }""",
            [left, top],
        )
    )


def chroma_of(rgb):
    return rgb_to_chroma(np.array(rgb, np.float32).reshape(3, 1, 1) / 255)[:, 0, 0]


def is_like(page, x, y, rgb):
    """Whether the stage shows a place in a color, whatever its luma: the same hue."""
    shown, wanted = chroma_of(color_at(page, x, y)), chroma_of(rgb)
    cosine = shown @ wanted / max(np.linalg.norm(shown) * np.linalg.norm(wanted), 1e-9)
    return bool(np.linalg.norm(shown) > 0.02 and cosine > 0.95)


def wait_until(page, holds):
    for _ in range(600):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came true")


def wait_for_sky(page, x, y):
    """Wait until a place has the first color of the sky, which no model gives to it."""
    wait_until(page, lambda: color_at(page, x, y)[2] > color_at(page, x, y)[0] + 10)


def click(page, x, y):
    page.mouse.click(*spot(page, x, y))


def add(page, x, y, family="Sky"):
    """Give a place the first color of a family."""
    click(page, x, y)
    page.get_by_role("button", name=family, exact=True).click()
    page.locator(".ring .inner button").first.click()


@pytest.fixture
def coloring(page, jpeg, choose):
    """The page with a photograph, and the color tool in hand."""
    choose(page, ("old.jpg", jpeg))
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    page.get_by_role("button", name="Color by hand").click()
    return page


def marks(page):
    return page.locator("#marks li")


def saved(page):
    with page.expect_download() as download:
        page.get_by_role("button", name="Save", exact=True).click()
    return download.value


def test_a_place_gets_the_color_that_is_chosen_and_every_step_can_be_undone(coloring, jpeg, choose):
    page = coloring
    before = color_at(page, 0.5, 0.4)
    click(page, 0.5, 0.4)
    ring = page.get_by_role("dialog", name="Color of this place")
    expect(ring.get_by_role("button", name="likely").first).to_have_accessible_name(
        # The most likely one first, with its probability.
        re.compile(r"^[A-Z][a-z ]+, likely, \d+ %$")
    )
    ring.get_by_role("button", name="Brick").click()
    ring.locator(".inner button").first.click()
    expect(ring).to_be_hidden()
    expect(marks(page)).to_have_count(1)
    brick = json.loads(saved(page).path().read_text())["hints"][0]["color"]
    wait_until(page, lambda: is_like(page, 0.5, 0.4, brick))
    page.keyboard.press("Control+z")
    expect(marks(page)).to_have_count(0)
    wait_until(page, lambda: np.abs(color_at(page, 0.5, 0.4) - before).max() < 6)
    page.keyboard.press("Control+Shift+z")
    expect(marks(page)).to_have_count(1)
    page.reload()
    choose(page, ("another name.jpg", jpeg))
    expect(marks(page)).to_have_count(1)  # the same file, so the same colors
    expect(page.locator(".stage.colored")).to_have_count(1)
    page.locator(".handle").press("Home")
    wait_until(page, lambda: is_like(page, 0.5, 0.4, brick))


def test_the_download_is_the_command_lines_file_by_the_hints_that_are_saved(coloring, jpeg, choose, tmp_path):
    page = coloring
    add(page, 0.3, 0.3, "Brick")
    page.get_by_text("Brush", exact=True).click()
    page.mouse.move(*spot(page, 0.1, 0.8))
    page.mouse.down()
    page.mouse.move(*spot(page, 0.6, 0.9), steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Foliage").click()
    page.locator(".ring .inner button").first.click()
    page.get_by_text("Gray", exact=True).click()
    click(page, 0.8, 0.2)
    expect(marks(page)).to_have_count(3)
    file = saved(page)
    assert file.suggested_filename == "old.hints.json"
    points = json.loads(file.path().read_text())["hints"]
    assert points[-1]["color"] == [128, 128, 128]
    assert len(points) > 20  # the stroke is a row of points
    page.get_by_role("radio", name="PNG").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    (tmp_path / "old.jpg").write_bytes(jpeg)
    (tmp_path / "old.hints.json").write_bytes(file.path().read_bytes())
    hints = Hints.load(tmp_path / "old.hints.json")
    expected = Colorizer().colorize_file(tmp_path / "old.jpg", tmp_path / "new.png", hints=hints)
    assert download.value.path().read_bytes() == expected.read_bytes()
    page.get_by_role("button", name="Remove all").click()
    expect(marks(page)).to_have_count(0)
    page.set_input_files("#hints-load", tmp_path / "old.hints.json")
    expect(marks(page)).to_have_count(3)  # and the stroke is one again
    expect(marks(page).nth(1)).to_contain_text("stroke")
    assert saved(page).path().read_bytes() == file.path().read_bytes()


def test_at_an_edge_the_place_is_marked_and_a_double_click_chooses_nothing(coloring):
    page = coloring
    left, top = spot(page, 0.5, 0.02)
    page.evaluate("() => document.querySelector('.ring').addEventListener('click', () => { window.isChosen = true; })")
    page.mouse.dblclick(left, top)
    expect(page.locator(".ring")).to_be_visible()
    box = page.locator(".ring .place").bounding_box()
    assert [box["x"] + 7, box["y"] + 7] == pytest.approx([left, top], abs=1)
    assert not page.evaluate("() => window.isChosen")
    page.get_by_role("button", name="Gray", exact=True).last.click()
    expect(marks(page)).to_have_count(1)
    click(page, 0.5, 0.5)
    expect(page.locator(".ring")).to_be_visible()
    expect(page.locator(".ring .place")).to_be_hidden()


def test_everything_can_be_done_with_the_keyboard_and_is_said(coloring):
    page, said = coloring, coloring.locator("#status")
    page.locator(".stage canvas").focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    expect(said).to_have_text("54 % across and 50 % down")
    page.keyboard.press("Enter")
    expect(page.locator(".ring")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".ring")).to_be_hidden()
    expect(page.locator(".stage canvas")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="likely").first).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="likely").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("Color added")
    row = marks(page).first.get_by_role("button").first
    row.focus()
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text("50 % across and 51 % down")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Any color").press("Enter")
    page.get_by_role("slider", name="Strength").fill("100")
    page.get_by_role("textbox", name="Color").fill("firebrick")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(row).to_be_focused()
    expect(row).to_have_accessible_name("point 1 of 1, red, 50 % across and 51 % down")
    page.keyboard.press("Delete")
    expect(said).to_have_text("Removed.")
    expect(marks(page)).to_have_count(0)
    page.get_by_role("radio", name="Brush").press("Space")
    page.locator(".stage canvas").focus()
    for key in ("Enter", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="likely").first).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Stroke added.")
    expect(marks(page)).to_contain_text(["stroke"])
    page.get_by_role("button", name="Remove old.jpg").click()  # nothing is left to color, and nothing breaks
    expect(page.get_by_role("heading", name="Drop photographs here")).to_be_visible()


def test_while_a_point_is_dragged_one_answer_is_asked_for_at_a_time_and_the_newest_is_shown(coloring):
    page = coloring
    add(page, 0.3, 0.3)
    wait_for_sky(page, 0.3, 0.3)
    held = []
    page.route("**/api/v1/chroma", lambda route: held.append(route))
    page.mouse.move(*spot(page, 0.3, 0.3))
    page.mouse.down()
    for step in range(1, 7):
        page.mouse.move(*spot(page, 0.3 + 0.05 * step, 0.3))
    wait_until(page, lambda: len(held) == 1)  # the others wait, and only the newest of them is asked for
    held.pop().continue_()
    wait_until(page, lambda: len(held) == 1)
    assert b'"x":0.6,' in held[0].request.post_data_buffer
    page.mouse.up()  # a step, so what is on its way is stale
    wait_until(page, lambda: len(held) == 2)
    wait_until(page, lambda: held[0].request.failure is not None)  # which is told a moment later
    page.unroute("**/api/v1/chroma")  # which lets go of what is held
    expect(marks(page)).to_have_count(1)
    assert "60 % across" in marks(page).first.get_by_role("button").first.get_attribute("aria-label")
    page.keyboard.press("Control+z")
    assert "30 % across" in marks(page).first.get_by_role("button").first.get_attribute("aria-label")


def test_a_step_back_gives_up_what_is_being_chosen_or_dragged(coloring):
    page = coloring
    add(page, 0.5, 0.4)
    add(page, 0.2, 0.2)
    click(page, 0.8, 0.3)
    page.get_by_role("button", name="Any color").click()
    page.locator(".picker .hue").press("ArrowRight")
    expect(marks(page)).to_have_count(3)
    page.keyboard.press("Control+z")
    expect(page.locator(".picker")).to_be_hidden()
    expect(marks(page)).to_have_count(2)
    click(page, 0.8, 0.3)
    expect(page.locator(".ring")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.locator(".ring")).to_be_hidden()
    expect(marks(page)).to_have_count(1)
    for key in ("Control+z", "Escape"):
        page.mouse.move(*spot(page, 0.5, 0.4))
        page.mouse.down()
        page.mouse.move(*spot(page, 0.6, 0.6), steps=3)
        expect(page.locator("#marks .mark")).to_have_accessible_name(re.compile("60 % across"))
        page.keyboard.press(key)
        page.mouse.move(*spot(page, 0.7, 0.6))
        page.mouse.up()
        expect(page.locator("#marks .mark")).to_have_accessible_name(re.compile("50 % across"))


def test_what_cannot_be_shown_is_no_trouble_while_coloring_by_hand(coloring, jpeg, choose):
    page = coloring
    add(page, 0.5, 0.4)
    choose(page, ("broken.jpg", b"no picture"), ("again.jpg", jpeg))
    expect(page.locator("#count")).to_have_text("2 of 3 colored, 1 failed")
    page.get_by_role("button", name="broken.jpg").first.click()
    page.locator(".frame").hover()  # nothing goes wrong in the page's code: see `open_page`
    page.locator("#brush-color").evaluate("button => button.click()")
    page.get_by_role("button", name=re.compile("^old.jpg")).click()
    page.get_by_role("button", name="Copy to the next photograph").click()
    expect(page.locator("#status")).to_have_text("The colors of old.jpg are on again.jpg, too.")


def test_saturation_is_not_for_what_is_hinted(coloring):
    page = coloring
    add(page, 0.5, 0.4)
    wait_for_sky(page, 0.5, 0.4)
    with page.expect_response("**/api/v1/chroma"):  # exact, instead of the quick preview
        page.get_by_role("button", name="Done").click()
    page.locator(".handle").press("Home")
    expect(page.locator("li.busy")).to_have_count(0)
    hinted = color_at(page, 0.5, 0.4)
    page.locator("#saturation").fill("0")
    assert np.abs(color_at(page, 0.5, 0.4) - hinted).max() <= 3
    assert np.ptp(color_at(page, 0.02, 0.98)) < np.ptp(hinted) / 2


def test_a_color_is_taken_from_another_photograph_and_copied_to_it(page, jpeg, coffee, encode, choose):
    choose(page, ("old.jpg", jpeg), ("coffee.jpg", encode(coffee, "JPEG")))
    expect(page.locator("#count")).to_have_text("2 of 2 colored")
    page.get_by_role("button", name="Color by hand").click()
    click(page, 0.5, 0.4)
    page.get_by_role("button", name="Take a color from a photograph").click()
    dialog = page.get_by_role("dialog", name="Take a color from a photograph")
    dialog.get_by_role("button", name="coffee.jpg").click()
    expect(dialog.locator("form > canvas")).to_have_attribute("aria-label", re.compile("^coffee"))
    page.wait_for_timeout(300)
    dialog.locator("form > canvas").press("ArrowLeft")
    taken = dialog.locator(".chip").evaluate("(chip) => chip.style.backgroundColor.match(/\\d+/g).map(Number)")
    page.keyboard.press("Enter")
    expect(marks(page)).to_have_count(1)
    assert json.loads(saved(page).path().read_text())["hints"][0]["color"] == taken
    page.get_by_role("button", name="Copy to the next photograph").click()
    expect(page.locator("#reel .pick").last).to_have_attribute("aria-current", "true")
    expect(marks(page)).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(marks(page)).to_have_count(0)
    page.locator("#reel .pick").first.click()
    expect(marks(page)).to_have_count(1)


def test_two_tabs_with_one_file_show_the_same_colors_and_neither_loses_any(coloring, jpeg, choose, url):
    page, other = coloring, coloring.context.new_page()
    add(page, 0.5, 0.4)
    other.goto(url)
    choose(other, ("old.jpg", jpeg))
    other.get_by_role("button", name="Color by hand").click()
    expect(marks(other)).to_have_count(1)
    click(page, 0.8, 0.3)
    expect(page.locator(".ring")).to_be_visible()  # it would add to what was here before
    add(other, 0.2, 0.2)
    expect(marks(page)).to_have_count(2)
    expect(page.locator(".ring")).to_be_hidden()
    add(page, 0.8, 0.3)
    expect(marks(other)).to_have_count(3)
    other.keyboard.press("Control+z")
    expect(marks(page)).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(marks(page)).to_have_count(3)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_stroke_that_is_copied_to_a_photograph_of_another_shape_has_no_gaps_there(coloring, encode, camera, choose):
    page = coloring
    page.get_by_text("Gray", exact=True).click()
    page.mouse.move(*spot(page, 0.5, 0.1))
    page.mouse.down()
    page.mouse.move(*spot(page, 0.5, 0.9), steps=4)
    page.mouse.up()
    choose(page, ("tall.jpg", encode(camera[:, :30], "JPEG")))
    expect(page.locator("#count")).to_have_text("2 of 2 colored")
    page.get_by_role("button", name="Copy to the next photograph").click()
    expect(page.locator("#reel .pick").last).to_have_attribute("aria-current", "true")
    expect(marks(page)).to_contain_text(["stroke"])
    down = [point["y"] for point in json.loads(saved(page).path().read_text())["hints"]]
    assert down[-1] - down[0] == pytest.approx(0.8, abs=0.05)
    assert np.diff(down).max() <= 0.012 + 1e-4  # a radius


def test_a_full_disk_and_a_lost_server_lose_nothing(coloring):
    page = coloring
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }; }")
    page.route("**/api/v1/chroma", lambda route: route.abort())
    add(page, 0.5, 0.4)
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    expect(marks(page)).to_have_count(1)
    page.unroute("**/api/v1/chroma")
    page.get_by_role("alert").get_by_role("button").click()
    wait_for_sky(page, 0.5, 0.4)
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Redo").click()
    expect(marks(page)).to_have_count(1)


def test_hints_that_come_with_their_photograph_wait_until_it_is_opened(page, jpeg):
    hints = b'{"version": 1, "hints": [{"x": 0.5, "y": 0.4, "color": "tomato"}]}'
    page.set_input_files(
        "#files",
        [
            {"name": "old.hints.json", "mimeType": "application/json", "buffer": hints},
            {"name": "old.jpg", "mimeType": "image/jpeg", "buffer": jpeg},
        ],
    )
    expect(page.locator("#marks .mark")).to_have_accessible_name(re.compile("50 % across and 40 % down"))
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_file_that_is_no_hints_is_refused_in_one_line(coloring, tmp_path):
    page = coloring
    for text, why in [
        ("nothing", "it is no JSON"),
        ('{"version": 2, "hints": []}', "hints of version 2"),
        ('{"version": 1, "hints": [{"x": 2, "y": 0, "color": "red"}]}', "Hint 1: a point has x and y from 0 to 1"),
        ('{"version": 1, "hints": [{"x": 0, "y": 0, "color": "no"}]}', '"no" is no color'),
        ('{"version": 1, "hints": [{"x": 0, "y": 0, "color": "currentColor"}]}', '"currentColor" is no color'),
        ('{"version": 1, "hints": [{"x": 0, "y": 0, "color": "inherit"}]}', '"inherit" is no color'),
        ('{"version": 1, "hints": [{"layer": "AAAA"}]}', "painted layer"),
    ]:
        (tmp_path / "x.json").write_text(text)
        page.set_input_files("#hints-load", tmp_path / "x.json")
        expect(page.get_by_role("alert")).to_contain_text(why)
    expect(marks(page)).to_have_count(0)


def test_swatches_show_a_color_as_it_looks_at_the_luma_of_the_place(page):
    colors = [[200, 30, 40], [30, 200, 90], [20, 30, 220], [128, 128, 128], [255, 255, 0]]
    lumas = [0, 20, 128, 230, 255]
    shown = page.evaluate(
        """async ([colors, lumas]) => {
          const { atLuma, chromaOf } = await import("/static/hints/swatches.js");
          return lumas.map((luma) => colors.map((color) => atLuma(luma, chromaOf(color))));
        }""",
        [colors, lumas],
    )
    chroma = rgb_to_chroma(np.array(colors, np.float32).T[:, :, None] / 255)
    for luma, row in zip(lumas, shown, strict=True):
        gray = np.full((1, len(colors), 1), luma / 255, np.float32)
        expected = merge(gray, fit_gamut(gray, chroma))[:, :, 0].T * 255
        assert np.abs(np.array(row) - expected).max() < 0.51


def test_a_phone_holds_the_ring_and_every_button_is_as_large_as_a_thumb(open_page, jpeg, choose):
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    choose(page, ("old.jpg", jpeg))
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    page.get_by_role("button", name="Color by hand").tap()
    for x, y in ((0.02, 0.02), (0.98, 0.98)):
        page.touchscreen.tap(*spot(page, x, y))
        expect(page.locator(".ring")).to_be_visible()
        for button in page.locator(".ring .outer button").all():
            box = button.bounding_box()
            assert 0 <= box["x"] <= 390 - box["width"]
            assert min(box["width"], box["height"]) >= 40
        page.keyboard.press("Escape")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    for name in ("Undo", "Redo", "Done"):
        assert page.get_by_role("button", name=name, exact=True).bounding_box()["height"] >= 40


def test_a_second_finger_zooms_and_leaves_no_stroke(open_page, jpeg, choose):
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    choose(page, ("old.jpg", jpeg))
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    page.get_by_role("button", name="Color by hand").tap()
    page.get_by_text("Gray", exact=True).tap()
    fitting = page.locator("#zoom").inner_text()
    touch = page.context.new_cdp_session(page)
    (left, top), (right, bottom) = spot(page, 0.4, 0.4), spot(page, 0.6, 0.6)
    one = {"x": left, "y": top, "id": 0}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [one]})
    for step in range(6):
        other = {"x": right + 8 * step, "y": bottom + 8 * step, "id": 1}
        event = {"type": "touchMove" if step else "touchStart", "touchPoints": [one, other]}
        touch.send("Input.dispatchTouchEvent", event)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#zoom")).not_to_have_text(fitting)
    expect(marks(page)).to_have_count(0)
    page.get_by_role("button", name="Fit").tap()
    page.touchscreen.tap(*spot(page, 0.5, 0.5))
    expect(marks(page)).to_have_count(1)  # one finger paints
