"""Draws docs/age.jpg: what `film` in a recipe makes of a photograph.

    python docs/age.py docs/age.jpg

The photographs are scikit-image's: `astronaut` (NASA, public domain) and `coffee` (Rachel Michetti, CC0).
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

from photochrom.color import rgb_to_luma
from photochrom.contact_sheet import SheetRow, draw, from_planes
from photochrom.training.augment import age, center_square, resize

_SIDE = 192  # pixels
_AGED = 4


def main(path: Path) -> None:
    """Draw the sheet to the JPEG ``path``."""
    rows = [_row(photograph) for photograph in (data.astronaut(), data.coffee())]
    with tempfile.TemporaryDirectory() as folder:
        draw(Path(folder) / "age.png", rows, ("photograph", "gray", *["film"] * _AGED), height=_SIDE)
        with Image.open(Path(folder) / "age.png") as sheet:
            sheet.save(path, quality=85, optimize=True)


def _row(photograph: np.ndarray) -> SheetRow:
    square = resize(photograph, center_square(*photograph.shape[:2]), _SIDE)
    rgb = (square.transpose(2, 0, 1) / 255).astype(np.float32)
    aged = [age(rgb, np.random.default_rng(seed)) for seed in range(_AGED)]
    return SheetRow([from_planes(planes) for planes in (rgb, rgb_to_luma(rgb), *aged)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
