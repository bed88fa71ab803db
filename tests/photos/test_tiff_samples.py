import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from photochrom.errors import PhotoError
from photochrom.photos import reading
from photochrom.photos.reading import ReadOptions


def tiff(array, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, array, **options)
    return file.getvalue()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.uint64])
def test_whole_numbers_range_from_0_to_the_most_of_their_bits(camera, dtype):
    values = (camera // 4 + 64).astype(dtype) * dtype(np.iinfo(dtype).max // 255)  # less than the whole range
    expected = values.astype(float) / float(np.iinfo(dtype).max)
    assert reading.read(tiff(values)).luma[0] == pytest.approx(expected, abs=1e-5)
    assert reading.read(tiff(values)).depth == (8 if dtype == np.uint8 else 16)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32])
def test_signed_numbers_range_over_all_that_they_hold(dtype):
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    values = np.array([[low, 0, high], [low // 2, high // 2, -1]], dtype)
    expected = (values.astype(float) - low) / (float(high) - low)
    assert reading.read(tiff(values)).luma[0] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("bits", [1, 2, 3, 4, 6, 7, 10, 12, 14, 24])
def test_any_number_of_bits_ranges_to_its_most(bits):
    values = np.linspace(0, (1 << bits) - 1, 64).round().astype(np.uint32 if bits > 16 else np.uint16)[None]
    packed = "".join(f"{value:0{bits}b}" for value in values[0])
    body = int(packed.ljust(-(-len(packed) // 8) * 8, "0"), 2).to_bytes(-(-len(packed) // 8), "big")
    content = bytearray(tiff(np.zeros((1, len(body)), np.uint8)))
    with tifffile.TiffFile(io.BytesIO(bytes(content))) as file:
        page = file.pages[0]
        places = {tag.code: tag.offset + 8 for tag in page.tags}
        start = page.dataoffsets[0]
    content[start : start + len(body)] = body
    for tag, value in ((256, 64), (258, bits)):
        content[places[tag] : places[tag] + 2] = value.to_bytes(2, "little")
    expected = values / ((1 << bits) - 1)
    assert reading.read(bytes(content)).luma[0] == pytest.approx(expected, abs=1e-5)


def test_the_white_that_is_stated_counts_for_wide_numbers_only(camera):
    wide = camera.astype(np.uint32)
    assert reading.read(tiff(wide), ReadOptions(white=255)).luma[0] == pytest.approx(camera / 255, abs=1e-4)
    assert reading.read(tiff(camera), ReadOptions(white=100)).luma[0] == pytest.approx(camera / 255, abs=1e-4)


@pytest.mark.parametrize("most", [255, 65535])
@pytest.mark.parametrize("turned", [1, 6])
def test_palettes_of_8_and_16_bit_are_read(camera, most, turned):
    ramp = np.arange(256) * (most // 255)
    colors = np.stack([ramp, ramp[::-1], ramp]).astype(np.uint16)
    content = tiff(camera, photometric="palette", colormap=colors, extratags=[(274, "H", 1, turned, True)])
    expected = np.stack([camera, 255 - camera, camera])
    assert (reading.read_rgb(content) == (expected if turned == 1 else np.rot90(expected, -1, (1, 2)))).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kind", ["assocalpha", "unassalpha"])
@pytest.mark.parametrize("photometric", ["minisblack", "rgb", "separated"])
def test_alpha_of_every_kind_is_read(camera, dtype, kind, photometric):
    most = int(np.iinfo(dtype).max)
    level = camera.astype(dtype) * dtype(most // 255)
    count = {"minisblack": 1, "rgb": 3, "separated": 4}[photometric]
    planes = [level] * count if count < 4 else [np.zeros_like(level)] * 3 + [(most - level).astype(dtype)]
    alpha = np.full_like(level, most // 2)
    alpha[:10] = most
    if kind == "assocalpha":
        planes = [np.rint(plane * (alpha / most)).astype(dtype) for plane in planes]
    photo = reading.read(tiff(np.dstack([*planes, alpha]), photometric=photometric, extrasamples=[kind]))
    assert photo.depth == 8 * np.dtype(dtype).itemsize
    assert (photo.alpha == alpha).all()
    assert photo.luma[0] == pytest.approx(camera / 255, abs=1.6 / 255)


def test_other_extra_samples_are_no_alpha(coffee):
    content = tiff(np.dstack([coffee, coffee[..., 0]]), photometric="rgb", extrasamples=["unspecified"])
    assert reading.read(content).alpha is None
    assert (reading.read_rgb(content) == coffee.transpose(2, 0, 1)).all()


def test_white_may_be_zero(camera):
    for array, expected in ((camera, 1 - camera / 255), (camera > 128, camera <= 128)):
        content = tiff(array, photometric="miniswhite")
        assert reading.read(content).luma[0] == pytest.approx(expected.astype(float), abs=1e-6)


@pytest.mark.filterwarnings("error")
def test_what_is_not_a_number_is_black_silently(camera):
    values = (camera / 255).astype(np.float32)
    values.view(np.uint32)[0, 0] = 0x7FA00000  # a signaling NaN
    photo = reading.read(tiff(values), ReadOptions(white=1.0))
    assert photo.luma[0, 0, 0] == 0


def test_fax_is_black_and_white(camera):
    file = io.BytesIO()
    Image.fromarray(camera > 128).save(file, "TIFF", compression="group4")
    assert (reading.read(file.getvalue()).luma[0] == (camera > 128)).all()


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_luma_and_chroma_are_read_as_pillow_reads_them(coffee, compression):
    file = io.BytesIO()
    image = Image.fromarray(coffee).convert("YCbCr")
    image.save(file, "TIFF", compression=compression)
    expected = np.asarray(image.convert("RGB")).transpose(2, 0, 1)
    assert (reading.read_rgb(file.getvalue()) == expected).all()


@pytest.mark.parametrize(("across", "down"), [(1, 1), (2, 1), (2, 2), (4, 2)])
@pytest.mark.parametrize("lacking", [0, 1])
def test_subsampled_chroma_is_read(camera, across, down, lacking):
    rows, columns = -(-camera.shape[0] // down), -(-camera.shape[1] // across)
    padded = np.pad(camera, ((0, rows * down - 72), (0, columns * across - 96)))
    luma = padded.reshape(rows, down, columns, across).swapaxes(1, 2).reshape(rows, columns, -1)
    data = np.dstack([luma, np.full((rows, columns, 2), 128, np.uint8)]).astype(np.uint8).tobytes()
    content = bytearray(
        tiff(np.zeros((72, 96, 3), np.uint8), photometric="rgb", extratags=[(530, "H", 2, (1, 1), True)])
    )
    with tifffile.TiffFile(io.BytesIO(bytes(content))) as file:
        page = file.pages[0]
        places = {tag.code: tag.offset + 8 for tag in page.tags}
        start = page.dataoffsets[0]
    content[start : start + len(data)] = data
    for place, value in ((262, 6), (530, across), (279, len(data) - lacking)):
        content[places[place] : places[place] + 2] = value.to_bytes(2, "little")
    content[places[530] + 2 : places[530] + 4] = down.to_bytes(2, "little")
    if lacking:
        with pytest.raises(PhotoError, match="too early"):
            reading.read(bytes(content))
    else:
        assert reading.read(bytes(content)).luma[0] * 255 == pytest.approx(camera.astype(float), abs=0.6)
