import struct
import zlib

import imagecodecs
import numpy as np
import pytest

from photochrom.photos import png_profile, reading


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(samples, *others):
    content = imagecodecs.png_encode(samples)
    return content[:33] + b"".join(others) + content[33:]


RAMP = np.tile(np.arange(256, dtype=np.uint8), (2, 1))
SRGB = chunk(b"sRGB", b"\0")
P3 = [0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060]


def gamma(value):
    return chunk(b"gAMA", struct.pack(">I", round(value * 100_000)))


def chromaticities(values):
    return chunk(b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in values)))


def srgb(light):
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("stored", [1.0, 1 / 1.8, 1 / 3])
@pytest.mark.parametrize("depth", [8, 16])
def test_gamma_is_honored(stored, depth):
    samples = RAMP if depth == 8 else RAMP.astype(np.uint16) * 257
    expected = srgb((RAMP / 255) ** (1 / stored))
    for content in (png(samples, gamma(stored)), png(np.dstack([samples] * 3), gamma(stored))):
        assert reading.read(content).luma[0] * 255 == pytest.approx(expected * 255, abs=0.6)


@pytest.mark.parametrize(
    "others", [[gamma(1 / 2.2)], [SRGB, gamma(1)], [gamma(0)], [gamma(1 / 2.2), chromaticities(P3)]]
)
def test_what_means_srgb_changes_nothing(others):
    assert png_profile.profile(png(RAMP, *others)) is None


def test_chromaticities_are_honored_where_there_is_a_gamma():
    red = np.full((2, 2, 3), (200, 100, 50), np.uint8)
    rgb = reading.read_rgb(png(red, gamma(1 / 2.2), chromaticities(P3)))[:, 0, 0]
    # Linear Display P3 to linear sRGB.
    matrix = np.array([[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]])
    level = np.array([200, 100, 50]) / 255
    light = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    assert rgb == pytest.approx(srgb((matrix @ light).clip(0, 1)) * 255, abs=1.5)
    assert (reading.read_rgb(png(red, chromaticities(P3)))[:, 0, 0] == (200, 100, 50)).all()


def test_the_coding_independent_code_points_come_first(profiles):
    red = np.full((2, 2, 3), (200, 100, 50), np.uint8)
    wide = chunk(b"iCCP", b"wide\0\0" + zlib.compress(profiles["wide"]))
    by_points = png_profile.profile(png(red, chunk(b"cICP", bytes([12, 13, 0, 1])), wide))
    by_chunks = png_profile.profile(png(red, gamma(1 / 2.2), chromaticities(P3)))
    assert by_points == by_chunks
    assert png_profile.profile(png(red, chunk(b"cICP", bytes([1, 13, 0, 1])), wide)) is None
    assert png_profile.profile(png(red, chunk(b"cICP", bytes([9, 16, 0, 1])), wide)) == profiles["wide"]


def test_a_profile_comes_before_the_gamma(profiles):
    content = png(RAMP, gamma(1 / 3), chunk(b"iCCP", b"gray\0\0" + zlib.compress(profiles["gray"])))
    assert png_profile.profile(content) == profiles["gray"]
    broken = chunk(b"iCCP", b"gray\0\0" + zlib.compress(profiles["gray"])[:-30])
    assert png_profile.profile(png(RAMP, broken)) != profiles["gray"]
