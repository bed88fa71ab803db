"""What a picture lacks of its hints, spread to the places that belong to them.

Between hints, what is lacking is estimated by kriging (Gaussian process regression; Rasmussen and Williams, Gaussian
Processes for Machine Learning, 2006, section 2.2). Two places have the more to do with each other the nearer they
are, and the more alike are their luma and what the network painted there. So a correction ends at the edges of what was
hinted, hints that disagree part the picture between them, and beyond `REACH` nothing changes at all.
"""

from dataclasses import dataclass

import numpy as np

REACH = 0.6  # of the longer side; from there on, a hint has no influence
_LUMA, _CHROMA = 0.15, 0.2  # differences that make two places unlike
_NOISE = 0.03  # variance of a hint that is certain, where that of what is lacking is 1
_BLOCK = 6 / 256  # of the longer side: hinted pixels nearer to each other than that are taken together
_MOST = 256  # hints that are told apart; of a painted layer, blocks are as large as that needs
_ROWS = 1 << 14  # pixels estimated at a time, so that they stay in a core's cache


@dataclass(frozen=True)
class _Sample:
    """``places`` (5, n) of hints, what is ``lacking`` (2, n) there, and their ``confidence`` (n,)."""

    places: np.ndarray
    lacking: np.ndarray
    confidence: np.ndarray


def spread(known: np.ndarray, chroma: np.ndarray, luma: np.ndarray) -> np.ndarray:
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
        weights = np.linalg.solve(alike, given.T).T.astype(np.float32)
        flat = places.reshape(5, -1)
        for start in range(0, height * width, _ROWS):
            part = np.s_[:, start : start + _ROWS]
            change[part] = weights @ _alike(sample.places, flat[part])
    change = change.reshape(3, height, width)
    near, there = change[2].clip(0, 1), known[2]
    change[:2] *= (1 - there / near.clip(min=1e-6)).clip(min=0)  # a pixel's own hint comes first
    change[:2] += known[:2] - chroma * there
    np.maximum(near, there, out=change[2])
    return change


def _places(chroma: np.ndarray, luma: np.ndarray) -> np.ndarray:
    """What tells pixels apart, (5, h, w): where they are, in `REACH`, their luma and chroma in what makes unlike."""
    height, width = luma.shape
    down, across = np.indices(luma.shape, np.float32) / np.float32(max(height, width) * REACH)
    return np.stack((down, across, luma / np.float32(_LUMA), *(chroma / np.float32(_CHROMA))))


def _alike(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How much places (5, n) have to do with places (5, m): (n, m) from 0 to 1.

    By distance it is the function of Wendland (Piecewise polynomial, positive definite and compactly supported radial
    functions, 1995) that is smooth, 1 at 0, and 0 from 1 on; by look it is a Gaussian.
    """
    near = np.sqrt(_squares(first[:2], second[:2]))
    np.minimum(near, 1, out=near)
    by_distance: np.ndarray = 1 - near
    by_distance *= by_distance
    by_distance *= by_distance
    near *= 4
    near += 1
    by_distance *= near
    look = _squares(first[2:], second[2:])
    look *= np.float32(-0.5)
    by_distance *= np.exp(look, out=look)
    return by_distance


def _squares(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The squared distances between points (d, n) and (d, m): (n, m)."""
    squares: np.ndarray = first.T @ second
    squares *= -2
    squares += (first * first).sum(axis=0)[:, None]
    squares += (second * second).sum(axis=0)
    np.maximum(squares, 0, out=squares)
    return squares


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

    Each begins at the first pixel that is left over, so that a square hint of that size is one block.
    """
    left, blocks = hinted.copy(), list[tuple[tuple[slice, slice], np.ndarray]]()
    while left.any():
        if len(blocks) == _MOST:
            return None
        top, start = divmod(int(left.argmax()), left.shape[1])
        block = slice(top, top + side), slice(start, start + side)
        blocks.append((block, left[block].copy()))
        left[block] = False
    return blocks
