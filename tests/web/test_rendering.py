import errno
import io

import numpy as np
import pytest
from PIL import Image

from photochrom.colorizer import Colorizer
from photochrom.model import load
from photochrom.web import rendering
from photochrom.web.refusals import RefusedError


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


def test_chroma_of_a_large_photograph_is_sent_smaller(monkeypatch, camera, encode):
    monkeypatch.setattr(rendering, "_MOST_CHROMA", 1000)
    sent = rendering.chroma(io.BytesIO(encode(camera, "PNG")), load("default"), None, 10**6)
    with Image.open(io.BytesIO(sent)) as image:
        assert image.width * image.height == pytest.approx(1000, rel=0.1)
        assert image.width / image.height == pytest.approx(96 / 72, rel=0.1)


def test_chroma_is_not_fitted_to_the_gamut(strong, encode):
    ramp = np.tile(np.arange(256, dtype=np.uint8), (40, 1))
    sent = rendering.chroma(io.BytesIO(encode(ramp, "PNG")), load(strong), None, 10**6)
    with Image.open(io.BytesIO(sent)) as image:
        levels = np.asarray(image)[:, 1:-1, :2].reshape(-1, 2)
    # All but pure black and white, which have room for no color at all.
    assert (levels == (1, 255)).all()


def test_damage_beyond_the_head_is_told_without_a_path(jpeg):
    with pytest.raises(RefusedError, match="damaged or cut short") as caught:
        rendering.preview(io.BytesIO(jpeg[:-600]), 10**6)
    assert caught.value.status == 422
    assert "photochrom-" not in caught.value.detail


def test_a_full_disk_is_no_fault_of_the_photograph(monkeypatch, jpeg, strong):
    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(RefusedError) as caught:
        rendering.colored(io.BytesIO(jpeg), Colorizer(strong), None, 10**6)
    assert caught.value.status == 503


def test_a_file_of_several_pages_is_refused_before_it_is_shown(strong, camera, encode):
    pages = encode(camera, "TIFF", save_all=True, append_images=[Image.fromarray(camera)])
    for work in (
        lambda upload: rendering.preview(upload, 10**6),
        lambda upload: rendering.chroma(upload, load(strong), None, 10**6),
        lambda upload: rendering.colored(upload, Colorizer(strong), None, 10**6),
    ):
        with pytest.raises(RefusedError, match="has 2 pages"):
            work(io.BytesIO(pages))


def test_the_limit_can_be_above_pillows_own(monkeypatch, strong, camera, jpeg):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)  # refused from twice as many on
    assert rendering.preview(io.BytesIO(jpeg), 10**6)
    assert rendering.colored(io.BytesIO(jpeg), Colorizer(strong, max_pixels=10**6), None, 10**6)
    with pytest.raises(RefusedError, match=r"more than 0\.001 million pixels"):
        rendering.preview(io.BytesIO(jpeg), 1000)
