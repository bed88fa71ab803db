"""A seeded corpus of damaged files of every kind: each is read, or refused with one line, and left as it was."""

import io
import random

import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image

from photochrom import PhotoError
from photochrom.photos import openraster, provenance, psd_layers, reading, writing
from photochrom.photos.layers import layered
from photochrom.photos.provenance import Provenance
from photochrom.photos.reading import ReadOptions

COUNT = 200


def whole_files(folder, camera):
    """One small file of every kind: suffix and content."""
    image = Image.fromarray(camera).resize((40, 30))
    levels = np.asarray(image).astype(np.uint16) * 257
    for suffix, kind in {
        ".jpg": "JPEG",
        ".png": "PNG",
        ".webp": "WEBP",
        ".bmp": "BMP",
        ".gif": "GIF",
        ".avif": "AVIF",
    }.items():
        buffer = io.BytesIO()
        image.save(buffer, kind)
        yield suffix, buffer.getvalue()
    buffer = io.BytesIO()
    pillow_heif.from_pillow(image.convert("RGB")).save(buffer)
    yield ".heic", buffer.getvalue()
    yield ".png", imagecodecs.png_encode(np.dstack([levels, levels]))
    for dtype in (np.uint8, np.uint16):
        rgb = np.dstack([np.asarray(image).astype(dtype)] * 3)
        for suffix, module, metadata in ((".psd", psd_layers, b""), (".ora", openraster, {})):
            module.write(folder / f"whole{suffix}", layered(rgb, rgb), metadata)
            yield suffix, (folder / f"whole{suffix}").read_bytes()
    yield ".pgm", b"P5 40 30 65535\n" + levels.astype(">u2").tobytes()
    for array, options in (
        (levels, {}),
        (np.dstack([levels] * 3), {"photometric": "rgb", "compression": "lzw", "predictor": True}),
        (np.asarray(image), {"extratags": [(274, "H", 1, 6, True)]}),
        (levels.astype(np.float32), {}),
    ):
        buffer = io.BytesIO()
        tifffile.imwrite(buffer, array, **options)
        yield ".tif", buffer.getvalue()


def mutated(content, chance):
    damaged = bytearray(content)
    kind = chance.randrange(4)
    if kind == 0:
        return bytes(damaged[: chance.randrange(len(damaged))])
    if kind == 3:
        place = chance.randrange(len(damaged))
        damaged[place : place + chance.randrange(1, 40)] = chance.randbytes(chance.randrange(60))
        return bytes(damaged)
    for _ in range(chance.randrange(1, 8)):
        damaged[chance.randrange(len(damaged) if kind == 1 else min(len(damaged), 200))] = chance.randrange(256)
    return bytes(damaged)


@pytest.mark.parametrize("seed", range(2))
def test_damaged_files_are_read_or_told(tmp_path, camera, seed):
    chance = random.Random(seed)
    files = list(whole_files(tmp_path, camera))
    read = 0
    for index in range(COUNT // 2):
        suffix, content = chance.choice(files)
        path = tmp_path / f"{index}{suffix}"
        damaged = mutated(content, chance)
        path.write_bytes(damaged)
        try:
            photo = reading.read(path, ReadOptions(5_000_000))
            reading.read_rgb(path, ReadOptions(5_000_000))
        except PhotoError as error:
            assert str(error).startswith(f"{path}: ")  # noqa: PT017
            assert "\n" not in str(error)  # noqa: PT017
        else:
            read += 1
            rgb = np.zeros((*photo.luma.shape[1:], 3), np.uint8)
            writing.write(tmp_path / "new.jpg", rgb, photo, Provenance(model="test"), overwrite=True)
        provenance.of(path)
        assert path.read_bytes() == damaged
    assert COUNT / 10 < read < COUNT / 2.5
