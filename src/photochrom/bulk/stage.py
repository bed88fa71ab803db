"""The stage of an archive's pipeline: an ordinary class, which an engine makes once a worker and calls with batches."""

import time
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from photochrom.batch.hint_files import together
from photochrom.batch.painting import verdict, wanted
from photochrom.batch.request import Outcome
from photochrom.bulk.coloring import Colored, failed
from photochrom.bulk.planning import Job
from photochrom.bulk.records import Row, table
from photochrom.bulk.request import Order
from photochrom.errors import ExistsError
from photochrom.hints import Hints, files
from photochrom.photos import provenance

ATTEMPTS = 2


class Ledger(Protocol):
    """Who remembers what was begun, and survives the worker."""

    def begin(self, source: str) -> int:
        """How often ``source`` has been begun before, and not ended."""

    def end(self, source: str) -> None:
        """``source`` killed nobody."""


class Stage:
    """Colors batches of jobs (see `photochrom.bulk.planning.JOBS`), and answers with rows of the report.

    It holds one session of ONNX Runtime, of one thread. Whatever is wrong with a photograph is a row, and never an
    error. Right before a photograph is read, its result is looked for: an engine that repeats a batch, after a worker
    or a machine was lost, repeats no photograph but the one that was under way. One that takes its worker down twice,
    as the ``ledger`` knows, is recorded as failed.
    """

    def __init__(self, order: Order, ledger: Ledger | None = None) -> None:
        self._order, self._ledger = order, ledger
        self._coloring = order.manner.open()

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Jobs → rows, in their order."""
        return table([self._row(Job(**{**row, "hints": tuple(row["hints"])})) for row in batch.to_pylist()])

    def _row(self, job: Job) -> Row:
        order, start = self._order, time.monotonic()
        name = order.source.name(job.source)
        hints: Hints | None = None
        try:
            hints = self._hints(job)
            made = self._there(job, hints) or self._made(job, name, hints)
        except Exception as error:  # an engine would repeat the batch, or give up
            made = failed(error, name)
        by = wanted(self._coloring.colorizer, hints)
        notes = (job.note, *made.notes) if job.note and made.outcome is Outcome.DONE else made.notes
        return Row(
            name, job.etag, job.result, made.outcome.value, made.reason, "\n".join(notes),
            round(1000 * (time.monotonic() - start)), made.pixels, job.size, len(made.content), by.model,
            order.manner.model.digest, by.settings, job.settings,
        )  # fmt: skip

    def _hints(self, job: Job) -> Hints | None:
        """What is known of its colors: by references first, and then by its own files, of which the later one wins."""
        store = self._order.hints
        own = [Hints(files.from_content(store.read(path), store.name(path))) for path in job.hints] if store else []
        return together((*self._coloring.shared, *own))

    def _there(self, job: Job, hints: Hints | None) -> Colored | None:
        """What is in the place of the result, if that leaves nothing to do."""
        order = self._order
        entry = order.target.entry(job.result)
        if entry is None:
            return None
        of_this_run = entry.modified >= order.since
        if order.how.overwrite and not of_this_run:
            return None
        found = provenance.of(order.target.read(job.result))
        outcome, made = verdict(found, wanted(self._coloring.colorizer, hints))
        if outcome is Outcome.SKIPPED and of_this_run:
            return Colored(Outcome.DONE)  # by a worker that was lost before it could tell
        if order.how.overwrite:
            return None
        if outcome is Outcome.SKIPPED and entry.modified < job.modified:
            return Colored(Outcome.DIFFERENT, "of an earlier state of its source")
        return Colored(outcome, made)

    def _made(self, job: Job, name: str, hints: Hints | None) -> Colored:
        """The photograph in color, in its place."""
        order, ledger = self._order, self._ledger
        if ledger and ledger.begin(name) >= ATTEMPTS:
            ledger.end(name)
            return Colored(Outcome.FAILED, f"{name}: took its worker down {ATTEMPTS} times; check the file")
        content = order.source.read(job.source)
        made = self._coloring.colored(content, name, Path(job.result).suffix, order.target.name(job.result), hints)
        if ledger:
            ledger.end(name)
        if made.outcome is not Outcome.DONE:
            return made
        try:
            order.target.write(job.result, made.content, order.how.overwrite)
        except ExistsError:  # another worker was faster, or an answer of the store was lost
            return self._there(job, hints) or Colored(Outcome.OCCUPIED)
        return made
