"""The page, driven in a real Chromium without a window."""

import io
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from photochrom.color import fit_gamut, merge
from photochrom.colorizer import Colorizer
from photochrom.look import Look

TOKEN = "correct horse battery"
PATIENCE = 60_000  # milliseconds: no speed is tested here


def stage_pixel(page, x):
    """A pixel halfway down the stage, at the share ``x`` of its width."""
    return page.evaluate(
        """(x) => {
          const canvas = document.querySelector(".stage canvas");
          const at = [Math.floor(canvas.width * x), Math.floor(canvas.height / 2), 1, 1];
          return [...canvas.getContext("2d").getImageData(...at).data];
        }""",
        x,
    )


def is_gray(pixel):
    return max(pixel[:3]) == min(pixel[:3])


def wait_for_color(page):
    """Wait until the right half of the stage has color: pictures are decoded in the background."""
    for _ in range(PATIENCE // 50):
        if not is_gray(stage_pixel(page, 0.55)):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the stage stayed gray")


def expected_file(tmp_path, content, name, **options):
    (tmp_path / "source.jpg").write_bytes(content)
    return Colorizer(**options).colorize_file(tmp_path / "source.jpg", tmp_path / name).read_bytes()


@pytest.mark.parametrize(("saturation", "warmth"), [(0, 0), (0.5, -0.3), (1, 0), (3, 1)])
def test_the_browsers_colors_are_those_of_color_py(page, saturation, warmth):
    axis = np.linspace(0, 255, 10, dtype=np.uint8)
    hinted = np.array([0, 51, 255], np.uint8)
    gray, cb, cr, hinted = (plane.ravel() for plane in np.meshgrid(axis, axis.clip(1), axis.clip(1), hinted))
    opaque = np.full_like(gray, 200)
    before = np.stack([gray, gray, gray, opaque], axis=1)
    chroma = np.stack([cb, cr, hinted, opaque], axis=1)
    painted = page.evaluate(
        """async ([before, chroma, look]) => {
          const { paint } = await import("/static/color.js");
          const after = new Uint8ClampedArray(before.length);
          paint(Uint8ClampedArray.from(before), Uint8ClampedArray.from(chroma), look, after);
          return [...after];
        }""",
        [before.ravel().tolist(), chroma.ravel().tolist(), {"saturation": saturation, "warmth": warmth}],
    )
    painted = np.array(painted).reshape(-1, 4)
    luma = gray[None, None].astype(np.float32) / 255
    planes = (np.stack([cb, cr])[:, None].astype(np.float32) - 128) / 254
    Look(saturation, warmth).give(planes, luma[0], hinted[None].astype(np.float32) / 255)
    expected = merge(luma, fit_gamut(luma, planes))[:, 0].T * 255
    assert np.abs(painted[:, :3] - expected).max() < 0.51
    assert (painted[:, 3] == 200).all()


def test_upload_slider_and_saturation(page, jpeg, choose):
    choose(page, ("old.jpg", jpeg))
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    page.locator("#models input[value=strong]").check()
    page.locator("#models input[value=default]").uncheck()
    expect(page.locator(".stage.colored")).to_have_count(1)
    handle = page.get_by_role("slider", name="Before and after")
    expect(handle).to_have_attribute("aria-valuenow", "50")
    assert is_gray(stage_pixel(page, 0.45))
    assert not is_gray(stage_pixel(page, 0.55))
    handle.focus()
    page.keyboard.press("End")
    expect(handle).to_have_attribute("aria-valuenow", "100")
    assert is_gray(stage_pixel(page, 0.55))
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuetext", "2 % black and white, 98 % color")
    full = stage_pixel(page, 0.45)
    assert not is_gray(full)
    page.locator("#saturation").fill("0")
    assert is_gray(stage_pixel(page, 0.45))
    box = page.locator(".frame").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 40)
    page.mouse.up()
    expect(handle).to_have_attribute("aria-valuenow", "75")


def test_zoom_and_pan(page, jpeg, choose):
    choose(page, ("old.jpg", jpeg))
    expect(page.locator(".stage.colored")).to_have_count(1)
    fitting = page.locator("#zoom").inner_text()
    page.get_by_role("button", name="Zoom in").click()
    expect(page.locator("#zoom")).not_to_have_text(fitting)
    page.locator(".stage canvas").focus()
    here = stage_pixel(page, 0.3)
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert stage_pixel(page, 0.3) != here
    page.get_by_role("button", name="Fit").click()
    expect(page.locator("#zoom")).to_have_text(fitting)


