"""Files and folders: what is colored into what, what is left alone, and what came of it.

`plan` decides everything that can be decided before the first file is touched; `run` does the work.
"""

import os
import stat
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import numpy as np
from PIL import Image

from photochrom.colorizer import Colorizer
from photochrom.errors import ModelError, PhotoError, PlanError
from photochrom.photos import MAX_PIXELS, SUFFIXES, find, is_ours, is_picture_name, read, read_rgb
from photochrom.sheet import draw, from_planes, pair, refuse_other_files, shrunk
from photochrom.tint import Tint, tint
from photochrom.writing import Encoding

_SHEET_HEIGHT = 320  # pixels of a photograph on a sheet
_OURS = "-color"  # ends the name of a result that stands beside its source
_COMPARED = "-compare"  # ends the name of a picture of it before and after


class Outcome(Enum):
    """What became of a source."""

    DONE = "colorized"
    SKIPPED = "skipped (done already)"
    OURS = "left alone (results themselves)"
    COLOR = "left alone (in color)"
    FAILED = "failed"


@dataclass(frozen=True)
class Job:
    """One photograph to color."""

    source: Path
    target: Path
    model: str = ""  # whose result it is, where several are wanted

    @property
    def compared(self) -> Path:
        """Where the picture before and after goes: its name holds the suffix, as a.jpg and a.png may meet."""
        return self.target.with_name(f"{self.target.stem}-{self.target.suffix[1:]}{_COMPARED}.png")


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


@dataclass(frozen=True)
class Plan:
    """The jobs in their order, earlier results that were found among the sources, and what cannot be a source."""

    jobs: list[Job] = field(default_factory=list)
    ours: list[Path] = field(default_factory=list)
    failures: list[PhotoError] = field(default_factory=list)


def plan(
    paths: list[Path],
    out: Path | None,
    sheet: Path | None = None,
    models: Sequence[str] = (),
    compare: bool = False,
) -> Plan:
    """Decide where every photograph in ``paths`` (files and folders) goes.

    Beside its source as ``NAME-color.EXT`` without ``out``; to ``out`` itself if that ends like a picture
    and ``paths`` is one file; else below the folder ``out``, as the tree below each path. With several
    ``models``, each makes a result, and its name ends with theirs: ``NAME-color-MODEL.EXT``. Raises
    `PlanError` where two sources would become one file, or a source would be overwritten, also, if ``compare`` is
    wanted, by the pictures before and after; `UsageError` where the ``sheet`` is not named as a PNG, or something else
    is there.
    """
    there = 0 if out is None else _kind(out)
    one = len(paths) == 1 and _kind(paths[0]) == stat.S_IFREG
    is_file = out is not None and one and is_picture_name(out) and there != stat.S_IFDIR
    if there not in (0, stat.S_IFDIR) and not is_file:
        raise PlanError(f"{out}: is a file, and more than one result has to go there; name a folder")
    if sheet is not None:
        refuse_other_files(sheet)
    earlier = None if sheet is None else _identity(sheet)
    ours = (_OURS, _COMPARED, *(f"{_OURS}-{model}" for model in models))
    made = Plan()
    for source, below in _sources(paths, None if is_file else out, made.failures.append):
        if source.stem.endswith(ours) or (earlier and _identity(source) == earlier):
            made.ours.append(source)
            continue
        if is_file and out is not None:
            target = out
        elif out is None:
            target = source.with_name(f"{source.stem}{_OURS}{_result_suffix(source)}")
        else:
            target = out / below.with_name(f"{below.stem}{_result_suffix(source)}")
        several = len(models) > 1
        for model in models if several else [""]:
            named = target.with_name(f"{target.stem}-{model}{target.suffix}") if several else target
            made.jobs.append(Job(source, named, model))
    # A photograph named twice, in whatever way, is colored once.
    jobs = list({(_identity(job.source), _place(job.target)): job for job in made.jobs}.values())
    _refuse_conflicts(jobs, sheet, compare)
    return Plan(jobs, made.ours, made.failures)


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
    outcome, limit = Outcome.DONE, colorizer.max_pixels
    if _kind(job.target) and not options.overwrite:
        outcome = Outcome.SKIPPED
    elif is_ours(job.source, limit):
        return Outcome.OURS
    elif options.skip_color and tint(read_rgb(job.source, limit, white=options.white)) is Tint.COLOR:
        return Outcome.COLOR
    else:
        colorizer.colorize_file(
            job.source, job.target, overwrite=options.overwrite, encoding=options.encoding, white=options.white
        )
    if options.compare and (outcome is Outcome.DONE or not _kind(job.compared)):
        before = from_planes(read(job.source, limit, white=options.white).luma)
        after = Image.fromarray(np.ascontiguousarray(read_rgb(job.target, limit).transpose(1, 2, 0)))
        pair(job.compared, before, after, options.overwrite)
    return outcome


