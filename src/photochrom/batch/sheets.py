"""A sheet of all photographs of a run, before and after."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image

from photochrom.batch.finding import file_kind
from photochrom.batch.naming import Job
from photochrom.batch.planning import SHEET_HEIGHT
from photochrom.contact_sheet import SheetRow, draw, shrunk
from photochrom.errors import PhotoError
from photochrom.photos.reading import ReadOptions, read_rgb


def before_after(path: Path, jobs: Sequence[Job], options: ReadOptions | None = None) -> list[Path]:
    """Draw every job that has a result, before and after, and return the files of the pages.

    Sources are read with ``options``. Raises `PhotoError` if nothing has a result, or a page cannot be written.
    """
    pages = draw(path, _rows(jobs, options or ReadOptions()), ("before", "after"), SHEET_HEIGHT)
    if not pages:
        raise PhotoError(f"{path}: not written, there is no result to show")
    return pages


def _rows(jobs: Sequence[Job], options: ReadOptions) -> Iterator[SheetRow]:
    for job in jobs:
        if file_kind(job.target):
            with suppress(PhotoError):  # a file that broke since has been, or will be, named by a run
                pictures = [_thumbnail(job.source, options), _thumbnail(job.target, ReadOptions(options.max_pixels))]
                yield SheetRow(pictures, job.label)


def _thumbnail(path: Path, options: ReadOptions) -> Image.Image:
    rgb = read_rgb(path, options)
    return shrunk(Image.fromarray(np.ascontiguousarray(rgb.transpose(1, 2, 0))), SHEET_HEIGHT)
