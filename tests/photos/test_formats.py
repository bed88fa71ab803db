import io
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from photochrom.photos import formats


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("JPEG", formats.JPEG), ("PNG", formats.PNG), ("TIFF", formats.TIFF), ("WEBP", formats.WEBP),
     ("BMP", formats.BMP), ("GIF", formats.GIF), ("AVIF", formats.AVIF), ("PPM", formats.PGM), ("HEIF", formats.HEIC)],
)  # fmt: skip
def test_every_format_is_known_by_its_first_bytes(camera, kind, expected):
    buffer = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(Image.fromarray(camera).convert("RGB")).save(buffer)
    else:
        Image.fromarray(camera).save(buffer, kind)
    assert formats.of_content(buffer.getvalue()) is expected
    assert expected.name == kind


@pytest.mark.parametrize("content", [b"", b"hello", b"RIFF1234WAVE", b"\0\0\0\x18ftypmp42"])
def test_what_is_no_picture_has_no_format(content):
    assert formats.of_content(content) is None


@pytest.mark.parametrize("name", ["a.jpg", "a.jpeg", "a.jfif", "a.jpe", "a.jif", "A.JPG"])
def test_jpeg_has_many_names(name):
    assert formats.of_name(Path(name)) is formats.JPEG


def test_other_names_promise_nothing():
    assert formats.of_name(Path("notes.txt")) is None
    assert formats.of_name(Path("jpg")) is None


def test_no_suffix_belongs_to_two_formats():
    suffixes = [suffix for kind in formats.FORMATS for suffix in kind.suffixes]
    assert len(suffixes) == len(set(suffixes))


def test_results_go_to_formats_that_hold_color():
    Image.init()
    for kind in formats.FORMATS:
        for suffix in kind.suffixes:
            result = formats.of_name(Path(f"a{formats.result_suffix(kind, suffix)}"))
            assert not result.result
            assert result.name in Image.SAVE or result in formats.LAYERED
    assert formats.result_suffix(formats.JPEG, ".JPEG") == ".JPEG"
    assert formats.result_suffix(formats.JPEG) == ".jpg"
    assert formats.result_suffix(formats.PGM, ".pgm") == ".ppm"
