"""Steady colors: what a model paints for the frames of a shot, joined along their motion.

At each place of a frame, the state is chroma and how much is known of it. It is carried along the motion to the next
frame, where what has no match is forgotten. Every few frames the network paints, and the two are joined by how much is
known of each. What came from hints is told to the network as hints, with the confidence that is left of it; its own
guesses are not: told to it, they would confirm themselves, and a mean of guesses is better than the first.

Then the same goes backwards, and each frame is the mean of what its past and its future know: the two-filter form of a
smoother (Fraser and Potter 1969), for one independent state a place. What a person or a reference knows counts as
much as a thousand frames of the network's.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from PIL import Image

from photochrom.hints import Hints
from photochrom.hints.obeying import guide_shape
from photochrom.model import Model
from photochrom.painted import Prepared, paint
from photochrom.upsampling import resize
from photochrom.video.motion import Motion, motions
from photochrom.video.shots import is_cut
from photochrom.working_size import working_shape

EVERY = 3  # frames, of which the network paints one
MEMORY = 30.0  # frames of the network's whose mean a place keeps
KNOWN = 1000.0  # what a hint counts, in frames of the network's
_DOUBT = 30.0  # what is known by hints, in such frames, at which the network is told half a confidence
_NEW = 0.3  # share of a frame of which nothing is known, from which on the network paints in any case
_CELL, _LEVELS, _NEARBY = 4, 7, 0.12  # pixels of a cell of the grid, levels of luma; and of the longer side, nearby
_PART, _AHEAD = 96, 32  # frames that are finished at a time, and that are looked at beyond them


@dataclass(frozen=True)
class Painter:
    """Who paints frames of ``shape`` (H, W): a ``model`` at the working ``size``, told ``hints`` by frame.

    ``references`` are matched to the first frame of every shot, and the rest of it follows. Without ``steady``, each
    frame is painted by itself.
    """

    model: Model
    size: int
    shape: tuple[int, int]
    hints: Mapping[int, Hints] = field(default_factory=dict)
    references: Hints | None = None
    steady: bool = True
    every: int = EVERY

    @property
    def working_shape(self) -> tuple[int, int]:
        """Height and width at which the network sees the frames."""
        return working_shape(*self.shape, self.size, self.model.multiple_of)


@dataclass(frozen=True)
class Colors:
    """Chroma float32 (2, h, w) of the frame ``index``, and how far it is known by hints, (h, w) from 0 to 1.

    ``luma`` is what the network saw; ``begins`` whether a shot begins here.
    """

    index: int
    luma: np.ndarray
    chroma: np.ndarray
    hinted: np.ndarray
    begins: bool


@dataclass(frozen=True)
class _Belief:
    """Chroma (2, h, w), and how much is known of it (h, w), in frames of the network's."""

    chroma: np.ndarray
    weight: np.ndarray

    @property
    def hinted(self) -> np.ndarray:
        """By how many frames of the network's more is known than these alone can tell."""
        return (self.weight - np.float32(2 * MEMORY)).clip(0)

    def carried(self, motion: Motion) -> "_Belief":
        return _Belief(motion.carry(self.chroma), motion.carry(self.weight[None], smooth=False)[0] * motion.trust)

    def joined(self, other: "_Belief") -> "_Belief":
        weight = self.weight + other.weight
        share = other.weight / weight.clip(min=1e-6)
        return _Belief(self.chroma + share * (other.chroma - self.chroma), weight)

    def forgetful(self) -> "_Belief":
        """The same, with no more known than `MEMORY` keeps; hints are never forgotten."""
        hinted = self.weight * (self.weight >= KNOWN / 8)
        return replace(self, weight=np.maximum(np.minimum(self.weight, np.float32(MEMORY)), hinted))


@dataclass(frozen=True)
class _Estimate:
    """A frame with what its past knows; ``onward`` leads from the next frame's places to this one's backwards."""

    index: int
    luma: np.ndarray
    measured: _Belief | None
    past: _Belief
    onward: Motion | None
    begins: bool


def steady(lumas: Iterable[np.ndarray], painter: Painter, first: int = 0) -> Iterator[Colors]:
    """The colors of a film's frames, from the one of number ``first`` on: luma float32 (h, w), as the painter sees it.

    Some 130 frames are held at most, at the working size.
    """
    window: deque[_Estimate] = deque()
    for index, luma in enumerate(lumas, first):
        last = window[-1] if window else None
        back = forth = None
        if last is not None and painter.steady:
            back, forth = motions(last.luma, luma)
            if is_cut(last.luma, luma, float(back.trust.mean())):
                yield from _finished(window, len(window))
                window.clear()
                last = None
        if last is None or back is None or forth is None:
            measured = _painted(painter, index, luma, None, begins=True)
            window.append(_Estimate(index, luma, measured, measured, None, True))
            if not painter.steady:
                yield from _finished(window, 1)
                window.clear()
            continue
        shape = last.past.weight.shape
        window[-1] = replace(last, onward=forth.resized(*shape))
        window.append(_next(painter, index, luma, last.past.carried(back.resized(*shape)), index - window[0].index))
        if len(window) >= _PART + _AHEAD:
            yield from _finished(window, _PART)
            for _ in range(_PART):
                window.popleft()
    yield from _finished(window, len(window))


