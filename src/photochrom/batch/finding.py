"""What a folder holds: photographs, and what is left out of it."""

import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from photochrom.errors import PhotoError
from photochrom.photos import formats
from photochrom.photos.formats import Format
from photochrom.photos.reading import inspect

_SPECIAL = {
    stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFBLK: "device",
}  # fmt: skip
_HINTS = (".hints.json", ".hints.png")  # how the names of files of hints end: NAME.hints.json is for NAME.jpg
_ENDING = re.compile(r"\.(?=.*[a-zA-Z])[a-zA-Z0-9]{1,5}")
_VAGUE = (formats.BMP, formats.PPM, formats.PGM, formats.PBM)  # told by two letters, with which any text may begin


def find(
    folder: Path,
    on_error: Callable[[PhotoError], None] | None = None,
    left_out: Counter[str] | None = None,
) -> list[Path]:
    """All photographs below ``folder``, by their names or, where those have no suffix, by their content; sorted.

    Hidden files and folders are left out; links to folders are not followed. Other files are counted in ``left_out``
    by their kind: their suffix, or what they are instead of files. A folder that cannot be read is told to
    ``on_error``, or raised as `PhotoError`: a part silently left out would look finished.
    """
    found = []
    for path in files_below(folder, on_error):
        kind = what_is(path)
        if kind is None:
            found.append(path)
        elif left_out is not None:
            left_out[kind] += 1
    return sorted(found)


def find_hints(folder: Path) -> list[Path]:
    """All files of hints below ``folder``, by their names, sorted. Raises `PhotoError` for a folder not to be read."""
    return sorted(path for path in files_below(folder, None) if is_hints(path) and not special_kind(path))


def is_hints(path: Path) -> bool:
    """Whether ``path`` is named as a file of hints: the painted layer beside a photograph is no photograph."""
    return bool(hints_ending(path))


def hints_ending(path: Path) -> str:
    """Which of the endings of files of hints ``path`` has; empty if none."""
    return next(filter(path.name.lower().endswith, _HINTS), "")


def what_is(path: Path) -> str | None:
    """None for a photograph by its name or content, and the kind of anything else."""
    return special_kind(path) or what_else_is(path, format_of(path))


def what_else_is(path: Path, kind: Format | None) -> str | None:
    """The same for what is a file, by its name and its format ``kind``."""
    if hints := hints_ending(path):
        return hints
    # Who has the package wants raw files colored; who has not finds the camera's JPEG beside most of them.
    known = kind is not None and kind not in formats.LAYERED and not (kind is formats.RAW and kind.is_missing)
    return None if known else ending(path).lower() or "without a suffix"


def is_taken(target: Path, overwrite: bool) -> bool:
    """Whether a file is in the place of a result and is to stay. Raises `PhotoError` for what is no file: it stays."""
    kind = file_kind(target)
    if kind not in (0, stat.S_IFREG):
        what = special_kind(target) or "folder"
        raise PhotoError(f"{target}: a {what} is there, which is never replaced; name another place")
    return bool(kind) and not overwrite


def special_kind(path: Path) -> str:
    """What is at ``path`` if it is no file, no folder and not nothing: a pipe, a socket or a device."""
    return _SPECIAL.get(file_kind(path), "")


def format_of(path: Path, read: Callable[[int], bytes] | None = None) -> Format | None:
    """The format of the photograph at ``path``, by its name, or by its content if that has no suffix.

    ``read`` gives that many bytes of its beginning, or all for -1; by default, those of the file at ``path``.
    """
    if ending(path):
        return formats.of_name(path)
    read = read or partial(_beginning, path)
    try:
        kind = formats.of_content(read(formats.HEAD))
        if kind in _VAGUE:
            inspect(read(-1))
    except (OSError, PhotoError):
        return None
    return kind


def ending(path: Path) -> str:
    """The suffix of ``path`` where it is one that tells a format, not a date, a number or the rest of a sentence."""
    return path.suffix if _ENDING.fullmatch(path.suffix) else ""


def file_kind(path: Path) -> int:
    """What is at ``path`` (``stat.S_IFREG``, ...), or 0 where nothing can be found, whatever the reason."""
    try:
        return stat.S_IFMT(path.stat().st_mode)
    except OSError:
        return 0


def _beginning(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def files_below(folder: Path, on_error: Callable[[PhotoError], None] | None) -> Iterator[Path]:
    """All files below ``folder``, but for hidden ones; a folder that cannot be read is told or raised, as by `find`."""

    def unreadable(error: OSError) -> None:
        problem = PhotoError(f"{error.filename}: cannot read this folder ({error.strerror}); check its permissions")
        if on_error is None:
            raise problem
        on_error(problem)

    for root, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(root, name) for name in files if not name.startswith("."))
