import io
import struct
import zlib

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from photochrom import Colorizer
from photochrom.errors import PhotoError
from photochrom.photos import reading
from photochrom.photos.animation import Animation
from photochrom.photos.reading import ReadOptions

DURATIONS = [50, 120, 300]


@pytest.fixture
def frames(camera):
    return [camera, camera[::-1], 255 - camera]


def animated(frames, kind, **options):
    file = io.BytesIO()
    first, *others = (Image.fromarray(frame) for frame in frames)
    options = {"duration": DURATIONS, "loop": 3} | ({"lossless": True} if kind == "WEBP" else {}) | options
    first.save(file, kind, save_all=True, append_images=others, **options)
    return file.getvalue()


@pytest.mark.parametrize(("before", "plays"), [("PNG", 3), ("WEBP", 3), ("GIF", 4), ("AVIF", 0)])
@pytest.mark.parametrize("after", [".png", ".webp", ".avif"])
def test_every_frame_is_colored(tmp_path, frames, strong, before, plays, after):
    source, target, notes = tmp_path / f"old.{before.lower()}", tmp_path / f"new{after}", []
    source.write_bytes(animated(frames, before))
    assert reading.inspect(source).animation == Animation(3, plays)
    Colorizer(strong).colorize_file(source, target, on_note=notes.append)
    assert not notes
    with Image.open(target) as image:
        assert image.n_frames == 3
        if after != ".avif":
            assert image.info["loop"] == plays
        for index, frame in enumerate(frames):
            image.seek(index)
            image.load()
            assert image.info["duration"] == DURATIONS[index]
            rgb = np.asarray(image.convert("RGB")).astype(float)
            assert np.abs(rgb @ [0.299, 0.587, 0.114] - frame).mean() < (8 if ".avif" in (source.suffix, after) else 1)
            assert np.ptp(rgb, axis=2).max() > 50


@pytest.mark.parametrize("after", [".jpg", ".tif", ".bmp"])
def test_what_a_format_cannot_hold_is_said(tmp_path, frames, strong, after):
    source, notes = tmp_path / "old.webp", []
    source.write_bytes(animated(frames, "WEBP"))
    target = Colorizer(strong).colorize_file(source, tmp_path / f"new{after}", on_note=notes.append)
    (note,) = notes
    assert note == f"{target}: only the first of its 3 frames is colored, as the format holds no animation"
    assert (reading.read(target).luma[0] * 255 - frames[0]).mean() == pytest.approx(0, abs=1)


def test_a_gif_that_says_nothing_plays_once(frames):
    assert reading.inspect(animated(frames, "GIF", loop=None)).animation == Animation(3, 1)
    assert reading.inspect(animated(frames, "GIF", loop=0)).animation == Animation(3, 0)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "AVIF"])
def test_still_pictures_are_no_animations(camera, kind):
    file = io.BytesIO()
    Image.fromarray(camera).save(file, kind)
    assert reading.inspect(file.getvalue()).animation is None


def test_frames_keep_their_alpha(tmp_path, camera, strong):
    layers = [Image.merge("LA", [Image.fromarray(camera), Image.fromarray(alpha)]) for alpha in (camera, 255 - camera)]
    layers[0].save(tmp_path / "old.png", save_all=True, append_images=layers[1:], duration=100, blend=0)
    Colorizer(strong).colorize_file(tmp_path / "old.png", tmp_path / "new.webp")
    with Image.open(tmp_path / "new.webp") as image:
        for index, layer in enumerate(layers):
            image.seek(index)
            assert (np.asarray(image)[..., 3] == np.asarray(layer)[..., 1]).all()


def test_a_damaged_frame_is_told_and_nothing_is_written(tmp_path, frames, strong):
    content = bytearray(animated(frames, "PNG"))
    content[content.rindex(b"fdAT") + 40] ^= 1
    (tmp_path / "old.png").write_bytes(content)
    with pytest.raises(PhotoError, match="damaged"):
        Colorizer(strong).colorize_file(tmp_path / "old.png", tmp_path / "new.png")
    assert not (tmp_path / "new.png").exists()


def test_more_pixels_than_may_be_read_are_colored_as_a_still_picture_and_that_is_said(tmp_path, frames, camera, strong):
    content, notes = animated(frames, "PNG"), []
    whole = reading.inspect(content, ReadOptions(3 * camera.size)).animation
    assert whole == Animation(3, 3)
    (tmp_path / "old.png").write_bytes(content)
    limited = Colorizer(strong, max_pixels=3 * camera.size - 1)
    limited.colorize_file(tmp_path / "old.png", tmp_path / "new.png", on_note=notes.append)
    assert notes == [
        f"{tmp_path / 'new.png'}: only the first of its 3 frames is colored, "
        "as all of them are more than 0.020735 million pixels"
    ]
    with Image.open(tmp_path / "new.png") as image:
        assert getattr(image, "n_frames", 1) == 1


def test_of_an_animation_of_16_bit_the_still_picture_is_colored_and_that_is_said(tmp_path, camera, strong):
    still, notes = bytes(imagecodecs.png_encode(camera.astype(np.uint16) * 257)), []
    said = b"acTL" + struct.pack(">II", 2, 0)
    control = struct.pack(">I", 8) + said + struct.pack(">I", zlib.crc32(said))
    (tmp_path / "old.png").write_bytes(still[:33] + control + still[33:])
    Colorizer(strong).colorize_file(tmp_path / "old.png", tmp_path / "new.png", on_note=notes.append)
    (note,) = notes
    assert note.endswith("only the first of its 2 frames is colored, as those of 16 bit are not read")
    assert reading.inspect(tmp_path / "new.png").pages[0].depth == 16