def test_several_models_side_by_side(page):
    page.get_by_role("button", name="Aitzgorri").click()
    expect(page.locator(".stage.colored")).to_have_count(1)
    page.locator("#models input[value=strong]").check()
    expect(page.locator(".stage.colored")).to_have_count(2)
    expect(page.locator(".stage figcaption")).to_have_text(["default", "strong"])
    handles = page.get_by_role("slider", name="Before and after")
    handles.first.focus()
    page.keyboard.press("PageUp")
    for index in range(2):
        expect(handles.nth(index)).to_have_attribute("aria-valuenow", "60")


def test_study_models_are_folded_away(page):
    page.get_by_role("button", name="Aitzgorri").click()
    study = page.locator("details.study")
    expect(study).to_contain_text("to compare their designs")
    expect(page.locator("#models input[value=default]")).to_be_visible()
    expect(page.locator("#models input[value=strong]")).to_be_visible()  # a model of the user's own
    expect(study.locator("input")).to_have_count(6)
    expect(study.locator("input[value=unet]")).to_be_hidden()
    study.locator("summary").click()
    expect(study.locator("input[value=unet]")).to_be_visible()


def test_a_model_card_is_shown_as_a_page_not_as_markdown(page):
    page.get_by_role("button", name="Aitzgorri").click()
    page.get_by_role("button", name="Card of the model default").click()
    card = page.get_by_role("dialog")
    expect(card.get_by_role("heading", name="Limits")).to_be_visible()
    expect(card.locator("td", has_text="Flickr landscapes").first).to_be_visible()
    assert "---" not in card.inner_text()
    card.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Card of the model strong").click()  # which has no card of its own
    expect(card.locator("dd", has_text="CC0")).to_be_visible()


def form_has(request, filename, model):
    body = request.post_data_buffer or b""
    return f'filename="{filename}"'.encode() in body and f"\r\n\r\n{model}\r\n".encode() in body


def test_the_shown_photograph_is_colored_first(page, jpeg, choose):
    held = []
    page.route("**/api/v1/chroma", lambda route: held.append(route))
    names = [f"{letter}.jpg" for letter in "abcde"]
    choose(page, *((name, jpeg) for name in names))
    with page.expect_request(lambda request: form_has(request, "e.jpg", "default")):
        page.locator("#reel .pick").last.click()
    page.locator("#models input[value=strong]").check()
    shown = next(route for route in held if form_has(route.request, "e.jpg", "default"))
    with page.expect_request("**/api/v1/chroma") as following:
        shown.continue_()
    assert form_has(following.value, "e.jpg", "strong")
    page.unroute("**/api/v1/chroma")  # which lets go of what is held
    expect(page.locator("#count")).to_have_text("5 of 5 colored")


def test_each_photograph_has_its_own_saturation(page, jpeg, tmp_path, choose):
    choose(page, ("a.jpg", jpeg), ("b.jpg", jpeg))
    expect(page.locator("#count")).to_have_text("2 of 2 colored")
    page.locator("#saturation").fill("2")
    page.locator("#reel .pick").last.click()
    expect(page.locator("#saturation-value")).to_have_text("1.00")
    expect(page.locator(".veil")).to_be_empty()
    wait_for_color(page)
    page.locator("#saturation").fill("0")
    page.locator("#reel .pick").first.click()
    expect(page.locator("#saturation-value")).to_have_text("2.00")
    wait_for_color(page)
    page.locator("#reel .pick").last.click()
    expect(page.locator("#saturation-value")).to_have_text("0.00")
    with page.expect_download() as download:
        page.get_by_role("button", name="All as zip").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.read("a-color.jpg") == expected_file(tmp_path, jpeg, "strong.jpg", saturation=2)
        assert archive.read("b-color.jpg") == expected_file(tmp_path, jpeg, "gray.jpg", saturation=0)
    page.get_by_role("button", name="Use for all photographs").click()
    page.locator("#reel .pick").first.click()
    expect(page.locator("#saturation-value")).to_have_text("0.00")


