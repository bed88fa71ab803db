"""Hints are obeyed: where a color is known, the result has it, whatever the network made of the hint."""

import numpy as np
from PIL import Image

from photochrom.hints.hints import Hints
from photochrom.hints.spreading import spread
from photochrom.upsampling import Bilinear, Enlargement, resize, slopes

CHANGES = 5  # planes that `Obedience.obey` works in
_SIDE = 320  # pixels: what is lacking is spread at about the square of it, or the photograph's size if that is smaller


class Obedience:
    """What ``hints`` change in chroma (2, h, w) that a network painted for ``shrunk`` (h, w) or larger.

    ``luma`` (H, W) is the photograph's own; the result has ``height`` by ``width`` pixels. Threads may share it.
    """

    def __init__(
        self, hints: Hints, chroma: np.ndarray, shrunk: np.ndarray, luma: np.ndarray, height: int, width: int
    ) -> None:
        self._hints, self._height = hints, height
        shape = _shape(height, width)
        guide = luma if luma.shape == shape else resize(luma, *shape, Image.Resampling.BICUBIC).clip(0, 1)
        painted = Enlargement(chroma, shrunk, *shape).band(0, guide)
        change = spread(hints.planes(guide), painted, guide)
        rises = slopes(change[:2], guide)
        # As the guided filter does it: a straight line over luma, whose two coefficients are enlarged.
        self._change = Bilinear(np.concatenate((rises, change[:2] - rises * guide, change[2:])), height, width)
        self._range = change[:2].min(axis=(1, 2)), change[:2].max(axis=(1, 2))

    def obey(self, planes: np.ndarray, top: int, luma: np.ndarray, memory: np.ndarray) -> None:
        """Bring the chroma in ``planes`` (3, rows, W), of the rows from ``top`` on, to what is known, in place.

        The third plane becomes how far each pixel is known, from 0 to 1. ``memory`` (`CHANGES`, rows, W) is to work in.
        Where a color is known exactly, it is as it was given: to fit it to the gamut is left to
        `photochrom.color.merge_fitted`.
        """
        chroma, known = planes[:2], planes[2]
        if self._change.is_zero(top, planes.shape[1]):
            known.fill(0)
        else:
            self._change.fill(top, memory)
            change, base = memory[:2], memory[2:4]
            change *= luma
            change += base
            for plane, lowest, highest in zip(change, *self._range, strict=True):
                np.clip(plane, lowest, highest, out=plane)
            chroma += change
            np.copyto(known, memory[4])
        self._hints.lay_exact(planes, top, self._height)


def _shape(height: int, width: int) -> tuple[int, int]:
    factor = min(1.0, _SIDE / (height * width) ** 0.5)
    return max(1, round(height * factor)), max(1, round(width * factor))
