"""What is colored into what, and what is done already: all that is decided before a worker starts."""

import posixpath
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa

from photochrom.batch.finding import format_of, what_else_is
from photochrom.batch.naming import Place, place_below, suffix_of, told_apart
from photochrom.batch.request import Outcome
from photochrom.bulk.hint_index import HintIndex
from photochrom.bulk.records import Records, Row, key
from photochrom.bulk.request import Order
from photochrom.bulk.sources import Group, Sources
from photochrom.bulk.stores import Entry, Store
from photochrom.errors import PlanError

JOBS = pa.schema([
    ("source", pa.string()), ("etag", pa.string()), ("size", pa.int64()), ("modified", pa.float64()),
    ("result", pa.string()), ("note", pa.string()), ("hints", pa.list_(pa.string())), ("settings", pa.string()),
])  # fmt: skip


@dataclass(frozen=True)
class Job:
    """One photograph to color: its path, what its store says of it, and the path of its result.

    ``note`` says why the result has not the plain name, if so; ``hints`` are paths of files of hints; ``settings`` is a
    digest of how it is colored.
    """

    source: str
    etag: str
    size: int
    modified: float
    result: str
    note: str
    hints: tuple[str, ...]
    settings: str


@dataclass
class Tally:
    """What was found while planning: what is done, by outcome, and what is no photograph, by kind."""

    resting: Counter[Outcome] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Planning:
    """How jobs are found: among the ``sources``, but for what the ``records`` of earlier runs say is done.

    ``tell`` is told a row of the report for whatever can be no job.
    """

    sources: Sources
    order: Order
    records: Records
    hints: HintIndex
    tally: Tally
    tell: Callable[[Row], None]

    def jobs(self) -> Iterator[Job]:
        """Each photograph that is to be colored, or whose result is to be looked at. Raises `PlanError`."""
        for group in self.sources.groups(self.order.target):
            for path, reason in group.problems.items():
                self._fail(path, reason)
            yield from self._of(group)

    def _of(self, group: Group) -> Iterator[Job]:
        jobs = list(self._named(group))
        there, _ = self.order.target.listing(group.folder) if jobs else ({}, [])
        if jobs:
            self.order.target.clear(group.folder)
        name = self.order.source.name
        keys = [key(name(job.source), job.etag, job.result, job.settings) for job in jobs]
        for job, outcome in zip(jobs, self.records.outcomes(keys), strict=True):
            is_there = posixpath.basename(job.result) in there
            if outcome is None or (outcome in (Outcome.DONE, Outcome.SKIPPED)) > is_there:
                yield job
            else:
                self.tally.resting[Outcome.SKIPPED if is_there else outcome] += 1

    def _named(self, group: Group) -> Iterator[Job]:
        places, entries = [], {}
        for name, entry in sorted(group.files.items()):
            below = posixpath.join(group.folder, name)
            path = Path(below)
            if path.as_posix() != below or ".." in path.parts:
                self._fail(below, f"{self.order.source.name(below)}: its name cannot be that of a file; rename it")
                continue
            kind = format_of(path, partial(self.order.source.read, below))
            if other := what_else_is(path, kind):
                self.tally.left_out[other] += 1
                continue
            suffix = self.order.how.suffix or suffix_of(path, kind)
            places.append(place_below(path, path, Path(), suffix))
            entries[path] = entry
        try:
            named = list(told_apart(places, lambda place, tag: [place.target(tag)], lambda file: True, Path.as_posix))
        except PlanError as error:
            raise PlanError(f"{self.order.source.url}: {error}") from None
        for place, tag in named:
            yield self._job(place, tag, entries[place.source])

    def _job(self, place: Place, tag: str, entry: Entry) -> Job:
        source, result = place.source.as_posix(), place.target(tag).as_posix()
        plain = place.target().name
        note = f"{source}: becomes {Path(result).name}, as {plain} is another's name" if tag else ""
        hints = self.hints.of(source)
        settings = "-".join([self.order.manner.digest, *(hint.etag for hint in hints)])
        return Job(
            source, entry.etag, entry.size, entry.modified, result, note, tuple(hint.path for hint in hints), settings
        )

    def _fail(self, path: str, reason: str) -> None:
        self.tell(Row(self.order.source.name(path), "", "", Outcome.FAILED.value, reason))


def table(jobs: list[Job]) -> pa.Table:
    """Jobs as workers take them."""
    return pa.Table.from_pylist([asdict(job) for job in jobs], schema=JOBS)


def refuse_same_place(source: Store, target: Store) -> None:
    """Raise `PlanError` where results could replace photographs."""
    if target.holds(source):
        raise PlanError(f"{target.url}: holds the photographs; name another place for the results")
