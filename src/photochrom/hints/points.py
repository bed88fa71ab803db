"""A point: somebody clicked on a photograph and said what color is there."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import ImageColor

from photochrom.color import rgb_to_chroma
from photochrom.errors import HintError

RADIUS = 0.012  # of the longer side: 3 pixels where that is 256
Color = str | tuple[int, int, int]


@dataclass(frozen=True)
class Point:
    """A disk of one color. Raises `HintError` for a place outside the photograph, and for no color.

    ``x`` and ``y`` in [0, 1] are shares of the width and height of the upright photograph, from its left and top.
    ``color`` is a CSS color, such as ``firebrick`` or ``#b22222``, or red, green and blue from 0 to 255. ``radius`` in
    (0, 1] is a share of the longer side.
    """

    x: float
    y: float
    color: Color
    radius: float = RADIUS

    def __post_init__(self) -> None:
        for name, value in (("x", self.x), ("y", self.y)):
            if not (_is_number(value) and 0 <= value <= 1):
                raise HintError(f"a point must lie in the photograph, {name} from 0 to 1; not {value!r}")
        if not (_is_number(self.radius) and 0 < self.radius <= 1):
            raise HintError(f"a point's radius must be above 0 and at most 1; not {self.radius!r}")
        if not isinstance(self.color, str):
            object.__setattr__(self, "color", _three(self.color))
        self.rgb  # noqa: B018 - raises if it is none

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue, from 0 to 255."""
        if not isinstance(self.color, str):
            return self.color
        try:
            red, green, blue, *alpha = ImageColor.getrgb(self.color.strip())
        except ValueError:
            raise HintError(f"{self.color!r} is no color; write one as CSS does: firebrick, #b22222") from None
        if alpha and alpha[0] < 255:
            raise HintError(f"{self.color!r} lets what is below shine through; a hint's color must be opaque")
        return red, green, blue

    def lay(self, planes: np.ndarray, top: int, height: int) -> None:
        """Lay the disk over the rows from ``top`` on of ``planes`` (3, rows, width) for ``height`` rows, in place.

        At any size, the pixel in which the point lies belongs to it.
        """
        rows, width = planes.shape[1:]
        reach, across, down = self.radius * max(height, width), self.x * width, self.y * height
        row, column = min(int(down), height - 1), min(int(across), width - 1)
        first, last = (
            max(top, min(row, math.floor(down - reach))),
            min(top + rows, max(row, math.ceil(down + reach)) + 1),
        )
        if first >= last:
            return
        y = np.arange(first, min(last, height))
        x = np.arange(max(0, math.floor(across - reach)), min(math.ceil(across + reach) + 1, width))
        inside = (y[:, None] + 0.5 - down) ** 2 + (x + 0.5 - across) ** 2 <= reach * reach
        inside |= (y[:, None] == row) & (x == column)
        place = planes[:, y[0] - top : y[-1] + 1 - top, x[0] : x[-1] + 1]
        chroma = rgb_to_chroma(np.array(self.rgb, np.float32).reshape(3, 1, 1) / 255)
        for plane, value in zip(place, (*chroma.flat, 1), strict=True):
            plane[inside] = value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _three(color: object) -> tuple[int, int, int]:
    levels = tuple(color) if isinstance(color, tuple | list | np.ndarray) else ()
    if len(levels) != 3 or not all(_is_number(level) and level == int(level) and 0 <= level <= 255 for level in levels):
        raise HintError(f"a color must be a CSS color or three whole numbers from 0 to 255, not {color!r}")
    red, green, blue = map(int, levels)
    return red, green, blue
