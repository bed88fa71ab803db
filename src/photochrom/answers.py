"""Several answers for one photograph, where the model is unsure of its colors.

An answer is what one more hint makes of the photograph: at a place where the model is unsure, one of the colors that
it thinks possible there. The model is given that hint and paints anew. So a whole dress changes with the place on it,
what belongs together stays together, and what the model is sure of stays as it is. Of all such tries, those are
chosen that together are the nearest to whatever the photograph may have looked like.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from photochrom.color import merge_fitted, rgb_to_lab
from photochrom.distribution import Distribution
from photochrom.hints import Hints, Point
from photochrom.model import Model
from photochrom.upsampling import resize

MOST = 4
_PLACES = 3  # where colors are tried
_COLORS = 4  # that are tried at a place
_POSSIBLE = 0.05  # probability of a color that is tried
_APART = 0.2  # of the longer side: places are about as far from each other
_ROUGH = 0.05  # deviation of luma nearby, from which on a place counts as half as good
_CELLS = 12  # regions along the longer side, in which answers are compared
_DIFFERENT = 14.0  # of CIELAB, by which an answer differs from each other in some region


@dataclass(frozen=True)
class _Try:
    """A hint, and how probable it is among all that are tried at its place."""

    hint: Point
    probability: float


def added_hints(model: Model, luma: np.ndarray, count: int, hints: Hints) -> list[Hints]:
    """What each answer adds to ``hints``, for ``luma`` float32 (H, W) at the working size; at most ``count``.

    The first adds nothing. Where the model is sure, there are fewer. Raises `ModelError` for a model without a
    distribution, or that takes no hints.
    """
    model.refuse_without_answers()
    if count == 1:
        return [Hints()]
    hints = hints.matched(luma)
    tries = _tries(Distribution.predict(model, luma, hints))
    added = [Hints(), *(Hints((one.hint,)) for one in tries)]
    pictures = np.stack([_picture(model, luma, more + hints) for more in added])
    return [added[index] for index in _chosen(pictures, tries, count)]


def _tries(distribution: Distribution) -> list[_Try]:
    """The colors that are possible at places where the model is unsure."""
    tries = []
    for x, y in _places(distribution):
        colors = [one for one in distribution.colors(x, y)[:_COLORS] if one.probability > _POSSIBLE]
        total = sum(one.probability for one in colors)
        tries += [_Try(Point(x, y, one.color), one.probability / total) for one in colors]
    return tries


def _places(distribution: Distribution) -> list[tuple[float, float]]:
    """Where the model is least sure, places apart from each other; x and y are shares of width and height."""
    unsure = distribution.uncertainty()
    height, width = unsure.shape
    luma = resize(distribution.luma, height, width, Image.Resampling.BOX)
    rough = np.sqrt((_blurred(luma * luma) - _blurred(luma) ** 2).clip(min=0))
    # Black and white have no room for color; and a hint at an edge would be one for both sides of it.
    unsure = _blurred(unsure) * luma * (1 - luma) / (rough + _ROUGH)
    down, across = np.indices(unsure.shape)
    places = []
    for _ in range(_PLACES):
        row, column = np.unravel_index(unsure.argmax(), unsure.shape)
        places.append((float((column + 0.5) / width), float((row + 0.5) / height)))
        squares = ((down - row) ** 2 + (across - column) ** 2) / (_APART * max(height, width)) ** 2
        unsure = unsure * (1 - np.exp(-squares / 2))
    return places


def _blurred(plane: np.ndarray) -> np.ndarray:
    """A plane (h, w) without its details: means of 8 by 8 pixels, enlarged."""
    height, width = plane.shape
    means = resize(plane.astype(np.float32), -(-height // 8), -(-width // 8), Image.Resampling.BOX)
    return resize(means, height, width, Image.Resampling.BILINEAR)


def _picture(model: Model, luma: np.ndarray, hints: Hints) -> np.ndarray:
    """What the model paints, given ``hints``: rgb (3, h, w), of the size of its chroma."""
    chroma = model(luma[None, None], hints.told(model, luma))[0]
    _, height, width = chroma.shape
    return merge_fitted(resize(luma, height, width, Image.Resampling.BOX)[None], chroma)


def _chosen(pictures: np.ndarray, tries: Sequence[_Try], count: int) -> list[int]:
    """The answers among ``pictures``, by their numbers; the first, which is no try, is the first of them.

    Each further one is that which brings the answers nearest to the tries, in squared error by their probability,
    among those that differ from all others; and so on, until ``count`` are there or none is left.
    """
    flat = pictures.reshape(len(pictures), -1)
    errors = ((flat[:, None] - flat[None, 1:]) ** 2).mean(axis=2)
    probable = np.array([one.probability for one in tries])
    labs, chosen = rgb_to_lab(pictures), [0]
    left = list(range(1, len(pictures)))
    while len(chosen) < count:
        left = [index for index in left if _differ(labs[index], labs[chosen[-1]])]
        if not left:
            break
        nearest = errors[chosen].min(axis=0)
        chosen.append(min(left, key=lambda index: float(np.minimum(nearest, errors[index]) @ probable)))
    return chosen


def _differ(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether two pictures in CIELAB (3, h, w) are of different color in some region."""
    difference = np.linalg.norm(first - second, axis=0)
    height, width = difference.shape
    side = max(height, width) / _CELLS
    cells = resize(
        difference.astype(np.float32), max(1, round(height / side)), max(1, round(width / side)), Image.Resampling.BOX
    )
    return bool(cells.max() > _DIFFERENT)
