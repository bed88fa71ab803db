import io

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from photochrom.errors import PhotoError
from photochrom.photos import jpeg_pixels, reading


def jpeg(array, **options):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "JPEG", **options)
    return file.getvalue()


def test_a_jpeg_without_loss_is_read_exactly(camera):
    content = bytes(imagecodecs.ljpeg_encode(camera))
    assert (np.rint(reading.read(content).luma[0] * 255) == camera).all()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": "4:2:0"}, {"restart_marker_rows": 1}])
@pytest.mark.parametrize("kind", ["gray", "color"])
def test_data_that_lack_before_a_proper_end_are_damage(camera, coffee, options, kind):
    content = jpeg(camera if kind == "gray" else coffee, **options)
    reading.read(content)
    cut = content[: content.index(b"\xff\xda") + 200] + b"\xff\xd9"
    with pytest.raises(PhotoError, match="damaged or cut short"):
        reading.read(cut)


def test_codes_that_are_left_over_are_damage(camera):
    content = jpeg(camera, quality=95)
    start = content.index(b"\xff\xda") + 12
    lacking = content[:start] + content[start + 300 :]  # the decoder finds its way again, and ends too early
    longer = content[:-2] + content[start : start + 300] + content[-2:]
    for damaged in (lacking, longer):
        with pytest.raises(PhotoError, match="damaged"):
            reading.read(damaged)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-2],
        lambda content: content[:-2] + bytes(500) + content[-2:],
        lambda content: content + b"what a camera adds" * 100,
        lambda content: content[:2] + b"\xff\xe1\0\x20Exif\0\0II*\0\x08\0\0\0\xff\xff\0" + bytes(13) + content[2:],
        lambda content: content[:2] + b"\xff\xff" + content[2:],
        lambda content: content[:20] + b"\x01\x02" + content[20:],
    ],
    ids=[
        "no end",
        "bytes before the end",
        "bytes after the end",
        "damaged metadata",
        "fill bytes",
        "stray bytes before a header",
    ],
)
def test_what_is_not_of_the_pixels_harms_none(camera, change):
    content = jpeg(camera)
    assert (reading.read(change(content)).luma == reading.read(content).luma).all()


def test_cmyk_is_checked_too(coffee):
    file = io.BytesIO()
    Image.fromarray(coffee).convert("CMYK").save(file, "JPEG")
    content = file.getvalue()
    reading.read(content)
    with pytest.raises(PhotoError, match="damaged"):
        reading.read(content[: len(content) // 2] + b"\xff\xd9")


def test_the_profile_is_put_together(camera, profiles):
    long = profiles["wide"] + np.random.default_rng(0).bytes(150_000)
    content = jpeg(camera, icc_profile=long)
    assert jpeg_pixels.profile(content) == long
    place = content.index(b"ICC_PROFILE\0\2")
    assert jpeg_pixels.profile(content[: place - 4] + content[content.index(b"ICC_PROFILE\0\3") - 4 :]) is None
    assert jpeg_pixels.profile(jpeg(camera)) is None


def test_decoders_see_no_metadata(camera, profiles):
    exif = Image.Exif()
    exif[0x010E] = "a man with a camera"
    left = jpeg_pixels.alone(jpeg(camera, exif=exif, icc_profile=profiles["gray"], comment="hello", dpi=(300, 300)))
    assert b"a man" not in left
    assert b"hello" not in left
    assert b"ICC_PROFILE" not in left
    assert b"JFIF" in left
