"""Files that appear whole or not at all."""

import io
import os
import re
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Short and hidden: a long name plus an ending might be too long, and no folder scan takes it for a picture.
_TEMPORARY = re.compile(r"\.photochrom-[0-9a-f]{12}\.part")


@contextmanager
def replacing(path: Path, overwrite: bool = True) -> Iterator[Path]:
    """An empty temporary file beside ``path``: it becomes ``path`` when the block ends well, else it is removed.

    Raises `FileExistsError` if ``path`` is there by then and ``overwrite`` is false.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(f"{path.parent} is a file") from None
    temporary, held = _create(path.parent)
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
    finally:
        os.close(held)


def clear_leftovers(folder: Path) -> int:
    """Remove the temporary files that killed runs left in ``folder``, and return how many.

    Those that a living process still writes are locked and stay, as do those of other users and what is not named as
    one of ours. A folder that is not there, or may not be changed, is left as it is.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        return sum(_clear(Path(entry)) for entry in entries if _TEMPORARY.fullmatch(entry.name))
    return 0


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


def _create(folder: Path) -> tuple[Path, int]:
    """A new temporary file in ``folder``, and an open descriptor of it that holds its lock."""
    while True:
        path = folder / f".photochrom-{uuid.uuid4().hex[:12]}.part"
        held = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        try:
            # Between these two lines another run may have taken it for a leftover.
            if locked(held) is not False and os.fstat(held).st_nlink:
                return path, held
        except BaseException:
            os.close(held)
            raise
        os.close(held)


def _clear(path: Path) -> bool:
    with suppress(OSError):
        held = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        try:
            mine = not hasattr(os, "geteuid") or os.fstat(held).st_uid == os.geteuid()
            if mine and locked(held):
                path.unlink()
                return True
        finally:
            os.close(held)
    return False


def locked(descriptor: int) -> bool | None:
    """Lock a file for this process, until it ends or closes it; False if another holds it, None if nobody can."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return None
    return True


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
