"""Photographs that come in on standard input, or go out on standard output, both written as ``-``."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from photochrom.colorizer import Colorizer
from photochrom.errors import PhotoError
from photochrom.photos import formats
from photochrom.photos.reading import SUFFIXES
from photochrom.photos.writing import Encoding

STREAM = Path("-")


def colorize(
    colorizer: Colorizer, source: Path, target: Path, *, encoding: Encoding, white: float | None, overwrite: bool
) -> None:
    """Color one photograph from ``source`` to ``target``, at least one of which is `STREAM`.

    On standard output, the format is that of the source where it holds color. Raises `PhotoError`.
    """
    with tempfile.TemporaryDirectory(prefix="photochrom-") as folder:
        file = source
        if source == STREAM:
            file = Path(folder, "source")
            try:
                with file.open("wb") as stored:
                    shutil.copyfileobj(sys.stdin.buffer, stored)
            except OSError as error:
                raise PhotoError(f"standard input: cannot be stored ({error.strerror}); check the disk") from None
        try:
            result = target if target != STREAM else Path(folder, f"result{_result_suffix(file)}")
            colorizer.colorize_file(file, result, overwrite=overwrite, encoding=encoding, white=white)
        except PhotoError as error:
            raise PhotoError(
                str(error).replace(str(file), "standard input" if source == STREAM else str(source))
            ) from None
        if target == STREAM:
            _send(result, sys.stdout.buffer)


def _result_suffix(file: Path) -> str:
    try:
        found = formats.suffix(formats.head(file))
    except OSError as error:
        raise PhotoError(f"{file}: cannot be read ({error.strerror}); check the name") from None
    if found is None:
        raise PhotoError(f"{file}: not a picture that can be read; check what is sent")
    return SUFFIXES[found]


def _send(result: Path, out: BinaryIO) -> None:
    try:
        with result.open("rb") as finished:
            shutil.copyfileobj(finished, out)
        out.flush()
    except BrokenPipeError:
        raise PhotoError("standard output: closed before the result was out") from None
    except OSError as error:
        raise PhotoError(f"standard output: cannot be written ({error.strerror}); check where it goes") from None
