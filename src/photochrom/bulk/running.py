"""An archive, colored: what is left to do is found, done by workers, and recorded as it goes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from json import dumps

import pyarrow as pa

from photochrom.batch.request import Outcome
from photochrom.bulk import engine, planning, records
from photochrom.bulk.hint_index import HintIndex
from photochrom.bulk.planning import Job, Planning, Tally
from photochrom.bulk.records import Records, Report, Row
from photochrom.bulk.request import BulkRequest, Order
from photochrom.bulk.sources import Sources
from photochrom.bulk.stores import Store
from photochrom.version import __version__

_ROWS = 10_000  # jobs of a table while they are found


@dataclass(frozen=True)
class Done:
    """What came of an archive: how many photographs by outcome and reason, and what else was there, by kind."""

    outcomes: Counter[tuple[Outcome, str]] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def failures(self) -> int:
        """How many failed."""
        return sum(number for (outcome, _), number in self.outcomes.items() if outcome is Outcome.FAILED)


@dataclass(frozen=True)
class Progress:
    """How far it is: photographs worked on, of how many, and those of them that failed just now, with the reason.

    ``total`` is None while they are still being found.
    """

    done: int
    total: int | None
    failures: tuple[str, ...] = ()


def colorize_archive(request: BulkRequest, on_progress: Callable[[Progress], None] = lambda progress: None) -> Done:
    """Do what ``request`` asks for. What is done already is not read again; see docs/bulk.md for what is promised.

    Raises `UsageError` where it cannot be done as it stands, and `PhotoError` where the store of the results refuses
    the report. A photograph that fails stops no other.
    """
    sources, target = Sources.open(request), Store.open(request.target)
    planning.refuse_same_place(sources.store, target)
    records.join(target)
    recorded = Records.read(target)
    order = _begun(Order.of(request.how, sources.store, target), request)
    report, tally, done = Report(target), Tally(), Done()

    def take(rows: pa.Table) -> tuple[str, ...]:
        """Store and count rows; the reasons of those that failed."""
        report.add(rows)
        told = [(Outcome(row["outcome"]), row["reason"]) for row in rows.select(["outcome", "reason"]).to_pylist()]
        done.outcomes.update((kind, "" if kind is Outcome.FAILED else reason) for kind, reason in told)
        return tuple(reason for kind, reason in told if kind is Outcome.FAILED)

    def tell(row: Row) -> None:
        on_progress(Progress(0, None, take(records.table([row]))))

    jobs = Planning(sources, order, recorded, HintIndex.read(order.hints), tally, tell).jobs()
    try:
        planned = list(_tables(jobs))
        total, made = sum(some.num_rows for some in planned), 0
        if total:
            with engine.cluster(request.ray):
                for rows in engine.work(planned, order, request.workers or engine.cpus()):
                    made += rows.num_rows
                    on_progress(Progress(made, total, take(rows)))
    finally:
        report.flush()
    done.outcomes.update({(outcome, ""): number for outcome, number in tally.resting.items()})
    done.left_out.update(tally.left_out)
    return done


def _tables(jobs: Iterable[Job]) -> Iterator[pa.Table]:
    """Jobs as tables, which take some 120 bytes a job."""
    jobs = iter(jobs)
    while some := list(islice(jobs, _ROWS)):
        yield planning.table(some)


def _begun(order: Order, request: BulkRequest) -> Order:
    """The order with the time of its beginning, which is that of a file that says what was asked for."""
    colorizer = order.manner.open().colorizer  # so that what no worker could do is told before there is one
    name = f"{records.FOLDER}/run-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.json"
    said = {
        "photochrom": __version__, "source": request.source, "settings": colorizer.provenance.settings,
        "settings_digest": order.manner.digest, "model_digest": order.manner.model.digest,
    }  # fmt: skip
    order.target.write(name, dumps(said, indent=2).encode(), overwrite=True)
    started = order.target.entry(name)
    return replace(order, since=started.modified if started else 0.0)
