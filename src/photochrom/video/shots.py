"""Shots of a film: where one ends and the next begins, which are cuts, and fades through black or white."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from photochrom.video.motion import Motion, leveled, motions

_BINS = 32
# Share of a picture that is found in the one before: of films, hardly less than 0.6 from frame to frame, and 0.05 over
# three frames; over a cut, at most 0.03.
_MATCHED, _NONE = 0.2, 0.05
_UNLIKE = 0.2  # distance of histograms, from 0 to 1, without which few matches are fast motion, not a cut
_EMPTY = 0.012  # standard deviation of luma of a picture that shows nothing: it parts two shots


@dataclass(frozen=True)
class Frame:
    """A frame of a shot: ``luma`` (h, w), and the motion ``back`` to the frame before, and ``forth`` from there.

    The first frame of a shot has no motion.
    """

    index: int
    luma: np.ndarray
    back: Motion | None = None
    forth: Motion | None = None


@dataclass(frozen=True)
class Stretch:
    """Frames of one shot that follow each other; ``ends`` tells whether the shot ends with them."""

    frames: tuple[Frame, ...]
    ends: bool


def stretches(
    lumas: Iterable[np.ndarray], first: int, shape: tuple[int, int], longest: int, joined: bool = True
) -> Iterator[Stretch]:
    """The frames of a film from the one of number ``first`` on, shot by shot, at most ``longest`` at a time.

    ``lumas`` are float32 (h, w); motion is given for pictures of ``shape``. Unless ``joined``, each frame is a shot.
    """
    frames: list[Frame] = []
    before: np.ndarray | None = None
    for index, luma in enumerate(lumas, first):
        frame = Frame(index, luma)
        if joined and before is not None:
            back, forth = motions(before, luma)
            if not is_cut(before, luma, float(back.trust.mean())):
                frame = Frame(index, luma, back.resized(*shape), forth.resized(*shape))
        if before is not None and frame.back is None:
            yield Stretch(tuple(frames), ends=True)
            frames = []
        elif len(frames) == longest:
            yield Stretch(tuple(frames), ends=False)
            frames = []
        frames.append(frame)
        before = luma
    if frames:
        yield Stretch(tuple(frames), ends=True)


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