@pytest.mark.parametrize("format", ["PNG", "PSD", "ORA"])
def test_what_is_downloaded_is_rendered_by_the_server(page, jpeg, tmp_path, format, choose):
    choose(page, ("Großmutter 1924.jpg", jpeg))
    page.locator("#saturation").fill("2")
    page.get_by_role("radio", name=format).check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    suffix = format.lower()
    assert download.value.suggested_filename == f"Großmutter 1924-color.{suffix}"
    assert download.value.path().read_bytes() == expected_file(tmp_path, jpeg, f"new.{suffix}", saturation=2)


def test_a_format_that_the_server_cannot_write_is_not_offered(open_page, jpeg, monkeypatch, choose):
    monkeypatch.setitem(sys.modules, "psd_tools", None)
    page = open_page()
    choose(page, ("old.jpg", jpeg))
    expect(page.get_by_role("radio", name="ORA")).to_be_visible()
    expect(page.get_by_role("radio", name="PSD")).to_be_hidden()


def test_what_a_download_cannot_hold_is_said(page, camera, encode, choose):
    moving = encode(camera, "GIF", save_all=True, append_images=[Image.fromarray(camera[:, ::-1])])
    choose(page, ("old.gif", moving))
    with page.expect_download():
        page.get_by_role("button", name="Download", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Saved. old.gif: only the first of its 2 frames")


def test_all_are_downloaded_as_a_zip_with_safe_names(page, jpeg, tmp_path, choose):
    choose(page, ("old.jpg", jpeg), ("OLD.jpg", jpeg), ("con.jpg", jpeg))
    expect(page.locator("#count")).to_have_text("3 of 3 colored")
    with page.expect_download() as download:
        page.get_by_role("button", name="All as zip").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["old-color.jpg", "OLD-color-2.jpg", "_con-color.jpg"]
        assert archive.read("OLD-color-2.jpg") == expected_file(tmp_path, jpeg, "new.jpg")


def test_errors_are_told_and_the_others_go_on(page, jpeg, camera, encode, choose):
    tiff = io.BytesIO()
    Image.fromarray(camera).save(tiff, "TIFF")
    uploads = (("no.txt", b"no picture"), ("large.png", bytes(1_000_001)), ("scan.tif", tiff.getvalue()))
    choose(page, *uploads, ("cut.jpg", jpeg[:2000]), ("old.jpg", jpeg))
    expect(page.locator("#count")).to_have_text("2 of 5 colored, 3 failed")
    status = page.locator("#reel .status")
    expect(status.nth(0)).to_contain_text("Not a picture of a kind that can be read")
    expect(status.nth(1)).to_contain_text("more than 1 MB")
    expect(status.nth(3)).to_contain_text("amaged or cut short")
    page.get_by_role("button", name="scan.tif", exact=False).first.click()
    expect(page.locator(".stage.colored")).to_have_count(1)


def test_every_page_of_a_file_becomes_a_photograph(page, camera, encode, choose):
    content = encode(camera, "TIFF", save_all=True, append_images=[Image.fromarray(camera[:, :48])])
    choose(page, ("scan.tif", content), ("next.tif", encode(camera, "TIFF")))
    expect(page.locator("#count")).to_have_text("3 of 3 colored")
    expect(page.locator("#reel .name")).to_have_text(["scan.tif, page 1", "scan.tif, page 2", "next.tif"])
    page.locator("#reel .pick").nth(1).click()
    expect(page.locator(".frame")).to_have_css("--aspect", str(48 / 72))
    expect(page.locator(".stage.colored")).to_have_count(1)
    page.get_by_role("radio", name="PNG").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="All as zip").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.namelist() == ["scan-page-1-color.png", "scan-page-2-color.png", "next-color.png"]
        with Image.open(io.BytesIO(archive.read("scan-page-2-color.png"))) as image:
            assert image.size == (48, 72)


def test_a_server_that_is_gone_loses_nothing(page, jpeg, choose):
    page.route("**/api/v1/chroma", lambda route: route.abort())
    choose(page, ("old.jpg", jpeg))
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    page.unroute("**/api/v1/chroma")
    page.get_by_role("alert").get_by_role("button").click()
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_busy_server_is_waited_for(page, jpeg, choose):
    answers = []

    def busy_once(route):
        answers.append(route)
        if len(answers) == 1:
            route.fulfill(status=503, headers={"Retry-After": "1"}, json={"detail": "the server is busy"})
        else:
            route.fallback()

    page.route("**/api/v1/chroma", busy_once)
    choose(page, ("old.jpg", jpeg))
    expect(page.locator("#reel .status")).to_contain_text("busy")
    expect(page.locator("#count")).to_have_text("1 of 1 colored")


