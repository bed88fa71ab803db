import errno
import io
import sys

import numpy as np
import pytest
import tifffile
from PIL import Image

from photochrom.colorizer import Colorizer
from photochrom.hints import Hints, Point
from photochrom.photos.formats import JPEG, OPENRASTER, PNG, PSD, TIFF
from photochrom.web import rendering
from photochrom.web.refusals import RefusedError


def upload(content):
    return io.BytesIO(content)


def pixels(rendered):
    with Image.open(io.BytesIO(rendered.content)) as image:
        return np.asarray(image)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("old.tif", "old-color.png"),
        ("Straße 1924.jpg", "Straße 1924-color.png"),
        ("../../etc/passwd", "passwd-color.png"),
        ("C:\\Windows\\win.ini", "win-color.png"),
        ("CON.png", "_CON-color.png"),
        ("a\nb\x00c<d>.jpg", "a_b_c_d_-color.png"),
        ("...", "photograph-color.png"),
        ("", "photograph-color.png"),
        (None, "photograph-color.png"),
        ("x" * 500 + ".jpg", "x" * 120 + "-color.png"),
    ],
)
def test_result_names_are_safe(given, expected):
    assert rendering.result_name(given, ".png") == expected


@pytest.mark.parametrize("page", [None, 2])
def test_the_name_of_a_page_says_which(page):
    assert rendering.result_name("old.tif", ".png", page) == ("old-page-2-color.png" if page else "old-color.png")


def test_chroma_of_a_large_photograph_is_sent_smaller(monkeypatch, camera, encode):
    monkeypatch.setattr(rendering, "_MOST_CHROMA", 1000)
    levels = pixels(rendering.chroma(upload(encode(camera, "PNG")), Colorizer()))
    height, width, _ = levels.shape
    assert height * width == pytest.approx(1000, rel=0.1)
    assert width / height == pytest.approx(96 / 72, rel=0.1)


def test_chroma_is_not_fitted_to_the_gamut(strong, encode):
    ramp = np.tile(np.arange(256, dtype=np.uint8), (40, 1))
    levels = pixels(rendering.chroma(upload(encode(ramp, "PNG")), Colorizer(strong)))
    assert (levels[..., :2] == (1, 255)).all()  # even on black and white, which have room for no color


def test_chroma_says_how_far_each_pixel_is_hinted(camera, encode):
    hints = Hints.from_points([Point(0.5, 0.5, "seagreen", 0.1)])
    exact = pixels(rendering.chroma(upload(encode(camera, "PNG")), Colorizer(), hints=hints))
    planes = Colorizer().chroma_and_hinted(camera.astype(np.float32) / 255, hints=hints)
    assert np.array_equal(exact[..., 2], np.rint(255 * planes[2]))
    assert exact[36, 48, 2] == 255
    assert exact[0, 0, 2] < 255
    quick = rendering.chroma(upload(encode(camera, "PNG")), Colorizer(), hints=hints, kind=JPEG)
    assert quick.format is JPEG
    off = np.abs(pixels(quick).astype(int) - exact).mean(axis=(0, 1))
    assert (off < 1.5).all()  # a conversion of colors would be off by far more


def test_quick_chroma_has_600_pixels_at_most(camera, encode):
    large = np.tile(camera, (10, 10))
    assert pixels(rendering.chroma(upload(encode(large, "PNG")), Colorizer(), kind=JPEG)).shape == (450, 600, 3)
    assert pixels(rendering.chroma(upload(encode(large, "PNG")), Colorizer())).shape == (720, 960, 3)


def test_damage_beyond_the_head_is_told_without_a_path(jpeg):
    with pytest.raises(RefusedError, match="damaged or cut short") as caught:
        rendering.preview(upload(jpeg[:-600]), 10**6)
    assert caught.value.status == 422
    assert "photochrom-" not in caught.value.detail


def test_a_full_disk_is_no_fault_of_the_photograph(monkeypatch, jpeg, strong):
    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(RefusedError) as caught:
        rendering.colorized(upload(jpeg), Colorizer(strong))
    assert caught.value.status == 503


@pytest.fixture(scope="module")
def two_pages(camera, encode):
    """A TIFF of two different pages, of 8 and of 16 bit."""
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(camera, photometric="minisblack")
        writer.write(camera[::-1, :60].astype(np.uint16) * 257, photometric="minisblack")
    return file.getvalue()


