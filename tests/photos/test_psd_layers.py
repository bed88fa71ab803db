import struct
import subprocess
import sys
import zlib

import imagecodecs
import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage

from photochrom import Hints, PhotoError, Point
from photochrom.photos import photoshop, psd_layers, reading
from photochrom.photos.icc import srgb
from photochrom.photos.layers import Layer, layered


@pytest.fixture
def results(layered_and_flat):
    return layered_and_flat(".psd")


def layers_of(path):
    """The layers from the lowest on, as the format says: name, mode, and pixels (H, W, channels), alpha last."""
    content = path.read_bytes()
    deep = content.find(b"8BIMLr16")
    place = deep + 12 if deep >= 0 else photoshop.after_resources(content)[0] + 8
    (count,) = struct.unpack_from(">h", content, place)
    place, records = place + 2, []
    for _ in range(abs(count)):
        top, left, bottom, right, channels = struct.unpack_from(">4iH", content, place)
        sizes = [struct.unpack_from(">I", content, place + 20 + 6 * index)[0] for index in range(channels)]
        place += 18 + 6 * channels
        mode, extra = content[place + 4 : place + 8], struct.unpack_from(">I", content, place + 12)[0]
        end = place + 16 + extra
        name = place + 16
        for _ in range(2):  # the mask, and what the layer is blended with
            name += 4 + struct.unpack_from(">I", content, name)[0]
        records.append(
            (content[name + 1 : name + 1 + content[name]].decode(), mode, (bottom - top, right - left), sizes)
        )
        place = end
    found = []
    for name, mode, shape, sizes in records:
        planes = []
        for size in sizes:
            planes.append(plane_of(content[place : place + size], shape))
            place += size
        found.append((name, mode, np.stack(planes, -1)))
    return found


def plane_of(channel, shape):
    kind = int.from_bytes(channel[:2], "big")
    assert kind in (1, 2)  # PackBits after the length of each row, or zlib
    if kind == 1:
        return np.frombuffer(imagecodecs.packbits_decode(channel[2 + 2 * shape[0] :]), np.uint8).reshape(shape)
    return np.frombuffer(zlib.decompress(channel[2:]), ">u2").reshape(shape)


def test_the_layers_make_the_result(results, camera, blend_color):
    path, flat = results
    (below, normal, photograph), (above, color, colors) = layers_of(path)
    assert (below, normal, above, color) == ("Photograph", b"norm", "Colors", b"colr")
    assert (photograph == camera[..., None]).all()
    assert abs(np.rint(255 * blend_color(photograph / 255, colors / 255)) - flat).max() <= 1


def test_pillow_sees_what_they_make(results):
    path, flat = results
    with Image.open(path) as image:
        assert (np.asarray(image) == flat).all()
        assert image.info["icc_profile"] == srgb()
        assert [layer[0] for layer in image.layers] == ["Photograph", "Colors"]


def test_the_photograph_keeps_its_tone(tmp_path, camera, colorizer):
    toned = (camera[..., None] * (0.9, 0.8, 0.6)).astype(np.uint8)
    Image.fromarray(toned).save(tmp_path / "old.png")
    colorizer.colorize_file(tmp_path / "old.png", tmp_path / "new.psd")
    assert (layers_of(tmp_path / "new.psd")[0][2] == toned).all()


def deep_source(tmp_path, camera, alpha=None):
    levels = camera.astype(np.uint16) * 257 + np.arange(camera.shape[1], dtype=np.uint16) % 99
    levels = levels.clip(0, 65535 - 99)
    pixels = levels if alpha is None else np.dstack([levels, alpha])
    (tmp_path / "deep.png").write_bytes(imagecodecs.png_encode(pixels))
    return tmp_path / "deep.png", levels


def test_16_bit_stay_16_bit(tmp_path, camera, colorizer, blend_color):
    source, levels = deep_source(tmp_path, camera)
    path = colorizer.colorize_file(source, tmp_path / "new.psd")
    flat = imagecodecs.png_decode(colorizer.colorize_file(source, tmp_path / "flat.png").read_bytes())
    (_, normal, photograph), (_, color, colors) = layers_of(path)
    assert (normal, color) == (b"norm", b"colr")
    assert (photograph == levels[..., None]).all()
    assert abs(np.rint(65535 * blend_color(photograph / 65535, colors / 65535)) - flat).max() <= 257
    assert (reading.inspect(path).read_levels() == flat).all()


def test_transparency_shows_white_in_what_the_layers_make(tmp_path, coffee):
    alpha = np.linspace(0, 255, coffee[..., 0].size).reshape(coffee.shape[:2]).astype(np.uint8)
    psd_layers.write(tmp_path / "new.psd", layered(coffee, coffee, alpha), b"")
    white = Image.new("RGBA", alpha.shape[::-1], "white")
    white.alpha_composite(Image.fromarray(np.dstack([coffee, alpha])))
    with Image.open(tmp_path / "new.psd") as image:
        shown = np.asarray(image)
        assert (shown[..., 3] == alpha).all()
        assert abs(shown[..., :3].astype(int) - np.asarray(white)[..., :3]).max() <= 1


