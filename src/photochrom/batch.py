"""Files and folders: what is colored into what, what is left alone, and what came of it.

`plan` decides everything that can be decided before the first file is touched; `run` does the work.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from photochrom.colorizer import Colorizer
from photochrom.errors import PhotoError, PlanError
from photochrom.photos import SUFFIXES, find, is_ours, is_picture_name

_OURS = "-color"  # ends the name of a result that stands beside its source


class Outcome(Enum):
    """What became of a source."""

    DONE = "colorized"
    SKIPPED = "skipped (done already)"
    OURS = "left alone (results themselves)"
    FAILED = "failed"


@dataclass(frozen=True)
class Job:
    """One photograph to color."""

    source: Path
    target: Path


@dataclass(frozen=True)
class Plan:
    """The jobs in their order, earlier results that were found among the sources, and what cannot be a source."""

    jobs: list[Job] = field(default_factory=list)
    ours: list[Path] = field(default_factory=list)
    failures: list[PhotoError] = field(default_factory=list)


def plan(paths: list[Path], out: Path | None) -> Plan:
    """Decide where every photograph in ``paths`` (files and folders) goes.

    Beside its source as ``NAME-color.EXT`` without ``out``; to ``out`` itself if that ends like a picture
    and ``paths`` is one file; else below the folder ``out``, as the tree below each path. Raises
    `PlanError` where two sources would become one file, or a source would be overwritten.
    """
    is_file = out is not None and len(paths) == 1 and paths[0].is_file() and is_picture_name(out) and not out.is_dir()
    if out is not None and not is_file and out.exists() and not out.is_dir():
        raise PlanError(f"{out}: is a file, and more than one result has to go there; name a folder")
    made = Plan()
    for source, below in _sources(paths, None if is_file else out, made.failures.append):
        if source.stem.endswith(_OURS):
            made.ours.append(source)
            continue
        if is_file and out is not None:
            target = out
        elif out is None:
            target = source.with_name(f"{source.stem}{_OURS}{_result_suffix(source)}")
        else:
            target = out / below.with_name(f"{below.stem}{_result_suffix(source)}")
        made.jobs.append(Job(source, target))
    jobs = list(dict.fromkeys(made.jobs))  # a photograph named twice is colored once
    _refuse_conflicts(jobs)
    return Plan(jobs, made.ours, made.failures)


def run(jobs: list[Job], colorizer: Colorizer, overwrite: bool) -> Iterator[tuple[Job, Outcome, str]]:
    """Do the jobs one by one; yields each with its outcome and, if it failed, the reason in one line."""
    for job in jobs:
        try:
            if job.target.exists() and not overwrite:
                yield job, Outcome.SKIPPED, ""
            elif is_ours(job.source):
                yield job, Outcome.OURS, ""
            else:
                colorizer.colorize_file(job.source, job.target, overwrite=overwrite)
                yield job, Outcome.DONE, ""
        except PhotoError as error:
            yield job, Outcome.FAILED, str(error)
        except MemoryError:
            yield job, Outcome.FAILED, f"{job.source}: not enough memory for a photograph of this size"


def _sources(
    paths: list[Path], out: Path | None, on_error: Callable[[PhotoError], None]
) -> Iterator[tuple[Path, Path]]:
    """Each photograph with its path below the folder it was found in."""
    for path in paths:
        if path.is_dir():
            for found in find(path, on_error):
                if out is None or not _is_below(found, out) or _same(path, out):
                    yield found, found.relative_to(path)
        elif not path.exists():
            on_error(PhotoError(f"{path}: no such file or folder; check the name"))
        elif not is_picture_name(path):
            on_error(PhotoError(f"{path}: not a picture by its name; {' '.join(sorted(SUFFIXES))} can be read"))
        else:
            yield path, Path(path.name)


def _refuse_conflicts(jobs: list[Job]) -> None:
    sources = {_identity(job.source): job.source for job in jobs}
    taken: dict[str, Path] = {}
    for job in jobs:
        if job.target.exists() and (source := sources.get(_identity(job.target))):
            raise PlanError(f"{source}: would be overwritten by its own result; name another place with -o")
        key = os.path.normcase(job.target.absolute())
        if other := taken.get(key):
            raise PlanError(f"{other} and {job.source} would both become {job.target}; color them one after the other")
        taken[key] = job.source


def _result_suffix(source: Path) -> str:
    """The suffix of the result: the source's own, as it is written, unless that format cannot hold color."""
    becomes = SUFFIXES[source.suffix.lower()]
    return source.suffix if becomes == source.suffix.lower() else becomes


def _identity(path: Path) -> tuple[int, int] | str:
    """The same for all names of one file."""
    try:
        status = path.stat()
    except OSError:
        return str(path.absolute())
    return status.st_dev, status.st_ino


def _is_below(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()
