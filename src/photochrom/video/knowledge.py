"""What hints for single frames of a shot, its key frames, tell of its other frames.

It is carried along the motion, and fades where there is no match. What is lost so, behind something or out of the
picture, and what came later, is recalled: a place takes the colors of those places of the nearest key frames that look
like it to the encoder of the model, as references are matched (`photochrom.hints.reference`), and are as bright. To
remember a frame both by the way to it and by its looks is the idea of memory networks for films (Oh et al. 2019, "Video
Object Segmentation using Space-Time Memory Networks", arXiv:1904.00607). Departure: nothing was trained for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from photochrom.hints.reference import looks_of, mean_of_neighbors, smoothstep
from photochrom.model import Model
from photochrom.video.motion import Motion, same_thing
from photochrom.video.shots import Frame

_SIZE = 352  # at which frames are compared: parts of things are told apart that are one at a size for painting
_SHARPNESS, _ROWS = 0.03, 512  # as of references
_LUMA = 2.0  # by how much less alike places are whose luma differs by 1, times the square of the difference
# Likeness up to which nothing is recalled, and from which all is, but for what is never certain. On eight films, places
# that are at 0.5 err as much as the network by itself. Of whole frames, those of one scene have 0.58 to 0.8, and those
# of different films 0.42 to 0.6.
_LIKE, _CERTAIN = (0.4, 0.6), 0.9
_SCENE = (0.5, 0.6)


@dataclass(frozen=True)
class Known:
    """Chroma (2, h, w), how far it is known, ``share`` (h, w) from 0 to 1, and the luma as it was ``seen`` there."""

    chroma: np.ndarray
    share: np.ndarray
    seen: np.ndarray

    @classmethod
    def nothing(cls, shape: tuple[int, int]) -> "Known":
        """Known nowhere."""
        return cls(*(np.zeros(some, np.float32) for some in ((2, *shape), shape, shape)))

    @property
    def planes(self) -> np.ndarray:
        """As hints are told to a model, float32 (3, h, w): chroma times share, and share."""
        return np.concatenate((self.chroma.clip(-0.5, 0.5) * self.share, self.share[None]))

    def carried(self, motion: Motion, seen: np.ndarray) -> "Known":
        """The same for the frame that ``motion`` leads from, whose luma is ``seen``."""
        *chroma, luma = motion.carry(np.concatenate((self.chroma, self.seen[None])))
        share = motion.carry(self.share[None], smooth=False)[0] * motion.trust * same_thing(luma, seen)
        return Known(np.stack(chroma), share, luma)

    def _towards(self, other: "Known", part: np.ndarray, share: np.ndarray) -> "Known":
        chroma, seen = (
            mine + part * (its - mine) for mine, its in ((self.chroma, other.chroma), (self.seen, other.seen))
        )
        return Known(chroma, share, seen)

    def over(self, below: "Known") -> "Known":
        """This, and where it is not known, what is ``below``."""
        share = self.share + (1 - self.share) * below.share
        return below._towards(self, self.share / share.clip(min=1e-6), share)

    def joined(self, other: "Known") -> "Known":
        """Of both, each as its odds of being right are."""
        mine, others = (one.share / (1.001 - one.share) for one in (self, other))
        return self._towards(other, others / (mine + others).clip(min=1e-6), np.maximum(self.share, other.share))


def both_ways(
    frames: Sequence[Frame], own: Sequence[Known | None], known: Sequence[Known | None]
) -> list[Known | None]:
    """What is known of ``frames`` of a shot by hints before and after them.

    Each has what its ``own`` hints tell, and what is ``known`` by these and all before, or None.
    """
    joined: list[Known | None] = []
    later: Known | None = None
    for number in reversed(range(len(frames))):
        if later is not None:
            onward = frames[number + 1].forth
            later = later.carried(onward, frames[number].seen) if onward is not None else None
        here = known[number]
        joined.append(here.joined(later) if here is not None and later is not None else here or later)
        mine = own[number]
        later = mine.over(later) if mine is not None and later is not None else mine or later
    return joined[::-1]


@dataclass(frozen=True)
class KeyFrame:
    """The frame ``index``: how its n places look, (n, C), their ``luma`` (n,), and what is ``known`` there, (n, 3)."""

    index: int
    looks: np.ndarray
    luma: np.ndarray
    known: np.ndarray

    @classmethod
    def of(cls, index: int, model: Model, luma: np.ndarray, known: Known) -> "KeyFrame":
        """The frame with ``luma`` (H, W), as ``model`` sees it."""
        looks, bright = _seen(model, luma)
        size = looks.shape[1::-1]
        planes = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA).ravel() for plane in known.planes]
        return cls(index, looks.reshape(-1, looks.shape[-1]), bright.ravel(), np.stack(planes, axis=1))


def recalled(model: Model, frame: Frame, key_frames: Sequence[KeyFrame]) -> Known:
    """What ``key_frames`` know of a ``frame`` by how its places look."""
    looks, bright = _seen(model, frame.luma)
    height, width = bright.shape
    alike, back, planes = _vote(looks.reshape(height * width, -1), bright.ravel(), key_frames)
    chroma = (planes[:, :2] / planes[:, 2:].clip(min=1e-6)).reshape(height, width, 2)
    like = smoothstep(mean_of_neighbors(alike.reshape(height, width)), *_LIKE)
    one_scene = smoothstep(np.array((alike.mean() + back) / 2), *_SCENE)
    share = _CERTAIN * one_scene * like * planes[:, 2].reshape(height, width)
    big = [
        cv2.resize(plane, frame.seen.shape[::-1], interpolation=cv2.INTER_LINEAR)
        for plane in (*np.moveaxis(chroma, 2, 0), share)
    ]
    return Known(np.stack(big[:2]), big[2], frame.seen)


def nearest(key_frames: Sequence[KeyFrame], index: int) -> list[KeyFrame]:
    """The last of ``key_frames`` up to the frame ``index``, and the first after it."""
    before = [one for one in key_frames if one.index <= index]
    return [*before[-1:], *[one for one in key_frames if one.index > index][:1]]


def _seen(model: Model, luma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    looks = looks_of(model, luma, _SIZE)
    return looks, cv2.resize(luma, looks.shape[1::-1], interpolation=cv2.INTER_AREA)


def _vote(
    looks: np.ndarray, luma: np.ndarray, key_frames: Sequence[KeyFrame]
) -> tuple[np.ndarray, np.float32, np.ndarray]:
    """How alike the most alike place of all is to each of the n given, (n,), and the mean of what such know, (n, 3).

    Between them, how alike, on average, those given are that are most alike to each of the others.
    """
    others, bright, known = (
        np.concatenate([getattr(one, name) for one in key_frames]) for name in ("looks", "luma", "known")
    )
    back = np.full(len(others), -np.inf, np.float32)
    alike, means = np.empty(len(looks), np.float32), np.empty((len(looks), 3), np.float32)
    for start in range(0, len(looks), _ROWS):
        rows = slice(start, start + _ROWS)
        likeness = looks[rows] @ others.T
        likeness -= np.float32(_LUMA) * np.square(luma[rows, None] - bright)
        alike[rows] = likeness.max(axis=1)
        np.maximum(back, likeness.max(axis=0), out=back)
        likeness -= alike[rows, None]
        likeness *= np.float32(1 / _SHARPNESS)
        weights = np.exp(likeness, out=likeness)
        means[rows] = weights @ known / weights.sum(axis=1, keepdims=True)
    return alike, back.mean(), means
