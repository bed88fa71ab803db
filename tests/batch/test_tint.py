import numpy as np
import pytest

from photochrom.batch.tint import Tint, tint


def sepia(gray, black=(45, 28, 15), white=(250, 232, 195)):
    levels = gray[..., None] / 255
    return np.rint(np.array(black) + (np.array(white) - black) * levels).astype(np.uint8)


def test_gray_is_gray(camera):
    assert tint(np.stack([camera] * 3)) is Tint.GRAY


@pytest.mark.parametrize("white", [(250, 232, 195), (225, 240, 250)])
def test_a_tone_is_no_color(camera, white):
    assert tint(sepia(camera, white=white).transpose(2, 0, 1)) is Tint.TONED


def test_a_tone_that_fades_from_the_edges_is_no_color(camera):
    rows, columns = np.meshgrid(*(np.linspace(-1, 1, side) for side in camera.shape), indexing="ij")
    far = ((rows**2 + columns**2) / 4)[..., None]
    faded = sepia(camera) * (1 - far) + np.array((237, 224, 190)) * far
    assert tint(np.rint(faded).astype(np.uint8).transpose(2, 0, 1)) is Tint.TONED


def test_photographs_in_color_are_color(photographs):
    for rgb in photographs.values():
        assert tint(rgb.transpose(2, 0, 1)) is Tint.COLOR


def test_small_pictures_are_judged():
    assert tint(np.full((3, 1, 1), 90, np.uint8)) is Tint.GRAY
