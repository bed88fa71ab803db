"""Photographs of more than 8 bit: what comes out is what went in, in every format that holds it."""

import struct
import zlib

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from photochrom import Colorizer, PhotoError
from photochrom.photos import high_depth, provenance, reading
from photochrom.photos.reading import ReadOptions


@pytest.fixture
def levels(camera):
    """A real photograph with all the levels of 16 bit between those of 8: uint16 (72, 96)."""
    noise = np.random.default_rng(0).integers(0, 257, camera.shape)
    return (camera * 255.0 + noise).astype(np.uint16)


@pytest.fixture
def colors(levels):
    return np.dstack([levels, levels[::-1], levels[:, ::-1]])


def gray(array):
    return array[..., :3].astype(float) @ [0.299, 0.587, 0.114]


def decoded(path):
    if path.suffix == ".tif":
        return tifffile.imread(path)
    if path.suffix == ".png":
        return imagecodecs.png_decode(path.read_bytes())
    body = path.read_bytes()
    with Image.open(path) as image:
        return np.frombuffer(body[-6 * image.width * image.height :], ">u2").reshape(image.height, image.width, 3)


def put(path, array, **options):
    if path.suffix == ".tif":
        tifffile.imwrite(path, array, **options)
    elif path.suffix == ".png":
        path.write_bytes(imagecodecs.png_encode(np.ascontiguousarray(array)))
    else:
        kind = b"P5" if array.ndim == 2 else b"P6"
        path.write_bytes(b"%s\n# scan\n%d %d\n65535\n" % (kind, *array.shape[1::-1]) + array.astype(">u2").tobytes())
    return path


@pytest.mark.parametrize("after", [".png", ".tif", ".ppm"])
@pytest.mark.parametrize("before", [".png", ".tif", ".pgm"])
@pytest.mark.parametrize("kind", ["gray", "colors"])
def test_16_bit_stay_16_bit_and_keep_their_luma(tmp_path, levels, colors, strong, kind, before, after):
    array = levels if kind == "gray" else colors
    source = put(tmp_path / f"old{before}", array)
    result = decoded(Colorizer(strong, saturation=3).colorize_file(source, tmp_path / f"new{after}"))
    assert result.dtype.itemsize == 2
    assert abs(gray(result) - (array if kind == "gray" else gray(array))).max() <= 1
    assert provenance.of(tmp_path / f"new{after}")


@pytest.mark.parametrize("after", [".png", ".tif"])
def test_alpha_keeps_its_16_bit(tmp_path, levels, colors, strong, after):
    for name, array in {
        "la": np.dstack([levels, levels.T.reshape(levels.shape)]),
        "rgba": np.dstack([colors, levels]),
    }.items():
        source = put(tmp_path / f"{name}.png", array)
        result = decoded(Colorizer(strong).colorize_file(source, tmp_path / f"{name}-new{after}"))
        assert (result[..., 3] == array[..., -1]).all()


def test_a_transparent_level_of_16_bit_becomes_alpha(tmp_path, levels):
    content = imagecodecs.png_encode(levels)
    chunk = b"tRNS" + struct.pack(">H", levels[0, 0])
    place = content.index(b"IDAT") - 4
    chunk = struct.pack(">I", 2) + chunk + struct.pack(">I", zlib.crc32(chunk))
    (tmp_path / "old.png").write_bytes(content[:place] + chunk + content[place:])
    assert (reading.read(tmp_path / "old.png").alpha == np.where(levels == levels[0, 0], 0, 65535)).all()


def test_where_16_bit_do_not_fit_they_become_8(tmp_path, levels, strong):
    source = put(tmp_path / "old.tif", levels)
    with Image.open(Colorizer(strong).colorize_file(source, tmp_path / "new.webp")) as image:
        assert abs(gray(np.asarray(image)) - levels / 257).max() <= 1


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "lzw", "predictor": True},
        {"compression": "adobe_deflate"},
        {"byteorder": ">"},
        {"photometric": "miniswhite"},
        {"tile": (32, 32)},
        {"bigtiff": True},
    ],
)
def test_every_layout_of_tiff_is_read(tmp_path, levels, options):
    path = put(tmp_path / "old.tif", levels, **options)
    expected = 65535 - levels.astype(int) if "photometric" in options else levels
    assert reading.read(path).luma[0] * 65535 == pytest.approx(expected, abs=0.01)


def test_separate_planes_and_cmyk_are_read(tmp_path, colors, levels):
    tifffile.imwrite(tmp_path / "p.tif", np.moveaxis(colors, 2, 0), photometric="rgb", planarconfig="separate")
    assert reading.read(tmp_path / "p.tif").luma[0] * 65535 == pytest.approx(gray(colors), abs=0.05)
    ink = np.dstack([np.zeros_like(colors), levels])
    tifffile.imwrite(tmp_path / "k.tif", ink, photometric="separated")
    assert reading.read(tmp_path / "k.tif").luma[0] * 65535 == pytest.approx(65535.0 - levels, abs=0.6)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("bits", [8, 16])
