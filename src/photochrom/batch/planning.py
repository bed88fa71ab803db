"""What is colored into what, and what is left alone: all that is decided before the first file is touched."""

import os
import stat
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, count, product
from pathlib import Path

from photochrom.batch.finding import ending, file_kind, find, format_of, hints_ending, special_kind
from photochrom.batch.hint_files import Given, assign
from photochrom.batch.request import Request
from photochrom.contact_sheet import refuse_other_files
from photochrom.errors import PhotoError, PlanError
from photochrom.photos import formats, provenance

SHEET_HEIGHT = 320  # pixels of a photograph on a sheet
_BESIDE = "-color"  # ends the name of a result that stands beside its source
_COMPARED = "compare"  # the folder of pictures before and after


@dataclass(frozen=True)
class Job:
    """One photograph to color.

    ``model`` is whose result it is, where several are wanted; ``answer`` which one of several, counted from 1, or 0
    where there is one; ``compared`` is where the picture before and after goes,
    if it is wanted; ``note`` says why the result has not the plain name, if so. ``hints`` are what is known of its
    colors, or the files that hold it; where both know something, the later one wins.
    """

    source: Path
    target: Path
    model: str = ""
    compared: Path | None = None
    note: str = ""
    hints: tuple[Given, ...] = ()
    answer: int = 0

    @property
    def label(self) -> str:
        """What sheets call the result: the photograph, and what tells it from other results of it."""
        answer = f"answer {self.answer}" if self.answer else ""
        return ", ".join(filter(None, (self.source.name, self.model, answer)))


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


@dataclass(frozen=True)
class _Place:
    """Where the results of ``source`` go: to ``folder``, as STEM, then ``mark``, then ``suffix``."""

    source: Path
    folder: Path
    stem: str
    mark: str
    suffix: str
    compare_folder: Path

    @property
    def tag(self) -> str:
        """What tells it from a photograph of the same stem: -HEIC for IMG_1.HEIC."""
        return f"-{ending(self.source)[1:] or 'file'}"

    def target(self, tag: str = "", model: str = "", answer: int = 0) -> Path:
        """The file of a result."""
        end = "".join(f"-{part}" for part in (model, answer) if part)
        return self.folder / f"{self.stem}{tag}{self.mark}{end}{self.suffix}"


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
    references = {_identity(Path(path)) for path in request.references}
    sources = list(_sources(paths, None if is_file else out, made))
    for source, below in sources:
        if _identity(source) in references:
            made.references.append(source)
            continue
        if is_file and out is not None:
            places.append(_Place(source, out.parent, out.stem, "", out.suffix, out.parent / _COMPARED))
            continue
        stem, suffix = _stem(source), request.suffix or _suffix(source)
        if out is None:
            folder = source.parent
            places.append(_Place(source, folder, stem, _BESIDE, suffix, folder / _COMPARED))
        else:
            folder, compared = out / below.parent, out / _COMPARED / below.parent
            places.append(_Place(source, folder, stem, "", suffix, compared))
    jobs, ours = _named(places, request)
    made.references.extend(job.source for job in jobs if _identity(job.target) in references)
    jobs = [job for job in jobs if _identity(job.target) not in references]
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


def _named(places: list[_Place], request: Request) -> tuple[list[Job], list[Path]]:
    """The jobs, under names that do not meet, and those among the sources that are earlier results."""
    models = list(request.models_by_name())
    numbers = range(1, request.answers + 1) if request.answers > 1 else [0]
    versions = list(product(models if len(models) > 1 else [""], numbers))
    # A photograph named twice, in whatever way, is colored once.
    places = list({(_identity(place.source), _key(place.target())): place for place in places}.values())
    sources = {_identity(place.source): place.source for place in places}
    ours: dict[Path, bool] = {}

    def photograph_at(path: Path) -> Path | None:
        source = sources.get(_identity(path))
        if source and source not in ours:
            ours[source] = provenance.of(source) is not None
        return None if source is None or ours[source] else source

    crowds = _crowds(places)
    taken: set[str] = set()
    jobs = []
    for place in places:
        crowd = crowds[_key(place.target())]
        tags = chain([place.tag], (f"{place.tag}-{number}" for number in count(2)))
        for tag in tags if len(crowd) > 1 else chain([""], tags):
            some = [_job(place, tag, model, answer, request.compare) for model, answer in versions]
            files = [file for job in some for file in (job.target, job.compared) if file]
            if hit := next(filter(None, map(photograph_at, files)), None):
                if request.out is not None:
                    raise PlanError(f"{hit}: would be overwritten by a result; name another place for the results")
            elif taken.isdisjoint(map(_key, files)):
                taken.update(map(_key, files))
                jobs += some
                break
    return [job for job in jobs if not ours.get(job.source)], [path for path, is_ours in ours.items() if is_ours]


def _crowds(places: list[_Place]) -> dict[str, list[_Place]]:
    """The photographs whose results would have one name, by that. Raises `PlanError` where only folders differ."""
    crowds = defaultdict(list)
    for place in places:
        crowds[_key(place.target())].append(place)
    for crowd in crowds.values():
        by_tag: dict[str, _Place] = {}
        for place in crowd:
            other = by_tag.setdefault(place.tag, place)
            if other is not place:
                raise PlanError(
                    f"{other.source} and {place.source} would both become {place.target()}; "
                    "give each folder a place of its own, or name the folder that holds both"
                )
    return crowds


def _job(place: _Place, tag: str, model: str, answer: int, compare: bool) -> Job:
    target = place.target(tag, model, answer)
    compared = place.compare_folder / f"{target.stem}-{target.suffix[1:]}.png" if compare else None
    note = (
        f"{place.source}: becomes {target.name}, as {place.target('', model, answer).name} is another's name"
        if tag
        else ""
    )
    return Job(place.source, target, model, compared, note, answer=answer)


def _refuse_sheet(sheet: Path, jobs: list[Job]) -> None:
    refuse_other_files(sheet, max(1, len(jobs)), SHEET_HEIGHT)
    taken = {_key(file) for job in jobs for file in (job.target, job.compared) if file}
    if _key(sheet) in taken:
        raise PlanError(f"{sheet}: is the place of a result; name another file for the sheet")


def _stem(source: Path) -> str:
    return source.stem if ending(source) else source.name


def _suffix(source: Path) -> str:
    """The suffix of the result: the source's own, as it is written, unless that format cannot hold color."""
    kind = format_of(source)
    return ending(source) if kind is None else formats.result_suffix(kind, ending(source))


def _identity(path: Path) -> tuple[int, int] | str:
    """The same for all names of one file."""
    try:
        status = path.stat()
    except OSError:
        return str(path.absolute())
    return status.st_dev, status.st_ino


def _key(target: Path) -> str:
    """The same for all ways to name one file that may not be there yet."""
    return os.path.normcase(os.path.realpath(target.parent) + os.sep + target.name)


def _is_below(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _same(path: Path, other: Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)
