"""The parts of a film that are done, in a hidden folder beside the result, so that an interrupted one can go on."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from photochrom.atomic import locked, replacing
from photochrom.errors import PhotoError
from photochrom.video.muxing import packets

_NAME = re.compile(r"(\d{8})-(\d{8})\.nut")
_SETTINGS, _LOCK = "settings.json", "lock"


@dataclass(frozen=True)
class Part:
    """Frames from ``start`` on, encoded in the file ``path``; their shot began with frame ``shot``."""

    path: Path
    shot: int
    start: int

    def stop(self) -> int:
        """The number after that of the last frame."""
        return self.start + sum(1 for _ in packets(self.path))


@dataclass(frozen=True)
class Parts:
    """The folder of a result's parts."""

    folder: Path

    def done(self) -> list[Part]:
        """Those that are there; they follow each other from the first frame on, as they were made in this order."""
        matches = ((path, _NAME.fullmatch(path.name)) for path in self.folder.iterdir())
        found = (Part(path, *map(int, match.groups())) for path, match in matches if match)
        return sorted(found, key=lambda part: part.start)

    def new(self, shot: int, start: int) -> AbstractContextManager[Path]:
        """A file to write a part into, which is there when the block ends well."""
        return replacing(self.folder / f"{shot:08d}-{start:08d}.nut")


@contextmanager
def beside(target: Path, settings: str, resume: bool) -> Iterator[Parts]:
    """The parts of ``target``: removed when the block ends well and, unless ``resume``, in any case.

    With ``resume``, those of an earlier run with the same ``settings`` are there already. Raises `PhotoError` where
    another run works on the same result.
    """
    folder = target.parent / f".{target.name}.parts"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a") as file:
        if locked(file.fileno()) is False:
            raise PhotoError(f"{target}: another run makes it at this moment; wait for that one")
        said = folder / _SETTINGS
        if not (resume and said.exists() and said.read_text(encoding="utf-8") == settings):
            _clear(folder)
            with replacing(said) as temporary:
                temporary.write_text(settings, encoding="utf-8")
        try:
            yield Parts(folder)
        except BaseException:
            if not resume:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        shutil.rmtree(folder, ignore_errors=True)


def described(source: Path, **how: object) -> str:
    """What parts depend on: the file ``source``, by its size and time, and ``how`` it is colored.

    Raises `PhotoError` where it is not there any more.
    """
    try:
        status = source.stat()
    except OSError as error:
        raise PhotoError(f"{source}: cannot be read any more ({error.strerror}); bring it back") from None
    return json.dumps({"source": [os.path.realpath(source), status.st_size, status.st_mtime_ns], **how}, sort_keys=True)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != _LOCK:
            with suppress(OSError):
                path.unlink()