def test_uncompressed_tiffs_are_turned_upright(tmp_path, levels, camera, orientation, bits):
    array = camera if bits == 8 else levels
    tifffile.imwrite(tmp_path / "old.tif", array, extratags=[(274, "H", 1, orientation, True)])
    image = Image.fromarray(array)
    image.getexif()[274] = orientation
    upright = np.asarray(ImageOps.exif_transpose(image))
    photo = reading.read(tmp_path / "old.tif")
    assert photo.depth == bits
    assert photo.luma[0] * np.iinfo(array.dtype).max == pytest.approx(upright.astype(float), abs=0.01)


def test_a_gray_profile_is_honored_to_the_16_bit(tmp_path, profiles):
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    linear = ramp / 65535
    srgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    tifffile.imwrite(tmp_path / "linear.tif", ramp, iccprofile=profiles["gray"])
    assert reading.read(tmp_path / "linear.tif").luma[0] * 65535 == pytest.approx(srgb * 65535, abs=1.5)


class TestFloats:
    def read(self, path, array, white=None, **options):
        tifffile.imwrite(path, array.astype(np.float32), **options)
        return reading.read(path, ReadOptions(white=white)).luma[0] * 65535

    def test_the_file_states_its_range(self, tmp_path, levels):
        tags = [(340, "f", 1, 0.0, True), (341, "f", 1, 6553.5, True)]
        assert self.read(tmp_path / "f.tif", levels / 10, extratags=tags) == pytest.approx(levels, abs=1)

    def test_the_white_is_stated(self, tmp_path, levels):
        assert self.read(tmp_path / "f.tif", levels / 10, white=6553.5) == pytest.approx(levels, abs=1)

    def test_0_to_1_is_taken_as_it_is(self, tmp_path, levels):
        assert self.read(tmp_path / "f.tif", levels / 131070) == pytest.approx(levels / 2, abs=1)

    def test_else_black_is_the_least_and_white_the_greatest(self, tmp_path, levels):
        low, high = int(levels.min()), int(levels.max())
        expected = (levels - low) / (high - low) * 65535
        assert self.read(tmp_path / "f.tif", levels * 3.0 - 1000) == pytest.approx(expected, abs=1)

    def test_what_is_not_finite_is_refused(self, tmp_path):
        with pytest.raises(PhotoError, match="not finite"):
            self.read(tmp_path / "f.tif", np.array([[0.5, np.nan]]))


def test_every_page_is_colored(tmp_path, levels, camera, strong):
    with tifffile.TiffWriter(tmp_path / "old.tif") as file:
        file.write(levels)
        file.write(camera)
        file.write(levels[:, :50].copy(), compression="lzw")
    Colorizer(strong).colorize_file(tmp_path / "old.tif", tmp_path / "new.tif")
    with tifffile.TiffFile(tmp_path / "new.tif") as file:
        pages = [page.asarray() for page in file.pages]
    assert [page.dtype for page in pages] == [np.uint16, np.uint8, np.uint16]
    for page, before in zip(pages, (levels, camera, levels[:, :50]), strict=True):
        assert abs(gray(page) - before).max() <= 1
    with pytest.raises(PhotoError, match="3 pages"):
        Colorizer(strong).colorize_file(tmp_path / "old.tif", tmp_path / "new.png")


def test_16_bit_bombs_are_refused(tmp_path):
    (tmp_path / "bomb.pgm").write_bytes(b"P5 60000 60000 65535\n" + bytes(100))
    tifffile.imwrite(tmp_path / "bomb.tif", np.zeros((2, 2), np.uint16))
    with pytest.raises(PhotoError, match="million pixels"):
        reading.read(tmp_path / "bomb.pgm")
    with pytest.raises(PhotoError, match="million pixels"):
        reading.read(tmp_path / "bomb.tif", ReadOptions(3))


@given(st.binary(max_size=80), st.sampled_from([b"P5 9 9 65535\n", b"P2 2 2 999 ", b"P6\n", b"II*\0\x08\0\0\0", b""]))
def test_any_bytes_are_read_or_told(tmp_path_factory, content, start):
    path = tmp_path_factory.getbasetemp() / "any.pgm"
    path.write_bytes(start + content)
    try:
        photo = reading.read(path, ReadOptions(1_000_000))
    except PhotoError as error:
        assert str(error).startswith(f"{path}: ")  # noqa: PT017
    else:
        assert 0 <= photo.luma.min() <= photo.luma.max() <= 1


@given(st.integers(0, 65535))
def test_8_bit_are_the_nearest(level):
    assert high_depth.to_8_bit(np.array([level], np.uint16))[0] == round(level / 257)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("colors", [1, 3])
def test_a_tiff_beyond_pillows_own_limit(tmp_path, camera, monkeypatch, dtype, colors):
    path = tmp_path / "large.tif"
    levels = np.repeat(camera[..., None], colors, axis=2).astype(dtype) * (np.iinfo(dtype).max // 255)
    tifffile.imwrite(path, levels, photometric="rgb" if colors == 3 else "minisblack")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    photo = reading.read(path, ReadOptions(camera.size))
    assert np.abs(photo.luma[0] - camera / 255).max() < 1e-6
    assert photo.depth == 8 * np.dtype(dtype).itemsize
    with pytest.raises(PhotoError, match="max_pixels"):
        reading.read(path, ReadOptions(camera.size - 1))
