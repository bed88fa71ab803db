"""The whole way of a hint, from what a person says to the pixels of the result, in the browser as in the tool."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from photochrom.arrays import to_luma
from photochrom.hints import Hints, Point
from photochrom.hints.obeying import guide_shape
from photochrom.look import Look
from photochrom.painted import paint, prepare

COLOR = """
  const { PixelLuma } = await import("/engines/browser/pixels.js");
  const { paint, prepare } = await import("/engines/browser/painted.js");
  const { bands } = await import("/engines/browser/bands.js");
  const { Hints } = await import("/engines/browser/hints/hints.js");
  const { Point } = await import("/engines/browser/hints/points.js");
  const { ChromaField, Painting } = await import("/engines/browser/hints/layers.js");
  const luma = new PixelLuma(pixels);
  const classes = { point: Point, layer: Painting, field: ChromaField };
  const hints = new Hints(given.map((one, index) => new classes[kinds[index]](one)));
  const painted = await paint(model, prepare(luma, 96, model.multipleOf), hints);
  const [saturation, warmth] = look;
  for (const [top, bottom] of bands(luma.height, luma.width)) {
    painted.color(top, bottom, pixels, { saturation, warmth });
  }
  return pixels;
"""


def row(point):
    return {"x": point.x, "y": point.y, "color": list(point.rgb), "radius": point.radius}


def kind_of(one):
    return "point" if isinstance(one, Point) else "layer" if isinstance(one, Image.Image) else "field"


def both(run, model, pixels, known, look=(1.0, 0.0)):
    """What the browser and what the tool make of ``pixels`` with what is ``known``."""
    made = run(
        COLOR,
        pixels=pixels,
        model=model,
        given=[row(one) if isinstance(one, Point) else np.asarray(one) for one in known],
        kinds=[kind_of(one) for one in known],
        look=list(look),
    )
    makers = {"point": lambda one: Hints.from_points([one]), "layer": Hints.from_layer, "field": Hints.from_chroma}
    hints = sum((makers[kind_of(one)](one) for one in known), start=Hints())
    luma = to_luma(np.ascontiguousarray(pixels[..., :3]))[0]
    expected = paint(model, prepare(luma, 96, model.multiple_of), hints).rgb(np.uint8, Look(*look), 1)
    return made[..., :3], expected


POINTS = [
    Point(0.3, 0.4, "teal", 0.05),
    Point(0.5, 0.45, (200, 30, 40)),
    Point(0.52, 0.46, (240, 200, 40)),  # over the one before
    Point(0.9, 0.1, "gray"),
]
BORDERS = [Point(0, 0, "red"), Point(1, 1, "blue", 0.3), Point(1, 0, "green", 0.0001), Point(0.5, 1, "gold", 1)]


@pytest.mark.parametrize(
    ("points", "look"), [(POINTS, (2.0, 0.5)), (BORDERS, (0.5, -1.0))], ids=["some", "at the borders"]
)
def test_points_are_obeyed_as_the_tool_obeys_them(run, default, pictures, same_levels, points, look):
    for name, pixels in pictures.items():
        same_levels(*both(run, default, pixels, points, look), name)


def painting(width, height, strokes):
    """A layer with soft strokes: lines (from, to, color, width, alpha) in shares of width and height."""
    layer = Image.new("RGBA", (width, height))
    for (x0, y0), (x1, y1), color, thick, alpha in strokes:
        line = [(x0 * width, y0 * height), (x1 * width, y1 * height)]
        ImageDraw.Draw(layer).line(line, fill=(*color, alpha), width=max(1, round(thick * width)))
    return layer


STROKES = [((0.1, 0.2), (0.8, 0.3), (180, 40, 40), 0.05, 255), ((0.5, 0.1), (0.4, 0.9), (20, 90, 160), 0.03, 128)]


@pytest.mark.parametrize("factor", [1, 0.37, 2.5])
def test_painted_layers_of_any_size_are_obeyed_as_the_tool_obeys_them(run, default, pictures, same_levels, factor):
    for name in ("large", "odd"):
        height, width, _ = pictures[name].shape
        layer = painting(round(width * factor), round(height * factor), STROKES)
        same_levels(*both(run, default, pictures[name], [layer, POINTS[1]], (1.5, 0.2)), name)


@pytest.mark.parametrize("shape", [(40, 60), (401, 600), (500, 748)])
def test_fields_of_chroma_lie_over_points_and_under_them_as_in_the_tool(run, default, pictures, same_levels, shape):
    pixels, rng = pictures["large"], np.random.default_rng(0)
    confidence = rng.random(shape, np.float32) * (np.indices(shape)[1] > shape[1] / 2)
    field = np.concatenate((rng.uniform(-0.3, 0.3, (2, *shape)) * confidence, confidence[None])).astype(np.float32)
    same_levels(*both(run, default, pixels, [POINTS[0], field, POINTS[3]]), shape)


def test_the_shape_that_hints_are_spread_at_is_that_of_the_tool(run):
    cases = [[1, 1], [320, 320], [320, 321], [1000, 1500], [5, 100000], [4243, 2828], [333, 77]]
    shapes = run(
        'const { guideShape } = await import("/engines/browser/hints/obeying.js");'
        "return cases.map((one) => guideShape(...one));",
        cases=cases,
    )
    assert [tuple(shape) for shape in shapes] == [guide_shape(*case) for case in cases]
