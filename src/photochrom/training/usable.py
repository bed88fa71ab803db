"""Which photographs can be learned from: those that can be read, and that have colors."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from photochrom.color import is_gray
from photochrom.errors import PhotoError
from photochrom.model import cores
from photochrom.photos.reading import read_rgb


def read_colored(path: Path) -> np.ndarray:
    """The colors of a photograph, uint8 (3, H, W). Raises `PhotoError` where it cannot be read or is gray."""
    rgb = read_rgb(path)
    if is_gray(rgb.astype(np.float32) / 255):
        raise PhotoError(f"{path}: without color")
    return rgb


def unusable(paths: Sequence[Path], progress: Callable[[int, int], None]) -> dict[Path, str]:
    """Those of ``paths`` that cannot be learned from, each with the reason; ``progress`` is told how many are done."""
    found = {}
    pool = ThreadPoolExecutor(cores())  # decoders work outside of Python's lock
    try:
        for index, (path, reason) in enumerate(zip(paths, pool.map(_reason, paths), strict=True)):
            if reason:
                found[path] = reason
            progress(index + 1, len(paths))
    finally:
        pool.shutdown(cancel_futures=True)  # Ctrl-C does not wait for the rest
    return found


def _reason(path: Path) -> str:
    try:
        read_colored(path)
    except (PhotoError, OSError) as error:
        return str(error).removeprefix(f"{path}: ")
    return ""
