"""The engine in the browser as the page calls it: the worker, ONNX Runtime Web, and the numbers around the network."""

import base64
import io
import os

import numpy as np
import pytest
from PIL import Image, ImageDraw

from photochrom.colorizer import Colorizer
from photochrom.hints import Hints, Point
from photochrom.hints.reference import References
from photochrom.photos import provenance
from photochrom.web import site

SITE = "http://localhost/"
CALL = """async ([call, [content, layer, reference], options]) => {
  const engine = await import("/static/engines/browser.js");
  const blob = (text) => text && new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]);
  await engine.about();
  const opened = await engine.open(new File([blob(content)], "old.png"), null);
  const asked = { ...options, layer: blob(layer), reference: blob(reference) };
  if (call === "suggest") return engine.suggest(opened, asked, options.x, options.y);
  if (call === "answers") return engine.answers(opened, asked);
  const found = await engine[call](opened, asked), bytes = new Uint8Array(await (found.blob ?? found).arrayBuffer());
  let letters = "";
  for (let at = 0; at < bytes.length; at += 8192) letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(letters);
}"""
POINTS = [Point(0.3, 0.4, (20, 120, 120), 0.05), Point(0.6, 0.8, (200, 30, 40))]
PLACE = (0.4, 0.7)


@pytest.fixture(scope="module")
def call(chromium, tmp_path_factory):
    """Call the engine of a page that `photochrom site` wrote with the default model; files go in and out as bytes."""
    if not (site._STATIC.parent / site._RUNTIME).is_file():
        reason = "no ONNX Runtime for browsers here: make onnxruntime-web"
        (pytest.fail if os.environ.get("PHOTOCHROM_REQUIRE_PROGRAMS") else pytest.skip)(reason)
    folder = tmp_path_factory.mktemp("site") / "page"
    site.write(folder)
    context = chromium.new_context(service_workers="block")
    context.route(f"{SITE}**", lambda route: route.fulfill(path=folder / route.request.url.removeprefix(SITE)))
    page = context.new_page()
    page.goto(f"{SITE}about.json")

    def call(name, content, layer=None, reference=None, **options):
        files = [file and base64.b64encode(file).decode() for file in (content, layer, reference)]
        found = page.evaluate(CALL, [name, files, {"model": "default", **options}])
        return base64.b64decode(found) if isinstance(found, str) else found

    yield call
    context.close()


@pytest.fixture(scope="module")
def tool():
    return Colorizer()


def row(point):
    return {"x": point.x, "y": point.y, "color": list(point.rgb), "radius": point.radius}


def png(picture):
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def old(photographs):
    """A photograph in gray, as a file."""
    return png(Image.fromarray(photographs["coffee"]).convert("L").resize((301, 200), Image.Resampling.BICUBIC))


@pytest.fixture(scope="module")
def reference(photographs):
    """The photograph as it was, a little nearer."""
    return png(Image.fromarray(photographs["coffee"][4:-4, 3:-8]))


@pytest.fixture(scope="module")
def layer():
    picture = Image.new("RGBA", (301, 200))
    ImageDraw.Draw(picture).line([(20, 30), (250, 160)], (60, 90, 200, 255), 7)
    return png(picture)


def test_a_download_is_the_command_lines_file(call, tool, same_levels, tmp_path, old, layer, reference):
    (tmp_path / "old.png").write_bytes(old)
    hints = Hints((References.read(tool.model, [reference]),)) + Hints.from_layer(Image.open(io.BytesIO(layer)))
    for name, known, given in (
        ("plain", None, {}),
        ("points", Hints.from_points(POINTS), {"hints": [row(point) for point in POINTS]}),
        (
            "all",
            hints + Hints.from_points(POINTS),
            {"hints": [row(point) for point in POINTS], "layer": layer, "reference": reference},
        ),
    ):
        made = call("render", old, format="png", saturation=1.2, warmth=0.1, **given)
        look = Colorizer(tool.model, saturation=1.2, warmth=0.1)
        expected = look.colorize_file(tmp_path / "old.png", tmp_path / f"{name}.png", hints=known)
        same_levels(*(np.asarray(Image.open(file)) for file in (io.BytesIO(made), expected)), name)
        assert provenance.of(made) == provenance.of(expected), "also by the same hints"


def test_planes_for_a_preview_are_the_tools(call, tool, same_levels, old):
    made = call("chroma", old, hints=[row(point) for point in POINTS])
    luma = np.asarray(Image.open(io.BytesIO(old)), np.float32) / 255
    planes = tool.chroma_and_hinted(luma, hints=Hints.from_points(POINTS))
    expected = np.rint(np.stack([128 + 254 * planes[0], 128 + 254 * planes[1], 255 * planes[2]], axis=-1))
    same_levels(np.asarray(Image.open(io.BytesIO(made)).convert("RGB")), expected.astype(np.uint8), "chroma")


def test_what_is_possible_at_a_place_is_what_the_tool_finds(call, tool, old):
    made = call("suggest", old, x=PLACE[0], y=PLACE[1], hints=[row(POINTS[0])])
    expected = tool.suggest(old, *PLACE, Hints.from_points(POINTS[:1]))
    assert len(expected) > 1
    for mine, theirs in zip(made, expected, strict=True):
        assert mine["probability"] == pytest.approx(theirs.probability, abs=0.002)
        assert abs(np.subtract(mine["color"], theirs.color)).max() <= 1


def test_answers_are_those_of_the_tool(call, tool, old):
    luma = np.asarray(Image.open(io.BytesIO(old)), np.float32) / 255
    expected = tool.hints_of_answers(luma)
    made = call("answers", old)
    assert len(made) == len(expected) > 1
    for mine, theirs in zip(made, expected, strict=True):
        assert [(one["x"], one["y"]) for one in mine] == [(one.x, one.y) for one in theirs.known]
        for one, other in zip(mine, theirs.known, strict=True):
            assert abs(np.subtract(one["color"], other.rgb)).max() <= 1
