"""Hints are obeyed: where a color is known, the result has it, whatever the network made of the hint."""

import numpy as np
from PIL import Image

from photochrom.hints.hints import Hints
from photochrom.hints.spreading import spread
from photochrom.upsampling import Bilinear, resize, slopes

_WHOLE = 320  # pixels: over a photograph of no more than the square of it, hints are spread pixel by pixel,
_SIDE = 256  # and over a larger one at about the square of this, which is enlarged along its edges


class Obedience:
    """What ``hints`` change in a photograph of ``height`` by ``width`` pixels. Threads may share it.

    ``painted`` (2, h, w) is the network's chroma; ``guide`` (h, w) is the photograph's luma at its `guide_shape`.
    """

    def __init__(
        self, hints: Hints, painted: np.ndarray, guide: np.ndarray, height: int, width: int, threads: int = 1
    ) -> None:
        self._hints, self._height = hints, height
        down, across = guide.shape
        chroma = np.stack([resize(plane, down, across, Image.Resampling.BILINEAR) for plane in painted])
        change = spread(hints.planes(guide), chroma, guide, threads)
        rises = slopes(change[:2], guide)
        # As the guided filter does it: a straight line over luma, whose two coefficients are enlarged.
        self._change = Bilinear(np.concatenate((change[:2] - rises * guide, rises)), height, width)
        self._ends = [(plane.min(), plane.max()) for plane in change[:2]]  # beyond which the line would overshoot
        self._known = Bilinear(change[2:], height, width)

    def obey(self, memory: np.ndarray, top: int, luma: np.ndarray, how_far: bool) -> None:
        """Bring the chroma of the rows from ``top`` on, with ``luma`` (rows, W), to what is known, in place.

        ``memory`` is float32 (`photochrom.upsampling.PLANES`, rows, W): the first two planes are the chroma; the third
        becomes how far each pixel is known, from 0 to 1, if that is asked; the others are to work in. Where a color is
        known exactly, it is as it was given: to fit it to the gamut is left to `photochrom.color.merge_fitted`.
        """
        chroma, base, rises = memory[:2], memory[3:5], memory[5:7]
        if not self._change.is_zero(top, len(luma)):
            self._change.fill(top, memory[3:7])
            rises *= luma
            rises += base
            for plane, ends in zip(rises, self._ends, strict=True):
                np.clip(plane, *ends, out=plane)
            chroma += rises
        if how_far:
            self._known.fill(top, memory[2:3])
        self._hints.lay_exact(memory[:3], top, self._height)


def guide_shape(height: int, width: int) -> tuple[int, int]:
    """The height and width at which hints are spread over a photograph of ``height`` by ``width`` pixels."""
    if height * width <= _WHOLE**2:
        return height, width
    factor = _SIDE / (height * width) ** 0.5
    return max(1, round(height * factor)), max(1, round(width * factor))