def before_after(path: Path, jobs: list[Job], max_pixels: int = MAX_PIXELS, white: float | None = None) -> None:
    """Write one PNG with every job that has a result, before and after, with `Options.white` for floating-point ones.

    Raises `PhotoError` if nothing has one, or it cannot be written.
    """
    rows = []
    for job in jobs:
        if _kind(job.target):
            with suppress(PhotoError):  # a file that broke since has been, or will be, named by a run
                rows.append([_thumbnail(job.source, max_pixels, white), _thumbnail(job.target, max_pixels)])
    if not rows:
        raise PhotoError(f"{path}: not written, there is no result to show")
    draw(path, rows, ("before", "after"), _SHEET_HEIGHT)


def _thumbnail(path: Path, max_pixels: int, white: float | None = None) -> Image.Image:
    rgb = read_rgb(path, max_pixels, white=white)
    return shrunk(Image.fromarray(np.ascontiguousarray(rgb.transpose(1, 2, 0))), _SHEET_HEIGHT)


def _sources(
    paths: list[Path], out: Path | None, on_error: Callable[[PhotoError], None]
) -> Iterator[tuple[Path, Path]]:
    """Each photograph with its path below the folder it was found in."""
    for path in paths:
        kind = _kind(path)
        if kind == stat.S_IFDIR:
            inner = out if out and _is_below(out, path) and not _same(out, path) else None
            for found in find(path, on_error):
                if inner is None or not _is_below(found, inner):
                    yield found, found.relative_to(path)
        elif not kind:
            on_error(PhotoError(f"{path}: no such file or folder; check the name"))
        elif not is_picture_name(path):
            on_error(PhotoError(f"{path}: not a picture by its name; {' '.join(sorted(SUFFIXES))} can be read"))
        else:
            yield path, Path(path.name)


def _refuse_conflicts(jobs: list[Job], sheet: Path | None, compare: bool) -> None:
    sources = {_identity(job.source): job.source for job in jobs}
    taken: dict[str, Path] = {}
    results = [(job.source, target) for job in jobs for target in (job.target, job.compared)[: 1 + compare]]
    for origin, target in results:
        if source := sources.get(_identity(target)):
            raise PlanError(f"{source}: would be overwritten by its own result; name another place with -o")
        key = _place(target)
        if other := taken.get(key):
            raise PlanError(f"{other} and {origin} would both become {target}; color them one after the other")
        taken[key] = origin
    if sheet is not None and _place(sheet) in taken:
        raise PlanError(f"{sheet}: is the place of a result; name another file for the sheet")


def _result_suffix(source: Path) -> str:
    """The suffix of the result: the source's own, as it is written, unless that format cannot hold color."""
    becomes = SUFFIXES[source.suffix.lower()]
    return source.suffix if becomes == source.suffix.lower() else becomes


def _kind(path: Path) -> int:
    """What is at ``path`` (``stat.S_IFREG``, ...), or 0 where nothing can be found, whatever the reason."""
    try:
        return stat.S_IFMT(path.stat().st_mode)
    except OSError:
        return 0


def _identity(path: Path) -> tuple[int, int] | str:
    """The same for all names of one file."""
    try:
        status = path.stat()
    except OSError:
        return str(path.absolute())
    return status.st_dev, status.st_ino


def _place(target: Path) -> str:
    """The same for all ways to name one file that may not be there yet."""
    return os.path.normcase(os.path.realpath(target.parent) + os.sep + target.name)


def _is_below(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _same(path: Path, other: Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)
