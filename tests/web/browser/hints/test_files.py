"""Files of hints mean the same to the browser as to the tool."""

import json

import numpy as np
import pytest
from PIL import Image

from photochrom.hints import Hints

PLANES = """
  const { knownOf, rowsOf } = await import("/engines/browser/hints/files.js");
  const { Hints } = await import("/engines/browser/hints/hints.js");
  const decode = async (bytes) => {
    const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
    const paper = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    paper.drawImage(bitmap, 0, 0);
    return paper.getImageData(0, 0, bitmap.width, bitmap.height);
  };
"""
ROW = '{"version": 1, "hints": [%s]}'


def planes(run, text, luma):
    body = PLANES + "return new Hints(await knownOf(rowsOf(text), decode)).planes(luma);"
    return run(body, text=text, luma=luma)


def refusal(run, text):
    body = "try { await knownOf(rowsOf(text), decode); return ''; } catch (error) { return error.message; }"
    return run(PLANES + body, text=text)


def test_points_layers_and_fields_of_a_file_are_laid_as_in_python(run, camera):
    luma, rng = camera.astype(np.float32) / 255, np.random.default_rng(0)
    layer = Image.fromarray(rng.integers(0, 256, (36, 48, 4), np.uint8))
    confidence = rng.random((10, 12), np.float32)
    field = np.concatenate((rng.uniform(-0.5, 0.5, (2, 10, 12)) * confidence, confidence[None]))
    text = (Hints.from_layer(layer) + Hints.from_chroma(field)).to_json()
    text = text.replace('"hints": [', '"hints": [{"x": 0.5, "y": 0.25, "color": [10, 20, 250]},')
    assert abs(planes(run, text, luma) - Hints.from_json(text).planes(luma)).max() < 2 / 255
    later = text.replace('"}\n  ]', '"}, {"x": 0.7, "y": 1, "color": "gold", "radius": 0.2}]')
    assert abs(planes(run, later, luma) - Hints.from_json(later).planes(luma)).max() < 2 / 255
    assert abs(planes(run, later, luma) - planes(run, text, luma)).max() > 0.1


@pytest.mark.parametrize("color", ["firebrick", " #B22222 ", "#b22", "rgb(178, 34, 34)", "hsl(0, 68%, 42%)", "RED"])
def test_a_color_may_be_any_of_css(run, color):
    text = ROW % json.dumps({"x": 0.5, "y": 0.5, "color": color})
    luma = np.full((3, 3), 0.5, np.float32)
    assert abs(planes(run, text, luma) - Hints.from_json(text).planes(luma)).max() < 1e-6


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "broken JSON"),
        ("[]", "no hints"),
        ('{"version": 2, "hints": []}', "version 2"),
        ('{"version": 1, "hints": {}}', 'a list "hints"'),
        (ROW % '{"x": 1.5, "y": 0, "color": "red"}', "hint 1: a point must lie in the photograph, x"),
        (ROW % '{"x": 0, "y": 0, "color": "red", "radius": 0}', "radius must be above 0"),
        (ROW % '{"x": 0, "y": 0, "color": "no color"}', "'no color' is no color"),
        (ROW % '{"x": 0, "y": 0, "color": "rgba(9, 9, 9, 0.5)"}', "lets what is below shine through"),
        (ROW % '{"x": 0, "y": 0, "color": [1, 2, 256]}', "three whole numbers from 0 to 255"),
        (ROW % '{"x": 0, "y": 0}', "a point has x, y, color and perhaps radius; this has x, y"),
        (ROW % '{"x": 0, "y": 0, "color": "red"}, {"layer": "%"}', "hint 2: its picture is not base64"),
        (ROW % '{"layer": "aGVsbG8="}', "its picture is no whole PNG"),
    ],
)
def test_what_is_no_hint_is_refused_with_its_reason(run, text, reason):
    assert reason in refusal(run, text)
