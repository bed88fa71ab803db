"""Hints as files: JSON that a person can read and write, or a painted layer as a picture.

The JSON is ``{"version": 1, "hints": [...]}``. Each hint is a point, ``{"x": 0.4, "y": 0.6, "color": "firebrick"}``,
which may have a ``radius``; a painted ``layer``, a PNG in base64; or ``chroma``, a PNG in base64 whose red, green and
blue are Cb and Cr, of which level v means (v - 128) / 254, and the confidence from 0 to 255. Later hints lie on top.
"""

import base64
import binascii
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from photochrom.atomic import replacing
from photochrom.errors import HintError
from photochrom.hints.layers import ChromaField, Known, Painting
from photochrom.hints.points import Point
from photochrom.photos.pillow import DAMAGE, open_picture
from photochrom.photos.reading import MAX_PIXELS

_VERSION = 1
_SAMPLE = 512  # pixels of a side that are looked at to tell what a layer is
_POINT = ("x", "y", "color", "radius")


def read(path: Path) -> tuple[Known, ...]:
    """What the JSON or the picture at ``path`` knows. Raises `HintError`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise HintError(f"{path}: cannot be read ({error.strerror})") from None
    return from_content(content, str(path))


def from_content(content: bytes, name: str) -> tuple[Known, ...]:
    """What the JSON or the picture knows that is the ``content`` of the file called ``name``. Raises `HintError`."""
    if not name.lower().endswith(".json"):
        return (read_layer(content, name),)
    try:
        return from_json(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise HintError(f"{name}: is no text; hints in JSON are UTF-8") from None
    except HintError as error:
        raise HintError(f"{name}: {error}") from None


def write(path: Path, known: tuple[Known, ...], overwrite: bool) -> None:
    """Write JSON, or a PNG file of a painting alone, by the name of ``path``. Raises `HintError`."""
    try:
        content = _png(known) if path.suffix.lower() == ".png" else to_json(known).encode()
        if path.suffix.lower() not in (".png", ".json"):
            raise HintError("hints are saved as .json, or a painted layer as .png; name it so")
        with replacing(path, overwrite) as temporary:
            temporary.write_bytes(content)
    except HintError as error:
        raise HintError(f"{path}: {error}") from None
    except FileExistsError:
        raise HintError(f"{path}: exists already; name another file, or set `overwrite`") from None
    except OSError as error:
        raise HintError(f"{path}: cannot be written ({error.strerror})") from None


def to_json(known: Iterable[Known]) -> str:
    """All of ``known`` as JSON, a hint a line."""
    lines = ",\n".join(f"    {json.dumps(_row(one))}" for one in known)
    return f'{{\n  "version": {_VERSION},\n  "hints": [\n{lines}\n  ]\n}}\n'


def from_json(text: str) -> tuple[Known, ...]:
    """The inverse of `to_json`. Raises `HintError`."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise HintError(f"broken JSON ({error})") from None
    if not isinstance(content, dict) or "version" not in content:
        raise HintError('no hints: they begin with {"version": 1, "hints": [')
    if content["version"] != _VERSION:
        raise HintError(f"hints of version {content['version']!r}, and this Photochrom knows {_VERSION}; update it")
    rows = content.get("hints")
    if not isinstance(rows, list) or set(content) != {"version", "hints"}:
        raise HintError('beside "version" there must be a list "hints", and nothing else')
    return tuple(_known(row, number) for number, row in enumerate(rows, 1))


def _row(one: Known) -> dict[str, Any]:
    if isinstance(one, Point):
        return {"x": float(one.x), "y": float(one.y), "color": one.color, "radius": float(one.radius)}
    if isinstance(one, Painting):
        return {"layer": _text(one.picture)}
    chroma = one.planes[:2] / one.planes[2].clip(min=1e-6)
    levels = np.concatenate((128 + 254 * chroma.clip(-0.5, 0.5), 255 * one.planes[2:]))
    return {"chroma": _text(Image.fromarray(np.rint(levels).astype(np.uint8).transpose(1, 2, 0)))}


def _known(row: object, number: int) -> Known:
    """One hint, the ``number``th, as `_row` writes it."""
    try:
        if not isinstance(row, dict):
            raise HintError('not {"x": ..., "y": ..., "color": ...}')
        if {"x", "y", "color"} <= set(row) <= set(_POINT):
            return Point(**row)
        (kind, text), *others = row.items() or [("nothing", "")]
        if others or kind not in ("layer", "chroma"):
            raise HintError(f"a point has x, y, color and perhaps radius; this has {', '.join(map(str, row))}")
        picture = _picture(base64.b64decode(text, validate=True), "the picture")
    except (TypeError, binascii.Error):
        raise HintError(f"hint {number}: its picture is not base64") from None
    except HintError as error:
        raise HintError(f"hint {number}: {error}") from None
    if kind == "layer":
        return Painting(picture)
    levels = np.asarray(picture.convert("RGB")).transpose(2, 0, 1).astype(np.float32)
    confidence = levels[2:] / 255
    return ChromaField(np.concatenate((((levels[:2] - 128) / 254).clip(-0.5, 0.5) * confidence, confidence)))


def read_layer(content: bytes, name: str, max_pixels: int = MAX_PIXELS) -> Painting:
    """The layer in the ``content`` of a PNG file, which messages call ``name``.

    Raises `HintError`, also where the photograph was saved with what was painted on it: its grays are no hints.
    """
    painting = Painting(_picture(content, name, max_pixels))
    width, height = painting.size
    small = painting.picture.resize((min(width, _SAMPLE), min(height, _SAMPLE)), Image.Resampling.NEAREST)
    red, green, blue, alpha = np.asarray(small).transpose(2, 0, 1)
    if alpha.min() == 255 and ((red == green) & (green == blue)).mean() > 0.5:
        raise HintError(f"{name}: is opaque, and gray for the most part; save the painted layer without the photograph")
    return painting


def _picture(content: bytes, name: str, max_pixels: int = MAX_PIXELS) -> Image.Image:
    try:
        with open_picture(io.BytesIO(content), "PNG") as image:
            if image.width * image.height > max_pixels:
                raise HintError(f"{name}: has more than {max_pixels / 1e6:g} million pixels; make it smaller")
            image.load()
            return image
    except DAMAGE:
        raise HintError(f"{name}: is no whole PNG; save a painted layer as one, with its transparency") from None


def _png(known: tuple[Known, ...]) -> bytes:
    if len(known) != 1 or not isinstance(known[0], Painting):
        raise HintError("only a painted layer alone can be saved as .png; save these as .json")
    file = io.BytesIO()
    known[0].picture.save(file, "PNG")
    return file.getvalue()


def _text(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()
