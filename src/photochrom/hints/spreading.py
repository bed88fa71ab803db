"""What a picture lacks of its hints, spread to the places that belong to them.

Between hints, what is lacking is estimated by kriging (Gaussian process regression; Rasmussen and Williams, Gaussian
Processes for Machine Learning, 2006, section 2.2). Two places have the more to do with each other the nearer they
are, and the more alike are their luma and what the network painted there. So a correction ends at the edges of what was
hinted, hints that disagree part the picture between them, and beyond `REACH` nothing changes at all.
"""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

REACH = 0.6  # of the longer side; from there on, a hint has no influence
_LUMA, _CHROMA = 0.17, 0.2  # differences that make two places unlike
_FARTHEST = 2.93  # distance, in such differences, of a place that has nothing to do with another
_LOWEST = np.float32((1 + 3**0.5 * _FARTHEST) * np.exp(-(3**0.5) * _FARTHEST))
_NOISE = 0.03  # variance of a hint that is certain, where that of what is lacking is 1
_BLOCK = 7 / 256  # of the longer side: hinted pixels nearer to each other than that are taken together
_MOST = 192  # hints that are told apart; of a painted layer, blocks are as large as that needs
_PAIRS = 1 << 15  # of hints and pixels, compared at a time: more leave a core's cache, and BLAS starts threads for them


@dataclass(frozen=True)
class _Sample:
    """``places`` (5, n) of hints, what is ``lacking`` (2, n) there, and their ``confidence`` (n,)."""

    places: np.ndarray
    lacking: np.ndarray
    confidence: np.ndarray


def spread(known: np.ndarray, chroma: np.ndarray, luma: np.ndarray, threads: int = 1) -> np.ndarray:
    """How ``chroma`` (2, h, w) of ``luma`` (h, w) is to change for the hints ``known`` (3, h, w), all float32.

    Returns float32 (3, h, w): what to add to Cb and Cr, and from 0 to 1 how far each pixel is known by then. At a hint
    of confidence 1, the sum is exactly the hint.
    """
    _, height, width = known.shape
    places = _places(chroma, luma)
    sample = _sample(known, chroma, places)
    change = np.zeros((3, height * width), np.float32)
    if sample is not None:
        alike = _alike(sample.places, sample.places).astype(np.float64)
        # Hints that are uncertain do not become certain by being many of one thing.
        alike[np.diag_indices_from(alike)] += _NOISE + (1 / sample.confidence - 1) * alike.sum(axis=0)
        given = np.concatenate((sample.lacking, np.ones_like(sample.lacking[:1])))
        weights = _solved(alike, given.T).T.astype(np.float32)
        flat, step = places.reshape(5, -1), max(1, _PAIRS // len(alike))

        def estimate(start: int) -> None:
            part = np.s_[:, start : start + step]
            change[part] = weights @ _alike(sample.places, flat[part])

        with ThreadPoolExecutor(threads) as pool:
            deque(pool.map(estimate, range(0, height * width, step)), maxlen=0)
    change = change.reshape(3, height, width)
    near, there = change[2].clip(0, 1), known[2]
    change[:2] *= (1 - there / near.clip(min=1e-6)).clip(min=0)  # a pixel's own hint comes first
    change[:2] += known[:2] - chroma * there
    np.maximum(near, there, out=change[2])
    return change


def _solved(matrix: np.ndarray, given: np.ndarray) -> np.ndarray:
    """The solutions (n, k) of ``matrix`` (n, n), positive definite, for ``given`` (n, k), by conjugate gradients.

    LAPACK takes a thread a core for it. On a busy machine they wait for each other, and take 60 ms in place of 1.
    """
    scale = matrix.diagonal()[:, None] ** -0.5
    matrix = scale * matrix * scale.T
    solution, left = np.zeros_like(given), scale * given
    step, rest = left, (left * left).sum(axis=0)
    for _ in range(2 * len(matrix)):
        if rest.max() < 1e-10:
            break
        moved = matrix @ step
        length = rest / (step * moved).sum(axis=0).clip(min=1e-30)
        solution, left = solution + length * step, left - length * moved
        before, rest = rest, (left * left).sum(axis=0)
        step = left + rest / before.clip(min=1e-30) * step
    return solution * scale


def _places(chroma: np.ndarray, luma: np.ndarray) -> np.ndarray:
    """What tells pixels apart, (5, h, w): where they are, their luma and their chroma, each in what makes unlike."""
    height, width = luma.shape
    down, across = np.indices(luma.shape, np.float32) * np.float32(_FARTHEST / (REACH * max(height, width)))
    return np.stack((down, across, luma * np.float32(1 / _LUMA), *(chroma * np.float32(1 / _CHROMA))))


def _alike(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How much places (5, n) have to do with places (5, m): float32 (n, m) from 0 to 1.

    By distance, it is Matérn's function of smoothness 3/2 (Rasmussen and Williams, section 4.2), lowered so that it
    ends: it is 0 where the distance is `_FARTHEST`.
    """
    squares = (first * first).sum(axis=0), (second * second).sum(axis=0)
    # The squared distances in one product of matrices: |a|² - 2ab + |b|².
    left = np.concatenate((-2 * first, squares[0][None], np.ones_like(squares[0])[None]))
    right = np.concatenate((second, np.ones_like(squares[1])[None], squares[1][None]))
    alike: np.ndarray = left.T @ right
    alike *= 3
    np.maximum(alike, 0, out=alike)
    np.sqrt(alike, out=alike)
    fading = np.exp(-alike)
    alike += 1
    alike *= fading
    alike -= _LOWEST
    np.maximum(alike, 0, out=alike)
    alike *= 1 / (1 - _LOWEST)
    return alike


def _sample(known: np.ndarray, chroma: np.ndarray, places: np.ndarray) -> _Sample | None:
    """The hints in ``known``, block by block; None where there are none."""
    confidence = known[2]
    hinted = confidence > 0.01
    count = int(hinted.sum())
    if not count:
        return None
    side = max(1, round(_BLOCK * max(hinted.shape)), int((count / _MOST) ** 0.5))
    while (blocks := _blocks(hinted, side)) is None:
        side += 1 + side // 4
    lacking = known[:2] - chroma * confidence
    rows = []
    for block, mask in blocks:
        weight = confidence[block] * mask
        total = weight.sum()
        place = (places[(slice(None), *block)] * weight).sum(axis=(1, 2)) / total
        rows.append([*place, *(lacking[(slice(None), *block)] * mask).sum(axis=(1, 2)) / total, total / mask.sum()])
    table = np.array(rows, np.float32).T
    return _Sample(table[:5], table[5:7], table[7].clip(max=1))


def _blocks(hinted: np.ndarray, side: int) -> list[tuple[tuple[slice, slice], np.ndarray]] | None:
    """Squares of ``side`` pixels that cover all ``hinted`` ones, each with its own of these; None if they are too many.

    Each begins at the top and the left of what is left over there, so that a hint of that size is one block.
    """
    left, blocks = hinted.copy(), list[tuple[tuple[slice, slice], np.ndarray]]()
    while left.any():
        if len(blocks) == _MOST:
            return None
        top, middle = divmod(int(left.argmax()), left.shape[1])
        start = max(0, middle - side + 1)
        start += int(left[top : top + side, start : middle + 1].any(axis=0).argmax())
        block = slice(top, top + side), slice(start, start + side)
        blocks.append((block, left[block].copy()))
        left[block] = False
    return blocks
