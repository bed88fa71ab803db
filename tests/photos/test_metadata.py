import numpy as np
import pytest
from PIL import Image

from photochrom import Colorizer
from photochrom.photos import metadata, reading, writing
from photochrom.photos.provenance import Provenance

IPTC = b"\x1c\x02\x05\x00\x05Title"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6" dc:title="Nadar"/></x:xmpmeta>'


@pytest.mark.parametrize("after", [".jpg", ".png", ".tif", ".webp", ".avif", ".psd", ".ora"])
def test_xmp_iptc_and_resolution_are_kept_where_the_format_holds_them(tmp_path, camera, after):
    keep = metadata.SourceMetadata(dpi=(300.0, 300.0), xmp=XMP, iptc=IPTC)
    rgb, luma = np.dstack([camera] * 3), camera[None] / np.float32(255)
    for suffix in (".jpg", after):  # once from there, and once more to where it goes
        photo = reading.Photo(luma, metadata=keep)
        writing.write(tmp_path / f"new{suffix}", rgb, photo, Provenance(model="test"), overwrite=True)
        keep = reading.read(tmp_path / f"new{suffix}").metadata
    assert keep.xmp == XMP.replace(b'"6"', b'"1"')
    assert keep.iptc == (b"" if after in {".webp", ".avif"} else IPTC)
    assert keep.dpi == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif", ".bmp"])
@pytest.mark.parametrize(("dpi", "kept"), [((300, 300), (300, 300)), ((0, 0), None)])
def test_the_resolution_is_read_where_it_makes_sense(tmp_path, camera, suffix, dpi, kept):
    exif = Image.Exif()
    if dpi and suffix in {".webp", ".avif"}:
        exif[0x011A], exif[0x011B], exif[0x0128] = *dpi, 2
    options = {"exif": exif} if suffix in {".webp", ".avif"} else {"dpi": dpi} if dpi else {}
    Image.fromarray(camera).save(tmp_path / f"old{suffix}", **options)
    found = metadata.extract((tmp_path / f"old{suffix}").read_bytes()).dpi
    assert found == (pytest.approx(kept, abs=0.1) if kept else None)


@pytest.mark.parametrize(
    ("said", "expected"),
    [({}, 72), ({0x011A: 300, 0x0128: 2}, 300), ({0x011A: 300}, 300), ({0x011A: 1, 0x011B: 1, 0x0128: 1}, None)],
)
def test_the_exif_of_a_jpeg_says_its_resolution_or_that_there_is_none(tmp_path, camera, said, expected):
    exif = Image.Exif()
    exif[0x013B] = "Nadar"
    for code, value in said.items():
        exif[code] = value
    Image.fromarray(camera).save(tmp_path / "old.jpg", exif=exif)
    assert metadata.extract((tmp_path / "old.jpg").read_bytes()).dpi == (expected and (expected, expected))


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory):
    """Files of all formats with all that they hold."""
    folder = tmp_path_factory.mktemp("files")
    keep = metadata.SourceMetadata(
        dpi=(300.0, 300.0), xmp=XMP, iptc=IPTC, comments=(b"One",), chunks=((b"tEXt", b"a\0b"),)
    )
    rgb = np.zeros((8, 8, 3), np.uint8)
    for suffix in (".jpg", ".png", ".tif", ".webp", ".avif", ".bmp", ".ppm"):
        writing.write(folder / f"new{suffix}", rgb, reading.Photo(None, metadata=keep), Provenance(model="test"))
    Image.new("P", (8, 8)).save(folder / "new.gif", comment=b"One")
    return [path.read_bytes() for path in sorted(folder.iterdir())]


@pytest.mark.parametrize("cut", range(0, 1400, 23))
def test_a_file_that_ends_early_has_each_part_whole_or_not_at_all(whole_files, cut):
    for content in whole_files:
        whole, found = metadata.extract(content), metadata.extract(content[:cut])
        for part in ("xmp", "iptc", "photoshop"):
            assert getattr(found, part) in (b"", getattr(whole, part))
        assert set(found.comments) <= set(whole.comments)
        assert set(found.chunks) <= set(whole.chunks)


@pytest.mark.parametrize("place", range(0, 1400, 23))
def test_damage_anywhere_is_no_error(whole_files, place):
    for content in whole_files:
        found = metadata.extract(content[:place] + b"\xff" * 4 + content[place + 4 :])
        assert len(found.exif) + len(found.xmp) + len(found.iptc) < 2 * len(content)


def test_numbers_below_zero_are_kept_in_tiff(tmp_path, camera, strong):
    exif = Image.Exif()
    exif[0x4746] = -1  # Windows' rating: rejected
    Image.fromarray(camera).save(tmp_path / "old.jpg", exif=exif)
    target = Colorizer(strong).colorize_file(tmp_path / "old.jpg", tmp_path / "new.tif")
    with Image.open(target) as image:
        assert image.getexif()[0x4746] == -1
