"""Where one shot of a film ends and the next begins: cuts, and fades through black or white."""

import cv2
import numpy as np

_BINS = 32
_MATCHED = 0.35  # share of the picture that is found in the one before; in a cut, hardly anything is
_UNLIKE = 0.2  # distance of histograms, from 0 to 1, without which few matches are fast motion, not a cut
_OTHER = 0.6  # and the distance that is a cut whatever is found
_EMPTY = 0.012  # standard deviation of luma of a picture that shows nothing: it parts two shots


def is_cut(before: np.ndarray, luma: np.ndarray, matched: float) -> bool:
    """Whether a shot begins with ``luma``, after ``before``: both float32 (h, w), of which the share ``matched`` is."""
    if is_empty(before) != is_empty(luma):
        return True
    distance = _distance(before, luma)
    return distance > _OTHER or (matched < _MATCHED and distance > _UNLIKE)


def is_empty(luma: np.ndarray) -> bool:
    """Whether a picture shows nothing, as between two shots that fade."""
    return float(luma.std()) < _EMPTY


def _distance(first: np.ndarray, second: np.ndarray) -> float:
    """By how much the histograms of two pictures differ, from 0 to 1, wherever the things in them are."""
    one, other = (
        cv2.GaussianBlur(cv2.calcHist([luma], [0], None, [_BINS], [0, 1.001]), (1, 5), 0) for luma in (first, second)
    )
    return float(abs(one - other).sum() / (2 * first.size))
