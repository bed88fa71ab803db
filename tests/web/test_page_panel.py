"""What each photograph on the page has of its own: its settings, its reference, its versions. In a real Chromium."""

import io
import zipfile

import numpy as np
import pytest
from playwright.sync_api import expect

from photochrom.batch.request import Request
from photochrom.batch.running import colorize_paths
from photochrom.hints import Hints


def gray(picture):
    return np.rint(picture @ [0.299, 0.587, 0.114]).astype(np.uint8)


def colored_file(tmp_path, content, name, references=(), **options):
    """What the command line writes."""
    source = tmp_path / f"source-{name}"
    source.write_bytes(content)
    done = colorize_paths(Request([source], tmp_path / name, references=references, **options), lambda *_: None)
    return done.results[0].read_bytes()


def downloaded(page, button):
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    return download.value.path().read_bytes()


@pytest.fixture
def old(coffee, encode):
    """A black-and-white photograph, of which there is one in color, too."""
    return encode(gray(coffee), "JPEG", quality=95)


@pytest.fixture
def two(page, jpeg, old, choose):
    choose(page, ("camera.jpg", jpeg), ("coffee.jpg", old))
    expect(page.locator("#count")).to_have_text("2 of 2 colored")
    return page


def choose_reference(page, name, content):
    page.set_input_files("#reference-file", {"name": name, "mimeType": "image/png", "buffer": content})


def test_long_names_do_not_widen_the_reference(page, jpeg, old, choose):
    choose(page, ("camera.jpg", jpeg), (f"{'the brook behind the mill ' * 6}.jpg", old))
    expect(page.locator("#count")).to_have_text("2 of 2 colored")
    slot, panel = page.locator("#reference").bounding_box(), page.locator(".panel").bounding_box()
    assert slot["x"] + slot["width"] < panel["x"] + panel["width"]


def test_a_panel_that_is_higher_than_the_window_shows_that_there_is_more_below(open_page, jpeg, choose):
    page = open_page(width=1280, height=800)
    choose(page, ("camera.jpg", jpeg))
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    sign = "() => Number(getComputedStyle(document.querySelector('.buttons'), '::after').opacity)"
    page.wait_for_function(f"() => ({sign})() === 1")
    page.locator(".panel").evaluate("(panel) => panel.scrollTo(0, panel.scrollHeight)")
    page.wait_for_function(f"() => ({sign})() === 0")
    expect(page.locator("input[name=format]").first).to_be_in_viewport()
    page.locator(".panel").evaluate("(panel) => panel.scrollTo(0, 0)")
    page.wait_for_function(f"() => ({sign})() === 1")
    page.set_viewport_size({"width": 1280, "height": 1800})
    page.wait_for_function(f"() => ({sign})() === 0")


def test_each_photograph_has_its_own_settings_and_all_can_have_the_same(two, jpeg, old, tmp_path):
    page = two
    page.locator("#saturation").fill("2")
    page.locator("#warmth").fill("-0.5")
    page.get_by_label("Working size").select_option("128")
    expect(page.locator("#warmth-value")).to_have_text("-0.50")
    expect(page.locator("#count")).to_have_text("2 of 2 colored")
    page.locator("#reel .pick").last.click()
    expect(page.locator("#saturation-value")).to_have_text("1.00")
    expect(page.locator("#warmth-value")).to_have_text("0.00")
    expect(page.get_by_label("Working size")).to_have_value("")
    expect(page.get_by_role("button", name="Reset")).to_be_disabled()
    made = {"saturation": 2, "warmth": -0.5, "size": 128}
    with zipfile.ZipFile(io.BytesIO(downloaded(page, "All as zip"))) as archive:
        assert archive.read("camera-color.jpg") == colored_file(tmp_path, jpeg, "cool.jpg", **made)
        assert archive.read("coffee-color.jpg") == colored_file(tmp_path, old, "plain.jpg")
    page.locator("#reel .pick").first.click()
    page.get_by_role("button", name="Use for all photographs").click()
    page.locator("#reel .pick").last.click()
    expect(page.get_by_label("Working size")).to_have_value("128")
    assert downloaded(page, "Download") == colored_file(tmp_path, old, "same.jpg", **made)
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#saturation-value")).to_have_text("1.00")


