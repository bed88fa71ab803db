"""The page without a server: static files under a folder of some host, and the network in a real Chromium."""

import functools
import http.server
import io
import json
import os
import re
import threading

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from photochrom.colorizer import Colorizer
from photochrom.errors import UsageError
from photochrom.hints import Hints
from photochrom.photos import jpeg_segments, metadata, photoshop, png, provenance
from photochrom.web import site

PATIENCE = 60_000  # milliseconds: no speed is tested here
expect.set_options(timeout=PATIENCE)


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def runtime():
    """ONNX Runtime for browsers; where `make onnxruntime-web` has not been run, the test is skipped."""
    if not (site._STATIC.parent / site._RUNTIME).is_file():
        reason = "no ONNX Runtime for browsers here: make onnxruntime-web"
        (pytest.fail if os.environ.get("PHOTOCHROM_REQUIRE_PROGRAMS") else pytest.skip)(reason)


@pytest.fixture(scope="module")
def model(make_model):
    """A model whose colors follow the luma, so that every pixel tells whether it was seen and enlarged right."""
    return make_model(factor=(-0.6, 0.5), offset=(0.2, -0.15), name="follows")


@pytest.fixture(scope="module")
def folder(runtime, model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("host")
    site.write(folder / "pages" / "photochrom", [str(model)])
    return folder


@pytest.fixture
def host(folder, tmp_path):
    """Start a host of static files, which sends no header of ours: the page's address, and a function that stops it."""
    running = []

    def start(other_model=None):
        if other_model:
            site.write(tmp_path / "host" / "pages" / "photochrom", [str(other_model)])
        handler = functools.partial(Silent, directory=str(tmp_path / "host" if other_model else folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def stop():
            server.shutdown()
            server.server_close()
            thread.join()

        running.append(stop)
        return f"http://127.0.0.1:{server.server_port}/pages/photochrom/", lambda: running.pop()()

    yield start
    for stop in running:
        stop()


@pytest.fixture
def browse(chromium):
    """Open pages of one visitor. In the end, nothing may have broken the policy, failed, or left the page's host."""
    contexts, complaints, asked = [], [], []

    def opener(url, before=lambda page: None, **options):
        if not contexts:
            contexts.append(chromium.new_context(accept_downloads=True, **options))
            contexts[0].on("request", lambda request: asked.append((url, request.url)))
        page = contexts[0].new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if is_wrong(said) else None)
        before(page)
        page.goto(url)
        expect(page.locator("#models input")).to_have_count(1)
        return page

    yield opener
    for context in contexts:
        context.close()
    assert not complaints
    assert [there for here, there in asked if not there.startswith((here, "blob:"))] == []


def is_wrong(said):
    return said.type == "error" and "Failed to load resource" not in said.text  # which a test may want


def choose(page, name, content, kind="image/png"):
    page.set_input_files("#files", [{"name": name, "mimeType": kind, "buffer": content}])


def download(page, kind):
    page.check(f"input[name=format][value={kind}]")
    with page.expect_download() as started:
        page.click("#download")
    return started.value.suggested_filename, started.value.path().read_bytes()


def assert_same(content, expected):
    """Within one level for 99.9 % of the pixels, 3 at most."""
    with Image.open(io.BytesIO(content)) as mine, Image.open(expected) as theirs:
        assert mine.mode == theirs.mode
        difference = np.abs(np.asarray(mine).astype(int) - np.asarray(theirs).astype(int))
    assert np.mean(difference <= 1) >= 0.999
    assert difference.max() <= 3


def by_command_line(tmp_path, content, model, name="expected.png", hints=None):
    (tmp_path / "source").write_bytes(content)
    return Colorizer(model).colorize_file(tmp_path / "source", tmp_path / name, hints=hints)


def test_below_a_host_it_colors_as_the_command_line_does_and_goes_on_without_a_connection(
    browse, host, tmp_path, jpeg, model
):
    url, stop = host()
    page = browse(url)
    assert page.evaluate("crossOriginIsolated"), "the service worker adds the headers for threads"
    expect(page.locator("#loading")).to_have_text("Ready, also without a connection.")
    stop()
    page = browse(url)
    choose(page, "an old one.jpg", jpeg, "image/jpeg")
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    name, content = download(page, "png")
    assert name == "an old one-color.png"
    assert_same(content, by_command_line(tmp_path, jpeg, model))


@pytest.fixture(scope="module")
def described(coffee):
    """A JPEG that lies on its side, with a place, a resolution, XMP, IPTC and a comment."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0131] = 6, "Zeiss", "Scanner"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 1.5)})
    resources = photoshop.pack(photoshop.IPTC, b"\x1c\x02\x19\0\x03old") + photoshop.pack(0x040C, b"small")
    segments = jpeg_segments.Found(exif.tobytes()[6:], b'<x tiff:Orientation="6"/>', photoshop=resources)
    file = io.BytesIO()
    Image.fromarray(coffee).save(
        file, "JPEG", quality=95, dpi=(300, 200), comment=b"In the attic", extra=jpeg_segments.pack(segments)
    )
    return file.getvalue()


def test_results_say_of_themselves_what_the_command_lines_do(browse, host, tmp_path, described, model):
    page = browse(host()[0])
    choose(page, "attic.jpg", described, "image/jpeg")
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    for kind, name in (("png", "expected.png"), ("jpeg", "expected.jpg")):
        expected = by_command_line(tmp_path, described, model, name)
        _, content = download(page, kind)
        told = metadata.extract(content)
        assert told == metadata.extract(expected.read_bytes())
        assert told.dpi == pytest.approx((300, 200), abs=0.01)
        assert b"In the attic" in b"".join([*told.comments, *(data for _, data in told.chunks)])
        with Image.open(io.BytesIO(content)) as mine, Image.open(expected) as theirs:
            assert mine.info["icc_profile"] == theirs.info["icc_profile"]
            assert mine.size == theirs.size
        if kind == "png":
            assert_same(content, expected)


def test_without_service_workers_one_thread_does_the_same(browse, host, tmp_path, encode, coffee, model):
    page = browse(host()[0], service_workers="block")
    assert not page.evaluate("crossOriginIsolated")
    alpha = np.tile(np.arange(coffee.shape[1], dtype=np.uint8), (coffee.shape[0], 1))
    content = encode(np.dstack([coffee, alpha]), "PNG")
    choose(page, "coffee.png", content)
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    assert_same(download(page, "png")[1], by_command_line(tmp_path, content, model))
    name, content = download(page, "jpeg")
    assert name == "coffee-color.jpg"
    with Image.open(io.BytesIO(content)) as result:
        assert (result.format, result.size) == ("JPEG", coffee.shape[1::-1])


def test_color_by_hand_is_obeyed_in_the_browser_and_by_the_command_line_alike(browse, host, tmp_path, jpeg, unsure):
    """With a model that knows what is likely; the points come back when the page is loaded again."""
    page = browse(host(unsure)[0])
    choose(page, "old.jpg", jpeg, "image/jpeg")
    page.get_by_role("button", name="Color by hand").click()
    page.locator(".stage canvas").click(position={"x": 300, "y": 120})
    ring = page.get_by_role("dialog", name="Color of this place")
    expect(ring.get_by_role("button", name="likely").first).to_be_visible()
    ring.get_by_role("button", name="Brick").click()
    ring.locator(".inner button").first.click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Save", exact=True).click()
    hints = Hints.from_json(started.value.path().read_text())
    page.reload()
    choose(page, "old.jpg", jpeg, "image/jpeg")
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    expect(page.locator("#marks li")).to_have_count(1)
    _, content = download(page, "png")
    expected = by_command_line(tmp_path, jpeg, unsure, hints=hints)
    assert_same(content, expected)
    assert provenance.of(content) == provenance.of(expected)


@pytest.mark.parametrize("late", [False, True], ids=["the page", "its code"])
def test_a_photograph_that_is_chosen_before_all_is_there_is_not_lost(chromium, host, jpeg, late):
    """Neither when the page would be loaded anew to be isolated, nor when its code is still under way."""
    context = chromium.new_context()
    page = context.new_page()

    def hold_up(route):
        choose(page, "old.jpg", jpeg, "image/jpeg")
        route.continue_()

    if late:
        page.route(re.compile(r"/app\.js$"), hold_up)
    page.goto(host()[0], wait_until="commit" if late else "load")
    if not late:
        choose(page, "old.jpg", jpeg, "image/jpeg")
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    context.close()


def test_where_the_network_does_not_arrive_nothing_is_lost_and_one_may_try_again(browse, host, jpeg):
    refuse = re.compile(r"/models/")
    page = browse(host()[0], lambda page: page.route(refuse, lambda route: route.abort()), service_workers="block")
    choose(page, "old.jpg", jpeg, "image/jpeg")
    expect(page.locator("#reel .status")).to_have_text(
        "The network does not arrive; check the connection, and try again."
    )
    expect(page.locator("#loading")).to_contain_text("does not arrive")
    page.unroute(refuse)
    page.get_by_role("button", name="Try again").last.click()
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    expect(page.locator("#loading")).to_be_empty()


def test_where_the_disk_is_full_it_works_as_long_as_there_is_a_connection(browse, host, jpeg):
    url, _ = host()

    def fill(page):
        session = page.context.new_cdp_session(page)
        origin = url.removesuffix("/pages/photochrom/")
        session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1000})

    page = browse(url, fill)
    choose(page, "old.jpg", jpeg, "image/jpeg")
    expect(page.locator("#count")).to_have_text("1 of 1 colored")


def test_what_browsers_cannot_color_is_told_with_the_command_that_can(browse, host, encode, camera):
    page, lying = browse(host()[0]), Image.Exif()
    lying[0x0112] = 6  # browsers turn JPEG by it, but not WebP
    for name, content, said in (
        ("old scan.tif", encode(camera, "TIFF"), "TIFF is for the tool: “photochrom colorize 'old scan.tif'”."),
        ("a.heic", b"\0\0\0\x18ftypheic" + bytes(12), "HEIC is for the tool: “photochrom colorize a.heic”."),
        (
            "a.webp",
            encode(camera, "WEBP", exif=lying.tobytes()),
            "WebP that lies on its side is for the tool: “photochrom colorize a.webp”.",
        ),
        ("a.txt", b"text", "This is not a picture that this browser can read. Check the file."),
    ):
        choose(page, name, content)
        expect(page.locator("#reel .status").last).to_have_text(said)
    choose(page, "old.mp4", b"a film", "video/mp4")
    expect(page.get_by_role("alert")).to_contain_text("the command photochrom video colors them")
    expect(page.locator("#reel li")).to_have_count(4)


def test_png_of_16_bit_becomes_jpeg_and_its_png_is_told_to_be_for_the_tool(browse, host, camera):
    page = browse(host()[0])
    choose(page, "deep.png", png.encoded(np.dstack([camera] * 3).astype(np.uint16) * 257))
    expect(page.locator("#count")).to_have_text("1 of 1 colored")
    assert download(page, "jpeg")[0] == "deep-color.jpg"
    page.check("input[name=format][value=png]")
    page.click("#download")
    expect(page.locator("#alert")).to_contain_text(
        "PNG of 16 bit is for the tool: “photochrom colorize deep.png”; or choose JPEG"
    )


def test_hosts_and_service_worker_get_the_same_headers_and_every_file_that_the_page_needs(folder):
    built = folder / "pages" / "photochrom"
    script = (built / "service_worker.js").read_text(encoding="utf-8")
    constants = {
        line.split(" ", 2)[1]: json.JSONDecoder().raw_decode(line.split(" = ", 1)[1])[0]
        for line in script.split("\nconst ")[:3]
        for line in [line if line.startswith("const ") else f"const {line}"]
    }
    left_out = {"_headers", "service_worker.js", "LICENSE", "ThirdPartyNotices.txt", "README.md"}
    names = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    assert {name for name in names if name.rsplit("/")[-1] not in left_out} == set(constants["FILES"])
    assert set(constants["LARGE"]) == {"models/follows.onnx", site._RUNTIME}
    sent = [line.strip().split(": ", 1) for line in (built / "_headers").read_text().splitlines()[1:]]
    assert dict(sent) == constants["HEADERS"]
    assert constants["HEADERS"]["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert not (built / "static" / "docs.html").exists()


def test_a_folder_with_anything_in_it_is_refused_and_kept(main, runtime, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    assert main("site", tmp_path / "out") == 2
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_the_command_says_how_much_a_browser_loads(main, runtime, model, tmp_path, capsys):
    assert main("site", tmp_path / "out", "--model", model, "linknet") == 0
    assert f"{tmp_path / 'out'}: " in (said := capsys.readouterr().out)
    assert "a browser loads 3.7 MB of it once" in said
    about = json.loads((tmp_path / "out" / "about.json").read_text(encoding="utf-8"))
    assert [card["name"] for card in about["models"]] == ["follows", "linknet"]


def test_a_checkout_without_the_runtime_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(site, "_RUNTIME", "static/onnxruntime/none")
    with pytest.raises(UsageError, match="run `make onnxruntime-web`"):
        site.write(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_models_of_one_name_are_refused(runtime, model, tmp_path):
    (tmp_path / "follows.onnx").write_bytes(model.read_bytes())
    with pytest.raises(UsageError, match="another model is called follows"):
        site.write(tmp_path / "out", [str(model), str(tmp_path / "follows.onnx")])
