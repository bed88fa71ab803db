import numpy as np
import pytest
from PIL import Image

from photochrom import Hints, Point
from photochrom.color import rgb_to_luma
from photochrom.photos.layers import COLORS, HINTS, PHOTOGRAPH, Layer, known_colors, layered


def result_of(camera, dtype=np.uint8):
    """A photograph and its result, whose colors go from gray to as strong as they can be: both (H, W, 3)."""
    gray = camera.astype(np.float64) / 255
    strength = np.linspace(0, 1, camera.shape[1])
    room = np.minimum(gray, 1 - gray) * strength
    rgb = np.stack([gray + room, gray - room * 0.299 / 0.587, gray], -1)
    levels = np.iinfo(dtype).max
    return np.rint(np.stack([gray] * 3, -1) * levels).astype(dtype), np.rint(rgb * levels).astype(dtype)


def test_the_layers_are_the_photograph_its_colors_and_what_was_known(camera):
    photograph, rgb = result_of(camera)
    known = Layer("Hints", np.dstack([rgb, camera]), colors=True, hidden=True)
    picture = layered(photograph, rgb, known=[known])
    assert [(layer.name, layer.colors, layer.hidden) for layer in picture.layers] == [
        (PHOTOGRAPH, False, False), (COLORS, True, False), ("Hints", True, True)
    ]  # fmt: skip
    assert (picture.layers[0].pixels == photograph).all()
    assert (picture.flat == rgb).all()
    assert picture.size == camera.shape[::-1]
    assert not picture.has_alpha


def test_alpha_goes_into_both_layers(camera):
    photograph, rgb = result_of(camera)
    picture = layered(photograph, rgb, camera)
    assert picture.has_alpha
    assert all((layer.pixels[..., 3] == camera).all() for layer in picture.layers)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_is_known_is_a_hidden_layer_of_the_photographs_luma(camera, dtype):
    luma = camera[None] / np.float32(255)
    hints = Hints.from_points([Point(0.2, 0.3, "firebrick", 0.1), Point(0.7, 0.8, "navy", 0.05)])
    layer = known_colors(hints.planes(luma[0]), luma, np.dtype(dtype))
    assert (layer.name, layer.colors, layer.hidden) == (HINTS, True, True)
    most = np.iinfo(dtype).max
    named = layer.pixels[..., 3] == most
    assert 0 < named.sum() < named.size
    assert (layer.pixels[..., 3][~named] == 0).all()
    gray = rgb_to_luma(layer.pixels.transpose(2, 0, 1)[:3] / most)
    assert abs(gray - luma)[0][named].max() <= 1.01 / most
    red, green, blue, _ = layer.pixels[round(0.3 * camera.shape[0]), round(0.2 * camera.shape[1])].astype(float)
    assert red > max(green, blue)


def test_a_layer_of_hints_can_be_used_as_hints_again(camera):
    luma = camera[None] / np.float32(255)
    planes = Hints.from_points([Point(0.2, 0.3, "firebrick", 0.1)]).planes(luma[0])
    layer = known_colors(planes, luma, np.dtype(np.uint8))
    again = Hints.from_layer(Image.fromarray(layer.pixels)).planes(luma[0])
    assert (again[2] == planes[2]).all()
    assert abs(again - planes).max() < 0.01


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_blend_mode_color_gives_the_result(camera, blend_color, dtype):
    photograph, rgb = result_of(camera, dtype)
    levels = np.iinfo(dtype).max
    blended = np.rint(blend_color(photograph / levels, rgb / levels) * levels)
    assert abs(blended - rgb).max() <= (1 if dtype == np.uint8 else 257)


def test_a_toned_photograph_under_the_colors_changes_nothing(camera, blend_color):
    _, rgb = result_of(camera)
    gray = camera[..., None] / 255
    toned = (gray * (0.9, 0.8, 0.6) + (0.08, 0.05, 0.03)).clip(0, 1)
    toned *= gray / rgb_to_luma(toned.transpose(2, 0, 1)).transpose(1, 2, 0).clip(1e-6)  # of the photograph's luma
    inside = (toned <= 1).all(-1)
    blended = np.rint(blend_color(toned, rgb / 255) * 255)
    assert abs(blended - rgb)[inside].max() <= 2
