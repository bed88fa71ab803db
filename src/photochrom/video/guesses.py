"""What the network guesses of the frames of a shot, as a mean along their motion.

At each place, the state is what was painted there and how much is known of it. It is carried along the motion to the
next frame, where what has no match is forgotten, and joined with what the network paints there, by how much is known of
each. Going forwards and backwards, each frame is the mean of what its past and its future know: the two-filter form of
a smoother (Fraser and Potter 1969), for one independent state a place.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from photochrom.video.knowledge import Known
from photochrom.video.motion import Motion, same_thing

MEMORY = 30.0  # frames of the network's whose mean a place keeps
_CELL, _LEVELS, _NEARBY = 4, 7, 0.12  # pixels of a cell of the grid, levels of luma; and of the longer side, nearby


@dataclass(frozen=True)
class Guess:
    """``planes`` (4, h, w) are Cb, Cr, how far they are recalled, and the luma as it was seen there.

    ``weight`` (h, w) says of how many frames they are the mean.
    """

    planes: np.ndarray
    weight: np.ndarray

    @classmethod
    def nothing(cls, shape: tuple[int, int]) -> "Guess":
        """No guess yet."""
        return cls(np.zeros((4, *shape), np.float32), np.zeros(shape, np.float32))

    @classmethod
    def of_one(cls, chroma: np.ndarray, recalled: np.ndarray, seen: np.ndarray) -> "Guess":
        """What was painted for one frame, ``chroma`` (2, h, w), of which the share (h, w) was ``recalled``."""
        return cls(np.concatenate((chroma, recalled[None], seen[None])), np.ones_like(recalled))

    @property
    def share(self) -> np.ndarray:
        """How much is known, from 0 to 1: a half is known by one frame."""
        return np.asarray(self.weight / (self.weight + 1))

    def carried(self, motion: Motion, seen: np.ndarray) -> "Guess":
        """The same for the frame that ``motion`` leads from, whose luma is ``seen``."""
        planes, weight = motion.carry(self.planes), motion.carry(self.weight[None], smooth=False)[0]
        return Guess(planes, weight * motion.trust * same_thing(planes[3], seen))

    def joined(self, other: "Guess") -> "Guess":
        """The mean of both."""
        weight = self.weight + other.weight
        share = other.weight / weight.clip(min=1e-6)
        return Guess(self.planes + share * (other.planes - self.planes), weight)

    def forgetful(self) -> "Guess":
        """The same, of no more frames than `MEMORY`."""
        return replace(self, weight=np.minimum(self.weight, np.float32(MEMORY)))


def in_accord(painted: np.ndarray, there: Known, certain: np.ndarray, luma: np.ndarray) -> np.ndarray:
    """``painted`` (2, h, w), in accord with what is known ``there``.

    Where nothing is known, it changes by what it lacks nearby, at places of like luma where something is; but not where
    it is ``certain`` (h, w). Else what comes into the picture would have the mood of one frame, beside the mean of
    many. The mean is taken over a grid of place and luma (Chen et al. 2007, "Real-time edge-aware image processing with
    the bilateral grid").
    """
    height, width = certain.shape
    small = (max(1, width // _CELL), max(1, height // _CELL))
    given = np.stack((*((there.chroma - painted) * there.share), there.share))
    levels = cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA) * np.float32(_LEVELS - 1)
    sums = np.zeros((3, height, width), np.float32)
    for level in range(_LEVELS):
        alike = (1 - abs(levels - np.float32(level))).clip(0)
        for plane, whole in zip(given, sums, strict=True):
            cells = cv2.resize(plane * alike, small, interpolation=cv2.INTER_AREA)
            spread = cv2.GaussianBlur(cells, (0, 0), max(small) * _NEARBY, borderType=cv2.BORDER_REPLICATE)
            whole += alike * cv2.resize(spread, (width, height), interpolation=cv2.INTER_LINEAR)
    lacking = sums[:2] / (sums[2] + np.float32(1e-3))
    return np.asarray(painted + lacking * ((1 - there.share) * (1 - certain)))
