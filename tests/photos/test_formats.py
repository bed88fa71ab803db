import io

import pillow_heif
import pytest
from PIL import Image

from photochrom.photos import formats, reading


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [("JPEG", ".jpg"), ("PNG", ".png"), ("TIFF", ".tif"), ("WEBP", ".webp"), ("BMP", ".bmp"), ("GIF", ".gif"),
     ("AVIF", ".avif"), ("PPM", ".pgm"), ("HEIF", ".heic")],
)  # fmt: skip
def test_every_kind_is_known_by_its_first_bytes(camera, kind, suffix):
    buffer = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(Image.fromarray(camera).convert("RGB")).save(buffer)
    else:
        Image.fromarray(camera).save(buffer, kind)
    assert formats.suffix(buffer.getvalue()) == suffix
    assert suffix in reading.SUFFIXES


@pytest.mark.parametrize("content", [b"", b"hello", b"RIFF1234WAVE", b"\0\0\0\x18ftypmp42"])
def test_what_is_no_picture_is_none(content):
    assert formats.suffix(content) is None