def _next(painter: Painter, index: int, luma: np.ndarray, carried: _Belief, since: int) -> _Estimate:
    new = float((carried.weight < 0.5).mean())
    if index in painter.hints or index % painter.every == 0 or new > _NEW:
        measured = _in_accord(_painted(painter, index, luma, carried, begins=False), carried, luma)
        return _Estimate(index, luma, measured, carried.joined(measured).forgetful(), None, False)
    return _Estimate(index, luma, None, carried, None, False)


def _in_accord(measured: _Belief, carried: _Belief, luma: np.ndarray) -> _Belief:
    """``measured``, changed where nothing is carried as it lacks what is carried nearby to places of like luma.

    Else what comes into the picture would have the mood of one frame, beside the mean of many. The mean is taken over a
    grid of place and luma (Chen et al. 2007, "Real-time edge-aware image processing with the bilateral grid").
    """
    height, width = measured.weight.shape
    small = (max(1, width // _CELL), max(1, height // _CELL))
    known = carried.weight / (carried.weight + 1)
    own = (1 - known) * (measured.weight <= 1)  # what is hinted is as it is to be
    given = np.stack((*((carried.chroma - measured.chroma) * known), known))
    levels = _sized(luma, (height, width)) * np.float32(_LEVELS - 1)
    sums = np.zeros((3, height, width), np.float32)
    for level in range(_LEVELS):
        alike = (1 - abs(levels - np.float32(level))).clip(0)
        for plane, whole in zip(given, sums, strict=True):
            cells = cv2.resize(plane * alike, small, interpolation=cv2.INTER_AREA)
            spread = cv2.GaussianBlur(cells, (0, 0), max(small) * _NEARBY, borderType=cv2.BORDER_REPLICATE)
            whole += alike * cv2.resize(spread, (width, height), interpolation=cv2.INTER_LINEAR)
    change = sums[:2] / (sums[2] + np.float32(1e-3)) * own
    return replace(measured, chroma=measured.chroma + change)


def _finished(window: Iterable[_Estimate], count: int) -> list[Colors]:
    """The first ``count`` frames of the window, each with what its past and its future know."""
    estimates = list(window)
    colors: list[Colors] = []
    future: _Belief | None = None
    for number in reversed(range(len(estimates))):
        one = estimates[number]
        carried = future.carried(one.onward) if future is not None and one.onward is not None else None
        if number < count:
            best = one.past if carried is None else one.past.joined(carried)
            hinted = (best.hinted / np.float32(KNOWN / 2)).clip(0, 1)
            colors.append(Colors(one.index, one.luma, best.chroma.clip(-0.5, 0.5), hinted, one.begins))
        parts = [part for part in (carried, one.measured) if part is not None]
        future = parts[0] if len(parts) == 1 else parts[0].joined(parts[1]).forgetful() if parts else None
    return colors[::-1]


def _painted(painter: Painter, index: int, luma: np.ndarray, carried: _Belief | None, begins: bool) -> _Belief:
    """What the network paints for a frame, told what is ``carried`` to it, and with the hints that are for it."""
    model = painter.model
    own = (painter.references or Hints()) if begins else Hints()
    own += painter.hints.get(index, Hints())
    told = Hints()
    if carried is not None and model.takes_hints:
        confidence = carried.hinted / (carried.hinted + np.float32(_DOUBT))
        chroma = carried.chroma.clip(-0.5, 0.5) * confidence
        told = Hints.from_chroma(np.concatenate((chroma, confidence[None])))
    if not own:
        chroma = model(luma[None, None], told.told(model, luma))[0]
        return _Belief(chroma, np.ones(chroma.shape[1:], np.float32))
    guide = _guide(luma)
    painted = paint(model, Prepared(luma, luma, guide, painter.shape), told + own.matched(luma))
    planes = painted.planes(1)
    obeyed = paint(model, Prepared(luma, luma, guide, painter.shape), own.matched(luma)).planes(1) if told else planes
    shape = _chroma_shape(model, luma)
    chroma, known = (np.stack([_sized(plane, shape) for plane in some]) for some in (planes[:2], obeyed[2:]))
    return _Belief(chroma, 1 + np.float32(KNOWN) * known[0] ** 2)


def _guide(luma: np.ndarray) -> np.ndarray:
    shape = guide_shape(*luma.shape)
    return luma if shape == luma.shape else resize(luma, *shape, Image.Resampling.BOX)


def _chroma_shape(model: Model, luma: np.ndarray) -> tuple[int, int]:
    scale = int(model.metadata.chroma_scale)
    return luma.shape[0] // scale, luma.shape[1] // scale


def _sized(plane: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    if plane.shape == shape:
        return plane
    return np.asarray(cv2.resize(plane, shape[::-1], interpolation=cv2.INTER_AREA))
