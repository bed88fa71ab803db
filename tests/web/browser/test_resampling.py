"""Pillow's resampling is what the tool uses; the browser's engine has its own."""

import numpy as np
import pytest
from PIL import Image

from photochrom.upsampling import resized

RESIZE = """
  const resampling = await import("/engines/browser/resampling.js");
  return resampling.resized(plane, ...shape, resampling[filter], gap);
"""
SHAPES = [(72, 96), (31, 45), (100, 200), (1, 1), (7, 300), (96, 72)]


@pytest.mark.parametrize("filter", ["BOX", "BILINEAR", "BICUBIC"])
def test_every_filter_gives_what_pillow_gives(run, camera, filter):
    plane = camera.astype(np.float32) / 255
    for shape in SHAPES:
        made = run(RESIZE, plane=plane, shape=list(shape), filter=filter, gap=4.0)[0]
        expected = resized(Image.fromarray(plane), *shape, Image.Resampling[filter])
        assert made.shape == expected.shape
        assert abs(made - expected).max() < 1e-5, shape


@pytest.mark.parametrize("gap", [1.0, 2.0, 4.0])
def test_boxes_are_averaged_first_where_it_shrinks_a_lot(run, gap):
    plane = np.random.default_rng(0).random((211, 403), np.float32)
    for shape in [(16, 24), (3, 400), (200, 5), (1, 1)]:
        made = run(RESIZE, plane=plane, shape=list(shape), filter="BICUBIC", gap=gap)[0]
        assert abs(made - resized(Image.fromarray(plane), *shape, Image.Resampling.BICUBIC, gap)).max() < 1e-5, shape


@pytest.mark.parametrize("filter", ["BOX", "BILINEAR"])
def test_parts_of_a_picture_of_levels_are_pillows_to_the_level(run, camera, filter):
    for size, box in [((50, 40), (10.3, 4.25, 70, 66.6)), ((48, 36), (0, 0, 96, 72)), ((131, 99), (0, 1.5, 90, 72))]:
        made = run(
            """
            const resampling = await import("/engines/browser/resampling.js");
            const [across, down] = size, row = (y) => pixels.data.subarray(y * pixels.width, (y + 1) * pixels.width);
            const levels = { width: pixels.width, height: pixels.height, row };
            const Numbers = Uint8ClampedArray;
            return [...resampling.resampled(levels, down, across, resampling[filter], box, Numbers)];
            """,
            pixels=camera[..., None],
            filter=filter,
            size=list(size),
            box=list(box),
        )
        expected = Image.fromarray(camera).resize(size, Image.Resampling[filter], box)
        assert made == np.asarray(expected).ravel().tolist(), (size, box)
