"""The same photographs by several models, side by side on one sheet."""

import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from photochrom.atomic import clear_leftovers
from photochrom.batch.finding import file_kind, find, is_hints
from photochrom.colorizer import Colorizer
from photochrom.contact_sheet import SheetRow, draw, from_planes, is_sheet, refuse_other_files, shrunk
from photochrom.errors import PhotoError
from photochrom.photos.reading import read

_HEIGHT = 240  # pixels of a photograph on the sheet


def compare(
    paths: Sequence[Path],
    colorizers: Mapping[str, Colorizer],
    sheet: Path,
    on_error: Callable[[PhotoError], None],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Path]:
    """Draw every photograph in ``paths`` (files and folders) before and after each of ``colorizers``.

    ``sheet`` is a PNG or JPEG, with more pages where one is not enough; returns the files of them. Earlier sheets are
    replaced, and not shown. What cannot be read is told to ``on_error`` and left out. Raises `UsageError` where a page
    of ``sheet`` is another file, or is not named as a sheet, and `PhotoError` if nothing is left.
    """
    files = [file for path in paths for file in (find(path, on_error) if file_kind(path) == stat.S_IFDIR else [path])]
    files = [file for file in dict.fromkeys(files) if not (is_hints(file) or is_sheet(file))]
    refuse_other_files(sheet, max(1, len(files)), _HEIGHT)
    clear_leftovers(sheet.parent)

    def rows() -> Iterator[SheetRow]:
        for index, file in enumerate(files):
            try:
                gray = from_planes(read(file).luma)
                colored = [shrunk(colorizer.colorize(gray), _HEIGHT) for colorizer in colorizers.values()]
                yield SheetRow([shrunk(gray, _HEIGHT), *colored], file.name)
            except PhotoError as error:
                on_error(error)
            progress(index + 1, len(files))

    pages = draw(sheet, rows(), ("black-and-white", *colorizers), _HEIGHT)
    if not pages:
        raise PhotoError(f"{sheet}: not written, there is no photograph to show")
    return pages
