"""Whether a picture is gray, a toned print (sepia and the like), or in color.

A toned print has one color for each level of luma: its chroma follows from the luma, but for fading, stains and
vignettes, which change slowly across the print. So the chroma is fitted by the luma and the place, and what
the fit leaves over is color. Below some 100 pixels, the coarse chroma of JPEG can make a strong tone look like color.
"""

from enum import Enum

import numpy as np
from PIL import Image

from photochrom.color import rgb_to_chroma, rgb_to_luma

_SIDE = 128  # pixels, or a quarter of a small picture: the noise of compression and grain averages out
COLOR_FROM = 0.0075  # of the remains' measure, chosen by benchmarks/skip_color.py on data/*/train
GRAY_BELOW = 0.012  # mean chroma


class Tint(Enum):
    """What colors a picture holds."""

    GRAY = "gray"
    TONED = "toned"
    COLOR = "color"


def tint(rgb: np.ndarray) -> Tint:
    """The tint of ``rgb`` uint8 (3, H, W)."""
    strength, remains = measures(rgb)
    if remains >= COLOR_FROM:
        return Tint.COLOR
    return Tint.GRAY if strength < GRAY_BELOW else Tint.TONED


def measures(rgb: np.ndarray) -> tuple[float, float]:
    """The mean chroma, and how much of it neither luma nor place explains; both on the scale of chroma."""
    image = Image.fromarray(np.ascontiguousarray(rgb.transpose(1, 2, 0)))
    side = max(16, min(_SIDE, max(image.size) // 4))
    image.thumbnail((side, side), Image.Resampling.BOX)
    small = np.asarray(image, dtype=np.float32).transpose(2, 0, 1) / 255
    luma, chroma = rgb_to_luma(small)[0], rgb_to_chroma(small)
    rows, columns = np.meshgrid(*(np.linspace(-1, 1, side) for side in luma.shape), indexing="ij")
    place = [rows, columns, rows * rows, rows * columns, columns * columns]
    terms = [np.ones_like(luma), *(luma**power for power in (1, 2, 3, 4)), *place, *(luma * p for p in place)]
    known = np.stack([np.asarray(term, dtype=np.float64).ravel() for term in terms], axis=1)
    colors = chroma.reshape(2, -1).T.astype(np.float64)
    left = colors - known @ np.linalg.lstsq(known, colors, rcond=None)[0]
    remains = np.sqrt((left**2).sum(axis=1))
    return float(np.sqrt((colors**2).sum(axis=1)).mean()), float(np.sqrt((remains**2).mean()))
