"""Where one shot of a film ends and the next begins: cuts, and fades through black or white."""

import cv2
import numpy as np

from photochrom.video.motion import leveled

_BINS = 32
# Share of a picture that is found in the one before: of films, hardly less than 0.6 from frame to frame, and 0.05 over
# three frames; over a cut, at most 0.03.
_MATCHED, _NONE = 0.2, 0.05
_UNLIKE = 0.2  # distance of histograms, from 0 to 1, without which few matches are fast motion, not a cut
_EMPTY = 0.012  # standard deviation of luma of a picture that shows nothing: it parts two shots


def is_cut(before: np.ndarray, luma: np.ndarray, matched: float) -> bool:
    """Whether a shot begins with ``luma``, after ``before``: both float32 (h, w), of which the share ``matched`` is."""
    if is_empty(before) != is_empty(luma):
        return True
    return matched < _NONE or (matched < _MATCHED and _distance(before, luma) > _UNLIKE)


def is_empty(luma: np.ndarray) -> bool:
    """Whether a picture shows nothing, as between two shots that fade."""
    return float(luma.std()) < _EMPTY


def _distance(first: np.ndarray, second: np.ndarray) -> float:
    """By how much the histograms of two pictures differ, from 0 to 1, wherever the things in them are."""
    one, other = (
        cv2.GaussianBlur(cv2.calcHist([leveled(luma)], [0], None, [_BINS], [0, 1.001]), (1, 5), 0)
        for luma in (first, second)
    )
    return float(abs(one - other).sum() / (2 * first.size))
