"""Where a command may write: at names that say what is written, and over nothing that it did not make."""

from collections.abc import Collection
from pathlib import Path

from photochrom.errors import UsageError


def refuse_other_names(path: Path, suffixes: Collection[str], what: str) -> None:
    """Raise `UsageError` unless ``path`` ends with one of ``suffixes``, as ``what``, such as "a model", does."""
    if path.suffix.lower() not in suffixes:
        raise UsageError(f"{path}: {what} ends with {' or '.join(suffixes)}; name it so")


def refuse_existing(file: Path, overwrite: bool = False) -> None:
    """Raise `UsageError` if something is at ``file``, even a link that leads nowhere, unless ``overwrite``."""
    if file.is_dir():
        raise UsageError(f"{file}: is a folder; name a file")
    if not overwrite and (file.exists() or file.is_symlink()):
        raise UsageError(f"{file}: exists already; name another file, or `overwrite` it")


def refuse_filled(folder: Path) -> None:
    """Raise `UsageError` unless ``folder`` is an empty folder, or not there yet."""
    if folder.is_dir():
        if any(folder.iterdir()):
            raise UsageError(f"{folder}: is not empty; name a new folder")
    elif folder.exists() or folder.is_symlink():
        raise UsageError(f"{folder}: is a file; name a new folder")
