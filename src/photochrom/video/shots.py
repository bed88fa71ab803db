"""Shots of a film: where one ends and the next begins, which are cuts, and fades through black or white."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from photochrom.video.motion import Motion, leveled, motions

_BINS = 32
# Share of a picture that is found in the one before: of films, hardly less than 0.6 from frame to frame, and 0.05 over
# three frames; over a cut, at most 0.03.
_MATCHED, _NONE = 0.2, 0.05
_UNLIKE = 0.2  # distance of histograms, from 0 to 1, without which few matches are fast motion, not a cut
_EMPTY = 0.012  # standard deviation of luma, but for grain, of a picture that shows nothing: it parts two shots,
_FLASH = 3  # unless it is one of so many at most, after which the same is seen as before
_GRAIN = 8  # pixels, over whose mean there is no grain to be seen


@dataclass(frozen=True)
class Frame:
    """A frame of a shot: ``luma`` (h, w), and the motion ``back`` to the frame before, and ``forth`` from there.

    The first frame of a shot has no motion. ``seen`` is the luma at the size of the motion, `leveled`.
    """

    index: int
    luma: np.ndarray
    seen: np.ndarray
    back: Motion | None = None
    forth: Motion | None = None

    @classmethod
    def of(cls, index: int, luma: np.ndarray, shape: tuple[int, int], *motion: Motion) -> "Frame":
        """A frame with ``motion`` back and forth, for pictures of ``shape``."""
        return cls(index, luma, leveled(cv2.resize(luma, shape[::-1], interpolation=cv2.INTER_AREA)), *motion)


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
    alone = (Frame.of(index, luma, shape) for index, luma in enumerate(lumas, first))
    followed = _followed(lumas, first, shape) if joined else alone
    for frame in followed:
        if frames and frame.back is None:
            yield Stretch(tuple(frames), ends=True)
            frames = []
        elif len(frames) == longest:
            yield Stretch(tuple(frames), ends=False)
            frames = []
        frames.append(frame)
    if frames:
        yield Stretch(tuple(frames), ends=True)


def _followed(lumas: Iterable[np.ndarray], first: int, shape: tuple[int, int]) -> Iterator[Frame]:
    """Each frame with the motion from the one before it. A shot goes on after a flash, as if nothing moved in it."""
    before: np.ndarray | None = None
    blank: list[Frame] = []  # after `before`, until it is seen what comes then
    still = Motion(np.zeros((*shape, 2), np.float32), np.ones(shape, np.float32))
    for index, luma in enumerate(lumas, first):
        if before is not None and is_empty(luma) and not is_empty(before) and len(blank) < _FLASH:
            blank.append(Frame.of(index, luma, shape, *((still, still) if blank else ())))
            continue
        if blank and is_empty(luma):
            yield from blank
            before, blank = blank[-1].luma, []
        frame = Frame.of(index, luma, shape) if before is None else _after(before, index, luma, shape)
        if blank and frame.back is not None:
            blank[0] = replace(blank[0], back=still, forth=still)
        yield from blank
        yield frame
        before, blank = luma, []
    yield from blank


def _after(before: np.ndarray, index: int, luma: np.ndarray, shape: tuple[int, int]) -> Frame:
    back, forth = motions(before, luma)
    if is_cut(before, luma, float(back.trust.mean())):
        return Frame.of(index, luma, shape)
    return Frame.of(index, luma, shape, back.resized(*shape), forth.resized(*shape))


def is_cut(before: np.ndarray, luma: np.ndarray, matched: float) -> bool:
    """Whether a shot begins with ``luma``, after ``before``: both float32 (h, w), of which the share ``matched`` is."""
    if is_empty(before) != is_empty(luma):
        return True
    return matched < _NONE or (matched < _MATCHED and _distance(before, luma) > _UNLIKE)


def is_empty(luma: np.ndarray) -> bool:
    """Whether a picture shows nothing, as between two shots that fade."""
    height, width = luma.shape
    coarse = cv2.resize(luma, (-(-width // _GRAIN), -(-height // _GRAIN)), interpolation=cv2.INTER_AREA)
    return float(coarse.std()) < _EMPTY


def _distance(first: np.ndarray, second: np.ndarray) -> float:
    """By how much the histograms of two pictures differ, from 0 to 1, wherever the things in them are."""
    one, other = (
        cv2.GaussianBlur(cv2.calcHist([leveled(luma)], [0], None, [_BINS], [0, 1.001]), (1, 5), 0)
        for luma in (first, second)
    )
    return float(abs(one - other).sum() / (2 * first.size))
