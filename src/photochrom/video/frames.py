"""Frames of one's own, colored steadily: arrays in, arrays out."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np

from photochrom import arrays
from photochrom.color import merge_fitted
from photochrom.hints import Hints
from photochrom.look import Look
from photochrom.model import DEFAULT, Model, load
from photochrom.video.coloring import enlarged
from photochrom.video.painting import Painter, steady


def color_frames(
    frames: Iterable[np.ndarray],
    model: str | Path | Model = DEFAULT,
    *,
    size: int | None = None,
    saturation: float = 1.0,
    warmth: float = 0.0,
    hints: Mapping[int, Hints] | None = None,
    references: Hints | None = None,
) -> Iterator[np.ndarray]:
    """Color the frames of a film, which all have one size, one after the other.

    Each is an array as `photochrom.Colorizer.colorize` takes it, (H, W), (H, W, 1) or (H, W, 3), whose colors are
    ignored, and comes back as (H, W, 3) of the same dtype. ``hints`` are by the number of the frame, from 0;
    ``references`` are for all. About 130 frames are read before the first comes: the future of a frame counts, too.
    Raises `ValueError` for frames of several sizes.
    """
    look = Look(saturation, warmth)
    opened = model if isinstance(model, Model) else load(model)
    return _colored(iter(frames), opened, size or opened.working_size, look, hints or {}, references)


def _colored(
    frames: Iterator[np.ndarray], model: Model, size: int, look: Look, hints: Mapping[int, Hints],
    references: Hints | None,
) -> Iterator[np.ndarray]:  # fmt: skip
    first = next(frames, None)
    if first is None:
        return
    painter = Painter(model, size, first.shape[:2], hints, references)
    waiting: deque[np.ndarray] = deque()

    def lumas() -> Iterator[np.ndarray]:
        frame: np.ndarray | None = first
        while frame is not None:
            if frame.shape[:2] != painter.shape:
                raise ValueError(f"all frames must have one size; here are {painter.shape} and {frame.shape[:2]}")
            waiting.append(frame)
            kind = cv2.INTER_AREA if painter.working_shape[0] <= frame.shape[0] else cv2.INTER_LINEAR
            yield cv2.resize(arrays.to_luma(frame)[0], painter.working_shape[::-1], interpolation=kind).clip(0, 1)
            frame = next(frames, None)

    for colors in steady(lumas(), painter):
        frame = waiting.popleft()
        luma = arrays.to_luma(frame)[0]
        rgb = merge_fitted(luma[None], enlarged(colors, luma, look))
        made = np.empty((*luma.shape, 3), frame.dtype)
        arrays.quantize(rgb, made.transpose(2, 0, 1))
        yield made
