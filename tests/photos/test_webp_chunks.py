import io

from PIL import Image

from photochrom.photos.webp_chunks import read


def webp(**options):
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "WEBP", **options)
    return buffer.getvalue()


def test_exif_and_xmp_of_odd_and_even_sizes_are_found():
    assert read(webp()) == (b"", b"")
    assert read(webp(exif=b"II*\0\x08", xmp=b"<x/>")) == (b"II*\0\x08", b"<x/>")
    assert read(webp(exif=b"II*\0\x08\0", xmp=b"<xy/>")) == (b"II*\0\x08\0", b"<xy/>")


def test_the_start_that_jpeg_wants_is_no_part_of_exif():
    assert read(webp(exif=b"Exif\0\0II*\0"))[0] == b"II*\0"


def test_a_chunk_that_ends_early_is_left_out():
    content = webp(exif=b"II*\0", xmp=b"<x/>")
    assert read(content[:-1]) == (b"II*\0", b"")
