"""Which photographs can be learned from: those that can be read, and that have colors."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from photochrom.color import is_gray
from photochrom.errors import PhotoError
from photochrom.model import cores
from photochrom.photos.reading import inspect
from photochrom.training.data import Photographs

_TOGETHER = 8  # photographs that are asked for at the same time, by each thread


def read_colored(source: Path | bytes, name: str) -> np.ndarray:
    """The colors of the photograph called ``name``, uint8 (3, H, W).

    Raises `PhotoError` where it cannot be read or is gray.
    """
    rgb = inspect(source, name=name).read_rgb()
    if is_gray(rgb.astype(np.float32) / 255):
        raise PhotoError(f"{name}: without color")
    return rgb


def unusable(photographs: Photographs, indices: Sequence[int], progress: Callable[[int], None]) -> dict[int, str]:
    """Those of ``indices`` that cannot be learned from, each with the reason; ``progress`` is told how many are done.

    Raises `PhotoError` where a shard cannot be read.
    """
    chunks = [indices[first : first + _TOGETHER] for first in range(0, len(indices), _TOGETHER)]
    found: dict[int, str] = {}
    done = 0
    pool = ThreadPoolExecutor(cores())  # decoders work outside of Python's lock
    try:
        for chunk, reasons in zip(chunks, pool.map(partial(_reasons, photographs), chunks), strict=True):
            found |= {index: reason for index, reason in zip(chunk, reasons, strict=True) if reason}
            done += len(chunk)
            progress(done)
    finally:
        pool.shutdown(cancel_futures=True)  # Ctrl-C does not wait for the rest
    return found


def _reasons(photographs: Photographs, indices: Sequence[int]) -> list[str]:
    contents = photographs.contents(indices)
    return [_reason(content, photographs.place(index)) for index, content in zip(indices, contents, strict=True)]


def _reason(content: Path | bytes, name: str) -> str:
    try:
        read_colored(content, name)
    except (PhotoError, OSError) as error:
        return str(error).removeprefix(f"{name}: ")
    return ""