@pytest.mark.parametrize("depth", [8, 16])
def test_alpha_is_the_transparency_of_the_photograph_alone(tmp_path, camera, colorizer, depth):
    alpha = np.linspace(0, 255, camera.size).reshape(camera.shape).astype(np.uint8)
    source = tmp_path / "old.png"
    Image.fromarray(np.dstack([camera, alpha]), "LA").save(source)
    if depth == 16:
        source, _ = deep_source(tmp_path, camera, alpha.astype(np.uint16) * 257)
    path = colorizer.colorize_file(source, tmp_path / "new.psd")
    flat = reading.inspect(colorizer.colorize_file(source, tmp_path / "flat.png")).read_levels()
    photograph, colors = PSDImage.open(path)
    assert np.allclose(photograph.numpy("shape")[..., 0] * 255, alpha, atol=1e-3)
    assert colors.clipping
    assert set(np.unique(colors.numpy("shape"))) == {0, 1}  # the alpha of the photograph counts, and once
    file = reading.inspect(path)
    read = file.read()
    assert read.depth == depth
    assert (read.alpha == (alpha if depth == 8 else alpha.astype(np.uint16) * 257)).all()
    seen = alpha > 25  # below, mixing with white leaves little of 8 bit
    assert abs(file.read_levels().astype(int) - flat)[seen].max() <= (6 if depth == 8 else 12)


def test_hidden_layers_are_hidden(tmp_path, camera):
    rgb = np.dstack([camera] * 3)
    known = Layer("Hints", np.dstack([rgb, camera]), colors=True, hidden=True)
    psd_layers.write(tmp_path / "new.psd", layered(rgb, rgb, known=[known]), b"")
    assert [layer.visible for layer in PSDImage.open(tmp_path / "new.psd")] == [True, True, False]
    name, mode, pixels = layers_of(tmp_path / "new.psd")[2]
    assert (name, mode) == ("Hints", b"colr")
    assert (pixels[..., 3] == camera).all()


def test_hints_are_a_layer_of_their_own(tmp_path, source, camera, colorizer):
    hints = Hints.from_points([Point(0.5, 0.5, "firebrick", 0.1)])
    path = colorizer.colorize_file(source, tmp_path / "new.psd", hints=hints)
    _, (_, _, colors), (name, _, pixels) = layers_of(path)
    named = pixels[..., 3] == 255
    assert name == "Hints"
    assert 0 < named.sum() < named.size / 2
    assert abs(colors.astype(int) - pixels[..., :3])[named].max() <= 2  # the result has obeyed them


def test_a_file_of_more_bytes_than_the_format_holds_is_refused(tmp_path, camera, monkeypatch):
    monkeypatch.setattr(psd_layers, "_LARGEST", 1000)
    rgb = np.dstack([camera] * 3)
    with pytest.raises(ValueError, match=r"PSD holds no more than 2 GB; name an \.ora or a \.tif"):
        psd_layers.write(tmp_path / "new.psd", layered(rgb, rgb), b"")


def test_a_source_that_cannot_be_read_leaves_nothing(tmp_path, source, colorizer):
    source.write_bytes(source.read_bytes()[:1000])
    with pytest.raises(PhotoError, match="damaged or cut short"):
        colorizer.colorize_file(source, tmp_path / "new.psd")
    assert list(tmp_path.iterdir()) == [source]


def test_what_is_missing_is_named_and_nothing_written(tmp_path, source, colorizer, monkeypatch):
    monkeypatch.setitem(sys.modules, "psd_tools", None)
    with pytest.raises(PhotoError, match=r"PSD needs an extra package: pip install '\.\[layers\]'"):
        colorizer.colorize_file(source, tmp_path / "new.psd")
    assert not list(tmp_path.glob("new*"))


def test_the_first_files_may_be_written_at_the_same_time(tmp_path):
    """In a new process, where psd-tools is not imported yet."""
    script = (
        "import sys, tempfile, numpy as np\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from pathlib import Path\n"
        "from photochrom.photos import reading, writing\n"
        "from photochrom.photos.provenance import Provenance\n"
        "photo, rgb = reading.Photo(np.zeros((1, 9, 9), np.float32)), np.zeros((9, 9, 3), np.uint8)\n"
        "folder = Path(tempfile.mkdtemp(dir=sys.argv[1]))\n"
        "sys.setswitchinterval(1e-6)\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    list(pool.map(lambda n: writing.write(folder / f'{n}.psd', rgb, photo, Provenance()), range(8)))\n"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path], check=True, timeout=300)
