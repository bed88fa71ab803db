import io
import struct
import subprocess

import pillow_heif
import pytest
from PIL import Image

from photochrom.photos import metadata
from photochrom.photos.iso_boxes import read, read_jp2

EXIF, XMP = b"MM\0*\0\0\0\x08\0\0\0\0\0\0", b"<x:xmpmeta/>"


def avif():
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, "AVIF", exif=EXIF, xmp=XMP)
    return buffer.getvalue()


def heic():
    pillow_heif.register_heif_opener()
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64)).save(buffer, "HEIF", exif=b"Exif\0\0" + EXIF, xmp=XMP)
    return buffer.getvalue()


@pytest.mark.parametrize("made", [avif, heic])
def test_exif_and_xmp_are_found(made):
    assert read(made()) == (EXIF, XMP)


def box(name, *parts):
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, name) + body


def by_hand(version, pieces, idat=b""):
    """A file with one item, EXIF, of these ``pieces``: places and lengths, in the file or in the box idat."""
    number = ">I" if version == 2 else ">H"
    item = (
        struct.pack(number, 1)
        + (struct.pack(">H", bool(idat)) if version else b"")
        + struct.pack(">HH", 0, len(pieces))
    )
    places = b"".join(struct.pack(">II", *piece) for piece in pieces)
    iloc = box(b"iloc", bytes([version, 0, 0, 0, 0x44, 0x00]), struct.pack(number, 1), item, places)
    infe = box(b"infe", bytes([3 if version == 2 else 2, 0, 0, 0]), struct.pack(number, 1), bytes(2), b"Exif\0")
    iinf = box(b"iinf", bytes(4), struct.pack(">H", 1), infe)
    return box(b"ftyp", b"avif\0\0\0\0") + box(b"meta", bytes(4), iinf, iloc, box(b"idat", idat))


@pytest.mark.parametrize("version", [0, 1, 2])
def test_every_version_of_the_list_of_places_is_read(version):
    content = by_hand(version, [(0, 0), (0, 0)])
    whole = bytes(4) + EXIF
    content = by_hand(version, [(len(content), 6), (len(content) + 6, len(whole) - 6)]) + whole
    assert read(content) == (EXIF, b"")


def test_what_stands_in_the_box_for_small_data_is_read():
    data = b"\0\0\0\6Exif\0\0" + EXIF
    assert read(by_hand(1, [(0, len(data))], data)) == (EXIF, b"")


def test_pieces_beyond_the_file_are_left_out():
    assert read(by_hand(0, [(0, 5000)])) == (b"", b"")
    assert read(by_hand(0, [(0, 50)] * 1000)) == (b"", b"")
    assert read(b"\0\0\0\x10ftypavif\0\0\0\0") == (b"", b"")


def test_jpeg_2000_holds_them_in_boxes_of_their_own(tmp_path, require_program):
    exiftool = require_program("exiftool")
    Image.new("L", (16, 16)).save(tmp_path / "new.jp2")
    assert read_jp2((tmp_path / "new.jp2").read_bytes()) == (b"", b"", b"")
    tags = ["-EXIF:Artist=Nadar", "-XMP-dc:Title=Brücke", "-IPTC:City=Köln"]
    subprocess.run([exiftool, "-q", "-overwrite_original", *tags, tmp_path / "new.jp2"], check=True)
    keep = metadata.extract((tmp_path / "new.jp2").read_bytes())
    made = Image.Exif()
    made.load(keep.exif)
    assert made[0x013B] == "Nadar"
    assert "Brücke".encode() in keep.xmp
    assert keep.iptc.startswith(b"\x1c\x02")