def test_pasting(page, jpeg):
    expect(page.locator("#limits")).not_to_be_empty()
    page.evaluate(
        """(bytes) => {
          const clipboardData = new DataTransfer();
          clipboardData.items.add(new File([Uint8Array.from(bytes)], "pasted.jpg", { type: "image/jpeg" }));
          document.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
        }""",
        list(jpeg),
    )
    expect(page.locator("#count")).to_have_text("1 of 1 colored")


def test_photographs_can_be_dropped_anywhere_and_removed_again(page, jpeg):
    expect(page.locator("#limits")).not_to_be_empty()
    page.evaluate(
        """(bytes) => {
          const dataTransfer = new DataTransfer();
          for (const name of ["a.jpg", "b.jpg"]) dataTransfer.items.add(new File([Uint8Array.from(bytes)], name));
          document.querySelector("main").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
        }""",
        list(jpeg),
    )
    expect(page.locator("#count")).to_have_text("2 of 2 colored")
    page.get_by_role("button", name="Remove a.jpg").click()
    expect(page.locator("#reel .name")).to_have_text(["b.jpg"])
    expect(page.locator("#reel .pick")).to_be_focused()
    page.get_by_role("button", name="Remove b.jpg").click()
    expect(page.get_by_role("heading", name="Drop photographs here")).to_be_visible()


@pytest.fixture
def phone(open_page, jpeg, choose):
    """The page on a phone, with a photograph colored by two models."""
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    choose(page, ("old.jpg", jpeg))
    page.locator("#models input[value=strong]").check()
    expect(page.locator(".stage.colored")).to_have_count(2)
    page.evaluate("() => scrollTo(0, 0)")
    return page


def test_a_phones_width_holds_everything(phone):
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390
    for name in ("Download", "Zoom in"):
        box = phone.get_by_role("button", name=name, exact=True).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["height"] >= 40  # a thumb's size


def test_a_phone_always_shows_the_download(phone):
    button = phone.get_by_role("button", name="Download", exact=True)
    for scroll in ("scrollTo(0, 0)", "scrollTo(0, document.body.scrollHeight)"):
        phone.evaluate(f"() => {scroll}")
        box = button.bounding_box()
        assert 844 - 90 < box["y"] < box["y"] + box["height"] <= 844


def test_a_swipe_on_a_phone_shows_the_next_model(phone):
    second = phone.locator(".stage").nth(1)
    assert second.bounding_box()["x"] > 300
    frame = phone.locator(".frame").first.bounding_box()
    touch = phone.context.new_cdp_session(phone)
    for step in range(12):
        finger = {"x": frame["x"] + 280 - 20 * step, "y": frame["y"] + 20}
        event = {"type": "touchMove" if step else "touchStart", "touchPoints": [finger]}
        touch.send("Input.dispatchTouchEvent", event)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(second).to_be_in_viewport(ratio=0.99)
    expect(phone.get_by_role("slider", name="Before and after").first).to_have_attribute("aria-valuenow", "50")


def test_the_token_is_asked_for_once(open_page, serve, jpeg, choose):
    page = open_page(at=serve(token=TOKEN))
    dialog = page.get_by_role("dialog", name="This server asks for its token")
    page.get_by_label("Token", exact=True).fill("wrong")
    page.get_by_role("button", name="Go on").click()
    expect(dialog).to_be_visible()
    page.get_by_label("Token", exact=True).fill(TOKEN)
    page.get_by_role("button", name="Go on").click()
    choose(page, ("old.jpg", jpeg))
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    expect(dialog).to_be_hidden()


def test_a_browser_that_refuses_storage_shows_the_page_all_the_same(open_page, jpeg, choose):
    page = open_page()
    page.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"]) {
          Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } });
        }"""
    )
    page.reload()
    choose(page, ("old.jpg", jpeg))
    expect(page.locator("#count")).to_have_text("1 of 1 colored")


def test_the_docs_are_drawn_from_here(open_page):
    page = open_page("docs")
    expect(page.locator("#docs")).to_contain_text("/api/v1/colorize")
