"""What a model paints for a photograph: seen at the working size, enlarged in bands, with hints obeyed.

The order is: enlarge the chroma, obey hints, saturate what was not hinted.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from photochrom.hints import Hints
from photochrom.hints.obeying import CHANGES, Obedience
from photochrom.model import Model
from photochrom.upsampling import PLANES, Enlargement, resize

SMALLEST = 32  # pixels; below this a deep generator sees nothing

assert CHANGES + 3 <= PLANES  # what is enlarged and what hints change share their memory


@dataclass(frozen=True)
class Painted:
    """Chroma of a photograph, which `band` makes of any rows. Threads may share it."""

    enlargement: Enlargement
    obedience: Obedience | None

    def band(self, top: int, luma: np.ndarray, memory: np.ndarray, saturation: float = 1.0) -> np.ndarray:
        """The rows from ``top`` on, whose ``luma`` is (rows, W): float32 (3, rows, W).

        They are Cb and Cr times ``saturation``, which is not for what is hinted, and from 0 to 1 how far that is so.
        The third plane means nothing where there are no hints. ``memory`` is float32 (`PLANES`, rows, W).
        """
        chroma, planes = self.enlargement.band(top, luma, memory), memory[:3]
        strength = np.float32(saturation)  # not before: how chroma follows luma depends on its strength
        if self.obedience is None:
            chroma *= strength
        else:
            self.obedience.obey(planes, top, luma, memory[3 : 3 + CHANGES])
            if saturation != 1:
                chroma *= strength - (strength - 1) * planes[2]
        return planes


def paint(model: Model, luma: np.ndarray, size: int, height: int, width: int, hints: Hints | None = None) -> Painted:
    """What ``model`` makes of luma float32 (H, W) at the working ``size``, for a picture of ``height`` by ``width``.

    Raises `HintError` for hints that do not fit the photograph.
    """
    if hints:
        hints.check(*luma.shape)
    small = working_shape(luma.shape[0], luma.shape[1], size, model.multiple_of)
    shrunk = resize(luma, *small, Image.Resampling.BICUBIC).clip(0, 1)
    told = hints.planes(shrunk)[None] if hints and model.takes_hints else None
    chroma = model(shrunk[None, None], told)[0]
    obedience = Obedience(hints, chroma, shrunk, luma, height, width) if hints else None
    return Painted(Enlargement(chroma, shrunk, height, width), obedience)


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
