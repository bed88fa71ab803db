"""What is to be colored: a folder, a glob or a manifest, found folder by folder."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from fsspec.utils import glob_translate

from photochrom.bulk.request import BulkRequest
from photochrom.bulk.stores import Entry, Store
from photochrom.errors import PhotoError, PlanError, UsageError

_COLUMNS = ("path", "url", "source")
_MANIFESTS = (".parquet", ".csv")
_WILD = re.compile(r"[*?\[]")
_FEW = 3  # files of a folder that are looked up one by one, and not by a listing of the folder


@dataclass(frozen=True)
class Group:
    """Files of one ``folder``, by their names; ``problems`` are what is wrong with others, by their paths."""

    folder: str
    files: dict[str, Entry]
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sources:
    """The folder ``store`` that all sources are in, and a way to go through them."""

    store: Store
    request: BulkRequest

    @classmethod
    def open(cls, request: BulkRequest) -> "Sources":
        """Where the sources of ``request`` are. Raises `UsageError` where nothing is."""
        if _is_manifest(request.source):
            return cls(Store.open(_root_of_manifest(request)), request)
        if _WILD.search(request.source):
            return cls(Store.open(_fixed(request.source)), request)
        store = Store.open(request.source)
        files, folders = store.listing()
        if not files and not folders:
            raise PlanError(f"{request.source}: no folder with anything in it; check the name, or name a manifest")
        return cls(store, request)

    def groups(self, besides: Store) -> Iterator[Group]:
        """Every folder with its files; without what is below the folder ``besides``. Only one is in memory at a time.

        Of a manifest, all paths are in memory. Folders that cannot be read are the problems of the last one. Raises
        `PhotoError` where a store refuses to tell of files that a manifest names.
        """
        if _is_manifest(self.request.source):
            yield from self._listed()
            return
        wanted = None
        if _WILD.search(self.request.source):
            pattern = self.request.source.removeprefix(_fixed(self.request.source)).lstrip("/")
            wanted = re.compile(glob_translate(pattern))
        problems: dict[str, str] = {}
        for folder, files in self.store.walk("", lambda folder, error: problems.update({folder: str(error)})):
            if besides.holds(Store(self.store.name(folder), self.store.filesystem, self.store.full(folder))):
                continue
            if wanted:
                files = {name: entry for name, entry in files.items() if wanted.match(posixpath.join(folder, name))}
            yield Group(folder, files)
        if problems:
            yield Group("", {}, problems)

    def _listed(self) -> Iterator[Group]:
        """The files that the manifest names, folder by folder."""
        rows = _by_folder(_column(self.request))
        for folder, some in groupby(rows, key=lambda path: posixpath.dirname(path)):
            inner, problems = [], {}
            for path in dict.fromkeys(some):
                below = self._below(path)
                if below is None:
                    problems[path] = f"{path}: is not below {self.store.url}; name another `root`"
                else:
                    inner.append(below)
            if inner:
                folder = posixpath.dirname(inner[0])
                files = self._looked_up(folder, [posixpath.basename(path) for path in inner])
                for path in inner:
                    if posixpath.basename(path) not in files:
                        problems[path] = f"{self.store.name(path)}: no such file; check the name"
                yield Group(folder, files, problems)
            elif problems:
                yield Group("", {}, problems)

    def _below(self, path: str) -> str | None:
        """The path below the store of what the manifest calls ``path``; None if it is elsewhere."""
        if not _is_absolute(path):
            return path if path and posixpath.normpath(path) == path and not path.startswith("../") else None
        try:
            full = str(self.store.filesystem._strip_protocol(path))
        except ValueError:
            return None
        root = self.store.root.rstrip("/") + "/" if self.store.root else ""
        below = full.removeprefix(root)
        return below.lstrip("/") if full.startswith(root) and _protocol(path) == _protocol(self.store.url) else None

    def _looked_up(self, folder: str, names: list[str]) -> dict[str, Entry]:
        if len(names) <= _FEW:
            found = {name: self.store.entry(posixpath.join(folder, name)) for name in names}
        else:
            files, _ = self.store.listing(folder)
            found = {name: files.get(name) for name in names}
        return {name: entry for name, entry in found.items() if entry}


def _is_manifest(source: str) -> bool:
    return source.lower().endswith(_MANIFESTS)


def _is_absolute(path: str) -> bool:
    return "://" in path or path.startswith("/")


def _protocol(url: str) -> str:
    return url.partition("://")[0] if "://" in url else "file"


def _fixed(source: str) -> str:
    """The folder in which a glob begins."""
    before = _WILD.split(source, maxsplit=1)[0]
    return posixpath.dirname(before) or ("/" if before.startswith("/") else ".")


def _root_of_manifest(request: BulkRequest) -> str:
    """The folder that a manifest's paths are in: ``root``, or that of the manifest, or all of the filesystem."""
    if request.root:
        return request.root
    first = next((path for chunk in _column(request).iterchunks() for path in chunk.to_pylist() if path), "")
    if _is_absolute(first):
        return f"{_protocol(first)}://" if "://" in first else "/"
    return _fixed(request.source) if _WILD.search(request.source) else posixpath.dirname(request.source) or "."


def _column(request: BulkRequest) -> pa.ChunkedArray:
    """All paths of the manifest, or of all of them. Raises `UsageError`."""
    store = Store.open(_fixed(request.source))
    if _WILD.search(request.source):
        wanted = re.compile(glob_translate(request.source.removeprefix(_fixed(request.source)).lstrip("/")))
        paths = [posixpath.join(folder, name) for folder, files in store.walk() for name in files]
        paths = sorted(filter(wanted.match, paths))
    else:
        paths = [posixpath.basename(request.source)]
    if not paths:
        raise UsageError(f"{request.source}: no such manifest; check the name")
    return pa.chunked_array(
        [chunk for path in paths for chunk in _paths(store, path, request.column).iterchunks()], pa.large_string()
    )


def _paths(store: Store, path: str, column: str | None) -> pa.ChunkedArray:
    try:
        with store.filesystem.open(store.full(path), "rb") as file:
            if path.lower().endswith(".parquet"):
                parquet = pq.ParquetFile(file)
                return _text(parquet.read([_chosen(store.name(path), parquet.schema_arrow.names, column)]).column(0))
            names = pyarrow.csv.open_csv(file).schema.names
            chosen = _chosen(store.name(path), names, column)
            file.seek(0)
            options = pyarrow.csv.ConvertOptions(include_columns=[chosen], column_types={chosen: pa.large_string()})
            return _text(pyarrow.csv.read_csv(file, convert_options=options).column(0))
    except (OSError, pa.ArrowException, PhotoError) as error:
        told = " ".join(str(error).split())[:200]
        raise UsageError(f"{store.name(path)}: cannot be read as a manifest ({told}); check the file") from None


def _chosen(name: str, columns: list[str], column: str | None) -> str:
    wanted = [column] if column else list(_COLUMNS)
    for one in wanted:
        if one in columns:
            return one
    raise UsageError(f"{name}: has no column {' or '.join(wanted)}, but {', '.join(columns)}; name one by `column`")


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.large_string())


def _by_folder(paths: pa.ChunkedArray) -> Iterator[str]:
    """All paths, those of one folder after one another, sorted."""
    folders = pc.replace_substring_regex(paths, r"[^/]*$", "")
    order = pc.sort_indices(
        pa.table({"folder": folders, "path": paths}), sort_keys=[("folder", "ascending"), ("path", "ascending")]
    )
    del folders
    for start in range(0, len(order), 10_000):
        yield from (path for path in paths.take(order.slice(start, 10_000)).to_pylist() if path)
