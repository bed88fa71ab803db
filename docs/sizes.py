"""Draws docs/sizes.jpg: photographs as the default model colors them at several working sizes.

    python docs/sizes.py docs/sizes.jpg

The photographs are those of examples/, whose README credits them.
"""

import sys
import tempfile
from pathlib import Path

from PIL import Image

from photochrom import Colorizer
from photochrom.contact_sheet import SheetRow, draw

_EXAMPLES = Path(__file__).parents[1] / "examples"
_NAMES = ("aitzgorri.jpg", "picosdeeuropa.jpg", "sunset.jpg")
_SIZES = (64, 128, 224, 320, 512)


def main(path: Path) -> None:
    """Draw the sheet to the JPEG ``path``."""
    colorizers = [Colorizer(size=size) for size in _SIZES]
    photographs = [Image.open(_EXAMPLES / name) for name in _NAMES]
    rows = [SheetRow([photo, *(colorizer.colorize(photo) for colorizer in colorizers)]) for photo in photographs]
    with tempfile.TemporaryDirectory() as folder:
        draw(Path(folder) / "sizes.png", rows, ("black-and-white", *(f"--size {size}" for size in _SIZES)), height=150)
        with Image.open(Path(folder) / "sizes.png") as sheet:
            sheet.save(path, quality=85, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
