"""What a model paints for a photograph: seen at the working size, enlarged in bands, with hints obeyed.

The order is: enlarge the chroma, obey hints, saturate what was not hinted.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from photochrom.hints import Hints
from photochrom.hints.obeying import Obedience, guide_shape
from photochrom.model import Model
from photochrom.upsampling import Enlargement, resized

SMALLEST = 32  # pixels; below this a deep generator sees nothing


@dataclass(frozen=True)
class Prepared:
    """A photograph made ready to be painted, once or again and again with other hints: its luma, float32.

    ``gray`` (H, W) has the size that is painted, ``shrunk`` (h, w) is what the network sees, and along ``guide`` hints
    are spread, if any are expected. ``shape`` is the photograph's own height and width.
    """

    gray: np.ndarray
    shrunk: np.ndarray
    guide: np.ndarray | None
    shape: tuple[int, int]


@dataclass(frozen=True)
class Painted:
    """Chroma of a photograph, which `band` makes of any rows. Threads may share it."""

    gray: np.ndarray
    enlargement: Enlargement
    obedience: Obedience | None

    def band(self, rows: slice, memory: np.ndarray, saturation: float = 1.0) -> np.ndarray:
        """The planes of ``rows``, float32 (3, rows, W): Cb, Cr, and how far each pixel is hinted, from 0 to 1.

        Chroma is scaled by ``saturation``, less where it is hinted; without hints, the third plane means nothing.
        ``memory``, float32 (`photochrom.upsampling.PLANES`, rows, W), is to work in, and holds the result.
        """
        luma, planes = self.gray[rows], memory[:3]
        chroma = self.enlargement.band(rows.start, luma, memory)
        strength = np.float32(saturation)  # not before: how chroma follows luma depends on its strength
        if self.obedience is None:
            chroma *= strength
            return planes
        self.obedience.obey(memory, rows.start, luma)
        if saturation != 1:
            chroma *= strength - (strength - 1) * planes[2]
        return planes


def prepare(
    luma: np.ndarray, size: int, multiple_of: int, shape: tuple[int, int] | None = None, hinted: bool = True
) -> Prepared:
    """A photograph, luma float32 (H, W), to be seen at the working ``size``, and painted at ``shape`` or its own."""
    picture = Image.fromarray(luma)  # once: it copies
    small = working_shape(luma.shape[0], luma.shape[1], size, multiple_of)
    shrunk = resized(picture, *small, Image.Resampling.BICUBIC).clip(0, 1)
    gray = luma if shape is None else resized(picture, *shape, Image.Resampling.BICUBIC).clip(0, 1)
    guide = None
    if hinted:
        smaller = guide_shape(*gray.shape)
        guide = gray if smaller == gray.shape else resized(picture, *smaller, Image.Resampling.BOX, gap=1.0)
    return Prepared(gray, shrunk, guide, luma.shape)


def paint(model: Model, prepared: Prepared, hints: Hints | None = None) -> Painted:
    """What ``model`` makes of a photograph. Raises `HintError` for ``hints`` that do not fit it."""
    if hints:
        hints.check(*prepared.shape)
    told = hints.planes(prepared.shrunk)[None] if hints and model.takes_hints else None
    chroma = model(prepared.shrunk[None, None], told)[0]
    enlargement = Enlargement(chroma, prepared.shrunk, *prepared.gray.shape)
    obedience = None
    if hints and prepared.guide is not None:
        obedience = Obedience(hints, enlargement, prepared.guide, *prepared.gray.shape)
    return Painted(prepared.gray, enlargement, obedience)


def working_shape(height: int, width: int, size: int, multiple_of: int) -> tuple[int, int]:
    """The height and width at which the network sees a photograph.

    About ``size`` squared in area and near the photograph's aspect, as far as sides that are multiples
    of ``multiple_of`` and at least 32 allow; an extreme aspect is therefore brought closer to a square.
    """
    smallest = -(-SMALLEST // multiple_of) * multiple_of
    largest = max(smallest, size * size // smallest // multiple_of * multiple_of)
    aspect = (height / width) ** 0.5
    sides = (round(side / multiple_of) * multiple_of for side in (size * aspect, size / aspect))
    first, second = (min(max(side, smallest), largest) for side in sides)
    return first, second
