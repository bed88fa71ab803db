"""Chroma of one matrix in terms of another, and inside its gamut: BT.601, BT.709 and BT.2020.

A matrix says how much red and blue count in luma (ITU-T H.273, table 4). The luma of a gray is the same by all of them,
so gray frames keep theirs, and what differs between red, green and blue is what is carried over.
"""

from dataclasses import dataclass

import numpy as np

from photochrom.color import BLUE, RED


@dataclass(frozen=True)
class Matrix:
    """By what luma is made of red and blue, each from 0 to 1; green has the rest."""

    red: float
    blue: float

    def from_photographs(self) -> np.ndarray:
        """What turns Cb and Cr of photographs, which are of BT.601, into Cb and Cr of this matrix: (2, 2)."""
        green = 1 - self.red - self.blue
        # Red, green and blue less luma of BT.601, for one unit of Cb and of Cr.
        blue, red = 2 - 2 * BLUE, 2 - 2 * RED
        offsets = np.array([[0, red], [-BLUE * blue / (1 - RED - BLUE), -RED * red / (1 - RED - BLUE)], [blue, 0]])
        luma = np.array([self.red, green, self.blue]) @ offsets
        pair: np.ndarray = (offsets[[2, 0]] - luma) / np.array([[2 - 2 * self.blue], [2 - 2 * self.red]])
        return pair

    def to_photographs(self) -> np.ndarray:
        """The inverse of `from_photographs`."""
        return np.linalg.inv(self.from_photographs())

    def fit(self, luma: np.ndarray, chroma: np.ndarray) -> np.ndarray:
        """``chroma`` (2, h, w) of ``luma`` (h, w), pulled towards gray by the smallest factor that fits [0, 1]."""
        red = np.float32(2 - 2 * self.red) * chroma[1]
        blue = np.float32(2 - 2 * self.blue) * chroma[0]
        green = (self.red * red + self.blue * blue) * np.float32(-1 / (1 - self.red - self.blue))
        up = np.maximum(np.maximum(red, green), blue).clip(1e-6)
        down = -np.minimum(np.minimum(red, green), blue).clip(max=-1e-6)
        room = np.minimum((1 - luma) / up, luma / down).clip(0, 1)
        fitted: np.ndarray = chroma * room
        return fitted


def mixed(pair: np.ndarray, chroma: np.ndarray) -> np.ndarray:
    """``chroma`` (2, h, w) by a ``pair`` (2, 2) of `Matrix.from_photographs` or its inverse."""
    (a, b), (c, d) = pair.astype(np.float32)
    return np.stack((a * chroma[0] + b * chroma[1], c * chroma[0] + d * chroma[1]))


BT601, BT709, BT2020 = Matrix(RED, BLUE), Matrix(0.2126, 0.0722), Matrix(0.2627, 0.0593)
