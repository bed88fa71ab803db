"""Shards: photographs in tar files, as WebDataset has them, on any file system that fsspec knows; each read alone.

An index of each shard says where its photographs are. It lies beside the shard, where ``photochrom pack`` has made it,
or is read from the shard's headers once and kept in the user's cache.
"""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from braceexpand import braceexpand
from fsspec.core import url_to_fs

from photochrom.errors import PhotochromError, PhotoError, RecipeError
from photochrom.training import shard_index
from photochrom.training.shard_index import ShardIndex

_AT_ONCE = 16  # shards whose indexes are read at the same time
_NAMED = re.compile(r"\.(tar|tgz|tar\.\w+)$")


@dataclass(frozen=True, eq=False)
class Shards:
    """The photographs in the tar files ``urls``, in their order: about 45 bytes of memory for each.

    ``blocks`` says where the photographs of each shard begin, and how many there are. A photograph's content is
    ``lengths`` bytes from ``offsets`` on; its name ends before ``ends`` in ``text``.
    """

    urls: tuple[str, ...]
    blocks: np.ndarray
    offsets: np.ndarray
    lengths: np.ndarray
    text: bytes
    ends: np.ndarray
    split: None = None

    def names(self) -> Iterator[str]:
        """Their shards' names and their own: ``00000.tar/coffee.jpg``."""
        for shard, url in enumerate(self.urls):
            first, last = self.blocks[shard : shard + 2]
            text = self.text[self._begin(first) : self._begin(last)].decode("utf-8", "surrogateescape")
            yield from (f"{_last(url)}/{name}" for name in text.split("\0")[:-1])

    def place(self, index: int) -> str:
        """The shard and the name in it."""
        name = self.text[self._begin(index) : self.ends[index]].decode("utf-8", "surrogateescape")
        return f"{self.urls[self._shard(index)]}/{name}"

    def contents(self, indices: Sequence[int]) -> list[Path | bytes]:
        """What is in their files, asked for at the same time. Raises `PhotoError`."""
        urls = [self.urls[self._shard(index)] for index in indices]
        begins = [int(self.offsets[index]) for index in indices]
        ends = [int(self.offsets[index] + self.lengths[index]) for index in indices]
        files, _ = _file_system(self.urls[0], os.getpid())
        paths = [_file_system(url, os.getpid())[1] for url in urls]
        try:
            found = files.cat_ranges(paths, begins, ends, on_error="return")
        except Exception as error:  # what drivers of object stores raise has no common class
            raise PhotoError(f"{urls[0]}: cannot be read ({_one_line(error)})") from None
        for index, begin, end, content in zip(indices, begins, ends, found, strict=True):
            if isinstance(content, Exception):
                raise PhotoError(f"{self.place(index)}: cannot be read ({_one_line(content)})")
            if len(content) != end - begin:
                raise PhotoError(f"{self.place(index)}: cut short since the shard was indexed; get another copy")
        return list(found)

    def sizes(self, indices: np.ndarray) -> np.ndarray:
        """As the indexes say."""
        sizes: np.ndarray = self.lengths[indices]
        return sizes

    def _shard(self, index: int) -> int:
        return int(np.searchsorted(self.blocks, index, side="right")) - 1

    def _begin(self, index: int) -> int:
        return int(self.ends[index - 1]) + 1 if index else 0


def are_named(where: str) -> bool:
    """Whether ``where`` names shards, by how it ends, or anything that is not on a disk."""
    return bool(_NAMED.search(where.rstrip("}*?]"))) or "://" in where


def opened(wheres: Sequence[str], progress: Callable[[int, int], None]) -> Shards:
    """The shards that ``wheres`` name, in which ``{000..099}`` and ``*`` stand for several. Raises `RecipeError`."""
    urls = [url for where in wheres for url in _expanded(where)]
    if not urls:
        raise RecipeError("data: an empty list, which names no shards")
    url, times = Counter(urls).most_common(1)[0]
    if times > 1:
        raise RecipeError(f"data: {url} is named {times} times")
    if len({_asked(_file_system, url, os.getpid())[0] for url in urls}) > 1:
        raise RecipeError("data: the shards of one list must lie on one file system; give each list its share")
    indexes: list[ShardIndex] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for index in pool.map(_index, urls):
            indexes.append(index)
            progress(len(indexes), len(urls))
    text = b"".join(index.names for index in indexes)
    return Shards(
        tuple(urls),
        np.cumsum([0, *(len(index.offsets) for index in indexes)]),
        np.concatenate([index.offsets for index in indexes]),
        np.concatenate([index.sizes for index in indexes]),
        text,
        np.flatnonzero(np.frombuffer(text, np.uint8) == 0),
    )


def _expanded(where: str) -> list[str]:
    """The URLs that ``where`` stands for, sorted where it has a ``*``."""
    try:
        parts = list(braceexpand(where))
    except ValueError as error:
        raise RecipeError(f"data: {where}: {_one_line(error)}") from None
    urls: list[str] = []
    for part in parts:
        if "::" in part:
            raise RecipeError(
                f"data: {part}: chained file systems (::) are not read; copy the shards to a disk instead"
            )
        if not _NAMED.search(part):
            raise RecipeError(f"data: {part}: neither a folder nor a shard, whose name ends with .tar")
        if not any(sign in part for sign in "*?["):
            urls.append(part)
            continue
        files, path = _asked(_file_system, part, os.getpid())
        protocol = part[: len(part) - len(path)] if part.endswith(path) else ""
        found = sorted(_asked(files.glob, path))
        if not found:
            raise RecipeError(f"data: {part}: no such shards")
        urls += [f"{protocol}{one}" for one in found]
    return urls


def _index(url: str) -> ShardIndex:
    """The index of a shard: from beside it, from the cache, or from the shard itself. Raises `RecipeError`."""
    files, path = _asked(_file_system, url, os.getpid())
    try:
        length = files.info(path)["size"]
        beside = files.cat_file(path + shard_index.ENDING) if files.exists(path + shard_index.ENDING) else b""
        index = shard_index.from_bytes(beside)
        if index and index.length == length:
            return index
        key = hashlib.sha256(f"{url}\0{length}\0{files.ukey(path)}".encode()).hexdigest()
        cached = Path(platformdirs.user_cache_dir("photochrom"), "shards", key + shard_index.ENDING)
        index = shard_index.kept(cached)
        if index is None:
            with files.open(path, "rb") as file:
                index = shard_index.read(file, url)
            shard_index.keep(index, cached)
    except PhotochromError:
        raise
    except FileNotFoundError:
        raise RecipeError(f"data: {url}: no such shard; check the name") from None
    except Exception as error:  # what drivers of object stores raise has no common class
        raise RecipeError(f"data: {url}: cannot be read ({_one_line(error)})") from None
    return index


@lru_cache(maxsize=100_000)
def _file_system(url: str, process: int) -> tuple[Any, str]:
    """fsspec's file system of ``url`` and the path in it; a process that was forked cannot use its parent's."""
    files, path = url_to_fs(url)
    return files, path


def _asked(ask: Callable[..., Any], *given: Any) -> Any:
    """What ``ask`` answers. Raises `RecipeError` where a driver is missing, unknown, or fails."""
    try:
        return ask(*given)
    except ImportError as error:
        raise RecipeError(f"data: {given[0]}: needs a package that is not installed ({_one_line(error)})") from None
    except Exception as error:  # what drivers of object stores raise has no common class
        raise RecipeError(f"data: {given[0]}: cannot be read ({_one_line(error)})") from None


def _last(url: str) -> str:
    return url.rsplit("/", 1)[-1]


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
