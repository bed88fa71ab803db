"""The work that a plan asks for, and what came of it."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import numpy as np
from PIL import Image

from photochrom.batch.planning import Job, file_kind
from photochrom.batch.tint import Tint, tint
from photochrom.colorizer import Colorizer
from photochrom.contact_sheet import draw, from_planes, pair, shrunk
from photochrom.errors import ModelError, PhotoError
from photochrom.photos import provenance
from photochrom.photos.reading import ReadOptions, inspect, read_rgb
from photochrom.photos.writing import Encoding

_SHEET_HEIGHT = 320  # pixels of a photograph on a sheet


class Outcome(Enum):
    """What became of a source."""

    DONE = "colorized"
    SKIPPED = "skipped (done already)"
    OURS = "left alone (results themselves)"
    COLOR = "left alone (in color)"
    FAILED = "failed"


@dataclass(frozen=True)
class Options:
    """What `run` is to do.

    ``overwrite`` results that are there; ``skip_color`` leaves color photographs alone; ``compare`` also draws each
    before and after; ``encoding`` and ``white`` are those of `Colorizer.colorize_file`.
    """

    overwrite: bool = False
    skip_color: bool = False
    compare: bool = False
    encoding: Encoding = field(default_factory=Encoding)
    white: float | None = None


def run(
    jobs: list[Job], colorizer: Colorizer, options: Options | None = None, at_once: int = 1
) -> Iterator[tuple[Job, Outcome, str]]:
    """Do the jobs, some ``at_once``; yields each, in their order, with its outcome and why it failed, in one line.

    Whoever stops iterating stops the jobs: what has begun is finished, nothing else is begun.
    """
    options = options or Options()
    if at_once == 1:
        yield from ((job, *_judged(job, colorizer, options)) for job in jobs)
        return
    waiting: deque[tuple[Job, Future[tuple[Outcome, str]]]] = deque()
    pool = ThreadPoolExecutor(at_once)
    try:
        for job in jobs:
            if len(waiting) == 4 * at_once:  # so that a large folder does not pile up
                first, outcome = waiting.popleft()
                yield (first, *outcome.result())
            waiting.append((job, pool.submit(_judged, job, colorizer, options)))
        for first, outcome in waiting:
            yield (first, *outcome.result())
    finally:
        pool.shutdown(cancel_futures=True)


def _judged(job: Job, colorizer: Colorizer, options: Options) -> tuple[Outcome, str]:
    try:
        return _do(job, colorizer, options), ""
    except PhotoError as error:
        return Outcome.FAILED, str(error)
    except ModelError as error:
        return Outcome.FAILED, f"{job.source}: {error}"
    except MemoryError:
        return Outcome.FAILED, f"{job.source}: not enough memory for a photograph of this size"


def _do(job: Job, colorizer: Colorizer, options: Options) -> Outcome:
    done_already = bool(file_kind(job.target)) and not options.overwrite
    drawn_already = not options.compare or bool(file_kind(job.compared))
    if done_already and drawn_already:
        return Outcome.SKIPPED
    source = inspect(job.source, ReadOptions(colorizer.max_pixels, options.white))
    if not done_already:
        if provenance.of(source.content):
            return Outcome.OURS
        if options.skip_color and tint(source.read_rgb()) is Tint.COLOR:
            return Outcome.COLOR
        colorizer.colorize_file(source, job.target, overwrite=options.overwrite, encoding=options.encoding)
    if options.compare:
        before = from_planes(source.read().luma)
        after = read_rgb(job.target, ReadOptions(colorizer.max_pixels))
        pair(job.compared, before, Image.fromarray(np.ascontiguousarray(after.transpose(1, 2, 0))), options.overwrite)
    return Outcome.SKIPPED if done_already else Outcome.DONE


def before_after(path: Path, jobs: list[Job], options: ReadOptions | None = None) -> None:
    """Write one PNG with every job that has a result, before and after, all of them read with ``options``.

    Raises `PhotoError` if nothing has one, or it cannot be written.
    """
    options = options or ReadOptions()
    rows = []
    for job in jobs:
        if file_kind(job.target):
            with suppress(PhotoError):  # a file that broke since has been, or will be, named by a run
                rows.append([_thumbnail(job.source, options), _thumbnail(job.target, options)])
    if not rows:
        raise PhotoError(f"{path}: not written, there is no result to show")
    draw(path, rows, ("before", "after"), _SHEET_HEIGHT)


def _thumbnail(path: Path, options: ReadOptions) -> Image.Image:
    rgb = read_rgb(path, options)
    return shrunk(Image.fromarray(np.ascontiguousarray(rgb.transpose(1, 2, 0))), _SHEET_HEIGHT)
