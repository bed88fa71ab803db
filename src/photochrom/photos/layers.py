"""A colored photograph as layers: itself as it was, its colors, and what was known of them.

The colors lie over the photograph in blend mode Color (W3C, Compositing and Blending Level 1; ISO 32000), which keeps
the luminosity of what is below: 0.3 red + 0.59 green + 0.11 blue. This is our luma to within a level, and a color that
leaves [0, 1] is pulled towards gray, as `photochrom.color.fit_gamut` does it. So the layer of colors is the result
itself: blended it stays what it is, and a program that does not know the mode shows the result all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from photochrom.color import merge_fitted

PHOTOGRAPH, COLORS, HINTS = "Photograph", "Colors", "Hints"


@dataclass(frozen=True)
class Layer:
    """One layer: ``pixels`` uint8 or uint16 (H, W, 3), or (H, W, 4) with alpha.

    Its blend mode is Color if it ``colors`` what is below, else Normal. A ``hidden`` one is there, and not shown.
    """

    name: str
    pixels: np.ndarray
    colors: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Layered:
    """``layers`` from the lowest to the highest, and ``flat``, what they look like together."""

    layers: tuple[Layer, ...]
    flat: np.ndarray

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.flat.shape[1], self.flat.shape[0]

    @property
    def has_alpha(self) -> bool:
        """Whether the picture is transparent anywhere."""
        return bool(self.flat.shape[2] == 4)


def known_colors(planes: np.ndarray, luma: np.ndarray, dtype: np.dtype) -> Layer:
    """What was known of a photograph's colors as a layer of ``dtype``, which is hidden: the result has obeyed it.

    ``planes`` (3, H, W) are Cb·m, Cr·m and the confidence m in [0, 1], which becomes alpha, for ``luma`` (1, H, W).
    """
    most = np.iinfo(dtype).max
    pixels = np.empty((*luma.shape[1:], 4), dtype)
    pixels[..., :3] = np.rint(merge_fitted(luma, planes[:2] / planes[2:].clip(1e-6)) * most).transpose(1, 2, 0)
    pixels[..., 3] = np.rint(planes[2] * most)
    return Layer(HINTS, pixels, colors=True, hidden=True)


def layered(
    photograph: np.ndarray, rgb: np.ndarray, alpha: np.ndarray | None = None, known: Sequence[Layer] = ()
) -> Layered:
    """A result ``rgb`` over its ``photograph``, both (H, W, 3) of one dtype, with ``alpha`` (H, W) if there is one.

    ``known`` are further layers above them, as `known_colors` makes them.
    """
    if alpha is not None:
        photograph, rgb = np.dstack([photograph, alpha]), np.dstack([rgb, alpha])
    layers = (Layer(PHOTOGRAPH, photograph), Layer(COLORS, rgb, colors=True), *known)
    return Layered(layers, rgb)
