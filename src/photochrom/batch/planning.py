"""What is colored into what, and what is left alone: all that is decided before the first file is touched."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from photochrom.contact_sheet import refuse_other_files
from photochrom.errors import PhotoError, PlanError
from photochrom.photos import formats
from photochrom.photos.reading import find, is_picture_name

_OURS = "-color"  # ends the name of a result that stands beside its source
_COMPARED = "-compare"  # ends the name of a picture of it before and after


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
    there = 0 if out is None else file_kind(out)
    one = len(paths) == 1 and file_kind(paths[0]) == stat.S_IFREG
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


def _sources(
    paths: list[Path], out: Path | None, on_error: Callable[[PhotoError], None]
) -> Iterator[tuple[Path, Path]]:
    """Each photograph with its path below the folder it was found in."""
    for path in paths:
        kind = file_kind(path)
        if kind == stat.S_IFDIR:
            inner = out if out and _is_below(out, path) and not _same(out, path) else None
            for found in find(path, on_error):
                if inner is None or not _is_below(found, inner):
                    yield found, found.relative_to(path)
        elif not kind:
            on_error(PhotoError(f"{path}: no such file or folder; check the name"))
        elif not is_picture_name(path):
            on_error(PhotoError(f"{path}: not a picture by its name; {' '.join(sorted(formats.READABLE))} can be read"))
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
    kind = formats.of_name(source)
    return source.suffix if kind is None else formats.result_suffix(kind, source.suffix)


def file_kind(path: Path) -> int:
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
