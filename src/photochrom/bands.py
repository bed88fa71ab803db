"""A picture is worked on in bands of rows, by several threads: what one band needs stays in a core's cache."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

_BAND = 1 << 17  # pixels at a time: fewer, and the threads wait for each other; more, and caches overflow


def in_bands(threads: int, planes: int, height: int, width: int, work: Callable[[slice, np.ndarray], None]) -> None:
    """Do ``work`` for all rows, in bands, on ``threads``; it gets the rows and memory float32 (planes, rows, width)."""
    rows = max(1, _BAND // width)
    tops = iter(range(0, height, rows))  # which all threads take from, each time the next

    def run(_: int) -> None:
        # One piece of memory for all bands: to get a fresh one each time costs more than what is computed in it.
        memory = np.empty((planes, min(rows, height), width), np.float32)
        for top in tops:
            stop = min(top + rows, height)
            work(slice(top, stop), memory[:, : stop - top])

    if threads == 1:  # another thread would take milliseconds, and memory that the C library keeps for each that it saw
        run(0)
        return
    with ThreadPoolExecutor(threads) as pool:  # numpy lets other threads run while it computes
        deque(pool.map(run, range(threads)), maxlen=0)
