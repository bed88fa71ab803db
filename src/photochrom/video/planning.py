"""What becomes what: the films that a request names, found in their folders, and where their results go."""

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from photochrom.batch.finding import file_kind, files_below
from photochrom.errors import PhotoError, PlanError
from photochrom.video.copying import is_pcm
from photochrom.video.encoding import VideoEncoding
from photochrom.video.muxing import CONTAINERS
from photochrom.video.opening import SUFFIXES, opened

_BESIDE = "-color"
_AS_MP4 = (".mp4", ".m4v", ".mov")  # all others become .mkv, which holds whatever they do


@dataclass(frozen=True)
class Job:
    """The film in the file ``source``, and the file ``target`` that it is to become."""

    source: Path
    target: Path


def plan(
    films: Sequence[str | Path], place: str | Path | None, encoding: VideoEncoding
) -> tuple[list[Job], Counter[str], list[tuple[Path, PhotoError]]]:
    """What becomes what, what folders hold beside ``films``, and in which something cannot be read.

    ``place`` is a file, a folder, or beside the sources. Raises `PlanError` where that cannot be.
    """
    paths = [Path(path) for path in films]
    out = None if place is None else Path(place)
    left_out: Counter[str] = Counter()
    problems: list[tuple[Path, PhotoError]] = []
    found = list(_sources(paths, left_out, problems))
    single = len(paths) == 1 and file_kind(paths[0]) != stat.S_IFDIR
    if out is not None and out.suffix and file_kind(out) != stat.S_IFDIR and not str(place).endswith(("/", os.sep)):
        if out.suffix.lower() not in CONTAINERS:
            raise PlanError(
                f"{out}: films are written as .mp4 or .mkv; name it so, or name a folder with a / at its end"
            )
        if not single:
            raise PlanError(f"{out}: is one file, and several films have to go there; name a folder")
        jobs = [Job(found[0][0], out)]
    else:
        jobs = [Job(source, _target(source, below, out, encoding)) for source, below in found]
    sources = {os.path.realpath(job.source) for job in jobs}
    taken: dict[str, Path] = {}
    for job in jobs:
        key = os.path.realpath(job.target)
        if key in sources and out is not None:
            raise PlanError(f"{job.target}: would overwrite a source; name another place for the results")
        if other := taken.get(key):
            raise PlanError(f"{other} and {job.source} would both become {job.target}; color them one by one")
        taken[key] = job.source
    return jobs, left_out, problems


def _sources(
    paths: list[Path], left_out: Counter[str], problems: list[tuple[Path, PhotoError]]
) -> Iterator[tuple[Path, Path]]:
    """Each film with its path below the folder it was found in, each once."""
    seen: set[str] = set()
    for path in paths:
        if file_kind(path) != stat.S_IFDIR:
            found = [(path, Path(path.name))]
        else:
            errors: list[PhotoError] = []
            every = sorted(file for file in files_below(path, errors.append) if file.is_file())
            problems.extend((path, error) for error in errors)
            found = [(file, file.relative_to(path)) for file in every if file.suffix.lower() in SUFFIXES]
            left_out.update(file.suffix.lower() or "without a suffix" for file in every)
            left_out.subtract(file.suffix.lower() for file, _ in found)
        for source, below in found:
            if (key := os.path.realpath(source)) not in seen:
                seen.add(key)
                yield source, below
    for kind in [kind for kind, number in left_out.items() if not number]:
        del left_out[kind]


def suffix_of(source: Path, encoding: VideoEncoding) -> str:
    """The suffix of the result of ``source``, where nobody names another."""
    like_mp4 = source.suffix.lower() in _AS_MP4 and not encoding.is_exact and not _has_pcm(source)
    return ".mp4" if like_mp4 else ".mkv"


def _target(source: Path, below: Path, out: Path | None, encoding: VideoEncoding) -> Path:
    suffix = suffix_of(source, encoding)
    if out is None:
        return source.with_name(f"{source.stem}{_BESIDE}{suffix}")
    return (out / below).with_suffix(suffix)


def _has_pcm(source: Path) -> bool:
    """Whether a film has sound that MP4 does not hold, as MOV often has."""
    try:
        with opened(source) as container:
            return any(map(is_pcm, container.streams))
    except PhotoError:  # it is told when it is its turn
        return False
