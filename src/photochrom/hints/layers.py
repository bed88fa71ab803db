"""Layers: what is known of a whole photograph at once, painted in a paint program or carried over from a picture."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np
from PIL import Image

from photochrom.color import rgb_to_chroma
from photochrom.errors import HintError
from photochrom.hints.points import Point


@dataclass(frozen=True, eq=False)
class Painting:
    """A picture of the photograph's aspect, transparent where nothing is known: a Pillow picture of any mode."""

    picture: Image.Image
    _premultiplied: Image.Image = field(init=False, repr=False)
    _box: tuple[int, int, int, int] = field(init=False, repr=False)  # what is painted of it

    def __post_init__(self) -> None:
        rgba = self.picture.convert("RGBA")
        object.__setattr__(self, "picture", rgba)
        object.__setattr__(self, "_premultiplied", rgba.convert("RGBa"))
        object.__setattr__(self, "_box", rgba.getchannel("A").getbbox() or (0, 0, 0, 0))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.picture.size

    @cached_property
    def digest(self) -> bytes:
        """The sha256 of its pixels; it is asked for more than once, and takes a while."""
        return hashlib.sha256(self.picture.tobytes()).digest()

    def lay(self, planes: np.ndarray, top: int, height: int) -> None:
        """Lay it over the rows from ``top`` on of ``planes`` (3, rows, width) for ``height`` rows, in place."""
        rows, width = planes.shape[1:]
        across, down = self.size[0] / width, self.size[1] / height
        left, upper, right, lower = self._box
        # A pixel more each way, into which an enlarged edge fades.
        x0, x1 = max(0, int(left / across) - 1), min(width, -int(-right // across) + 1)
        y0, y1 = max(top, int(upper / down) - 1), min(top + rows, height, -int(-lower // down) + 1)
        if x0 >= x1 or y0 >= y1 or left == right:
            return
        box = x0 * across, y0 * down, x1 * across, y1 * down
        kind = Image.Resampling.BOX if across > 1 and down > 1 else Image.Resampling.BILINEAR
        if self.size == (width, height):
            piece = self._premultiplied.crop((x0, y0, x1, y1))
        else:
            piece = self._premultiplied.resize((x1 - x0, y1 - y0), kind, box)
        inner = piece.getbbox()  # strokes are few, and far from filling the box of them all
        if inner is None:
            return
        levels = np.asarray(piece.crop(inner)).transpose(2, 0, 1).astype(np.float32) / 255
        place = np.s_[:, y0 - top + inner[1] : y0 - top + inner[3], x0 + inner[0] : x0 + inner[2]]
        _over(planes[place], np.concatenate((rgb_to_chroma(levels[:3]), levels[3:])))


@dataclass(frozen=True, eq=False)
class ChromaField:
    """Chroma with a confidence: ``planes`` float32 (3, h, w) are Cb·m, Cr·m and m in [0, 1], of any size."""

    planes: np.ndarray

    def __post_init__(self) -> None:
        planes = self.planes
        if planes.ndim != 3 or len(planes) != 3 or not planes.size:
            raise HintError(f"a chroma field must be (3, height, width), and not empty; not {planes.shape}")
        planes = planes.astype(np.float32)
        if not ((planes[2] >= 0) & (planes[2] <= 1)).all() or not (abs(planes[:2]) <= 0.5 * planes[2] + 1e-5).all():
            raise HintError("a chroma field must have a confidence from 0 to 1, and chroma of at most 0.5 times that")
        planes.flags.writeable = False
        object.__setattr__(self, "planes", planes)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.planes.shape[2], self.planes.shape[1]

    def lay(self, planes: np.ndarray, top: int, height: int) -> None:
        """Lay it over the rows from ``top`` on of ``planes`` (3, rows, width) for ``height`` rows, in place."""
        _over(planes, self._rows(top, planes.shape[1], height, planes.shape[2]))

    def _rows(self, top: int, rows: int, height: int, width: int) -> np.ndarray:
        if self.planes.shape[1:] == (height, width):
            return np.asarray(self.planes[:, top : top + rows])
        down = self.planes.shape[1] / height
        box = 0, top * down, self.planes.shape[2], (top + rows) * down
        kind = Image.Resampling.BOX if down > 1 and self.planes.shape[2] > width else Image.Resampling.BILINEAR
        return np.stack([np.asarray(Image.fromarray(plane).resize((width, rows), kind, box)) for plane in self.planes])


Known: TypeAlias = Point | Painting | ChromaField


def _over(below: np.ndarray, above: np.ndarray) -> None:
    """Lay ``above`` over ``below``, both (3, H, W) of chroma times confidence, and confidence; in place."""
    below *= 1 - above[2]
    below += above
