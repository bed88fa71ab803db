"""The same photographs by several models, side by side on one sheet."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from photochrom.colorizer import Colorizer
from photochrom.contact_sheet import draw, from_planes, refuse_other_files, shrunk
from photochrom.errors import PhotoError
from photochrom.photos.reading import find, read

_HEIGHT = 240  # pixels of a photograph on the sheet


def compare(
    paths: Sequence[Path],
    colorizers: Mapping[str, Colorizer],
    sheet: Path,
    on_error: Callable[[PhotoError], None],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Draw every photograph in ``paths`` (files and folders) before and after each of ``colorizers``; returns how many.

    ``sheet`` is a PNG; one that is there is replaced if it is an earlier sheet. What cannot be read is told to
    ``on_error`` and left out. Raises `UsageError` where ``sheet`` is another file, or is not named as a PNG, and
    `PhotoError` if nothing is left.
    """
    refuse_other_files(sheet)
    files = [file for path in paths for file in (find(path, on_error) if path.is_dir() else [path])]
    files = [file for file in dict.fromkeys(files) if not (sheet.exists() and file.exists() and file.samefile(sheet))]
    rows = []
    for index, file in enumerate(files):
        try:
            gray = from_planes(read(file).luma)
            colored = [shrunk(colorizer.colorize(gray), _HEIGHT) for colorizer in colorizers.values()]
            rows.append([shrunk(gray, _HEIGHT), *colored])
        except PhotoError as error:
            on_error(error)
        progress(index + 1, len(files))
    if not rows:
        raise PhotoError(f"{sheet}: not written, there is no photograph to show")
    draw(sheet, rows, ("black-and-white", *colorizers), _HEIGHT)
    return len(rows)
