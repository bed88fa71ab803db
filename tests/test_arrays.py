import numpy as np
import pytest

from photochrom.arrays import is_batch, quantize, to_luma


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 1), (4, 5, 3), (1, 1), (3, 3, 3)])
def test_one_picture_is_none_of_several(shape):
    assert not is_batch(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("shape", [(2, 4, 5), (1, 4, 5), (3, 4, 5), (2, 4, 5, 1), (1, 4, 5, 3)])
def test_several_pictures_are_known_by_their_axes(shape):
    assert is_batch(np.zeros(shape, np.uint8))


@pytest.mark.parametrize(
    "shape", [(), (4,), (4, 5, 2), (4, 5, 4), (2, 4, 5, 4), (2, 2, 4, 5, 3), (0, 4), (4, 0, 3), (0, 4, 5)]
)
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"must be \(H, W\)"):
        is_batch(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("scale", [np.uint8(255), np.uint16(65535), np.float32(1), np.float64(1)])
def test_luma_is_the_gray_of_every_kind_of_numbers(coffee, scale):
    array = np.rint(coffee / 255 * scale).astype(scale.dtype) if scale > 1 else (coffee / 255).astype(scale.dtype)
    luma = to_luma(array)
    assert (luma.shape, luma.dtype) == ((1, *coffee.shape[:2]), np.float32)
    assert luma[0] == pytest.approx(coffee / 255 @ [0.299, 0.587, 0.114], abs=1e-5)
    assert (to_luma(array[..., :1]) == to_luma(array[..., 0])).all()


@pytest.mark.parametrize("value", [-0.01, 1.01, np.nan, np.inf])
def test_floats_beyond_0_to_1_are_refused(value):
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        to_luma(np.array([[0.5, value]], np.float32))


@pytest.mark.parametrize("dtype", [bool, np.int8, np.int32, np.int64, np.uint32, complex, str])
def test_other_numbers_are_refused(dtype):
    with pytest.raises(TypeError, match="uint8, uint16 or floating-point"):
        to_luma(np.zeros((4, 4), dtype))


def test_levels_are_the_nearest_ones():
    rgb = np.array([0, 0.4999 / 255, 0.5001 / 255, 1], np.float32)
    out = np.empty(4, np.uint8)
    quantize(rgb.copy(), out)
    assert out.tolist() == [0, 0, 1, 255]
    floats = np.empty(3, np.float64)
    quantize(np.array([-1e-7, 0.5, 1 + 1e-6], np.float32), floats)
    assert floats.tolist() == [0, 0.5, 1]
