"""Steady colors: what a model paints for the frames of a shot, joined along their motion.

Two things are told apart. What hints for single frames tell of the others (`photochrom.video.knowledge`) is told to the
network as hints, with the share of it that is left, and stays as it is. What the network guesses
(`photochrom.video.guesses`) is not told to it again: its own guesses would confirm themselves, and a mean of guesses is
better than the first. A frame shows what is known of it, and for the rest the mean of the guesses.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from PIL import Image

from photochrom.hints import Hints
from photochrom.hints.obeying import guide_shape
from photochrom.model import Model
from photochrom.painted import Prepared, paint
from photochrom.upsampling import resize
from photochrom.video.guesses import Guess, in_accord
from photochrom.video.knowledge import KeyFrame, Known, both_ways, nearest, recalled
from photochrom.video.shots import Frame, stretches
from photochrom.working_size import working_shape

EVERY = 3  # frames, of which the network paints one
_NEW = 0.3  # share of a frame of which nothing is known, from which on the network paints in any case
_UNKNOWN = 1 / 3  # share up to which hardly anything is known of a place
PART, _AHEAD = 96, 32  # frames that are finished at a time, and that are looked at beyond them


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

    @property
    def chroma_shape(self) -> tuple[int, int]:
        """Height and width at which it paints them."""
        height, width = self.working_shape
        scale = int(self.model.metadata.chroma_scale)
        return height // scale, width // scale

    def hints_for(self, frame: Frame) -> Hints:
        """What is known of ``frame`` itself, references among it."""
        hints = self.hints.get(frame.index, Hints())
        return self.references + hints if self.references and frame.back is None else hints


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
class _Estimate:
    """A frame with what its ``own`` hints tell, what is ``known`` by them and all before, and the network's guesses.

    ``painted`` is the guess for this frame itself, if there is one, and ``past`` its mean with those before.
    """

    frame: Frame
    own: Known | None
    known: Known | None
    painted: Guess | None
    past: Guess


def steady(lumas: Iterable[np.ndarray], painter: Painter, first: int = 0) -> Iterator[Colors]:
    """The colors of a film's frames, from the one of number ``first`` on: luma float32 (h, w), as the painter sees it.

    Some 130 frames are held at most, at the working size.
    """
    window: list[_Estimate] = []
    key_frames: list[KeyFrame] = []
    for stretch in stretches(lumas, first, painter.chroma_shape, PART, painter.steady):
        last = window[-1] if window else None
        hinted = _hinted(last.known if last else None, stretch.frames, painter)
        key_frames = [*key_frames[-1:], *_key_frames(hinted, painter.model)]
        window += _estimated(last, hinted, painter, key_frames)
        count = len(window) if stretch.ends else max(0, len(window) - _AHEAD)
        yield from _finished(window, count)
        window = window[count:]
        if stretch.ends:
            key_frames = []


def _hinted(before: Known | None, frames: Sequence[Frame], painter: Painter) -> list[_Estimate]:
    """The ``frames`` with what hints tell of them, and painted where they have their own."""
    estimates = []
    for frame in frames:
        known = before.carried(frame.back, frame.seen) if before is not None and frame.back is not None else None
        own, painted = None, None
        if hints := painter.hints_for(frame):
            own, painted = _by_hints(painter, frame, hints, known)
            known = own.over(known) if known is not None else own
        nothing = Guess.nothing(painter.chroma_shape)
        estimates.append(_Estimate(frame, own, known, painted, nothing))
        before = known
    return estimates


def _key_frames(estimates: Sequence[_Estimate], model: Model) -> list[KeyFrame]:
    if not model.has_features:
        return []
    return [
        KeyFrame.of(one.frame.index, model, one.frame.luma, one.known)
        for one in estimates
        if one.own is not None and one.known is not None
    ]


def _estimated(
    last: _Estimate | None, hinted: Sequence[_Estimate], painter: Painter, key_frames: Sequence[KeyFrame]
) -> list[_Estimate]:
    """The same as ``hinted``, which follow the ``last``, with what the network guesses."""
    estimates = []
    told = both_ways([one.frame for one in hinted], [one.own for one in hinted], [one.known for one in hinted])
    past = last.past if last else None
    for one, known in zip(hinted, told, strict=True):
        frame, painted = one.frame, one.painted
        carried = past.carried(frame.back, frame.seen) if past is not None and frame.back is not None else None
        if painted is None and (carried is None or frame.index % painter.every == 0 or _much_is_new(carried, known)):
            painted = _painted(painter, frame, known, carried, nearest(key_frames, frame.index))
        past = carried or Guess.nothing(painter.chroma_shape)
        past = past.joined(painted).forgetful() if painted is not None else past
        estimates.append(replace(one, painted=painted, past=past))
    return estimates


def _much_is_new(carried: Guess, known: Known | None) -> bool:
    share = carried.share if known is None else np.maximum(carried.share, known.share)
    return float((share < _UNKNOWN).mean()) > _NEW


def _finished(window: Sequence[_Estimate], count: int) -> list[Colors]:
    """The first ``count`` frames of the window, each with what its past and its future know."""
    frames = [one.frame for one in window]
    known = both_ways(frames, [one.own for one in window], [one.known for one in window])
    colors: list[Colors] = []
    future: Guess | None = None
    for number in reversed(range(len(window))):
        one = window[number]
        onward = frames[number + 1].forth if number + 1 < len(frames) else None
        carried = future.carried(onward, one.frame.seen) if future is not None and onward is not None else None
        if number < count:
            best = one.past if carried is None else one.past.joined(carried)
            colors.append(_shown(one.frame, known[number], best))
        parts = [part for part in (carried, one.painted) if part is not None]
        future = parts[0] if len(parts) == 1 else parts[0].joined(parts[1]).forgetful() if parts else None
    return colors[::-1]


def _shown(frame: Frame, known: Known | None, guess: Guess) -> Colors:
    """What is known of a frame, and for the rest what is guessed."""
    chroma, hinted = guess.planes[:2], guess.planes[2]
    if known is not None:
        chroma = chroma + known.share * (known.chroma - chroma)
        hinted = hinted + known.share * (1 - hinted)
    return Colors(frame.index, frame.luma, chroma.clip(-0.5, 0.5), hinted.clip(0, 1), frame.back is None)


def _painted(
    painter: Painter, frame: Frame, known: Known | None, carried: Guess | None, key_frames: Sequence[KeyFrame]
) -> Guess:
    """What the network paints for a frame without hints of its own, told what is ``known`` of it by others."""
    model, luma = painter.model, frame.luma
    told, recall = Hints(), None
    if key_frames:
        recall = recalled(model, frame, key_frames)
        told += Hints.from_chroma(recall.planes)
    if known is not None:
        told += Hints.from_chroma(known.planes)
    chroma = model(luma[None, None], told.told(model, luma))[0]
    here = recall if recall is not None else Known.nothing(painter.chroma_shape)
    chroma = chroma + here.share * (here.chroma - chroma)
    if carried is not None:
        there = Known(carried.planes[:2], carried.share, carried.planes[3])
        there = known.over(there) if known is not None else there
        chroma = in_accord(chroma, there, here.share, luma)
    return Guess.of_one(chroma, here.share, frame.seen)


def _by_hints(painter: Painter, frame: Frame, own: Hints, known: Known | None) -> tuple[Known, Guess]:
    """What its ``own`` hints tell of a frame, and what the network paints, told these and what is ``known`` before."""
    model, luma = painter.model, frame.luma
    own, told = own.matched(luma), Hints.from_chroma(known.planes) if known is not None else Hints()
    prepared = Prepared(luma, luma, _guide(luma), painter.shape)
    planes = paint(model, prepared, told + own).planes(1)
    obeyed = paint(model, prepared, own).planes(1) if told else planes
    shape = painter.chroma_shape
    chroma = np.stack([_sized(plane, shape) for plane in planes[:2]])
    share = _sized(obeyed[2], shape) ** 2
    return Known(chroma, share, frame.seen), Guess.of_one(chroma, np.zeros(shape, np.float32), frame.seen)


def _guide(luma: np.ndarray) -> np.ndarray:
    shape = guide_shape(*luma.shape)
    return luma if shape == luma.shape else resize(luma, *shape, Image.Resampling.BOX)


def _sized(plane: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    if plane.shape == shape:
        return plane
    return np.asarray(cv2.resize(plane, shape[::-1], interpolation=cv2.INTER_AREA))
