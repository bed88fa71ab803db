"""Whom a run tells how it goes."""

import time
from collections.abc import Callable
from dataclasses import dataclass

# Told how many epochs are done (a fraction inside an epoch), of how many, and a line on how it goes.
Progress = Callable[[float, int, str], None]

_STEPS = 6  # after which an epoch's time is estimated; the first is left out, for it warms up


@dataclass(frozen=True)
class Listener:
    """Whom a run tells how it goes.

    ``epochs`` hears how many epochs are done; before the first, ``shards`` hears how many shards' indexes are read and
    ``photographs`` how many photographs are checked, and how many there are; ``line`` what is said once.
    """

    epochs: Progress
    photographs: Callable[[int, int], None] = lambda done, total: None
    line: Callable[[str], None] = lambda line: None
    shards: Callable[[int, int], None] = lambda done, total: None


def estimating(listener: Listener, clock: Callable[[], float] = time.monotonic) -> Progress:
    """``listener.epochs``, and after a few steps a line on how long an epoch will take."""
    seen: list[tuple[float, float]] = []

    def progress(done: float, total: int, line: str) -> None:
        if len(seen) < _STEPS:
            seen.append((clock(), done))
            if len(seen) == _STEPS:
                (began, first), (now, last) = seen[1], seen[-1]
                seconds = (now - began) / (last - first)
                listener.line(
                    f"an epoch takes about {_duration(seconds)}, and what is left of {total} about "
                    f"{_duration(seconds * (total - last))}"
                )
        listener.epochs(done, total, line)

    return progress


def _duration(seconds: float) -> str:
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds" if seconds >= 2 else f"{seconds:.1f} seconds"
