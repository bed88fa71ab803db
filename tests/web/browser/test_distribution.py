import numpy as np
import pytest

from photochrom.distribution import Distribution
from photochrom.hints import Hints, Point
from photochrom.upsampling import resize

PREDICT = """
  const { Distribution } = await import("/engines/browser/distribution.js");
  const { Hints } = await import("/engines/browser/hints/hints.js");
  const { Point } = await import("/engines/browser/hints/points.js");
  const hints = new Hints(points.map((one) => new Point(one)));
  const distribution = await Distribution.predict(model, luma, hints);
"""
PLACES = [(0.5, 0.5), (0, 0), (1, 1), (0.75, 0.2), (0.3, 0.95)]
KNOWN = Point(0.5, 0.5, (200, 60, 60), 0.1)


@pytest.fixture(scope="session")
def luma(photographs):
    gray = photographs["astronaut"].mean(axis=2).astype(np.float32) / 255
    return resize(gray, 96, 96, 3)


@pytest.mark.parametrize("points", [(), (KNOWN,)], ids=["nothing known", "a point"])
def test_the_colors_of_a_place_are_those_that_python_finds(run, default, luma, points):
    rows = [{"x": one.x, "y": one.y, "color": list(one.rgb), "radius": one.radius} for one in points]
    body = PREDICT + "return places.map(([x, y]) => distribution.colors(x, y));"
    made = run(body, model=default, luma=luma, points=rows, places=[list(place) for place in PLACES])
    expected = Distribution.predict(default, luma, Hints(points))
    for place, colors in zip(PLACES, made, strict=True):
        likely = expected.colors(*place)
        assert [tuple(one["color"]) for one in colors] == [one.color for one in likely], place
        assert [one["probability"] for one in colors] == pytest.approx([one.probability for one in likely], abs=1e-4)


def test_the_uncertainty_of_a_place_is_the_variance_of_its_chroma(run, default, luma):
    made = run(PREDICT + "return distribution.uncertainty();", model=default, luma=luma, points=[])[0]
    assert made == pytest.approx(Distribution.predict(default, luma, Hints()).uncertainty(), abs=1e-6)


def test_a_model_without_a_distribution_is_refused(run, strong_model, luma):
    body = f"try {{ {PREDICT} return ''; }} catch (error) {{ return error.message; }}"
    assert "knows one color a place" in run(body, model=strong_model, luma=luma, points=[])
