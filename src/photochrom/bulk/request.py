"""What is asked for, and what workers are told: the values that go into `photochrom.bulk`."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from photochrom.batch.request import Request
from photochrom.bulk.stores import Store
from photochrom.colorizer import Colorizer
from photochrom.errors import HintError, ModelError, PhotoError, UsageError
from photochrom.hints import Hints
from photochrom.hints.reference import References
from photochrom.model_files import at_hand
from photochrom.photos import jpeg_luma


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
class Named:
    """A file that every worker reads for itself: its address, and a digest by which it sees that it is the same."""

    address: str
    digest: str

    @classmethod
    def of(cls, address: str) -> "Named":
        """The file at ``address``, as it is now. Raises `PhotoError`."""
        store, name = _place(address)
        full = address if "://" in address else store.full(name)  # the same wherever a worker starts
        return cls(full, _digest(store.read(name)))

    def read(self) -> bytes:
        """Its content. Raises `PhotoError`, also where it is another one than it was."""
        store, name = _place(self.address)
        content = store.read(name)
        if _digest(content) != self.digest:
            raise PhotoError(f"{self.address}: is another file for a worker than where it was named; copy it there")
        return content


@dataclass(frozen=True)
class Order:
    """All that a worker is told: from where, to where, by which model and how.

    ``model_name`` is what results call the model in the file ``model``; ``references`` are photographs in color.
    ``since`` is when the run began, by the clock of ``target``, in seconds since 1970.
    """

    source: Store
    target: Store
    how: Request
    model_name: str
    model: Named
    references: tuple[Named, ...] = ()
    hints: Store | None = None
    since: float = 0.0

    @classmethod
    def of(cls, how: Request, source: Store, target: Store) -> "Order":
        """What ``how`` asks for. Raises `ModelError`, `HintError` and `UsageError` for what cannot be had."""
        if how.encoding.lossless_luma:
            jpeg_luma.refuse_without_jpeglib()
        ((name, model),) = how.models_by_name().items()
        try:
            file = Named.of(model) if model.endswith(".onnx") else Named.of(str(_packaged(model)))
        except PhotoError as error:
            raise ModelError(str(error)) from None
        try:
            references = tuple(Named.of(str(path)) for path in how.references)
        except PhotoError as error:
            raise HintError(str(error)) from None
        hints = None if how.hints is None else Store.open(str(how.hints))
        if hints and not any(hints.listing()):
            raise HintError(f"{how.hints}: no folder of hints; check the name")
        return cls(source, target, how, name, file, references, hints)

    @cached_property
    def settings(self) -> str:
        """A digest of all that decides what results look like and which there are, but for hints."""
        how = self.how
        said = (how.size, how.saturation, how.warmth, how.suffix, how.encoding, how.white, how.skip_color)
        files = [file.digest for file in (self.model, *self.references)]
        return _digest(repr((self.model_name, files, said)).encode())

    def open_colorizer(self) -> Colorizer:
        """The colorizer of one worker, which uses one thread. Raises `ModelError` and `UsageError`."""
        how = self.how
        with TemporaryDirectory(prefix="photochrom-") as folder:
            file = Path(folder, f"{self.model_name}.onnx")  # results name the model by the name of its file
            file.write_bytes(self.model.read())
            try:
                return Colorizer(
                    file, size=how.size, saturation=how.saturation, warmth=how.warmth, threads=1, device="cpu",
                    max_pixels=how.max_pixels,
                )  # fmt: skip
            except ValueError as error:
                raise UsageError(str(error)) from None

    def open_references(self, colorizer: Colorizer) -> tuple[Hints, ...]:
        """What the references know, for photographs that ``colorizer`` colors. Raises `HintError` and `ModelError`."""
        if not self.references:
            return ()
        contents = [reference.read() for reference in self.references]
        return (Hints((References.read(colorizer.model, contents, self.how.reading),)),)


def _packaged(name: str) -> Path:
    files = at_hand()
    if name not in files:
        raise ModelError(f"{name}: no model of this name; there are {', '.join(sorted(files))}, or name an .onnx file")
    return files[name]


def _place(address: str) -> tuple[Store, str]:
    folder, slash, name = address.rpartition("/")
    return Store.open(folder or slash or "."), name


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
