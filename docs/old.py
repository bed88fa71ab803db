"""Draws docs/old.jpg: color slides of 1939 to 1944 in gray, as the default model colors them, and as they are.

    python docs/old.py docs/old.jpg

They are the first twelve, by name, of those of data/kodachrome/train that the recipe of the default model keeps for
validation: no training saw them, and nobody chose them by their looks. By the photographers of the Farm Security
Administration and the Office of War Information; Library of Congress, no known restrictions on publication. The number
under a picture is the Library's.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageOps

from photochrom import Colorizer
from photochrom.contact_sheet import SheetRow, draw
from photochrom.training.config import from_yaml
from photochrom.training.splitting import photographs

_RECIPE = Path(__file__).parents[1] / "recipes" / "default.yaml"
_FOLDER = "data/kodachrome/train"
_COUNT, _BESIDE = 12, 2
_HEIGHT = 140


def main(path: Path) -> None:
    """Draw the sheet to the JPEG ``path``."""
    _, validation = photographs(replace(from_yaml(_RECIPE), data=_FOLDER))
    colorizer, rows = Colorizer(), []
    for first in range(0, _COUNT, _BESIDE):
        slides, pictures = [Path(path) for path in validation.contents(range(first, first + _BESIDE))], []
        for slide in slides:
            with Image.open(slide) as picture:
                true = ImageOps.contain(picture.convert("RGB"), (_HEIGHT * 3 // 2, _HEIGHT))  # they are smaller
            gray = true.convert("L")
            pictures += [gray, colorizer.colorize(gray), true]
        rows.append(SheetRow(pictures, ", ".join(slide.stem.removeprefix("fsac-") for slide in slides)))
    with tempfile.TemporaryDirectory() as folder:
        draw(Path(folder) / "old.png", rows, ("black-and-white", "colored", "as it was") * _BESIDE, height=_HEIGHT)
        with Image.open(Path(folder) / "old.png") as sheet:
            sheet.save(path, quality=85, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
