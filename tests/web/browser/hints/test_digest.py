import numpy as np
import pytest
from PIL import Image

from photochrom.hints import Hints, Point
from photochrom.hints.reference import References

DIGEST = """
  const { digestOf } = await import("/engines/browser/hints/digest.js");
  const { Hints } = await import("/engines/browser/hints/hints.js");
  const { ChromaField, Painting } = await import("/engines/browser/hints/layers.js");
  const { Point } = await import("/engines/browser/hints/points.js");
  const { References } = await import("/engines/browser/hints/reference.js");
  const classes = { point: Point, layer: Painting, field: ChromaField };
"""


def test_hints_have_the_short_name_that_the_tool_gives_them(run):
    rng = np.random.default_rng(0)
    points = [Point(0.1 + 0.2, 1, "red"), Point(3e-5, 0, (1, 2, 3), 1e-3), Point(1.5e-12, 0.5, "gold", 1)]
    layer = rng.integers(0, 256, (5, 7, 4), np.uint8)
    confidence = rng.random((1, 4, 6), np.float32)
    field = np.concatenate((confidence / 3, -confidence / 2, confidence))
    made = run(
        DIGEST + "return digestOf(new Hints(given.map(([kind, value]) => new classes[kind](value))));",
        given=[["layer", layer], ["field", field]]
        + [["point", {"x": p.x, "y": p.y, "color": list(p.rgb), "radius": p.radius}] for p in points],
    )
    hints = Hints.from_layer(Image.fromarray(layer)) + Hints.from_chroma(field) + Hints.from_points(points)
    assert made == hints.digest
    assert run(DIGEST + "return digestOf(new Hints());") == ""


@pytest.mark.parametrize("size", [(128, 85), (1201, 803)])
def test_references_have_the_short_name_that_the_tool_gives_them(run, default, photographs, size):
    picture = np.asarray(Image.fromarray(photographs["coffee"]).resize(size, Image.Resampling.BICUBIC))
    made = run(
        DIGEST + "return digestOf(new Hints([await References.read(model, [pixels])]));",
        model=default,
        pixels=np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)]),
    )
    assert made == Hints((References.read(default, [Image.fromarray(picture)]),)).digest
