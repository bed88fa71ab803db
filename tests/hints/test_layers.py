import numpy as np
import pytest
from PIL import Image

from photochrom.color import rgb_to_chroma
from photochrom.errors import HintError
from photochrom.hints.layers import ChromaField, Painting

RED = rgb_to_chroma(np.float32([1, 0, 0]).reshape(3, 1, 1))[:, 0, 0]


def painted(width=40, height=30, box=(10, 6, 20, 16), color=(255, 0, 0, 255)):
    picture = Image.new("RGBA", (width, height))
    picture.paste(color, box)
    return Painting(picture)


def laid(layer, height, width):
    planes = np.zeros((3, height, width), np.float32)
    layer.lay(planes, 0, height)
    return planes


def field(confidence=1.0):
    chance = np.random.default_rng(0)
    chroma = chance.uniform(-0.5, 0.5, (2, 12, 16)).astype(np.float32)
    m = np.full((1, 12, 16), confidence, np.float32)
    return ChromaField(np.concatenate((chroma * m, m)))


@pytest.mark.parametrize("scale", [1, 2, 3, 0.5])
def test_a_painting_is_where_it_was_painted_at_every_size(scale):
    planes = laid(painted(), int(30 * scale), int(40 * scale))
    inner = np.s_[:, int(7 * scale) : int(15 * scale), int(11 * scale) : int(19 * scale)]
    assert abs(planes[inner] - np.float32([*RED, 1])[:, None, None]).max() < 1e-6
    planes[:, int(5 * scale) : int(17 * scale), int(9 * scale) : int(21 * scale)] = 0
    assert not planes.any()


def test_half_transparent_paint_is_half_known():
    planes = laid(painted(color=(255, 0, 0, 128)), 30, 40)
    assert planes[:, 10, 15] == pytest.approx([*RED * 128 / 255, 128 / 255], abs=2 / 255)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB", "L"])
def test_a_picture_of_any_mode_is_taken(mode):
    picture = painted(color=(9, 9, 9, 255)).picture.convert(mode)
    planes = laid(Painting(picture), 30, 40)
    assert planes[2, 10, 15] == 1
    assert planes[2, 0, 0] == (0 if mode in ("RGBA", "LA", "P") else 1)


def test_an_empty_layer_knows_nothing():
    assert not laid(painted(color=(255, 0, 0, 0)), 30, 40).any()
    assert not laid(painted(color=(255, 0, 0, 0)), 3, 4).any()


@pytest.mark.parametrize("layer", [painted(), painted(box=(0, 0, 40, 30)), field(), field(0.3)])
@pytest.mark.parametrize("shape", [(30, 40), (12, 16), (60, 80), (7, 9), (100, 33)])
def test_bands_make_no_difference(layer, shape):
    whole = laid(layer, *shape)
    for rows in (1, 4):
        bands = np.zeros_like(whole)
        for top in range(0, shape[0], rows):
            layer.lay(bands[:, top : top + rows], top, shape[0])
        assert bands == pytest.approx(whole, abs=1e-5)


def test_a_field_covers_what_is_below_by_its_confidence():
    below = np.full((3, 12, 16), 0.4, np.float32)
    above = field(0.25)
    planes = below.copy()
    above.lay(planes, 0, 12)
    assert planes == pytest.approx(0.75 * below + above.planes, abs=1e-6)


def test_a_field_stays_as_it_was_given():
    planes = field().planes.copy()
    kept = ChromaField(planes)
    planes[:] = 0
    assert kept.planes.any()
    with pytest.raises(ValueError, match="read-only"):
        kept.planes[:] = 0


@pytest.mark.parametrize(
    ("planes", "message"),
    [
        (np.zeros((2, 4, 4)), r"must be \(3, height, width\)"),
        (np.zeros((3, 0, 4)), "not empty"),
        (np.full((3, 2, 2), 1.1), "confidence from 0 to 1"),
        (np.full((3, 2, 2), 0.1), "chroma of at most 0.5 times that"),
        (np.full((3, 2, 2), np.nan), "confidence from 0 to 1"),
    ],
)
def test_what_is_no_field_is_told(planes, message):
    with pytest.raises(HintError, match=message):
        ChromaField(planes)
