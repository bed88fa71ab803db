"""Draw docs/film.jpg, frames of a film in time, and docs/film.webp, the film before and after.

    python docs/film.py data/video/dog.mp4 docs

The clip is the sequence "dog" of DAVIS 2016 (Perazzi et al. 2016), CC BY 4.0, turned to gray.
"""

import sys
from itertools import islice
from pathlib import Path

import av
import numpy as np
from PIL import Image

from photochrom import Colorizer
from photochrom.contact_sheet import SheetRow, draw
from photochrom.video import color_frames

_FRAMES, _EVERY = 48, 9
_SMALL = (288, 162)  # pixels of each half of the film


def main(film: Path, folder: Path) -> None:
    """Color the beginning of ``film`` frame by frame and steadily, and draw both into ``folder``."""
    with av.open(str(film)) as container:
        frames = (frame.to_image() for frame in container.decode(video=0))
        gray = [np.asarray(frame.convert("L")) for frame in islice(frames, _FRAMES)]
    colorizer = Colorizer()
    steady = [Image.fromarray(frame) for frame in color_frames(gray, colorizer.model)]
    rows = [
        SheetRow([Image.fromarray(gray[i]), Image.fromarray(colorizer.colorize(gray[i])), steady[i]], f"{i / 24:.1f} s")
        for i in range(0, _FRAMES, _EVERY)
    ]
    draw(folder / "film.jpg", rows, ("before", "frame by frame", "steady"), 180)
    both = []
    for before, after in zip(gray, steady, strict=True):
        shown = Image.new("RGB", (2 * _SMALL[0], _SMALL[1]))
        shown.paste(Image.fromarray(before).resize(_SMALL), (0, 0))
        shown.paste(after.resize(_SMALL), (_SMALL[0], 0))
        both.append(shown)
    both[0].save(folder / "film.webp", save_all=True, append_images=both[1:], duration=42, loop=0, quality=60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
