"""Under which names results go, so that none replaces another, or a photograph."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, count, product
from pathlib import Path

from photochrom.batch.finding import ending, format_of
from photochrom.batch.hint_files import Given
from photochrom.batch.request import Request
from photochrom.errors import PlanError
from photochrom.photos import formats, provenance
from photochrom.photos.formats import Format

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
class Place:
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


def place_of(source: Path, below: Path, out: Path | None, is_file: bool, suffix: str) -> Place:
    """Where the results of ``source`` go, which was found at ``below`` in what was named.

    ``out`` is the one result if it ``is_file``, else the folder of all; without, results stand beside their sources.
    ``suffix`` is that of the format that is asked for; if it is empty, the source decides.
    """
    if is_file and out is not None:
        return Place(source, out.parent, out.stem, "", out.suffix, out.parent / _COMPARED)
    suffix = suffix or suffix_of(source, format_of(source))
    if out is None:
        return Place(source, source.parent, _stem(source), _BESIDE, suffix, source.parent / _COMPARED)
    return place_below(source, below, out, suffix)


def place_below(source: Path, below: Path, out: Path, suffix: str) -> Place:
    """Where the results of ``source`` go in the folder ``out``, with a ``suffix`` that is not empty."""
    return Place(source, out / below.parent, _stem(source), "", suffix, out / _COMPARED / below.parent)


def named(places: list[Place], request: Request) -> tuple[list[Job], list[Path]]:
    """The jobs, under names that do not meet, and those among the sources that are earlier results.

    Raises `PlanError` where ``out`` of ``request`` would put a result in the place of a photograph, or two folders hold
    photographs of one name.
    """
    models = list(request.models_by_name())
    numbers = range(1, request.answers + 1) if request.answers > 1 else [0]
    versions = list(product(models if len(models) > 1 else [""], numbers))
    # A photograph named twice, in whatever way, is colored once.
    places = list({(identity(place.source), target_key(place.target())): place for place in places}.values())
    sources = {identity(place.source): place.source for place in places}
    ours: dict[Path, bool] = {}

    def photograph_at(path: Path) -> Path | None:
        source = sources.get(identity(path))
        if source and source not in ours:
            ours[source] = provenance.of(source) is not None
        return None if source is None or ours[source] else source

    def jobs_of(place: Place, tag: str) -> list[Job]:
        return [_job(place, tag, model, answer, request.compare) for model, answer in versions]

    def files_of(place: Place, tag: str) -> list[Path]:
        return [file for job in jobs_of(place, tag) for file in (job.target, job.compared) if file]

    def is_free(file: Path) -> bool:
        hit = photograph_at(file)
        if hit and request.out is not None:
            raise PlanError(f"{hit}: would be overwritten by a result; name another place for the results")
        return hit is None

    jobs = [job for place, tag in told_apart(places, files_of, is_free, target_key) for job in jobs_of(place, tag)]
    return [job for job in jobs if not ours.get(job.source)], [path for path, is_ours in ours.items() if is_ours]


def told_apart(
    places: list[Place],
    files_of: Callable[[Place, str], list[Path]],
    is_free: Callable[[Path], bool],
    key: Callable[[Path], str],
) -> Iterator[tuple[Place, str]]:
    """Each of ``places`` with the tag by which its results have names of their own; most need none, and have "".

    ``files_of`` are the results of a place with a tag, ``is_free`` says of one whether it may be there, and ``key`` is
    the same for all ways to name one file. Raises `PlanError` where no tag helps, as only folders differ.
    """
    crowds = _crowds(places, key)
    taken: set[str] = set()
    for place in places:
        tags = chain([place.tag], (f"{place.tag}-{number}" for number in count(2)))
        for tag in tags if len(crowds[key(place.target())]) > 1 else chain([""], tags):
            files = files_of(place, tag)
            if all(map(is_free, files)) and taken.isdisjoint(map(key, files)):
                taken.update(map(key, files))
                yield place, tag
                break


def _crowds(places: list[Place], key: Callable[[Path], str]) -> dict[str, list[Place]]:
    """The photographs whose results would have one name, by that. Raises `PlanError` where only folders differ."""
    crowds = defaultdict(list)
    for place in places:
        crowds[key(place.target())].append(place)
    for crowd in crowds.values():
        by_tag: dict[str, Place] = {}
        for place in crowd:
            other = by_tag.setdefault(place.tag, place)
            if other is not place:
                raise PlanError(
                    f"{other.source} and {place.source} would both become {place.target()}; "
                    "give each folder a place of its own, or name the folder that holds both"
                )
    return crowds


def _job(place: Place, tag: str, model: str, answer: int, compare: bool) -> Job:
    target = place.target(tag, model, answer)
    compared = place.compare_folder / f"{target.stem}-{target.suffix[1:]}.png" if compare else None
    note = (
        f"{place.source}: becomes {target.name}, as {place.target('', model, answer).name} is another's name"
        if tag
        else ""
    )
    return Job(place.source, target, model, compared, note, answer=answer)


def _stem(source: Path) -> str:
    return source.stem if ending(source) else source.name


def suffix_of(source: Path, kind: Format | None) -> str:
    """The suffix of the result: the source's own, as it is written, unless that format ``kind`` cannot hold color."""
    return ending(source) if kind is None else formats.result_suffix(kind, ending(source))


def identity(path: Path) -> tuple[int, int] | str:
    """The same for all names of one file."""
    try:
        status = path.stat()
    except OSError:
        return str(path.absolute())
    return status.st_dev, status.st_ino


def target_key(target: Path) -> str:
    """The same for all ways to name one file that may not be there yet."""
    return os.path.normcase(os.path.realpath(target.parent) + os.sep + target.name)
