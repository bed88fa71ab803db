"""A folder of photographs → shards: tar files with an index beside each, on any file system that fsspec knows."""

import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from photochrom import targets
from photochrom.atomic import replacing
from photochrom.batch.finding import find
from photochrom.errors import PhotochromError, UsageError
from photochrom.training import shard_index


def pack(
    source: Path,
    out: str,
    *,
    per_shard: int = 10_000,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> str:
    """Write the photographs below ``source``, as they are, to shards in the folder ``out``; returns what names these.

    They are in the order in which a folder is trained on, ``per_shard`` in each. The same photographs give the same
    bytes. Raises `UsageError` for an ``out`` that is not empty or no photographs, and `PhotochromError` where one
    cannot be read or a shard not be written.
    """
    if not source.is_dir():
        raise UsageError(f"{source}: no such folder; pack takes a folder of color photographs")
    if (source / "manifest.json").is_file():
        raise UsageError(f"{source}: holds pairs; pack takes photographs as they are")
    if per_shard < 1:
        raise UsageError(f"`per_shard` must be at least 1, not {per_shard}")
    paths = find(source)
    if not paths:
        raise UsageError(f"{source}: no photographs in it")
    files, folder = _empty(out)
    shards = [paths[first : first + per_shard] for first in range(0, len(paths), per_shard)]
    done = 0
    for number, members in enumerate(shards):
        with _appearing(files, f"{folder}/{number:05}.tar") as temporary:
            _write(temporary, source, members)
            with temporary.open("rb") as file:
                index = shard_index.read(file, f"{number:05}.tar")
        with _appearing(files, f"{folder}/{number:05}.tar{shard_index.ENDING}") as temporary:
            temporary.write_bytes(index.to_bytes())
        done += len(members)
        progress(done, len(paths))
    names = f"{{00000..{len(shards) - 1:05}}}" if len(shards) > 1 else "00000"
    return f"{out.rstrip('/')}/{names}.tar"


def _empty(out: str) -> tuple[Any, str]:
    """The file system of the folder ``out``, which holds nothing, and the folder's path in it. Raises `UsageError`."""
    try:
        files, folder = url_to_fs(out)
        if isinstance(files, LocalFileSystem):
            targets.refuse_filled(Path(folder))
        elif files.exists(folder) and files.ls(folder):
            raise UsageError(f"{out}: is not empty; name another folder")
        files.makedirs(folder, exist_ok=True)
    except PhotochromError:
        raise
    except ImportError as error:
        raise UsageError(f"{out}: needs a package that is not installed ({error})") from None
    except Exception as error:  # what drivers of object stores raise has no common class
        raise UsageError(f"{out}: cannot be written ({' '.join(str(error).split())})") from None
    return files, folder


def _write(target: Path, source: Path, members: Sequence[Path]) -> None:
    """A tar file of ``members``, each by its path inside ``source``. Raises `PhotochromError`."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as tar:
        for path in members:
            entry = tarfile.TarInfo(path.relative_to(source).as_posix())  # no times, no owner: the same bytes each time
            try:
                with path.open("rb") as file:
                    entry.size = path.stat().st_size
                    tar.addfile(entry, file)
            except OSError as error:
                raise PhotochromError(f"{path}: cannot be packed ({error.strerror or error})") from None


@contextmanager
def _appearing(files: Any, path: str) -> Iterator[Path]:
    """A file on this machine that, once written, appears at ``path`` whole. Raises `PhotochromError`."""
    try:
        if isinstance(files, LocalFileSystem):
            with replacing(Path(path)) as temporary:
                yield temporary
            return
        with tempfile.TemporaryDirectory(prefix="photochrom-") as folder:
            yield Path(folder, "shard")
            files.put_file(str(Path(folder, "shard")), path)
    except PhotochromError:
        raise
    except Exception as error:  # what drivers of object stores raise has no common class
        raise PhotochromError(f"{path}: cannot be written ({' '.join(str(error).split())})") from None
