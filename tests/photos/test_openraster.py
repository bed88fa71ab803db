import io
import zipfile
from xml.etree import ElementTree

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from photochrom import Hints, PhotoError, Point
from photochrom.photos import formats, openraster, provenance, reading
from photochrom.photos.icc import srgb
from photochrom.photos.layers import Layer, layered
from photochrom.photos.reading import ReadOptions


@pytest.fixture
def results(layered_and_flat):
    return layered_and_flat(".ora")


def opened(path):
    """What another program finds: the attributes of the picture, and those of each layer with its pixels."""
    with zipfile.ZipFile(path) as archive:
        image = ElementTree.fromstring(archive.read("stack.xml"))
        layers = [dict(layer.attrib) for layer in image.iter("layer")]
        for layer in layers:
            layer["pixels"] = imagecodecs.png_decode(archive.read(layer["src"]))
        return image.attrib, layers


def test_the_archive_is_laid_out_as_the_standard_says(results):
    with zipfile.ZipFile(results[0]) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"image/openraster"
        assert {"stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png"} < set(archive.namelist())
        assert archive.testzip() is None
        with Image.open(io.BytesIO(archive.read("Thumbnails/thumbnail.png"))) as thumbnail:
            assert max(thumbnail.size) <= 256


def test_the_layers_make_the_result(results, camera, blend_color):
    path, flat = results
    image, (colors, photograph) = opened(path)  # the highest comes first
    assert (image["w"], image["h"]) == tuple(map(str, camera.shape[::-1]))
    assert (photograph["name"], photograph["composite-op"]) == ("Photograph", "svg:src-over")
    assert (colors["name"], colors["composite-op"]) == ("Colors", "svg:color")
    assert (photograph["pixels"] == camera[..., None]).all()
    assert abs(np.rint(255 * blend_color(photograph["pixels"] / 255, colors["pixels"] / 255)) - flat).max() <= 1
    with zipfile.ZipFile(path) as archive:
        for name in ("mergedimage.png", colors["src"]):
            with Image.open(io.BytesIO(archive.read(name))) as merged:
                assert (np.asarray(merged) == flat).all()
                assert merged.info["icc_profile"] == srgb()


def test_16_bit_stay_16_bit(tmp_path, camera, colorizer, blend_color):
    levels = camera.astype(np.uint16) * 257 - camera % 7
    (tmp_path / "old.png").write_bytes(imagecodecs.png_encode(levels))
    path = colorizer.colorize_file(tmp_path / "old.png", tmp_path / "new.ora")
    flat = imagecodecs.png_decode(colorizer.colorize_file(tmp_path / "old.png", tmp_path / "new.png").read_bytes())
    _, (colors, photograph) = opened(path)
    assert (photograph["pixels"] == levels[..., None]).all()
    blended = blend_color(photograph["pixels"] / 65535, colors["pixels"] / 65535)
    assert abs(np.rint(65535 * blended) - flat).max() <= 257
    assert (reading.inspect(path).read_levels() == flat).all()


def test_soft_edges_are_told(tmp_path, camera, colorizer):
    for alpha, expected in ((camera, 1), (np.where(camera > 99, 255, 0).astype(np.uint8), 0)):
        Image.fromarray(np.dstack([camera, alpha]), "LA").save(tmp_path / "old.png")
        notes = []
        path = colorizer.colorize_file(tmp_path / "old.png", tmp_path / "new.ora", overwrite=True, on_note=notes.append)
        assert len(notes) == expected
        assert all("ORA" in note for note in notes)
        assert (reading.read(path).alpha == alpha).all()
        assert all((layer["pixels"][..., 3] == alpha).all() for layer in opened(path)[1])


def test_hidden_layers_are_hidden_and_the_resolution_is_said(tmp_path, camera):
    rgb = np.dstack([camera] * 3)
    known = Layer("Hints", np.dstack([rgb, camera]), colors=True, hidden=True)
    openraster.write(tmp_path / "new.ora", layered(rgb, rgb, known=[known]), {"dpi": (299.9, 0.2)})
    image, layers = opened(tmp_path / "new.ora")
    assert [layer["visibility"] for layer in layers] == ["hidden", "visible", "visible"]
    assert (image["xres"], image["yres"]) == ("300", "1")


def test_hints_are_a_layer_of_their_own(tmp_path, source, colorizer):
    hints = Hints.from_points([Point(0.5, 0.5, "firebrick", 0.1)])
    highest, colors, _ = opened(colorizer.colorize_file(source, tmp_path / "new.ora", hints=hints))[1]
    named = highest["pixels"][..., 3] == 255
    assert (highest["name"], highest["visibility"], highest["composite-op"]) == ("Hints", "hidden", "svg:color")
    assert abs(colors["pixels"].astype(int) - highest["pixels"][..., :3])[named].max() <= 2


def test_a_result_is_known_as_ours(results):
    assert provenance.of(results[0]).model == "test"


def test_what_the_layers_make_is_read(results):
    path, flat = results
    file = reading.inspect(path)
    assert file.format is formats.PNG
    assert (file.read_rgb().transpose(1, 2, 0) == flat).all()


def archive_of(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", b"image/openraster")
        for name, content in files.items():
            archive.writestr(f"{name}.png", content)
    return file.getvalue()


@pytest.mark.parametrize("files", [{}, {"mergedimage": b"text"}])
@pytest.mark.parametrize("end", [None, 99])
def test_archives_without_a_picture_are_told(files, end):
    content = archive_of(**files)[:end]
    assert formats.of_content(content) is formats.OPENRASTER
    assert provenance.of(content) is None
    with pytest.raises(PhotoError, match=r"holds no picture|not a picture|damaged"):
        reading.read(content)


def test_a_picture_of_too_many_bytes_is_not_unpacked(results):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr("mimetype", b"image/openraster")
        archive.writestr("mergedimage.png", bytes(70_000_000), zipfile.ZIP_DEFLATED, 1)
    with pytest.raises(PhotoError, match="too many bytes"):
        reading.inspect(bomb.getvalue(), ReadOptions(max_pixels=1000))
