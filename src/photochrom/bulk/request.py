"""What is asked for, and what workers are told: the values that go into `photochrom.bulk`."""

from dataclasses import dataclass, field

from photochrom.batch.request import Request
from photochrom.bulk.manner import Manner
from photochrom.bulk.stores import Store
from photochrom.errors import HintError, UsageError
from photochrom.hints import Hints


@dataclass(frozen=True)
class BulkRequest:
    """An archive to color. Raises `UsageError` for values that cannot be.

    ``source`` is a folder, a glob, or a manifest, which is a Parquet or CSV file with a column of paths, or a glob of
    such; ``target`` the folder of results. Both may be on any filesystem that fsspec knows. ``how`` is how photographs
    are colored, by one model; its ``paths``, ``out``, ``jobs`` and ``device`` are not used.

    ``column`` is the one of paths, by default ``path``, ``url`` or ``source``. ``root`` is the folder below which
    results keep their paths, where a manifest has whole addresses; without, they keep all of it.

    ``ray`` is the address of a cluster, by default this machine alone. ``workers`` photographs are colored at once, by
    default one a CPU.
    """

    source: str
    target: str
    how: Request = field(default_factory=Request)
    column: str | None = None
    root: str | None = None
    ray: str | None = None
    workers: int | None = None

    def __post_init__(self) -> None:
        if "" in (self.source, self.target, self.column, self.root, self.ray):
            raise UsageError("an empty name; the current folder is a dot")
        if self.workers is not None and self.workers < 1:
            raise UsageError(f"`workers` must be at least 1, not {self.workers}")
        if len(self.how.models) != 1 or self.how.answers > 1 or self.how.compare or self.how.sheet:
            raise UsageError("an archive is colored by one model, without `answers`, `compare` and `sheet`")
        if isinstance(self.how.hints, Hints):
            raise UsageError("`hints` are for one photograph; for an archive, name a folder of them")


@dataclass(frozen=True)
class Order:
    """All that a worker of an archive is told: from where, to where, by which hints and in which manner.

    ``since`` is when the run began, by the clock of ``target``, in seconds since 1970.
    """

    source: Store
    target: Store
    manner: Manner
    hints: Store | None = None
    since: float = 0.0

    @classmethod
    def of(cls, how: Request, source: Store, target: Store) -> "Order":
        """What ``how`` asks for. Raises `ModelError`, `HintError` and `UsageError` for what cannot be had."""
        hints = None if how.hints is None else Store.open(str(how.hints))
        if hints and not any(hints.listing()):
            raise HintError(f"{how.hints}: no folder of hints; check the name")
        return cls(source, target, Manner.of(how), hints)

    @property
    def how(self) -> Request:
        """The options."""
        return self.manner.how
