"""Hints are obeyed: where a color is known, the result has it, whatever the network made of the hint."""

import numpy as np

from photochrom.hints.hints import Hints
from photochrom.hints.spreading import spread
from photochrom.upsampling import Bilinear, Enlargement, slopes

_SIDE = 320  # pixels: hints are spread at about the square of it, or the photograph's size if that is smaller


class Obedience:
    """What ``hints`` change in a photograph of ``height`` by ``width`` pixels. Threads may share it.

    ``enlargement`` is what the network painted; ``guide`` (h, w) is the photograph's luma at its `guide_shape`.
    """

    def __init__(self, hints: Hints, enlargement: Enlargement, guide: np.ndarray, height: int, width: int) -> None:
        self._hints, self._height = hints, height
        change = spread(hints.planes(guide), enlargement.at(guide), guide)
        rises = slopes(change[:2], guide)
        # As the guided filter does it: a straight line over luma, whose two coefficients are enlarged.
        planes = np.concatenate((change[2:], change[:2] - rises * guide, rises))
        self._change = Bilinear(planes, height, width)
        self._ends = [(plane.min(), plane.max()) for plane in change[:2]]  # beyond which the line would overshoot

    def obey(self, memory: np.ndarray, top: int, luma: np.ndarray) -> None:
        """Bring the chroma of the rows from ``top`` on, with ``luma`` (rows, W), to what is known, in place.

        ``memory`` is float32 (`photochrom.upsampling.PLANES`, rows, W): the first two planes are the chroma, the third
        becomes how far each pixel is known, from 0 to 1, and the others are to work in. Where a color is known exactly,
        it is as it was given: to fit it to the gamut is left to `photochrom.color.merge_fitted`.
        """
        chroma, known, base, rises = memory[:2], memory[2], memory[3:5], memory[5:7]
        if self._change.is_zero(top, len(luma)):
            known.fill(0)
        else:
            self._change.fill(top, memory[2:7])
            rises *= luma
            rises += base
            for plane, ends in zip(rises, self._ends, strict=True):
                np.clip(plane, *ends, out=plane)
            chroma += rises
        self._hints.lay_exact(memory[:3], top, self._height)


def guide_shape(height: int, width: int) -> tuple[int, int]:
    """The height and width at which hints are spread over a photograph of ``height`` by ``width`` pixels."""
    factor = min(1.0, _SIDE / (height * width) ** 0.5)
    return max(1, round(height * factor)), max(1, round(width * factor))
