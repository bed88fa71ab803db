"""Means that say how sure they are: bootstrap intervals, per group and of paired differences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

_RESAMPLES = 10_000
_SHARE = 0.95
ALL = "all"  # what `groups` calls the photographs of all groups together


@dataclass(frozen=True)
class Interval:
    """A mean over ``number`` photographs and its 95 % interval; ``undefined`` counts those that were left out."""

    mean: float
    low: float
    high: float
    number: int
    undefined: int = 0


def interval(values: Sequence[float]) -> Interval | None:
    """The mean of ``values`` with its percentile bootstrap interval (Efron 1979), always the same for the same values.

    Values that are not finite (the PSNR of two equal pictures, say) are left out and counted; None if all are.
    """
    finite = np.array([value for value in values if np.isfinite(value)], dtype=np.float64)
    if not len(finite):
        return None
    rng = np.random.default_rng(0)
    # In parts, since 10,000 resamples of thousands of photographs would be gigabytes at once.
    means = np.concatenate(
        [finite[rng.integers(0, len(finite), (100, len(finite)))].mean(1) for _ in range(_RESAMPLES // 100)]
    )
    low, high = np.quantile(means, [(1 - _SHARE) / 2, (1 + _SHARE) / 2])
    return Interval(float(finite.mean()), float(low), float(high), len(finite), len(values) - len(finite))


def paired(values: Mapping[str, float], first: Mapping[str, float]) -> Interval | None:
    """How much ``values`` are above those of ``first`` on the same photographs, by their names."""
    return interval([values[name] - first[name] for name in values if name in first])


def group(name: str) -> str | None:
    """The group that a photograph's file name tells, the part before its first ``-``; None where it has none."""
    prefix, dash, _ = name.rpartition("/")[2].partition("-")
    return prefix if dash and prefix else None


def groups(names: Sequence[str]) -> dict[str, list[str]]:
    """The photographs of each group, sorted, and of ``all`` together; of a single group there is only ``all``."""
    found: dict[str, list[str]] = {}
    for name in names:
        if prefix := group(name):
            found.setdefault(prefix, []).append(name)
    parts = sorted(found.items()) if any(len(part) < len(names) for part in found.values()) else []
    return dict(parts) | {ALL: list(names)}
