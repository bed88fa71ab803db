import hashlib

import numpy as np
import pytest
from PIL import Image

from photochrom.photos import metadata, reading, writing, xmp
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
    write(tmp_path / f"then{after}", reading.read(tmp_path / "first.jpg").metadata.xmp, camera)
    assert reading.read(tmp_path / f"then{after}").metadata.xmp == LARGE


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
    pieces = xmp.for_jpeg(LARGE)
    pieces = pieces[pieces.index(b"\xff\xe1", 4) :]  # without our own first one
    Image.fromarray(camera).save(tmp_path / "theirs.jpg", xmp=first, extra=pieces)
    whole = reading.read(tmp_path / "theirs.jpg").metadata.xmp
    assert whole.startswith(first.replace(b'"6"', b'"1"').removesuffix(b"</rdf:RDF></x:xmpmeta>"))
    assert whole.count(b"Nadar") == 30_000
    only_one = pieces[: 2 + int.from_bytes(pieces[2:4], "big")]
    Image.fromarray(camera).save(tmp_path / "cut.jpg", xmp=first, extra=only_one)
    assert b"Nadar" not in reading.read(tmp_path / "cut.jpg").metadata.xmp
