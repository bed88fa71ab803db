import io
import struct
import zlib

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from photochrom.errors import PhotoError
from photochrom.photos import png_pixels, reading

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name, data, whole=True):
    checksum = zlib.crc32(name + data) ^ (0 if whole else 1)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)


def png(samples, *others, interlaced=False, rows=None, whole=True):
    """A PNG file of gray or color, without filters: ``samples`` uint8 or uint16 (H, W) or (H, W, S)."""
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    bits, color = 8 * samples.itemsize, {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], bits, color, 0, 0, interlaced)
    stored = samples.astype(samples.dtype.newbyteorder(">"))
    passes = [stored[t::d, left::a] for left, t, a, d in png_pixels._PASSES] if interlaced else [stored]
    lines = b"".join(b"\0" + row.tobytes() for part in passes if part.size for row in part)
    body = zlib.compress(lines if rows is None else lines[: rows * (len(lines) // len(samples))])
    return b"".join([SIGNATURE, chunk(b"IHDR", header), *others, chunk(b"IDAT", body, whole), chunk(b"IEND", b"")])


@pytest.fixture
def deep(camera):
    return camera.astype(np.uint16) * 257 + np.arange(96, dtype=np.uint16)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("rows", [0, 10, 71])
def test_data_that_end_well_but_too_early_are_damage(camera, deep, depth, rows):
    with pytest.raises(PhotoError, match=r"damaged or cut short .*too early"):
        reading.read(png(camera if depth == 8 else deep, rows=rows))


@pytest.mark.parametrize("depth", [8, 16])
def test_a_wrong_checksum_of_the_pixels_is_damage(camera, deep, depth):
    with pytest.raises(PhotoError, match="wrong checksum in IDAT"):
        reading.read(png(camera if depth == 8 else deep, whole=False))


def test_compressed_data_that_were_changed_are_damage(camera):
    content = bytearray(png(camera))
    start = content.index(b"IDAT") + 4
    end = len(content) - 16
    content[end - 1] ^= 1  # of the sum over all rows, which decoders do not reach
    content[end : end + 4] = struct.pack(">I", zlib.crc32(content[start - 4 : end]))
    with pytest.raises(PhotoError, match="damaged"):
        reading.read(bytes(content))


@pytest.mark.parametrize(
    "other",
    [
        chunk(b"iCCP", b"x\0\0" + zlib.compress(b"no profile"), whole=False),
        chunk(b"gAMA", struct.pack(">I", 100_000), whole=False),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2_000_000))),
        chunk(b"tEXt", b"Comment\0" + b"x" * 70_000, whole=False),
        chunk(b"xxxx", b"of nobody", whole=False),
    ],
    ids=["profile", "gamma", "large text", "text", "unknown"],
)
def test_chunks_that_are_not_of_the_pixels_harm_none(camera, other):
    assert reading.read(png(camera, other)).luma[0] * 255 == pytest.approx(camera.astype(float), abs=0.01)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(72, 96), (1, 1), (3, 2), (9, 5)])
@pytest.mark.parametrize("depth", [8, 16])
def test_interlaced_files_are_read(camera, deep, channels, size, depth, capfd):
    samples = (camera if depth == 8 else deep)[: size[0], : size[1]]
    samples = samples if channels == 1 else np.dstack([samples, *[samples[::-1]] * (channels - 1)])
    plain, interlaced = reading.read(png(samples)), reading.read(png(samples, interlaced=True))
    assert (plain.luma == interlaced.luma).all()
    assert plain.depth == interlaced.depth == depth
    if channels in (2, 4):
        assert (plain.alpha == interlaced.alpha).all()
    assert capfd.readouterr() == ("", "")


def test_a_profile_of_another_kind_is_read_silently(deep, profiles, capfd):
    packed = chunk(b"iCCP", b"wide\0\0" + zlib.compress(profiles["wide"]))
    assert reading.read(png(deep, packed)).luma[0] * 65535 == pytest.approx(deep.astype(float), abs=0.01)
    assert capfd.readouterr() == ("", "")


def test_what_is_left_is_the_same_picture(coffee):
    file = io.BytesIO()
    Image.fromarray(coffee).save(file, "PNG", dpi=(300, 300), pnginfo=None)
    left = png_pixels.alone(file.getvalue())
    assert b"pHYs" not in left
    assert (imagecodecs.png_decode(left) == coffee).all()


def test_a_palette_that_lacks_is_damage(coffee):
    file = io.BytesIO()
    Image.fromarray(coffee).quantize(16).save(file, "PNG")
    content = file.getvalue()
    start = content.index(b"PLTE") - 4
    length = 12 + int.from_bytes(content[start : start + 4], "big")
    with pytest.raises(PhotoError, match="damaged"):
        reading.read(content[:start] + content[start + length :])
