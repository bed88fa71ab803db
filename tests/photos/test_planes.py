import numpy as np
import pytest
from PIL import Image, ImageOps

from photochrom.photos.planes import to_luma, to_rgb, upright


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"])
def test_a_gray_picture_of_any_mode_has_its_luma_and_is_gray_in_rgb(camera, mode):
    gray = np.where(camera < 128, 0, 255).astype(np.uint8)
    picture = Image.fromarray(gray).convert(mode)
    luma = to_luma(picture)
    assert luma.dtype == np.float32
    assert luma == pytest.approx(gray[None] / 255, abs=0.002)
    assert np.asarray(to_rgb(picture, None)) == pytest.approx(gray[..., None].repeat(3, axis=-1), abs=1)


@pytest.mark.parametrize(("dtype", "white"), [(np.uint16, 65535), (np.int32, 65535), (np.float32, 1)])
def test_gray_of_more_than_8_bit_keeps_them(camera, dtype, white):
    share = (camera.astype(np.float64) * 256 + np.arange(camera.shape[1])) / 65535
    assert to_luma(Image.fromarray((share * white).astype(dtype))) == pytest.approx(share[None], abs=2e-5)


def test_colors_weigh_in_luma_as_the_eye_weighs_them():
    red, green, blue = (to_luma(Image.new("RGB", (1, 1), color)).item() for color in ("#ff0000", "#00ff00", "#0000ff"))
    assert (red, green, blue) == pytest.approx((0.299, 0.587, 0.114), abs=1e-3)


def test_white_of_floating_point_values_is_what_it_is_said_to_be():
    picture = Image.fromarray(np.array([[0.0, 2.0, 4.0]], np.float32))
    assert to_luma(picture, white=4.0)[0] == pytest.approx(np.array([[0, 0.5, 1]]), abs=1e-4)


def test_gray_of_16_bit_that_is_dark_stays_dark_and_of_8_bit_in_32_is_bright():
    assert to_luma(Image.fromarray(np.full((2, 2), 200, np.uint16))) == pytest.approx(200 / 65535)
    assert to_luma(Image.fromarray(np.full((2, 2), 200, np.int32))) == pytest.approx(200 / 255)


@pytest.mark.parametrize("orientation", range(10))
def test_a_picture_is_turned_as_pillow_turns_it(camera, orientation):
    stored = Image.fromarray(camera[:50])
    stored.getexif()[0x0112] = orientation
    assert (np.asarray(upright(stored, orientation)) == np.asarray(ImageOps.exif_transpose(stored))).all()
