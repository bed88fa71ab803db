"""Photographs that come in on standard input, or go out on standard output, both written as ``-``."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from photochrom.colorizer import Colorizer
from photochrom.errors import PhotoError
from photochrom.photos import formats
from photochrom.photos.reading import ReadOptions, inspect
from photochrom.photos.writing import Encoding

STREAM = Path("-")


def colorize(
    colorizer: Colorizer, source: Path, target: Path, *, encoding: Encoding, white: float | None, overwrite: bool
) -> None:
    """Color one photograph from ``source`` to ``target``, at least one of which is `STREAM`.

    On standard output, the format is that of the source where it holds color. Raises `PhotoError`.
    """
    options = ReadOptions(colorizer.max_pixels, white)
    photograph = inspect(_received() if source == STREAM else source, options, "standard input")
    if target != STREAM:
        colorizer.colorize_file(photograph, target, overwrite=overwrite, encoding=encoding)
        return
    with tempfile.TemporaryDirectory(prefix="photochrom-") as folder:
        result = Path(folder, f"result{formats.result_suffix(photograph.format)}")
        try:
            colorizer.colorize_file(photograph, result, encoding=encoding)
        except PhotoError as error:
            raise PhotoError(str(error).replace(str(result), "standard output")) from None
        _send(result, sys.stdout.buffer)


def _received() -> bytes:
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        raise PhotoError(f"standard input: cannot be read ({error.strerror}); check where it comes from") from None


def _send(result: Path, out: BinaryIO) -> None:
    try:
        with result.open("rb") as finished:
            shutil.copyfileobj(finished, out)
        out.flush()
    except BrokenPipeError:
        raise PhotoError("standard output: closed before the result was out") from None
    except OSError as error:
        raise PhotoError(f"standard output: cannot be written ({error.strerror}); check where it goes") from None
