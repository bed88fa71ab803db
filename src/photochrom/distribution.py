"""What a model thinks possible: at each place of a photograph, how likely each color is.

A dress may be red or green. A model with a distribution knows both: its logits are about bins of chroma, and bins that
look alike are one color here.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from photochrom.color import merge_fitted
from photochrom.hints import Hints, Point
from photochrom.model import Model

_ALIKE = 0.06  # of chroma: bins that are nearer to the most likely one than that are one color with it
_RARE = 0.02  # probability of all that is left over, which is given to the colors that were found


class Likely(NamedTuple):
    """A color, red, green and blue from 0 to 255, and its ``probability``."""

    color: tuple[int, int, int]
    probability: float


@dataclass(frozen=True)
class Distribution:
    """The ``probabilities`` (K, h, w) of K bins of chroma, whose ``centers`` are (K, 2), for ``luma`` (H, W)."""

    probabilities: np.ndarray
    centers: np.ndarray
    luma: np.ndarray

    @classmethod
    def predict(cls, model: Model, luma: np.ndarray, hints: Hints) -> "Distribution":
        """That of ``model`` for ``luma`` at the working size, given ``hints``. Raises `ModelError` if it has none."""
        logits = model.logits(luma[None, None], hints.told(model, luma))[0]
        likely = np.exp(logits - logits.max(axis=0))
        return cls(likely / likely.sum(axis=0), model.centers(), luma)

    def uncertainty(self) -> np.ndarray:
        """The variance of the chroma at each place, (h, w)."""
        mean = np.einsum("khw,kc->chw", self.probabilities, self.centers)
        squares = np.einsum("khw,k->hw", self.probabilities, (self.centers**2).sum(axis=1))
        variance: np.ndarray = squares - (mean**2).sum(axis=0)
        return variance

    def colors(self, x: float, y: float) -> list[Likely]:
        """The colors that are possible at a place, shares of width and height, the most likely first.

        Their probabilities sum up to 1. They are shown at the luma of the place, where several may look the same.
        """
        here = _disk(x, y, *self.probabilities.shape[1:])
        luma = self.luma[_disk(x, y, *self.luma.shape)].mean().reshape(1, 1, 1)
        found: dict[tuple[int, int, int], float] = {}
        for chroma, probability in _merged(self.probabilities[:, here].mean(axis=1), self.centers):
            levels = np.rint(255 * merge_fitted(luma, chroma.reshape(2, 1, 1)))
            red, green, blue = (int(level) for level in levels.flat)
            found[red, green, blue] = found.get((red, green, blue), 0.0) + probability
        return sorted((Likely(*one) for one in found.items()), key=lambda one: -one.probability)


def _disk(x: float, y: float, height: int, width: int) -> np.ndarray:
    """The pixels that belong to a point there."""
    planes = np.zeros((3, height, width), np.float32)
    Point(x, y, "gray").lay(planes, 0, height)
    return np.asarray(planes[2] > 0)


def _merged(probabilities: np.ndarray, centers: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """Colors, each the mean chroma (2,) of the bins that are one with it, and their probabilities."""
    distances = np.linalg.norm(centers[:, None] - centers, axis=2)
    near = np.exp(-2 * (distances / _ALIKE) ** 2)
    left, peaks = probabilities.copy(), list[int]()
    while not peaks or left.sum() > _RARE:
        peaks.append(int((near @ left).argmax()))
        left[distances[peaks[-1]] < _ALIKE] = 0
    owner = distances[:, peaks].argmin(axis=1)
    shares = [probabilities * (owner == index) for index in range(len(peaks))]
    return [((share @ centers) / share.sum(), float(share.sum())) for share in shares if share.sum() > 0]
