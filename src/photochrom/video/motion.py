"""How pictures of a film move on: dense optical flow of their luma, and how far it can be trusted.

The flow is DIS (Kroeger et al. 2016, "Fast Optical Flow using Dense Inverse Search", arXiv:1603.03590), as OpenCV has
it. It is trusted where the way there and back ends at the place that it began at (Sundaram et al. 2010, "Dense point
trajectories by GPU-accelerated large displacement optical flow"), and the luma of both ends is alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

# Gaps between the way there and back in pixels, and differences of luma, up to which a match is whole, and from which
# on there is none.
_GAP, _LUMA = (0.5, 2.0), (0.03, 0.1)
_CONTRAST, _NOISE = 0.22, 0.03  # standard deviation of luma of a usual picture; and of one that is mostly noise
_THING = (0.1, 0.3)  # such differences, after `leveled`, up to which a place still shows the same thing
_SMALLEST = 16  # pixels of a side; below this, DIS has no patch to search for


@dataclass(frozen=True)
class Motion:
    """Where each pixel of one picture is in another: ``flow`` float32 (h, w, 2), and ``trust`` (h, w) from 0 to 1."""

    flow: np.ndarray
    trust: np.ndarray

    def resized(self, height: int, width: int) -> "Motion":
        """The same for pictures of another size."""
        if self.trust.shape == (height, width):
            return self
        flow, trust = (
            cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA) for plane in (self.flow, self.trust)
        )
        scale = np.array([width / self.trust.shape[1], height / self.trust.shape[0]], np.float32)
        return Motion(flow * scale, trust)

    def carry(self, planes: np.ndarray, smooth: bool = True) -> np.ndarray:
        """``planes`` float32 (P, h, w) of the other picture, where they are in this one.

        What is ``smooth`` stays sharp however often it is carried, and stays in the range of its neighbors: OpenCV's
        cubic (a = -0.75) alone amplifies by up to 1.03, which in a shot of many frames is without bounds.
        """
        across, down = _places(*self.trust.shape)
        across, down = across + self.flow[..., 0], down + self.flow[..., 1]
        if not smooth:
            return _taken(planes, across, down, cv2.INTER_LINEAR)
        square = np.ones((3, 3), np.uint8)
        lowest, highest = (
            _taken([find(plane, square) for plane in planes], across, down, cv2.INTER_NEAREST)
            for find in (cv2.erode, cv2.dilate)
        )
        return np.asarray(_taken(planes, across, down, cv2.INTER_CUBIC).clip(lowest, highest))


def motions(first: np.ndarray, second: np.ndarray) -> tuple[Motion, Motion]:
    """From the ``second`` picture to the ``first``, and from the first to the second; luma float32 (h, w) in [0, 1].

    Pictures that differ in brightness and contrast only, as in a fade or where old film flickers, are alike.
    """
    if min(first.shape) < _SMALLEST:
        still = Motion(np.zeros((*first.shape, 2), np.float32), np.maximum(0, 1 - abs(second - first) / _LUMA[1]))
        return still, still
    search = _search()
    first, second = leveled(first), leveled(second)
    one, other = (np.rint(luma * 255).astype(np.uint8) for luma in (first, second))
    back, forth = search.calc(other, one, None), search.calc(one, other, None)
    return _trusted(back, forth, second, first), _trusted(forth, back, first, second)


def leveled(luma: np.ndarray) -> np.ndarray:
    """``luma`` float32 (h, w), with the same mean and contrast whatever it had."""
    contrast = max(float(luma.std()), _NOISE)
    made: np.ndarray = (luma - luma.mean()) * np.float32(_CONTRAST / contrast) + np.float32(0.5)
    return made.clip(0, 1)


def same_thing(luma: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """How far each place shows what it showed, (h, w) from 0 to 1, by its ``luma`` then and as it is ``seen`` now.

    Both are `leveled`. In a cross dissolve, one thing becomes another, and no two frames tell.
    """
    return _falling(cv2.blur(cv2.absdiff(luma, seen), (3, 3)), *_THING)


def _trusted(flow: np.ndarray, opposite: np.ndarray, here: np.ndarray, there: np.ndarray) -> Motion:
    height, width = here.shape
    across, down = _places(height, width)
    across, down = across + flow[..., 0], down + flow[..., 1]
    returned = cv2.remap(opposite, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    gap = np.sqrt(np.square(flow + returned).sum(axis=-1))
    found = cv2.remap(there, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    unlike = cv2.blur(cv2.absdiff(found, here), (3, 3))
    inside = (across > -1) & (across < width) & (down > -1) & (down < height)
    return Motion(flow, (_falling(gap, *_GAP) * _falling(unlike, *_LUMA) * inside).astype(np.float32))


def _taken(planes: Iterable[np.ndarray], across: np.ndarray, down: np.ndarray, kind: int) -> np.ndarray:
    """What ``planes`` hold at places that lie between their pixels."""
    return np.stack([cv2.remap(plane, across, down, kind, borderMode=cv2.BORDER_REPLICATE) for plane in planes])


def _falling(values: np.ndarray, whole: float, none: float) -> np.ndarray:
    """1 up to ``whole``, 0 from ``none`` on, a straight line between them."""
    return 1 - ((values - np.float32(whole)) * np.float32(1 / (none - whole))).clip(0, 1)


@lru_cache(maxsize=4)
def _places(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    down, across = np.indices((height, width), np.float32)
    return across, down


def _search() -> Any:
    return cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
