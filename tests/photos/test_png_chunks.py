import io
import zlib

import pytest
from PIL import Image, PngImagePlugin

from photochrom.photos.png_chunks import Found, comment, line, packet, profile, read

IPTC = b"\x1c\x02\x05\x00\x05Title"


def png(*chunks, **options):
    info = PngImagePlugin.PngInfo()
    for name, data in chunks:
        info.add(name, data)
    buffer = io.BytesIO()
    Image.new("L", (8, 8)).save(buffer, "PNG", pnginfo=info, **options)
    return buffer.getvalue()


TEXTS = [
    (b"tEXt", b"Title\0Gr\xf6\xdfe"),
    (b"zTXt", b"Author\0\0" + zlib.compress(b"Nadar")),
    (b"iTXt", b"Comment\0\0\0de\0Kommentar\0" + "Größe".encode()),
    (b"iTXt", b"Source\0\1\0\0\0" + zlib.compress("Köln".encode())),
    (b"tIME", b"\x07\x83\1\1\0\0\0"),
    (b"vpAg", b"any"),
]


def test_texts_are_read_as_they_are():
    assert read(png(*TEXTS)).others == TEXTS


def test_texts_are_told_in_one_line():
    lines = [line(chunk).decode() for chunk in TEXTS]
    assert lines == ["Title: Größe", "Author: Nadar", "Größe", "Source: Köln", "", ""]


def test_what_says_how_samples_are_stored_is_left_out():
    assert read(png((b"gAMA", bytes(4)), (b"sRGB", b"\0"), (b"cHRM", bytes(32)), (b"caBX", b"a"))) == Found()


@pytest.mark.parametrize("text", ["Größe".encode(), b"plain", b"Gr\xf6\xdfe"])
def test_comments_of_other_formats_become_texts(text):
    (found,) = read(png(comment(text + b"\0"))).others
    assert line(found) == (text if text != b"Gr\xf6\xdfe" else "Größe".encode())


def test_xmp_exif_and_resolution_are_found():
    found = read(png(packet(b"<x/>"), exif=b"Exif\0\0II*\0", dpi=(300, 300)))
    assert (found.xmp, found.exif, found.others) == (b"<x/>", b"II*\0", [])
    assert found.dpi == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("kind", [b"iptc", b"8bim", b"IPTC"])
def test_raw_profiles_of_iptc_are_taken_apart(kind):
    resource = b"8BIM\x04\x04\0\0\0\0\0\x0a" + IPTC
    assert read(png(profile(kind, resource))) == Found(photoshop=resource)
    if kind != b"8bim":
        assert read(png(profile(kind, IPTC))) == Found(iptc=IPTC)


def test_raw_profiles_of_exif_and_xmp_are_taken_apart():
    assert read(png(profile(b"exif", b"Exif\0\0II*\0"))) == Found(exif=b"II*\0")
    assert read(png(profile(b"APP1", b"Exif\0\0II*\0"), exif=b"MM\0*")) == Found(exif=b"MM\0*")
    assert read(png(profile(b"APP1", b"http://ns.adobe.com/xap/1.0/\0<x/>"))) == Found(xmp=b"<x/>")
    assert read(png(profile(b"xmp", b"<x/>"))) == Found(xmp=b"<x/>")
    assert read(png(profile(b"icc", b"profile"))) == Found()


def test_other_and_damaged_raw_profiles_stay_texts():
    for chunk in (profile(b"other", b"abc"), (b"tEXt", b"Raw profile type exif\0\nexif\n 3\nxyz")):
        assert read(png(chunk)).others == [chunk]


def test_a_name_of_two_words_is_no_part_of_a_profile():
    text = b"Raw profile type iptc\0\nIPTC profile\n%8d\n%s\n" % (len(IPTC), IPTC.hex().encode())
    assert read(png((b"tEXt", text))).iptc == IPTC
