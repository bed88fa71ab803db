"""What is colored into what, and what is left alone: all that is decided before the first file is touched."""

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from photochrom.batch.finding import ending, file_kind, find, format_of, hints_ending, special_kind
from photochrom.batch.hint_files import assign
from photochrom.batch.naming import Job, identity, named, place_of, target_key
from photochrom.batch.request import Request
from photochrom.contact_sheet import refuse_other_files
from photochrom.errors import PhotoError, PlanError
from photochrom.photos import formats

SHEET_HEIGHT = 320  # pixels of a photograph on a sheet


@dataclass(frozen=True)
class Plan:
    """What a request comes to.

    The ``jobs`` in their order; earlier results that were found among the sources; paths that cannot be a source, and
    why; what else the folders hold, by kind; files of hints that are for none of the photographs in a folder; sources
    that are a reference, or would have to be colored into one. ``single`` is whether one photograph was named, and no
    folder.
    """

    jobs: list[Job] = field(default_factory=list)
    ours: list[Path] = field(default_factory=list)
    failures: list[tuple[Path, PhotoError]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    spare_hints: list[Path] = field(default_factory=list)
    references: list[Path] = field(default_factory=list)
    single: bool = False


def plan(request: Request) -> Plan:
    """Decide where every photograph of ``request`` goes, and touch nothing.

    Where photographs would become one file, as IMG_1.HEIC and IMG_1.jpg would, or one would replace another, their
    results are named after the suffix of the source, too: IMG_1-HEIC.jpg and IMG_1-jpg.jpg. Raises `PlanError` where a
    source would be overwritten by what ``out`` names, where two folders hold photographs of one name, where ``out``
    cannot be what it is named as, and where ``hints`` are not to be had or not for these; `UsageError` where the sheet
    is not named as one, or something else is there.
    """
    paths = [Path(path) for path in request.paths]
    single = len(paths) == 1 and file_kind(paths[0]) != stat.S_IFDIR
    out = None if request.out is None else Path(request.out)
    is_file = out is not None and _is_file(out, single, request)
    made = Plan(single=single)
    places = []
    references = {identity(Path(path)) for path in request.references}
    sources = list(_sources(paths, None if is_file else out, made))
    for source, below in sources:
        if identity(source) in references:
            made.references.append(source)
        else:
            places.append(place_of(source, below, out, is_file, request.suffix))
    jobs, ours = named(places, request)
    made.references.extend(job.source for job in jobs if identity(job.target) in references)
    jobs = [job for job in jobs if identity(job.target) not in references]
    hints, spare = assign(request, sources, single)
    made.jobs.extend(replace(job, hints=tuple(hints.get(job.source, ()))) for job in jobs)
    made.ours.extend(ours)
    made.spare_hints.extend(spare)
    if request.sheet is not None:
        _refuse_sheet(Path(request.sheet), jobs)
    return made


def refuse_contradiction(out: Path, request: Request) -> None:
    """Raise `PlanError` where the file ``out`` is not named as the ``format`` of ``request`` asks for."""
    if request.suffix and formats.of_name(out) is not formats.of_name(Path("result" + request.suffix)):
        raise PlanError(f"{out}: is another format than {request.format}; leave `format` out, or name a folder")


def _is_file(out: Path, single: bool, request: Request) -> bool:
    """Whether ``out`` is where one result goes, and not the folder of all. Raises `PlanError` if it can be neither."""
    there, written = file_kind(out), str(request.out)
    if there == stat.S_IFDIR or (not there and (written.endswith(("/", os.sep)) or not ending(out))):
        return False
    if there and there != stat.S_IFREG:
        raise PlanError(f"{out}: is a {special_kind(out)}, which no file can be put in the place of; name another")
    if not single:
        what = "is a file" if there else "is named as a file"
        raise PlanError(f"{out}: {what}, and more than one result has to go there; name a folder, with a / at its end")
    if ending(out).lower() not in formats.WRITABLE:
        names = " ".join(sorted(formats.WRITABLE))
        raise PlanError(f"{out}: no kind of picture that can be written; {names} can, and a folder ends with a /")
    refuse_contradiction(out, request)
    if (kind := formats.of_name(out)) and kind.obstacle:
        raise PlanError(f"{out}: {kind.obstacle}")
    return True


def _sources(paths: list[Path], out: Path | None, made: Plan) -> Iterator[tuple[Path, Path]]:
    """Each photograph with its path below the folder it was found in; what is none is told to ``made``."""
    for path in paths:
        kind = file_kind(path)
        if kind == stat.S_IFDIR:
            inner = out if out and _is_below(out, path) and not _same(out, path) else None
            errors: list[PhotoError] = []
            found = find(path, errors.append, made.left_out)
            made.failures.extend((path, error) for error in errors)
            yield from ((file, file.relative_to(path)) for file in found if not (inner and _is_below(file, inner)))
        elif hints := hints_ending(path):  # as *.png on the command line names it, too
            made.left_out[hints] += 1
        elif problem := _problem(path, kind):
            made.failures.append((path, PhotoError(f"{path}: {problem}")))
        else:
            yield path, Path(path.name)


def _problem(path: Path, kind: int) -> str:
    if not kind:
        return "no such file or folder; check the name"
    if kind != stat.S_IFREG:
        return f"is a {special_kind(path)}, not a file; store the photograph in one"
    if format_of(path) is None:
        readable = " ".join(sorted(formats.READABLE))
        return f"not a picture by its name; {readable} can be read"
    return ""


def _refuse_sheet(sheet: Path, jobs: list[Job]) -> None:
    refuse_other_files(sheet, max(1, len(jobs)), SHEET_HEIGHT)
    taken = {target_key(file) for job in jobs for file in (job.target, job.compared) if file}
    if target_key(sheet) in taken:
        raise PlanError(f"{sheet}: is the place of a result; name another file for the sheet")


def _is_below(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _same(path: Path, other: Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)
