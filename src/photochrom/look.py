"""How colors are to look, whatever the model painted: how strong, and how warm. Not what was hinted: that is known."""

from dataclasses import dataclass

import numpy as np

from photochrom.color import daylight

STRONGEST = 10.0  # of saturation


@dataclass(frozen=True)
class Look:
    """``saturation`` scales the colors, from 0 (gray) to 10; ``warmth`` shifts them, see `photochrom.color.daylight`.

    The default changes nothing. Raises `ValueError` for numbers beyond.
    """

    saturation: float = 1.0
    warmth: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.saturation <= STRONGEST:  # written so that NaN is refused, too
            raise ValueError(f"saturation must be between 0 and {STRONGEST:g}, not {self.saturation}")
        if not -1 <= self.warmth <= 1:
            raise ValueError(f"warmth must be between -1 and 1, not {self.warmth}")

    def give(self, chroma: np.ndarray, luma: np.ndarray, hinted: np.ndarray | None = None) -> None:
        """Give this look to ``chroma`` (2, H, W) of ``luma`` (H, W), in place; less where it is ``hinted`` (H, W).

        All are float32. It is saturated, then made warmer: so gray with warmth is a toned print.
        """
        strength, warmth = np.float32(self.saturation), np.float32(self.warmth)
        if self.saturation != 1:
            chroma *= strength if hinted is None else strength - (strength - 1) * hinted
        if self.warmth:
            chroma += daylight(luma[None], warmth if hinted is None else warmth * (1 - hinted))
