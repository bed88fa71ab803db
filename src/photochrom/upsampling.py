"""From the working size to the photograph's: the chroma planes are enlarged along the photograph's own edges.

Bilinear enlargement alone lets the color of the sky bleed into branches. Near an edge, chroma is mostly a straight
line over luma, and the photograph's luma is known at full size; so where luma departs from what bilinear
enlargement makes of it, chroma departs by the line's slope times as much. That is the guided filter in its fast form,
fitted at the working size and applied at full size (He, Sun 2015, arXiv:1505.00996), to what bilinear
enlargement loses; but where chroma only partly follows luma, the slope is smaller by that part. The result is clipped
to the colors that the network painted nearby, so nothing overshoots.
"""

from functools import lru_cache, reduce
from itertools import pairwise

import numpy as np
from PIL import Image

PLANES = 9  # that `Enlargement` enlarges: two of color, their slopes, lowest and highest values nearby, and luma
_EPSILON = 5e-4  # variance of luma below which a neighborhood counts as flat, and its slope as noise


class Enlargement:
    """Chroma ``chroma`` float32 (2, h, w), of ``luma`` float32 (h, w) or larger, for ``height`` by ``width`` pixels.

    Nothing of full size is held: `band` makes any rows when they are asked for. Threads may share it.
    """

    def __init__(self, chroma: np.ndarray, luma: np.ndarray, height: int, width: int) -> None:
        small = min(chroma.shape[1], height), min(chroma.shape[2], width)  # what follows only enlarges
        colors = np.stack([resize(plane, *small, Image.Resampling.BILINEAR) for plane in chroma])
        # A model that paints at half the size means the mean of what each pixel covers: so must its luma be.
        covered = resize(luma, chroma.shape[1], chroma.shape[2], Image.Resampling.BOX)
        guide = resize(covered, *small, Image.Resampling.BILINEAR)
        lowest, highest = (reduce(function, _windows(colors)) for function in (np.minimum, np.maximum))
        planes = [colors, slopes(colors, guide), lowest, highest, guide[None]]
        self._bilinear = Bilinear(np.concatenate(planes), height, width)

    def band(self, top: int, luma: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """The chroma, float32 (2, rows, ``width``), of the rows from ``top`` on, with ``luma`` (rows, ``width``).

        ``out``, float32 (`PLANES`, rows, ``width``), is memory to work in, and then holds the result.
        """
        full = np.empty((PLANES, *luma.shape), np.float32) if out is None else out
        colors, rises, lowest, highest, guide = np.split(self._bilinear.fill(top, full), (2, 4, 6, 8))
        np.subtract(luma, guide, out=guide)
        rises *= guide
        colors += rises
        np.maximum(colors, lowest, out=colors)
        np.minimum(colors, highest, out=colors)
        return np.asarray(colors)


class Bilinear:
    """``planes`` float32 (P, h, w), for ``height`` by ``width`` pixels, made in bands of rows. Threads may share it."""

    def __init__(self, planes: np.ndarray, height: int, width: int) -> None:
        self._planes = planes
        self._down, self._across = _between(planes.shape[1], height), _between(planes.shape[2], width)
        self._row = lru_cache(maxsize=16)(self._widened)  # neighboring bands share rows
        self._step = lru_cache(maxsize=16)(self._difference)

    def fill(self, top: int, full: np.ndarray) -> np.ndarray:
        """Fill ``full`` (P, rows, ``width``) with all planes from the row ``top`` on, and return it."""
        rows = full.shape[1]
        before, share = (part[top : top + rows] for part in self._down)
        starts = [0, *np.flatnonzero(np.diff(before)) + 1, rows]
        for start, stop in pairwise(starts):
            index = int(before[start])
            part = full[:, start:stop]
            np.multiply(share[start:stop, None], self._step(index), out=part)
            part += self._row(index)
        return full

    def is_zero(self, top: int, rows: int) -> bool:
        """Whether all that ``rows`` from ``top`` on are made of is zero."""
        before = self._down[0][top : top + rows]
        return not self._planes[:, before[0] : before[-1] + 2].any()

    def _widened(self, index: int) -> np.ndarray:
        """A row of all planes, enlarged across only: (P, 1, ``width``)."""
        left, share = self._across
        row = self._planes[:, index]
        steps = np.diff(row, append=row[..., -1:])
        # `take` keeps neighbors together in memory, where indexing would not, and what follows would be slow.
        widened: np.ndarray = row.take(left, axis=-1) + share * steps.take(left, axis=-1)
        return widened[:, None]

    def _difference(self, index: int) -> np.ndarray:
        """What leads from a row to the next: (P, 1, ``width``)."""
        difference: np.ndarray = self._row(min(index + 1, self._planes.shape[1] - 1)) - self._row(index)
        return difference


def resize(plane: np.ndarray, height: int, width: int, filter: Image.Resampling) -> np.ndarray:
    """One float32 plane (h, w) → (``height``, ``width``), with no aliasing where it shrinks."""
    return resized(Image.fromarray(plane), height, width, filter)


def resized(picture: Image.Image, height: int, width: int, filter: Image.Resampling, gap: float = 4.0) -> np.ndarray:
    """The same as `resize`, for a plane that is a Pillow picture of mode F already.

    Where it shrinks to less than a half of 1 / ``gap``, boxes of pixels are averaged first: that is faster.
    """
    return np.asarray(picture.resize((width, height), filter, reducing_gap=gap))


def slopes(chroma: np.ndarray, luma: np.ndarray) -> np.ndarray:
    """How chroma (2, h, w) rises with luma (h, w) around every pixel: slopes (2, h, w).

    They are those of least squares, times the share of the chroma's variance that the line explains.
    """
    mean, means = _mean(luma), _mean(chroma)
    variance, variances = _mean(luma * luma) - mean * mean, _mean(chroma * chroma) - means * means
    together = _mean(luma * chroma) - mean * means
    explained = together * together / ((variance + np.float32(1e-5)) * (variances + np.float32(1e-6)))
    rises: np.ndarray = together / (variance + np.float32(_EPSILON)) * explained.clip(0, 1)
    return _mean(rises)


def _mean(planes: np.ndarray) -> np.ndarray:
    """Of each pixel's neighborhood, the weighted mean: 1 2 1 down and across."""
    mean, part = np.zeros_like(planes), np.empty_like(planes)
    for weight, window in zip((1, 2, 1, 2, 4, 2, 1, 2, 1), _windows(planes), strict=True):
        mean += np.multiply(window, np.float32(weight / 16), out=part)
    return mean


def _windows(planes: np.ndarray) -> list[np.ndarray]:
    """The nine neighbors of every pixel of (..., h, w), itself among them, each as planes of that shape."""
    height, width = planes.shape[-2:]
    padded = np.pad(planes, [(0, 0)] * (planes.ndim - 2) + [(1, 1), (1, 1)], mode="edge")
    return [padded[..., y : y + height, x : x + width] for y in range(3) for x in range(3)]


def _between(few: int, many: int) -> tuple[np.ndarray, np.ndarray]:
    """For each of ``many`` pixels in the place of ``few``: the pixel before it, and how far it is on to the next."""
    places = ((np.arange(many) + 0.5) * (few / many) - 0.5).clip(0, few - 1)
    before = places.astype(np.intp)
    return before, (places - before).astype(np.float32)
