"""Files that appear whole or not at all."""

import io
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path, overwrite: bool = True) -> Iterator[Path]:
    """A temporary name beside ``path``: it becomes ``path`` when the block ends well, and is removed otherwise.

    Raises `FileExistsError` if ``path`` is there by then and ``overwrite`` is false.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(f"{path.parent} is a file") from None
    # Short and hidden: a long name plus an ending might be too long, and no folder scan takes it for a picture.
    temporary = path.parent / f".photochrom-{uuid.uuid4().hex[:12]}.part"
    try:
        yield temporary
        _to_disk(temporary)
        if overwrite:
            temporary.replace(path)
        else:
            _rename_to_new(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


class CheckedFile(io.BufferedWriter):
    """A new file at ``path`` whose every byte is written, or an `OSError` is raised.

    Pillow writes to the number of a file where it can, and takes it for success when a full disk takes only a part.
    Here it finds none, and leaves the writing to Python, which goes on until all is written or refused.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("wb", buffering=0))

    def fileno(self) -> int:
        """Not told."""
        raise io.UnsupportedOperation("fileno")


def _to_disk(path: Path) -> None:
    """Wait until the file is on the disk: some file systems find only then that there is no room for it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _rename_to_new(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)  # unlike a rename, this never replaces a file, even one made this very moment
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(path) from None
        temporary.replace(path)
    else:
        temporary.unlink()
