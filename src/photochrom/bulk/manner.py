"""How photographs are colored, as a value that workers on any machine can be told: the model, references, options."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from photochrom.batch.request import Request
from photochrom.bulk.coloring import Coloring
from photochrom.bulk.stores import Store
from photochrom.colorizer import Colorizer
from photochrom.errors import HintError, ModelError, PhotoError, UsageError
from photochrom.hints import Hints
from photochrom.hints.reference import References
from photochrom.model_files import at_hand
from photochrom.photos import jpeg_luma


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
class Manner:
    """How photographs are colored: as ``how`` says, by the model in a file, by ``references`` in files.

    ``name`` is what results call the model.
    """

    how: Request
    name: str
    model: Named
    references: tuple[Named, ...] = ()

    @classmethod
    def of(cls, how: Request) -> "Manner":
        """What ``how`` asks for. Raises `ModelError`, `HintError` and `UsageError` for what cannot be had."""
        if how.encoding.lossless_luma:
            jpeg_luma.refuse_without_jpeglib()
        ((name, model),) = how.models_by_name().items()
        try:
            file = Named.of(model if model.endswith(".onnx") else str(_packaged(model)))
        except PhotoError as error:
            raise ModelError(str(error)) from None
        try:
            references = tuple(Named.of(str(path)) for path in how.references)
        except PhotoError as error:
            raise HintError(str(error)) from None
        return cls(how, name, file, references)

    @cached_property
    def digest(self) -> str:
        """A short name of all that decides what results look like and which there are, but for hints."""
        how = self.how
        said = (how.size, how.saturation, how.warmth, how.suffix, how.encoding, how.white, how.skip_color)
        files = [file.digest for file in (self.model, *self.references)]
        return _digest(repr((self.name, files, said)).encode())

    def open(self) -> Coloring:
        """The tools of one worker, which uses one thread. Raises `ModelError`, `HintError` and `UsageError`."""
        colorizer = self._colorizer()
        shared: tuple[Hints, ...] = ()
        if self.references:
            contents = [reference.read() for reference in self.references]
            shared = (Hints((References.read(colorizer.model, contents, self.how.reading),)),)
        return Coloring(colorizer, self.how, shared)

    def _colorizer(self) -> Colorizer:
        how = self.how
        with TemporaryDirectory(prefix="photochrom-") as folder:
            file = Path(folder, f"{self.name}.onnx")  # results name the model by the name of its file
            file.write_bytes(self.model.read())
            try:
                return Colorizer(
                    file, size=how.size, saturation=how.saturation, warmth=how.warmth, threads=1, device="cpu",
                    max_pixels=how.max_pixels,
                )  # fmt: skip
            except ValueError as error:
                raise UsageError(str(error)) from None


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
