import resource
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image

from photochrom import Encoding, PhotoError, contact_sheet
from photochrom.photos import formats, reading, writing
from photochrom.photos.provenance import Provenance


@pytest.fixture
def photo(source):
    return reading.read(source)


def rgb_like(photo):
    gray = np.rint(photo.luma[0] * 255).astype(np.uint8)
    return np.stack([gray, 255 - gray, gray // 2], axis=-1)


@pytest.mark.parametrize("values", [{"quality": 0}, {"quality": 101}, {"subsampling": "4:1:1"}])
def test_encodings_that_are_none_are_refused(values):
    with pytest.raises(ValueError, match="must be"):
        Encoding(**values)


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".avif"])
def test_quality_decides_on_the_size(tmp_path, photo, suffix):
    sizes = []
    for quality in (None, 90, 30):
        path = tmp_path / f"{quality}{suffix}"
        writing.write(path, rgb_like(photo), photo, Provenance(model="test"), encoding=Encoding(quality))
        sizes.append(path.stat().st_size)
    assert sizes[0] > sizes[1] > sizes[2]


@pytest.mark.parametrize(("subsampling", "factors"), [("4:4:4", (1, 1)), ("4:2:2", (2, 1)), ("4:2:0", (2, 2))])
def test_the_chroma_of_a_jpeg_is_subsampled_as_asked(tmp_path, photo, subsampling, factors):
    writing.write(
        tmp_path / "new.jpg",
        rgb_like(photo),
        photo,
        Provenance(model="test"),
        encoding=Encoding(subsampling=subsampling),
    )
    with Image.open(tmp_path / "new.jpg") as image:
        assert image.layer[0][1:3] == factors


def test_equal_results_are_equal_files(tmp_path, photo):
    for suffix in (".png", ".jpg", ".tif", ".psd", ".ora"):
        for name in ("a", "b"):
            writing.write(tmp_path / f"{name}{suffix}", rgb_like(photo), photo, Provenance(model="test"))
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.parametrize(("suffix", "longest"), [(".psd", 30_000), (".jpg", 65_535), (".webp", 16_383)])
def test_a_side_that_is_too_long_for_the_format_is_told_before_it_is_colored(tmp_path, suffix, longest):
    Image.new("L", (longest + 1, 2)).save(tmp_path / "old.png")
    source = reading.inspect(tmp_path / "old.png")
    with pytest.raises(PhotoError, match=f"holds no more than {longest} pixels a side; name a .png or a .tif"):
        writing.write_pages(tmp_path / f"new{suffix}", iter(()), Provenance(model="test"), source=source)
    assert not list(tmp_path.glob("new*"))


def test_pages_do_not_become_layers(tmp_path, photo):
    with pytest.raises(PhotoError, match=r"cannot hold the 2 pages of its source; name a \.tif"):
        writing.write_pages(tmp_path / "new.psd", iter(()), Provenance(model="test"), count=2)


def test_a_name_that_is_too_long_is_told(tmp_path, photo):
    with pytest.raises(PhotoError, match="the name is too long for the disk"):
        writing.write(tmp_path / ("n" * 252 + ".png"), rgb_like(photo), photo, Provenance(model="test"))


@contextmanager
def limit(size):
    """As a full disk does it: of the write that passes ``size``, a part is taken, and all others are refused."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))  # Python ignores the signal that comes with it
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("lacking", [1, 1000])
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("suffix", sorted(formats.WRITABLE))
def test_a_file_that_ends_too_early_is_no_success(tmp_path, photo, suffix, depth, lacking):
    deep = depth == 16 and suffix in {".png", ".ppm", ".tif", ".tiff", ".psd", ".ora"}
    rgb = rgb_like(photo).astype(np.uint16) * 257 if deep else rgb_like(photo)
    path = tmp_path / f"new{suffix}"
    writing.write(path, rgb, photo, Provenance(model="test"))
    whole = path.read_bytes()
    with limit(len(whole) - lacking), pytest.raises(PhotoError, match="cannot be written"):
        writing.write(path, rgb, photo, Provenance(model="test"), overwrite=True)
    assert path.read_bytes() == whole
    assert [file.name for file in tmp_path.glob("new*")] == [path.name]
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("lacking", [1, 1000])
def test_copied_luma_that_ends_too_early_is_no_success(tmp_path, photo, lacking):
    gray = Image.fromarray(rgb_like(photo)[..., 0])
    gray.save(tmp_path / "old.jpg", quality=100)
    path, encoding = tmp_path / "new.jpg", Encoding(quality=10, lossless_luma=True)
    page, source = (rgb_like(photo), photo), reading.inspect(tmp_path / "old.jpg")
    writing.write_pages(path, iter([page]), Provenance(model="test"), True, encoding, source)
    whole = path.read_bytes()
    with limit(len(whole) - lacking), pytest.raises(PhotoError, match="cannot be written"):
        writing.write_pages(path, iter([page]), Provenance(model="test"), True, encoding, source)
    assert path.read_bytes() == whole
    assert not list(tmp_path.glob(".*"))


def test_a_sheet_that_ends_too_early_is_no_success(tmp_path, photo):
    picture = Image.fromarray(rgb_like(photo))
    contact_sheet.pair(tmp_path / "pair.png", picture, picture, overwrite=True)
    whole = (tmp_path / "pair.png").read_bytes()
    with limit(len(whole) - 1), pytest.raises(PhotoError, match="cannot be written"):
        contact_sheet.pair(tmp_path / "pair.png", picture, picture, overwrite=True)
    assert (tmp_path / "pair.png").read_bytes() == whole