def test_all_pages_become_a_tiff_by_default(two_pages, strong, tmp_path):
    result = rendering.colorized(upload(two_pages), Colorizer(strong))
    assert (result.format, result.pages) == (TIFF, 2)
    (tmp_path / "old.tif").write_bytes(two_pages)
    Colorizer(strong).colorize_file(tmp_path / "old.tif", tmp_path / "new.tif")
    assert result.content == (tmp_path / "new.tif").read_bytes()


@pytest.mark.parametrize("kind", [None, JPEG, PNG, TIFF])
@pytest.mark.parametrize("page", [1, 2])
def test_one_page_can_be_colored_alone(two_pages, strong, kind, page):
    result = rendering.colorized(upload(two_pages), Colorizer(strong), kind, page)
    assert (result.format, result.pages) == (kind or PNG, 2)
    assert pixels(result).shape[:2] == [(72, 96), (72, 60)][page - 1]


@pytest.mark.parametrize("kind", [PSD, OPENRASTER])
def test_results_may_have_layers(jpeg, strong, tmp_path, kind):
    result = rendering.colorized(upload(jpeg), Colorizer(strong), kind)
    (tmp_path / "old.jpg").write_bytes(jpeg)
    target = Colorizer(strong).colorize_file(tmp_path / "old.jpg", tmp_path / f"new{kind.suffixes[0]}")
    assert result.content == target.read_bytes()


def test_a_format_whose_package_is_missing_is_refused_without_a_path(jpeg, strong, monkeypatch):
    assert "psd" in rendering.writable()
    monkeypatch.setitem(sys.modules, "psd_tools", None)
    assert "psd" not in rendering.writable()
    with pytest.raises(RefusedError, match=r"^PSD needs an extra package: pip install '\.\[layers\]'$"):
        rendering.colorized(upload(jpeg), Colorizer(strong), PSD)


@pytest.mark.parametrize("kind", [JPEG, PNG, PSD])
def test_pages_that_a_format_cannot_hold_are_refused_with_the_choice(two_pages, strong, kind):
    with pytest.raises(RefusedError, match=r"has 2 pages.*page=1 to page=2.*format=tiff") as caught:
        rendering.colorized(upload(two_pages), Colorizer(strong), kind)
    assert caught.value.status == 422


def test_previews_and_chroma_are_of_the_page_that_is_asked_for(two_pages, camera, strong):
    for page, gray in ((1, camera), (2, camera[::-1, :60])):
        shown = pixels(rendering.preview(upload(two_pages), 10**6, page))
        assert np.abs(shown.astype(float) - gray).mean() < 1.5
        chroma = rendering.chroma(upload(two_pages), Colorizer(strong), page)
        assert pixels(chroma).shape[:2] == gray.shape
        assert chroma.pages == 2


def test_a_page_that_is_not_there_is_refused(two_pages, jpeg, strong):
    for content, expected in ((two_pages, "has 2 pages, and no page 3"), (jpeg, "has 1 page, and no page 3")):
        for work in (
            lambda content: rendering.preview(upload(content), 10**6, 3),
            lambda content: rendering.chroma(upload(content), Colorizer(strong), 3),
            lambda content: rendering.colorized(upload(content), Colorizer(strong), None, 3),
        ):
            with pytest.raises(RefusedError, match=expected):
                work(content)


def test_heic_is_colored_with_the_extra_and_named_without_it(camera, strong, monkeypatch):
    pillow_heif = pytest.importorskip("pillow_heif")
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(camera)).save(file)
    result = rendering.colorized(upload(file.getvalue()), Colorizer(strong))
    assert pixels(result).shape == (72, 96, 3)
    assert ".heic" in rendering.readable()
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    assert ".heic" not in rendering.readable()
    with pytest.raises(RefusedError, match="needs an extra") as caught:
        rendering.colorized(upload(file.getvalue()), Colorizer(strong))
    assert caught.value.status == 415


def test_the_limit_can_be_above_pillows_own(monkeypatch, strong, camera, jpeg):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)  # refused from twice as many on
    assert rendering.preview(upload(jpeg), 10**6)
    assert rendering.colorized(upload(jpeg), Colorizer(strong, max_pixels=10**6))
    with pytest.raises(RefusedError, match=r"more than 0\.001 million pixels"):
        rendering.preview(upload(jpeg), 1000)
