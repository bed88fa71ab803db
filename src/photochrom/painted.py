"""What a model paints for a photograph: seen at the working size, enlarged in bands, with hints obeyed.

The order is: enlarge the chroma, obey hints, saturate and warm what was not hinted, fit the gamut, round.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from photochrom.arrays import quantize
from photochrom.bands import in_bands
from photochrom.color import MERGE_PLANES, merge_fitted
from photochrom.hints import Hints
from photochrom.hints.obeying import Obedience, guide_shape
from photochrom.look import Look
from photochrom.model import Model
from photochrom.upsampling import PLANES, Enlargement, resized
from photochrom.working_size import working_shape

_PLAIN = Look()  # as the model painted it


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

    def band(self, rows: slice, memory: np.ndarray, look: Look = _PLAIN, how_far: bool = False) -> np.ndarray:
        """The planes of ``rows``, float32 (3, rows, W): Cb, Cr, and how far each pixel is hinted, from 0 to 1.

        Chroma has the ``look``, less where it is hinted. The third plane means something only where there are hints,
        and it is asked for. ``memory``, float32 (`photochrom.upsampling.PLANES`, rows, W), is to work in, and holds
        the result.
        """
        luma, planes = self.gray[rows], memory[:3]
        chroma = self.enlargement.band(rows.start, luma, memory)
        if self.obedience:
            self.obedience.obey(memory, rows.start, luma, how_far or look != _PLAIN)
        look.give(chroma, luma, planes[2] if self.obedience else None)  # last: chroma follows luma by its strength
        return planes

    def planes(self, threads: int) -> np.ndarray:
        """The whole photograph, float32 (3, H, W): Cb and Cr in [-0.5, 0.5], and how far each pixel is hinted."""
        height, width = self.gray.shape
        planes = np.zeros((3, height, width), np.float32)

        def fill(rows: slice, memory: np.ndarray) -> None:
            made = self.band(rows, memory, how_far=True)
            if self.obedience:
                made[:2].clip(-0.5, 0.5, out=made[:2])  # a hint may be stronger than any model paints
                planes[2, rows] = made[2]
            planes[:2, rows] = made[:2]

        in_bands(threads, PLANES, height, width, fill)
        return planes

    def rgb(self, dtype: np.dtype, look: Look, threads: int) -> np.ndarray:
        """The whole photograph in color, (H, W, 3) of ``dtype``, inside the gamut and rounded."""
        height, width = self.gray.shape
        rgb = np.empty((height, width, 3), dtype)

        def fill(rows: slice, memory: np.ndarray) -> None:
            chroma = self.band(rows, memory[:PLANES], look)[:2]
            quantize(merge_fitted(self.gray[None, rows], chroma, memory[PLANES:]), rgb[rows].transpose(2, 0, 1))

        in_bands(threads, PLANES + MERGE_PLANES, height, width, fill)
        return rgb


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


def paint(model: Model, prepared: Prepared, hints: Hints | None = None, threads: int = 1) -> Painted:
    """What ``model`` makes of a photograph. Raises `HintError` for ``hints`` that do not fit it."""
    if hints:
        hints.check(*prepared.shape)
        hints = hints.matched(prepared.shrunk)
    told = hints.told(model, prepared.shrunk) if hints else None
    chroma = model(prepared.shrunk[None, None], told)[0]
    height, width = prepared.gray.shape
    enlargement = Enlargement(chroma, prepared.shrunk, height, width)
    obedience = None
    if hints and prepared.guide is not None:
        obedience = Obedience(hints, chroma, prepared.guide, height, width, threads)
    return Painted(prepared.gray, enlargement, obedience)
