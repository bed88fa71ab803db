"""The report of an archive: a row for every photograph that was worked on, in Parquet files that any engine reads.

It is also the record of what is done: a later run skips what it says, if source and settings are still the same.
"""

import hashlib
import io
import socket
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from photochrom.batch.request import Outcome
from photochrom.bulk.stores import Store
from photochrom.errors import PhotoError, UsageError

FOLDER = "report"
SCHEMA = pa.schema([
    ("source", pa.string()), ("etag", pa.string()), ("result", pa.string()), ("outcome", pa.string()),
    ("reason", pa.string()), ("notes", pa.string()), ("milliseconds", pa.int64()), ("pixels", pa.int64()),
    ("source_bytes", pa.int64()), ("result_bytes", pa.int64()), ("model", pa.string()), ("model_digest", pa.string()),
    ("settings", pa.string()), ("settings_digest", pa.string()), ("worker", pa.string()),
    ("time", pa.timestamp("us", tz="UTC")),
])  # fmt: skip
_SMALL = 4_000_000  # bytes of a part that is worth joining with others
_JOINED_FROM = 64  # such parts
_DONE = (Outcome.DONE, Outcome.SKIPPED)  # there is a result
_ALONE = (Outcome.OURS, Outcome.COLOR)  # there is none to be
_LENGTH = 16  # bytes of a key


@dataclass(frozen=True)
class Row:
    """What became of one photograph; see docs/bulk.md for the columns."""

    source: str
    etag: str
    result: str
    outcome: str
    reason: str = ""
    notes: str = ""
    milliseconds: int = 0
    pixels: int = 0
    source_bytes: int = 0
    result_bytes: int = 0
    model: str = ""
    model_digest: str = ""
    settings: str = ""
    settings_digest: str = ""
    worker: str = field(default_factory=socket.gethostname)
    time: datetime = field(default_factory=lambda: datetime.now(UTC))


def table(rows: Iterable[Row]) -> pa.Table:
    """Rows as they are stored."""
    return pa.Table.from_pylist([asdict(row) for row in rows], schema=SCHEMA)


@dataclass(frozen=True)
class Records:
    """What earlier runs did, 17 bytes a photograph: ``keys``, sorted, and ``kinds``, numbers of outcomes from 1 on."""

    keys: np.ndarray = field(default_factory=lambda: np.empty(0, f"S{_LENGTH}"))
    kinds: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint8))

    @classmethod
    def read(cls, store: Store) -> "Records":
        """Those in the report below ``store``; of several rows about one photograph, the latest counts."""
        columns = ["source", "etag", "result", "outcome", "settings_digest", "time"]
        read = [_Read.of(batch) for part in parts(store) for batch in _read(store, part, columns)]
        if not read:
            return cls()
        order = np.argsort(np.concatenate([one.times for one in read]), kind="stable")[::-1]
        _, latest = np.unique(np.concatenate([one.names for one in read])[order], return_index=True)
        chosen = order[latest]
        keys = np.concatenate([one.keys for one in read])[chosen]
        by_key = np.argsort(keys)
        return cls(keys[by_key], np.concatenate([one.kinds for one in read])[chosen][by_key])

    def outcomes(self, keys: Sequence[bytes]) -> list[Outcome | None]:
        """What is recorded under each of ``keys``, if that leaves nothing to do as long as the result is there."""
        if not len(self.keys):
            return [None] * len(keys)
        wanted = np.array(keys, f"S{_LENGTH}")
        places = np.searchsorted(self.keys, wanted).clip(max=len(self.keys) - 1)
        found = self.keys[places] == wanted
        return [_RESTING.get(int(kind)) if hit else None for hit, kind in zip(found, self.kinds[places], strict=True)]


@dataclass(frozen=True)
class _Read:
    """Some rows: by which photograph and result, under which key, with which outcome, and when."""

    names: np.ndarray
    keys: np.ndarray
    kinds: np.ndarray
    times: np.ndarray

    @classmethod
    def of(cls, batch: pa.RecordBatch) -> "_Read":
        sources, etags, results, outcomes, settings = (batch.column(place).to_pylist() for place in range(5))
        names = [_digest(source, result) for source, result in zip(sources, results, strict=True)]
        keys = [key(*one) for one in zip(sources, etags, results, settings, strict=True)]
        kinds = [_KINDS.get(outcome, 0) for outcome in outcomes]
        times = batch.column(5).cast(pa.int64()).to_numpy()
        return cls(np.array(names, f"S{_LENGTH}"), np.array(keys, f"S{_LENGTH}"), np.array(kinds, np.uint8), times)


_KINDS = {outcome.value: number for number, outcome in enumerate(Outcome, 1)}
_RESTING = {number: outcome for number, outcome in enumerate(Outcome, 1) if outcome in (*_DONE, *_ALONE)}


def key(source: str, etag: str, result: str, settings: str) -> bytes:
    """One photograph, in one state, colored in one way to one place."""
    return _digest(source, etag, result, settings)


def _digest(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=_LENGTH).digest()


class Report:
    """The report of one run, written in parts as it goes. Whoever opens it must close it."""

    def __init__(self, store: Store, rows: int = 10_000, seconds: float = 10.0) -> None:
        self._store, self._rows, self._seconds = store, rows, seconds
        self._prefix = f"part-{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:4]}"
        self._waiting: list[pa.Table] = []
        self._count = self._number = 0
        self._last = time.monotonic()

    def add(self, some: pa.Table) -> None:
        """Take more rows; they are stored after some seconds at the latest, if more follow.

        Where the store refuses them, they are kept, and stored with the next ones.
        """
        self._waiting.append(some)
        self._count += some.num_rows
        if self._count >= self._rows or time.monotonic() - self._last > self._seconds:
            with suppress(PhotoError):
                self.flush()

    def flush(self) -> None:
        """Store what was taken. Raises `PhotoError`."""
        self._last = time.monotonic()
        if not self._count:
            return
        name = f"{FOLDER}/{self._prefix}-{self._number + 1:06}.parquet"
        self._store.write(name, _encoded(pa.concat_tables(self._waiting)), overwrite=True)  # its own earlier attempt
        self._waiting, self._count, self._number = [], 0, self._number + 1


def parts(store: Store) -> list[str]:
    """The parts of the report below ``store``."""
    files, _ = store.listing(FOLDER)
    return [f"{FOLDER}/{name}" for name in sorted(files) if name.startswith("part-") and name.endswith(".parquet")]


def join(store: Store) -> None:
    """Make few parts of many small ones; a crash in between leaves rows twice, which does no harm."""
    files, _ = store.listing(FOLDER)
    small = [name for name in parts(store) if files[name.removeprefix(f"{FOLDER}/")].size < _SMALL]
    for start in range(0, len(small) - _JOINED_FROM + 1, _JOINED_FROM):
        some = small[start : start + _JOINED_FROM]
        joined = pa.concat_tables([pa.Table.from_batches(_read(store, part), SCHEMA) for part in some])
        store.write(f"{some[0].removesuffix('.parquet')}-joined.parquet", _encoded(joined), overwrite=True)
        for part in some:
            store.remove(part)


def _read(store: Store, part: str, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    try:
        yield from pq.ParquetFile(io.BytesIO(store.read(part))).iter_batches(columns=columns)
    except (pa.ArrowException, KeyError, ValueError) as error:
        name = store.name(part)
        raise UsageError(
            f"{name}: is no part of a report ({' '.join(str(error).split())}); move it elsewhere"
        ) from None


def _encoded(rows: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(rows, file, compression="zstd")
    return file.getvalue()
