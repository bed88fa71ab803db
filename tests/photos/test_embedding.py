import numpy as np
import pytest
from PIL import Image

from photochrom import Colorizer
from photochrom.photos import reading, writing
from photochrom.photos.metadata import SourceMetadata
from photochrom.photos.provenance import Provenance

EVERYTHING = SourceMetadata(
    exif=b"II*\0\x08\0\0\0\0\0\0\0\0\0",
    xmp=b"<x:xmpmeta/>",
    iptc=b"\x1c\x02\x05\x00\x05Title",
    photoshop=b"8BIM\x04\x0a\0\0\0\0\0\x01\x01\0",
    comments=(b"One",),
    chunks=((b"tEXt", b"Title\0Two"), (b"vpAg", b"x")),
    segments=(b"\xff\xec\0\x05abc",),
)


@pytest.mark.parametrize(
    ("suffix", "lost"),
    [
        (".jpg", "JPEG cannot hold its other chunks"),
        (".png", "PNG cannot hold its application segments"),
        (".tif", "TIFF cannot hold its comments, application segments, texts, other chunks"),
        (
            ".webp",
            "WEBP cannot hold its IPTC, Photoshop's resources, comments, application segments, texts, other chunks",
        ),
        (
            ".ppm",
            "PPM cannot hold its EXIF, XMP, IPTC, Photoshop's resources, application segments, other chunks",
        ),
    ],
)
def test_what_a_format_cannot_hold_is_told(tmp_path, camera, suffix, lost):
    photo = reading.Photo(None, metadata=EVERYTHING)
    notes = writing.write(tmp_path / f"new{suffix}", np.dstack([camera] * 3), photo, Provenance(model="test"))
    assert notes == (lost,)


def test_the_colorizer_passes_on_what_is_told(tmp_path, camera, strong):
    Image.fromarray(camera).save(tmp_path / "old.jpg", comment=b"One")
    told = []
    Colorizer(strong).colorize_file(tmp_path / "old.jpg", tmp_path / "new.jpg", on_note=told.append)
    Colorizer(strong).colorize_file(tmp_path / "old.jpg", tmp_path / "new.webp", on_note=told.append)
    assert told == [f"{tmp_path / 'new.webp'}: WEBP cannot hold its comments"]
