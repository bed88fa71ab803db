"""What is where in a shard: the photographs in a tar file, by the offsets of their bytes."""

import io
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np

from photochrom.atomic import replacing
from photochrom.batch.finding import format_of, what_else_is
from photochrom.errors import RecipeError

ENDING = ".index"  # after the shard's own name
_FORMAT = 1
_BLOCK = 512  # bytes of a tar file's header, and what everything in it is a multiple of
_COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd"}


@dataclass(frozen=True, eq=False)
class ShardIndex:
    """The photographs of a shard of ``length`` bytes: ``offsets`` and ``sizes`` of their contents, int64 (n,).

    ``names`` are theirs, each followed by a zero byte.
    """

    length: int
    offsets: np.ndarray
    sizes: np.ndarray
    names: bytes

    def to_bytes(self) -> bytes:
        """The index as a file: an .npz of NumPy's, without pickled objects."""
        file = io.BytesIO()
        names = np.frombuffer(self.names, np.uint8)
        np.savez(file, format=_FORMAT, length=self.length, offsets=self.offsets, sizes=self.sizes, names=names)
        return file.getvalue()


def from_bytes(content: bytes) -> ShardIndex | None:
    """What `ShardIndex.to_bytes` made; None for anything else."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            if file["format"] != _FORMAT:
                return None
            return ShardIndex(int(file["length"]), file["offsets"], file["sizes"], file["names"].tobytes())
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def kept(path: Path) -> ShardIndex | None:
    """The index in the file ``path``, if it is there."""
    try:
        return from_bytes(path.read_bytes())
    except OSError:
        return None


def keep(index: ShardIndex, path: Path) -> None:
    """Write ``index`` to the file ``path``, whole or not at all. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_bytes(index.to_bytes())


def read(file: IO[bytes], name: str) -> ShardIndex:
    """Read the headers of the tar ``file``, called ``name``. Raises `RecipeError` where it is damaged or compressed."""
    head = file.read(_BLOCK)
    for magic, method in _COMPRESSED.items():
        if head.startswith(magic):
            raise RecipeError(
                f"data: {name}: compressed with {method}, so that no photograph can be read alone; unpack it to a "
                "plain .tar: photographs are compressed already"
            )
    length = file.seek(0, io.SEEK_END)
    file.seek(0)
    try:
        with tarfile.open(fileobj=file, mode="r:", errors="surrogateescape") as tar:
            found = list(_photographs(tar))
            file.seek(tar.offset)
            whole = file.read(_BLOCK) == bytes(_BLOCK)  # a tar file ends with zeros
    except tarfile.TarError as error:
        raise RecipeError(f"data: {name}: no tar file, or damaged ({error}); make it anew") from None
    if not whole or any(one.offset_data + one.size > length for one in found):
        raise RecipeError(f"data: {name}: cut short or damaged after {len(found)} photographs; get another copy")
    names = [_name(one) for one in found]
    if len(set(names)) < len(names):
        twice = next(one for index, one in enumerate(names) if one in names[:index])
        raise RecipeError(f"data: {name}: has {twice} twice; make it anew")
    offsets, sizes = (np.array([getattr(one, key) for one in found], np.int64) for key in ("offset_data", "size"))
    encoded = b"".join(one.encode("utf-8", "surrogateescape") + b"\0" for one in names)
    return ShardIndex(length, offsets, sizes, encoded)


def _photographs(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The members that would be taken for photographs in a folder."""
    for member in tar:
        path = Path(_name(member))
        if member.isreg() and not member.issparse() and not any(part.startswith(".") for part in path.parts):
            kind = format_of(path, partial(_beginning, tar, member))
            if what_else_is(path, kind) is None:
                yield member


def _beginning(tar: tarfile.TarFile, member: tarfile.TarInfo, count: int) -> bytes:
    file = tar.extractfile(member)
    return file.read(count) if file else b""


def _name(member: tarfile.TarInfo) -> str:
    return str(PurePosixPath(member.name))  # without the ./ that tar writes before everything in a folder
