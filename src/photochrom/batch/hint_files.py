"""Which hints are for which photograph: where a folder of them was named, one file, or hints themselves."""

import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add
from pathlib import Path
from typing import TypeAlias

from photochrom.batch.finding import ending, file_kind, find_hints, special_kind
from photochrom.batch.request import Request
from photochrom.errors import PlanError
from photochrom.hints import Hints

Given: TypeAlias = Hints | Path  # hints, or a file of them, which is read when its photograph's turn comes


def assign(
    request: Request, photographs: Sequence[tuple[Path, Path]], single: bool
) -> tuple[dict[Path, list[Given]], list[Path]]:
    """The hints of ``request`` for each of ``photographs``, and files of hints that are for none in its folders.

    A photograph comes with its path below the folder that it was found in; ``single`` is whether one was named, and no
    folder. Raises `PlanError` where hints are nowhere, are for one photograph of several, or would be for two.
    """
    if request.hints is None:
        return {}, []
    if single:
        return {source: for_one(request.hints, source) for source, _ in photographs}, []
    if isinstance(request.hints, Hints) or _kind(Path(request.hints)) == stat.S_IFREG:
        what = "`hints` are" if isinstance(request.hints, Hints) else f"{request.hints}: is"
        raise PlanError(f"{what} for one photograph; for several, name a folder that holds a NAME.hints.json for each")
    found, spare = _in_folder(Path(request.hints), photographs)
    walked = any(file_kind(Path(path)) == stat.S_IFDIR for path in request.paths)
    return found, spare if walked else []  # where single files were named, a folder may be for more than these


def for_one(hints: Hints | str | Path, source: Path | None) -> list[Given]:
    """What ``hints`` hold for one photograph, which is the file ``source`` if it is one.

    Raises `PlanError` where they are nowhere, or a folder, and the photograph has no name to look for in it.
    """
    if isinstance(hints, Hints):
        return [hints]
    path = Path(hints)
    if _kind(path) == stat.S_IFREG:
        return [path]
    if source is None:
        raise PlanError(f"{path}: is a folder, and a photograph without a name has none there; name a file of hints")
    return _in_folder(path, [(source, Path(source.name))])[0].get(source, [])


def together(given: Iterable[Given]) -> Hints | None:
    """All that is ``given``, in one; None if that is nothing. Raises `HintError` for a file that cannot be read."""
    some = [hints for one in given if (hints := one if isinstance(one, Hints) else Hints.load(one))]
    return reduce(add, some) if some else None


def _in_folder(folder: Path, photographs: Sequence[tuple[Path, Path]]) -> tuple[dict[Path, list[Given]], list[Path]]:
    """The files of hints in ``folder`` for each photograph, and those that are for none.

    sub/NAME.hints.json is for every photograph sub/NAME.*, and sub/NAME.jpg.hints.json for sub/NAME.jpg alone, and so
    is what stands beside a photograph. They come in the order in which the later one wins: a layer, then points; what
    is for one photograph alone is the last.
    """
    by_name: dict[str, set[Path]] = defaultdict(set)
    for source, below in photographs:
        for path in (folder / below, source):
            by_name[_key(path)].add(source)
            by_name[_key(path.with_name(path.stem if ending(path) else path.name))].add(source)
    found: dict[Path, list[Given]] = defaultdict(list)
    spare = []
    for file in sorted(find_hints(folder), key=_rank):
        sources = by_name.get(_key(file.with_name(_photograph(file))), set())
        if len({source.parent for source in sources}) > 1:
            one, other, *_ = sorted(sources)
            raise PlanError(f"{file}: would be for {one} and for {other}; color each folder on its own")
        for source in sources:
            found[source].append(file)
        if not sources:
            spare.append(file)
    return found, sorted(spare)


def _photograph(hints: Path) -> str:
    """The name of the photograph that the file ``hints`` is for: NAME of NAME.hints.json."""
    return Path(hints.stem).stem


def _rank(hints: Path) -> tuple[int, bool]:
    return len(_photograph(hints)), hints.suffix.lower() == ".json"


def _key(path: Path) -> str:
    """The same for all ways to name one photograph in one folder."""
    return os.path.realpath(path.parent) + os.sep + path.name


def _kind(path: Path) -> int:
    """Whether ``path`` is a file or a folder. Raises `PlanError` for anything else."""
    kind = file_kind(path)
    if not kind:
        raise PlanError(f"{path}: no such file or folder of hints; check the name")
    if kind not in (stat.S_IFREG, stat.S_IFDIR):
        raise PlanError(f"{path}: is a {special_kind(path)}, not a file of hints; store them in one")
    return kind