def test_a_reference_lends_its_colors_and_the_download_is_the_command_lines_file(two, old, coffee, encode, tmp_path):
    page, lender = two, encode(coffee, "PNG")
    page.locator("#reel .pick").last.click()
    choose_reference(page, "gray.png", encode(gray(coffee), "PNG"))
    expect(page.get_by_role("alert")).to_contain_text("gray.png is black and white")
    page.get_by_role("alert").get_by_role("button", name="Close").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    choose_reference(page, "broken.png", b"no picture")
    expect(page.get_by_role("alert")).to_contain_text("broken.png: The reference: ")
    expect(page.locator("#reference-empty")).to_be_visible()
    choose_reference(page, "album.png", lender)
    expect(page.locator("#reference")).to_contain_text("album.png")
    expect(page.get_by_role("alert")).to_be_hidden()
    (tmp_path / "album.png").write_bytes(lender)
    assert downloaded(page, "Download") == colored_file(tmp_path, old, "with.jpg", [tmp_path / "album.png"])
    page.get_by_role("button", name="Remove the reference").click()
    expect(page.get_by_label("Choose a file as the reference")).to_be_focused()
    assert downloaded(page, "Download") == colored_file(tmp_path, old, "without.jpg")


def test_another_photograph_of_the_page_lends_the_colors_that_it_has_here(two, jpeg, tmp_path):
    page = two
    page.locator("#reel .pick").last.click()
    (tmp_path / "coffee.jpg").write_bytes(downloaded(page, "Download"))
    page.locator("#reel .pick").first.click()
    page.locator("#reel .pick").first.drag_to(page.locator("#reference"))  # a photograph is no reference of itself
    expect(page.locator("#reference-chosen")).to_be_hidden()
    page.locator("#reel .pick").last.drag_to(page.locator("#reference"))
    expect(page.locator("#reference-name")).to_have_text("coffee.jpg")
    assert downloaded(page, "Download") == colored_file(tmp_path, jpeg, "new.jpg", [tmp_path / "coffee.jpg"])
    page.get_by_role("button", name="Lend to all photographs").click()
    page.locator("#reel .pick").last.click()
    expect(page.locator("#reference-name")).to_have_text("coffee.jpg")
    page.get_by_role("button", name="Remove the reference").click()
    page.get_by_label("Reference from this page").select_option("camera.jpg")
    expect(page.locator("#reference-name")).to_have_text("camera.jpg")


def test_another_version_is_chosen_changed_and_undone(page, photographs, encode, choose, tmp_path):
    old = encode(gray(photographs["astronaut"]), "JPEG", quality=95)
    choose(page, ("astronaut.jpg", old))
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    with page.expect_response("**/api/v1/answers") as answer:
        page.get_by_role("button", name="Other versions").click()
    added = [version["hints"] for version in answer.value.json()["answers"]]
    choices = page.locator("#versions button")
    expect(choices).to_have_count(len(added))
    assert len(added) > 2
    expect(choices.first).to_be_focused()
    expect(choices.first).to_have_attribute("aria-pressed", "true")
    for index in (1, 2):  # the second takes the place of the first
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(choices.nth(index)).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#marks li")).to_have_count(len(added[index]))
    hints = Hints.from_json(downloaded(page, "Save").decode())
    assert len(hints.known) == len(added[2])
    assert downloaded(page, "Download") == colored_file(tmp_path, old, "chosen.jpg", hints=hints)
    page.keyboard.press("Control+z")
    expect(choices.nth(1)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+z")
    expect(choices.first).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#marks li")).to_have_count(0)
    page.get_by_role("button", name="Close the other versions").click()
    expect(page.get_by_role("button", name="Other versions")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_holds_everything_and_two_fingers_zoom(open_page, photographs, coffee, encode, choose, scheme):
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True, color_scheme=scheme)
    old = encode(gray(photographs["astronaut"]), "JPEG", quality=95)
    choose(page, ("astronaut.jpg", old), ("again.jpg", old))
    page.get_by_role("button", name="Other versions").click()
    expect(page.locator("#versions button").first).to_be_visible()
    choose_reference(page, f"{'a long name ' * 9}.png", encode(coffee, "PNG"))
    expect(page.locator("#reference-chosen")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    for button in page.locator("main button:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24, button.inner_text()
    page.evaluate("() => scrollTo(0, 0)")
    fitting, frame = page.locator("#zoom").inner_text(), page.locator(".frame").bounding_box()
    middle, touch = (
        (frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2),
        page.context.new_cdp_session(page),
    )
    for step in range(10):
        fingers = [{"x": middle[0], "y": middle[1] + side * (20 + 8 * step), "id": side} for side in (0, 1)]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": fingers})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#zoom")).not_to_have_text(fitting)
    assert page.evaluate("() => visualViewport.scale") == 1, "the photograph is larger, not the page"
