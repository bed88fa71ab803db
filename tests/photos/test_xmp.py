import hashlib

import numpy as np
import pytest
from PIL import Image

from photochrom.photos import jpeg_segments, metadata, reading, writing, xmp
from photochrom.photos.provenance import Provenance

LARGE = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="%s"/>'
    b"</rdf:RDF></x:xmpmeta>"
) % (b"Nadar " * 30_000)


def segments(path):
    """The contents of a JPEG file's APP1 segments."""
    with Image.open(path) as image:
        return [content for kind, content in image.applist if kind == "APP1"]


def write(path, packet, camera):
    photo = reading.Photo(None, metadata=metadata.SourceMetadata(xmp=packet))
    writing.write(path, np.dstack([camera] * 3), photo, Provenance(model="test"), overwrite=True)


@pytest.mark.parametrize("after", [".jpg", ".png", ".tif", ".webp", ".avif"])
def test_xmp_of_any_size_goes_through_jpeg(tmp_path, camera, after):
    write(tmp_path / "first.jpg", LARGE, camera)
    between = reading.read(tmp_path / "first.jpg")
    writing.write(tmp_path / f"then{after}", np.dstack([camera] * 3), between, Provenance(model="test"))
    keep = reading.read(tmp_path / f"then{after}").metadata
    assert xmp.merged(keep.xmp, keep.extended_xmp) == LARGE


def test_the_pieces_are_as_adobe_wants_them(tmp_path, camera):
    write(tmp_path / "new.jpg", LARGE, camera)
    (first, *rest) = [part for part in segments(tmp_path / "new.jpg") if part.startswith(b"http://ns.adobe.com/")]
    digest = hashlib.md5(LARGE).hexdigest().upper().encode()
    assert b'xmpNote:HasExtendedXMP="' + digest in first
    head = b"http://ns.adobe.com/xmp/extension/\0" + digest + len(LARGE).to_bytes(4, "big")
    assert len(rest) == 3
    joined = b""
    for part in rest:
        assert part.startswith(head + len(joined).to_bytes(4, "big"))
        joined += part[len(head) + 4 :]
    assert joined == LARGE


def test_what_another_program_has_split_is_joined(tmp_path, camera):
    digest = hashlib.md5(LARGE).hexdigest().upper().encode()
    first = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" tiff:Orientation="6" xmpNote:HasExtendedXMP="%s"/></rdf:RDF></x:xmpmeta>'
    ) % digest
    named = jpeg_segments.Found(xmp=first, extended_xmp=LARGE)
    pieces = jpeg_segments.pack(named)
    Image.fromarray(camera).save(tmp_path / "theirs.jpg", extra=pieces)
    keep = reading.read(tmp_path / "theirs.jpg").metadata
    assert keep.xmp == first.replace(b'"6"', b'"1"')
    whole = xmp.merged(keep.xmp, keep.extended_xmp)
    assert whole.startswith(keep.xmp.removesuffix(b"</rdf:RDF></x:xmpmeta>"))
    assert whole.count(b"Nadar") == 30_000
    last = pieces.rindex(b"\xff\xe1")
    Image.fromarray(camera).save(tmp_path / "cut.jpg", extra=pieces[:last])
    assert reading.read(tmp_path / "cut.jpg").metadata.extended_xmp == b""


def test_what_another_program_has_split_stays_as_it_is_in_jpeg(tmp_path, camera):
    first = b'<x:xmpmeta><rdf:RDF xmpNote:HasExtendedXMP="%s"></rdf:RDF></x:xmpmeta>' % (b"A1" * 16)
    photo = reading.Photo(None, metadata=metadata.SourceMetadata(xmp=first, extended_xmp=LARGE))
    writing.write(tmp_path / "new.jpg", np.dstack([camera] * 3), photo, Provenance(model="test"))
    keep = reading.read(tmp_path / "new.jpg").metadata
    assert (keep.xmp, keep.extended_xmp) == (first, LARGE)


@pytest.mark.parametrize("written", [b'tiff:Orientation="6"', b"tiff:Orientation = '8'", b"<tiff:Orientation>3</"])
def test_xmp_says_that_the_picture_is_upright(written):
    turned = xmp.upright(b"<a %s tiff:Make='6'>" % written)
    assert b"1" in turned
    assert not any(number in turned.replace(b"tiff:Make='6'", b"") for number in (b"6", b"8", b"3"))


def test_xmp_says_the_size_and_the_colors_of_the_result_where_it_said_any():
    told = b'<a tiff:ImageWidth="9" exif:PixelXDimension = "9"><tiff:ImageLength>9</a><exif:ColorSpace>65535</a>'
    new = b'<a tiff:ImageWidth="40" exif:PixelXDimension = "40"><tiff:ImageLength>30</a><exif:ColorSpace>1</a>'
    assert xmp.edited(told, b"", (40, 30)) == (new, b"")
    assert xmp.edited(b"<a/>", b"", (40, 30)) == (b"<a/>", b"")


def test_small_pictures_of_the_source_go_and_the_rest_is_named_anew():
    rest = b"<r><xmp:Thumbnails>\n<i>picture</i></xmp:Thumbnails><dc:title>Nadar</dc:title></r>"
    digest = hashlib.md5(rest).hexdigest()
    named, extended = xmp.edited(b'<a xmpNote:HasExtendedXMP="%s"/>' % digest.encode(), rest, (4, 3))
    assert extended == b"<r><dc:title>Nadar</dc:title></r>"
    assert xmp.named_extension(named) == hashlib.md5(extended).hexdigest().upper().encode()
