from dataclasses import asdict

import numpy as np
import pytest

from photochrom.arrays import to_luma
from photochrom.look import Look
from photochrom.painted import paint, prepare

PAINT = """
  const { PixelLuma } = await import("/engines/browser/pixels.js");
  const { paint, prepare } = await import("/engines/browser/painted.js");
  const { bands } = await import("/engines/browser/bands.js");
  const luma = new PixelLuma(pixels);
  const painted = await paint(model, prepare(luma, size, model.multipleOf, shape));
"""
COLOR = """
  for (const [top, bottom] of bands(luma.height, luma.width)) painted.color(top, bottom, pixels, options);
  return pixels;
"""


def luma_of(pixels):
    return to_luma(np.ascontiguousarray(pixels[..., :3]))[0]


@pytest.mark.parametrize("look", [Look(0, 0.6), Look(), Look(2.5, -0.3)])
def test_the_browser_colors_pixels_as_the_tool_does(run, default, pictures, same_levels, look):
    for name, pixels in pictures.items():
        made = run(PAINT + COLOR, pixels=pixels, model=default, size=96, shape=None, options=asdict(look))
        expected = paint(default, prepare(luma_of(pixels), 96, default.multiple_of)).rgb(np.uint8, look, 1)
        same_levels(made[..., :3], expected, name)
        assert (made[..., 3] == pixels[..., 3]).all()


def test_luma_survives(run, strong_model, pictures):
    for name, pixels in pictures.items():
        made = run(PAINT + COLOR, pixels=pixels, model=strong_model, size=64, shape=None, options={"saturation": 3.0})
        assert abs(luma_of(made) - luma_of(pixels)).max() < 1.01 / 255, name


@pytest.mark.parametrize("shape", [None, (50, 70), (1, 1), (700, 500)])
def test_planes_of_any_shape_are_those_of_the_tool(run, default, pictures, shape):
    pixels = pictures["large"]
    made = run(PAINT + "return painted.planes();", pixels=pixels, model=default, size=96, shape=shape)
    expected = paint(default, prepare(luma_of(pixels), 96, default.multiple_of, shape)).planes(1)
    assert made.shape == expected.shape
    assert abs(made - expected).max() < 0.5 / 255
