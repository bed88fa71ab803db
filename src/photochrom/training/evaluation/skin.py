"""Skin: how far the colors of faces are from the true ones, by the tone of the skin.

A face is a box in a photograph; its skin is the ellipse in the middle of the box, three fifths as wide and high, which
leaves out hair and background. The tone is the individual typology angle (Chardon et al., "Skin colour typology and
suntanning pathways", 1991) of the skin's mean true color, in the six groups of Del Bino and Bernerd ("Variations in
skin colour and the biological consequences of ultraviolet radiation exposure", 2013). In a photograph it is the tone as
the light and the camera show it.
"""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from photochrom.color import rgb_to_lab
from photochrom.errors import UsageError
from photochrom.training.evaluation.statistics import Interval, interval
from photochrom.training.evaluation.tables import UNDEFINED, Table, with_interval
from photochrom.training.metrics import ciede2000_map

Box = tuple[int, int, int, int]  # left, top, right and bottom in pixels; right and bottom are outside

# The angle in degrees above which a tone begins, from light to dark.
TONES = {"very light": 55, "light": 41, "intermediate": 28, "tan": 10, "brown": -30, "dark": -math.inf}
_SKIN = 3 / 5  # of the width and height of a face's box
_COLORED = 2.0  # chroma in CIELAB below which a color has no hue to speak of


@dataclass(frozen=True)
class Skin:
    """One face as a model painted it: its true ``tone`` in degrees, and how far its color is from the true one.

    ``ciede2000`` is the mean over its pixels; ``hue_error`` the angle between its mean color's hue and the true one, in
    degrees, from 0 to 180, and NaN where one of the two is gray.
    """

    tone: float
    ciede2000: float
    hue_error: float

    @property
    def group(self) -> str:
        """The name of the tone, one of `TONES`."""
        return next(name for name, above in TONES.items() if self.tone > above)


def read_faces(path: Path) -> dict[Path, list[Box]]:
    """The boxes of the faces in each photograph, from CSV with photo, left, top, right, bottom. Raises `UsageError`."""
    faces: dict[Path, list[Box]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                left, top, right, bottom = (int(row[side]) for side in ("left", "top", "right", "bottom"))
                faces.setdefault(Path(row["photo"]), []).append((left, top, right, bottom))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    except (KeyError, TypeError, ValueError):
        raise UsageError(f"{path}: must have the columns photo, left, top, right and bottom, in pixels") from None
    return faces


def compare(made: np.ndarray, true: np.ndarray, box: Box) -> Skin:
    """The face in ``box`` of a photograph, as it was ``made`` and as it is ``true``, both rgb uint8 (3, H, W)."""
    left, top, right, bottom = box
    inside = _ellipse(bottom - top, right - left)
    labs = [
        rgb_to_lab(torch.from_numpy(rgb[:, top:bottom, left:right].astype(np.float64) / 255)) for rgb in (made, true)
    ]
    distance = ciede2000_map(*(lab[None] for lab in labs))[0]
    painted, expected = (lab[:, inside].mean(dim=1).tolist() for lab in labs)
    return Skin(
        math.degrees(math.atan2(expected[0] - 50, expected[2])),
        float(distance[inside].mean()),
        _hue_error(painted[1:], expected[1:]),
    )


def table(title: str, skins: Mapping[str, Sequence[Skin]]) -> Table:
    """The means of each model, by its label, for each tone and all faces, and how unlike the tones are treated."""
    rows: list[tuple[str, ...]] = []
    for label, faces in skins.items():
        found = {name: [face for face in faces if face.group == name] for name in TONES}
        tones = {name: part for name, part in found.items() if part}
        columns = [
            (_means(tones, faces, metric), decimals) for metric, decimals in (("ciede2000", 2), ("hue_error", 1))
        ]
        for index, (name, part) in enumerate({**tones, "all": faces}.items()):
            cells = (with_interval(means[index], decimals) for means, decimals in columns)
            rows.append((label, name, str(len(part)), *cells))
        rows.append((label, "worst / best tone", "", *(_ratio(means[:-1]) for means, _ in columns)))
    note = (
        "Tones are those of the photographs (individual typology angle). Means with 95 % bootstrap intervals. A face "
        "that was left gray has no hue, and is left out of its mean."
    )
    return Table(title, ("model", "tone", "faces", "CIEDE2000 ↓", "hue error, degrees ↓"), rows, note)


def _means(tones: Mapping[str, Sequence[Skin]], faces: Sequence[Skin], metric: str) -> list[Interval | None]:
    """The mean of ``metric`` for each of the ``tones``, and for all ``faces``."""
    return [interval([getattr(face, metric) for face in part]) for part in (*tones.values(), faces)]


def _ratio(means: Sequence[Interval | None]) -> str:
    values = [mean.mean for mean in means if mean]
    return f"{max(values) / min(values):.2f}" if values and min(values) > 0 else UNDEFINED


def _ellipse(height: int, width: int) -> torch.Tensor:
    """Which pixels of a box are skin: bool (``height``, ``width``)."""
    y, x = ((torch.arange(side) + 0.5) / side * 2 - 1 for side in (height, width))
    return y[:, None] ** 2 + x[None] ** 2 <= _SKIN**2


def _hue_error(first: Sequence[float], second: Sequence[float]) -> float:
    """The angle between two colors (a*, b*) in degrees, NaN where one is gray."""
    if min(math.hypot(*first), math.hypot(*second)) < _COLORED:
        return math.nan
    difference = math.atan2(first[1], first[0]) - math.atan2(second[1], second[0])
    return abs(math.degrees(math.remainder(difference, 2 * math.pi)))
