"""Decoded samples of more than 8 bit, which Pillow cannot hold, as the planes of a photograph."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from photochrom.color import rgb_to_luma
from photochrom.photos.icc import deep_to_srgb

_BAND = 1 << 18  # numbers worked on at a time: whole planes of wider numbers would take a multiple of the memory

# What turns a picture upright, for each value of EXIF's orientation but 1.
_TURNS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a),
}


@dataclass(frozen=True)
class Deep:
    """A decoded picture: ``colors`` uint16 (H, W, 1, 3 or 4), gray, RGB or CMYK; ``alpha`` uint16 (H, W) or None.

    ``depth`` is that of the file: 16, or 8 where the samples were scaled up.
    """

    colors: np.ndarray
    alpha: np.ndarray | None = None
    depth: int = 16

    def upright(self, orientation: int, profile: bytes | None) -> "Deep":
        """The picture turned as EXIF's ``orientation`` says, in sRGB, with the pixels in rows again."""
        turn = _TURNS.get(orientation, np.asarray)
        colors = self.colors if self.colors.shape[2] == 1 and not profile else deep_to_srgb(self.colors, profile)
        alpha = None if self.alpha is None else np.ascontiguousarray(turn(self.alpha))
        return Deep(np.ascontiguousarray(turn(colors)), alpha, self.depth)

    def luma(self) -> np.ndarray:
        """The luma of an `upright` picture: float32 (1, H, W) in [0, 1]."""
        return levels_to_luma(self.colors)

    def rgb(self) -> np.ndarray:
        """The colors of an `upright` picture, rounded to uint8 (H, W, 3)."""
        return np.broadcast_to(to_8_bit(self.colors), (*self.colors.shape[:2], 3))

    def own_alpha(self) -> np.ndarray | None:
        """The alpha at the file's own depth: uint8 or uint16 (H, W), or None."""
        return to_8_bit(self.alpha) if self.alpha is not None and self.depth == 8 else self.alpha


def split(samples: np.ndarray, depth: int = 16) -> Deep:
    """uint16 (H, W) or (H, W, 1 to 4): gray, gray and alpha, RGB, RGB and alpha."""
    samples = samples[..., None] if samples.ndim == 2 else samples
    if samples.shape[2] in (2, 4):
        return Deep(samples[..., :-1], samples[..., -1], depth)
    return Deep(samples, None, depth)


def _bands(samples: np.ndarray) -> Iterator[slice]:
    """The rows of ``samples`` (H, ...) in bands of about `_BAND` numbers."""
    rows = max(1, _BAND // (samples.size // len(samples)))
    return (slice(top, top + rows) for top in range(0, len(samples), rows))


def levels_to_luma(levels: np.ndarray) -> np.ndarray:
    """uint8 or uint16 (H, W, 1 or 3), gray or RGB → luma float32 (1, H, W) in [0, 1]."""
    luma = np.empty((1, *levels.shape[:2]), np.float32)
    most = np.float32(np.iinfo(levels.dtype).max)
    for band in _bands(levels):
        planes = levels[band].transpose(2, 0, 1).astype(np.float32)
        planes /= most
        luma[:, band] = planes if len(planes) == 1 else rgb_to_luma(planes).clip(0, 1)
    return luma


def to_8_bit(levels: np.ndarray) -> np.ndarray:
    """uint16 levels → the nearest of uint8."""
    nearest = np.empty(levels.shape, np.uint8)
    for band in _bands(levels):
        nearest[band] = (levels[band].astype(np.uint32) + 128) // 257
    return nearest


def to_16_bit(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Numbers of any kind → uint16, ``low`` to 0 and ``high`` to 65535; what is not a number is black.

    Raises `ValueError` if ``low`` and ``high`` are no range.
    """
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"{low:g} to {high:g} is no range from black to white")
    levels = np.empty(values.shape, np.uint16)
    for band in _bands(values):
        with np.errstate(invalid="ignore"):  # numpy warns of some of what is not a number
            scaled = (values[band].astype(np.float64) - low) / (high - low)
            levels[band] = np.rint(np.nan_to_num(scaled.clip(0, 1)) * 65535)
    return levels


def float_range(values: np.ndarray, stated: tuple[float, float] | None, white: float | None) -> tuple[float, float]:
    """Black and white of floating-point values, which have no range of their own.

    0 to ``white`` if that is given; else what the file ``stated``; else 0 to 1 if all values lie there, as is the
    custom; else from the least to the greatest value. Raises `ValueError` for values that are not finite.
    """
    if white is not None:
        return 0.0, white
    if stated is not None:
        return stated
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError("it holds values that are not finite; state its white")
    if low >= 0 and high <= 1:
        return 0.0, 1.0
    return (low, high) if low < high else (low - 1, high)
