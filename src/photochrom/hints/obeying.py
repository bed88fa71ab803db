"""Hints are obeyed: where a color is known, the result has it, whatever the network made of the hint."""

import numpy as np

from photochrom.hints.hints import Hints


class Obedience:
    """What ``hints`` change in a photograph of ``height`` rows. Threads may share it."""

    def __init__(self, hints: Hints, height: int) -> None:
        self._hints, self._height = hints, height

    def obey(self, chroma: np.ndarray, top: int, saturation: float) -> None:
        """Bring ``chroma`` (2, rows, W) of the rows from ``top`` on to what is known, and saturate the rest; in place.

        Colors are as they were given: what the gamut has no room for is left to `photochrom.color.merge_fitted`.
        """
        known = np.zeros((3, *chroma.shape[1:]), np.float32)
        self._hints.lay_exact(known, top, self._height)
        chroma *= (1 - known[2]) * np.float32(saturation)
        chroma += known[:2]
