import numpy as np
import pytest
from PIL import Image

from photochrom.hints import Hints, Point

HINTS = """
  const { Hints } = await import("/engines/browser/hints/hints.js");
  const { ChromaField, Painting } = await import("/engines/browser/hints/layers.js");
  const { Point } = await import("/engines/browser/hints/points.js");
"""


def test_what_the_network_is_told_is_what_python_tells_it(run, camera):
    luma, rng = camera.astype(np.float32) / 255, np.random.default_rng(0)
    layer = rng.integers(0, 256, (36, 48, 4), np.uint8)
    confidence = rng.random((1, 10, 12), np.float32)
    field = np.concatenate((rng.uniform(-0.5, 0.5, (2, 10, 12)) * confidence, confidence)).astype(np.float32)
    made = run(
        HINTS
        + """
        const [first, last] = points.map((one) => new Point(one));
        const under = new Hints([first, new Painting(layer)]);
        const over = new Hints([new ChromaField(field), last]);
        return [under.planes(luma), under.plus(over).planes(luma)];
        """,
        luma=luma,
        layer=layer,
        field=field,
        points=[
            {"x": 0.5, "y": 0.25, "color": [10, 20, 250]},
            {"x": 0.7, "y": 1, "color": [255, 215, 0], "radius": 0.2},
        ],
    )
    under = Hints.from_points([Point(0.5, 0.25, (10, 20, 250))]) + Hints.from_layer(Image.fromarray(layer))
    over = Hints.from_chroma(field) + Hints.from_points([Point(0.7, 1, "gold", 0.2)])
    assert abs(made[0] - under.planes(luma)).max() < 1e-5
    assert abs(made[1] - (under + over).planes(luma)).max() < 1e-5


def test_a_model_that_takes_no_hints_is_told_none(run, strong_model, default):
    body = HINTS + "return new Hints(given.map((one) => new Point(one))).told(model, luma) === null;"
    given, luma = [{"x": 0, "y": 0, "color": [1, 2, 3]}], np.zeros((4, 4), np.float32)
    assert run(body, model=strong_model, given=given, luma=luma)
    assert run(body, model=default, given=[], luma=luma)
    assert not run(body, model=default, given=given, luma=luma)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"x": 1.5}, "must lie in the photograph, x"),
        ({"y": -0.1}, "must lie in the photograph, y"),
        ({"radius": 0}, "radius must be above 0"),
        ({"color": "red"}, "three whole numbers from 0 to 255"),
        ({"color": [1, 2, 256]}, "three whole numbers from 0 to 255"),
    ],
)
def test_what_is_no_point_is_refused_with_its_reason(run, changed, reason):
    body = HINTS + "try { new Point(row); return ''; } catch (error) { return error.message; }"
    assert reason in run(body, row={"x": 0.5, "y": 0.5, "color": [1, 2, 3], **changed})
