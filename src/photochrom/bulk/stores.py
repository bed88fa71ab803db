"""Folders wherever they are: one interface to all filesystems that fsspec knows, patient with those that refuse."""

import errno
import posixpath
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from fsspec.core import url_to_fs

from photochrom.atomic import clear_leftovers, replacing
from photochrom.errors import ExistsError, PhotoError, UsageError

T = TypeVar("T")

# Where a file appears whole once it is sent; elsewhere it is written under another name first, and then renamed.
_OBJECT_STORES = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "oci", "obs", "memory"}
_PACKAGES = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs",
             "sftp": "paramiko", "ssh": "paramiko", "smb": "smbprotocol", "hdfs": "a Hadoop client"}  # fmt: skip
_WAITS = (0.5, 1, 2, 4, 8, 15, 30)  # seconds between attempts: a store may refuse for a minute
_FINAL = (
    FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError, NotImplementedError,
    ImportError, TypeError, ValueError,
)  # fmt: skip
_FINAL_NUMBERS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENAMETOOLONG, errno.EINVAL, errno.EPERM}
_MODIFIED = ("mtime", "LastModified", "last_modified", "updated", "created")  # what filesystems call it
_ETAG = ("ETag", "etag", "e_tag", "md5Hash", "content_md5")


@dataclass(frozen=True)
class Entry:
    """A file as its store lists it: bytes, seconds since 1970, and what changes whenever the content does."""

    size: int
    modified: float
    etag: str


