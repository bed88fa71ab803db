"""A photograph's file in memory, colored into another one in memory: the same bytes that the command line writes."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from photochrom.colorizer import Colorizer
from photochrom.errors import PhotoError
from photochrom.hints import Hints
from photochrom.photos.reading import PhotoFile
from photochrom.photos.writing import Encoding

_MEMORY = Path("/dev/shm")
_FREE = 1_000_000_000  # bytes that must be free there


@dataclass(frozen=True)
class Result:
    """The ``content`` of a colored photograph's file, and ``notes`` on what it cannot hold of its source."""

    content: bytes
    notes: tuple[str, ...] = ()


def colorized(
    colorizer: Colorizer,
    source: PhotoFile,
    suffix: str,
    name: str,
    *,
    hints: Hints | None = None,
    encoding: Encoding | None = None,
) -> Result:
    """Color ``source``, which was inspected, into a file whose name would end with ``suffix``; messages say ``name``.

    Some encoders take paths alone. So the file is written to a temporary folder, in memory where the system offers
    that, and read back. Raises what `Colorizer.colorize_file` does.
    """
    notes: list[str] = []
    try:
        memory = _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _FREE else None
        with TemporaryDirectory(prefix="photochrom-", dir=memory) as folder:
            target = Path(folder, f"result{suffix}")
            try:
                colorizer.colorize_file(source, target, hints=hints, encoding=encoding, on_note=notes.append)
            except PhotoError as error:
                raise type(error)(str(error).replace(str(target), name)) from error.__cause__
            return Result(target.read_bytes(), tuple(note.replace(str(target), name) for note in notes))
    except OSError as error:
        raise PhotoError(f"{name}: no temporary space for it ({error.strerror}); make room") from error
