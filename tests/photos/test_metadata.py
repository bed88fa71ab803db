import numpy as np
import pytest
from PIL import Image

from photochrom import Colorizer
from photochrom.photos import metadata, reading, writing
from photochrom.photos.provenance import Provenance

SOFTWARE, ARTIST, ORIENTATION = 0x0131, 0x013B, 0x0112


def picture(**tags):
    image = Image.new("L", (4, 4))
    for name, value in tags.items():
        image.getexif()[globals()[name]] = value
    return image


def read(exif_bytes):
    exif = Image.Exif()
    exif.load(exif_bytes)
    return exif


def test_people_stay_and_the_layout_goes():
    image = picture(ARTIST="Nadar", ORIENTATION=6)
    assert dict(read(metadata.kept(image).exif)) == {ARTIST: "Nadar"}
    assert image.getexif()[ORIENTATION] == 6, "the picture itself must not change"


def test_senseless_resolutions_go():
    for dpi, expected in (((300, 300), (300.0, 300.0)), ((0, 0), None), ((-1, 72), None), ((1e9, 72), None)):
        image = picture()
        image.info["dpi"] = dpi
        assert metadata.kept(image).dpi == expected


IPTC = b"\x1c\x02\x05\x00\x05Title"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6" dc:title="Nadar"/></x:xmpmeta>'


@pytest.mark.parametrize("after", [".jpg", ".png", ".tif", ".webp", ".avif"])
def test_xmp_iptc_and_resolution_are_kept_where_the_format_holds_them(tmp_path, camera, after):
    keep = metadata.SourceMetadata(dpi=(300.0, 300.0), xmp=XMP, iptc=IPTC)
    rgb = np.dstack([camera] * 3)
    for suffix in (".jpg", after):  # once from there, and once more to where it goes
        writing.write(
            tmp_path / f"new{suffix}", rgb, reading.Photo(None, metadata=keep), Provenance(model="test"), overwrite=True
        )
        keep = reading.read(tmp_path / f"new{suffix}").metadata
    assert keep.xmp == XMP.replace(b'"6"', b'"1"')
    assert keep.iptc == (IPTC if after in {".jpg", ".png", ".tif"} else b"")
    assert keep.dpi == pytest.approx((300, 300), abs=0.1)


def test_iptc_that_a_jpeg_segment_cannot_hold_is_left_out(tmp_path, camera):
    keep = metadata.SourceMetadata(iptc=b"i" * 70_000)
    path = tmp_path / "new.jpg"
    writing.write(path, np.dstack([camera] * 3), reading.Photo(None, metadata=keep), Provenance(model="test"))
    assert reading.read(path).metadata.iptc == b""


def test_what_was_true_of_the_sources_pixels_goes():
    image = picture()
    image.getexif()[0x8769] = {0xA001: 65535, 0xA002: 4, 0x9003: "1923:01:01 00:00:00"}
    assert read(metadata.kept(image).exif).get_ifd(0x8769) == {0x9003: "1923:01:01 00:00:00"}


def test_numbers_below_zero_are_kept_in_tiff(tmp_path, camera, strong):
    exif = Image.Exif()
    exif[0x4746] = -1  # Windows' rating: rejected
    Image.fromarray(camera).save(tmp_path / "old.jpg", exif=exif)
    target = Colorizer(strong).colorize_file(tmp_path / "old.jpg", tmp_path / "new.tif")
    with Image.open(target) as image:
        assert image.getexif()[0x4746] == -1