@dataclass(frozen=True)
class Store:
    """A folder on some filesystem, called ``url``; paths in it are relative, with slashes. Processes may share it.

    Whatever cannot be had raises `PhotoError`, whose message names the file, after a minute of attempts if the
    filesystem is not on this machine and the reason may pass.
    """

    url: str
    filesystem: Any  # fsspec.AbstractFileSystem
    root: str

    @classmethod
    def open(cls, url: str) -> "Store":
        """The folder at ``url``, such as s3://bucket/scans, or a path. Raises `UsageError` where it cannot be had."""
        protocol = url.partition("://")[0] if "://" in url else "file"
        try:
            filesystem, root = url_to_fs(url)
        except (ImportError, ValueError) as error:
            package = _PACKAGES.get(protocol)
            what = f"pip install {package}" if package else "name another place"
            raise UsageError(f"{url}: nothing here can open {protocol}:// ({_line(error)}); {what}") from None
        except Exception as error:  # whatever a driver raises: credentials, hosts, options
            raise UsageError(f"{url}: cannot be opened ({_line(error)}); check its address and credentials") from None
        return cls(url if url.endswith("://") else url.rstrip("/") or "/", filesystem, str(root).rstrip("/"))

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this machine."""
        return bool(getattr(self.filesystem, "local_file", False))

    def name(self, path: str) -> str:
        """What messages call the file at ``path``."""
        return f"{self.url}{path}" if self.url.endswith("/") else f"{self.url}/{path}"

    def full(self, path: str) -> str:
        """The file at ``path`` as the filesystem calls it."""
        return f"{self.root}/{path}" if path else self.root or self.filesystem.root_marker

    def listing(self, folder: str = "") -> tuple[dict[str, Entry], list[str]]:
        """The files in ``folder`` by their names, and the names of its folders; both empty where it is not there.

        Links to folders, pipes and devices are in neither.
        """
        files, folders = {}, []
        try:
            found = self._patiently(self._ls, folder, "cannot read this folder")
        except FileNotFoundError:
            return {}, []
        for info in found:
            name = posixpath.basename(info["name"].rstrip("/"))
            if info["type"] == "directory":
                folders.append(name)
            elif name and (info["type"] == "file" or info.get("islink")):
                files[name] = _entry(info)
        return files, sorted(folders)

    def walk(
        self, folder: str = "", on_error: Callable[[str, PhotoError], None] | None = None
    ) -> Iterator[tuple[str, dict[str, Entry]]]:
        """Every folder below ``folder``, itself first, with its files; one is in memory at a time.

        Hidden folders and files, whose names begin with a dot, are left out. A folder that cannot be read is told to
        ``on_error``, or raised: a part silently left out would look finished.
        """
        try:
            files, inner = self.listing(folder)
        except PhotoError as error:
            if on_error is None:
                raise
            on_error(folder, error)
            return
        yield folder, {name: entry for name, entry in files.items() if not name.startswith(".")}
        for name in inner:
            if not name.startswith("."):
                yield from self.walk(posixpath.join(folder, name), on_error)

    def entry(self, path: str) -> Entry | None:
        """The file at ``path`` as it is now; None where there is none."""
        try:
            return _entry(self._patiently(self._info, path, "cannot be looked up"))
        except FileNotFoundError:
            return None

    def read(self, path: str, size: int = -1) -> bytes:
        """That many bytes of the beginning of the file at ``path``, or all for -1."""
        end = None if size < 0 else size

        def content(path: str) -> bytes:
            return bytes(self.filesystem.cat_file(self.full(path), start=0 if end else None, end=end))

        try:
            return self._patiently(content, path, "cannot be read")
        except FileNotFoundError:
            raise PhotoError(f"{self.name(path)}: no such file; check the name") from None

    def write(self, path: str, content: bytes, overwrite: bool = False) -> None:
        """Put a file at ``path``, which appears whole. Raises `ExistsError` where one is, unless ``overwrite``."""

        def put(path: str) -> None:
            if self.is_local:
                with replacing(Path(self.full(path)), overwrite) as temporary:
                    temporary.write_bytes(content)
            elif self._is_object_store:
                self.filesystem.pipe_file(self.full(path), content, mode="overwrite" if overwrite else "create")
            else:
                self._rename_to(path, content, overwrite)

        try:
            self._patiently(put, path, "cannot be written")
        except FileExistsError:
            raise ExistsError(f"{self.name(path)}: exists already; `overwrite` replaces it") from None
        except FileNotFoundError as error:
            raise PhotoError(f"{self.name(path)}: cannot be written ({_line(error)}); check the place") from None

    def remove(self, path: str) -> None:
        """Remove the file at ``path``."""
        self._patiently(lambda path: self.filesystem.rm_file(self.full(path)), path, "cannot be removed")

    def clear(self, folder: str) -> None:
        """Remove what a killed run left half written in ``folder``."""
        if self.is_local:
            clear_leftovers(Path(self.full(folder)))

    def holds(self, other: "Store") -> bool:
        """Whether ``other`` is this folder, or below it."""
        if other.filesystem != self.filesystem:  # those of the same options are equal
            return False
        mine, theirs = self.root, other.root
        if self.is_local:
            mine, theirs = str(Path(mine or "/").resolve()), str(Path(theirs or "/").resolve())
        return mine in ("", "/", theirs) or theirs.startswith(mine + "/")

    @property
    def _is_object_store(self) -> bool:
        protocol = self.filesystem.protocol
        return not _OBJECT_STORES.isdisjoint([protocol] if isinstance(protocol, str) else protocol)

    def _ls(self, folder: str) -> list[dict[str, Any]]:
        self.filesystem.invalidate_cache()  # what drivers keep of listings would be old, and fill the memory
        found: list[dict[str, Any]] = self.filesystem.ls(self.full(folder), detail=True)
        self.filesystem.invalidate_cache()
        return [info for info in found if info["name"].strip("/") != self.full(folder).strip("/")]

    def _info(self, path: str) -> Mapping[str, Any]:
        info: Mapping[str, Any] = self.filesystem.info(self.full(path))
        if info["type"] == "directory":
            raise IsADirectoryError(errno.EISDIR, "a folder is there")
        return info

    def _rename_to(self, path: str, content: bytes, overwrite: bool) -> None:
        folder, full = posixpath.dirname(self.full(path)), self.full(path)
        self.filesystem.makedirs(folder, exist_ok=True)
        if not overwrite and self.filesystem.exists(full):
            raise FileExistsError(full)
        temporary = f"{folder}/.photochrom-{uuid.uuid4().hex[:12]}.part"
        self.filesystem.pipe_file(temporary, content)
        self.filesystem.mv(temporary, full)

    def _patiently(self, do: Callable[[str], T], path: str, problem: str) -> T:
        """What ``do`` gives. Raises `FileNotFoundError`, `FileExistsError` and, for all else, `PhotoError`."""
        for wait in (*(() if self.is_local else _WAITS), None):
            try:
                return do(path)
            except (FileNotFoundError, FileExistsError):
                raise
            except Exception as error:
                final = isinstance(error, _FINAL) or getattr(error, "errno", None) in _FINAL_NUMBERS
                if wait is None or final:
                    what = _line(error)
                    raise PhotoError(f"{self.name(path)}: {problem} ({what}); check the place") from error
                time.sleep(wait * random.uniform(0.7, 1.3))  # so that not all workers come back at once
        raise AssertionError("the last attempt returns or raises")


def _entry(info: Mapping[str, Any]) -> Entry:
    found = next((info[key] for key in _MODIFIED if info.get(key) is not None), 0.0)
    if isinstance(found, str):
        found = datetime.fromisoformat(found)
    modified = found.timestamp() if isinstance(found, datetime) else float(found)
    size = int(info.get("size") or 0)
    etag = next((str(info[key]).strip('"') for key in _ETAG if info.get(key)), f"{size}-{modified!r}")
    return Entry(size, modified, etag)


def _line(error: BaseException) -> str:
    told = getattr(error, "strerror", None) or str(error)
    return " ".join(told.split())[:200] or type(error).__name__
