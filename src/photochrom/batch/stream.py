"""Photographs that come in on standard input, or go out on standard output, both written as ``-``."""

import sys
from pathlib import Path

from photochrom.batch.hint_files import for_one, together
from photochrom.batch.planning import refuse_contradiction
from photochrom.batch.request import Request
from photochrom.batch.running import open_colorizers, open_references
from photochrom.colorizer import Colorizer
from photochrom.errors import PhotoError, UsageError
from photochrom.hints import Hints
from photochrom.in_memory import colorized
from photochrom.photos import formats
from photochrom.photos.reading import PhotoFile, inspect

STREAM = "-"


def is_streamed(request: Request) -> bool:
    """Whether a photograph comes in on standard input, or goes out on standard output."""
    return STREAM in map(_name, (*request.paths, request.out or ""))


def colorize_stream(request: Request) -> None:
    """Color one photograph, from standard input or to standard output, or both.

    On standard output, the format is the one that is asked for, or that of the source where it holds color. Raises
    `UsageError` where the request takes more than one photograph, or a stream is a terminal, and `PhotoError`.
    """
    if len(request.paths) != 1 or len(request.models) != 1 or request.out is None:
        raise UsageError("-: one photograph and one model at a time, and a place where the result goes (`out`)")
    if request.sheet or request.compare or request.skip_color or request.dry_run or request.answers > 1:
        raise UsageError("-: goes without `sheet`, `compare`, `skip_color`, `dry_run` and `answers`")
    path = None if _name(request.paths[0]) == STREAM else Path(request.paths[0])
    own = [] if request.hints is None else for_one(request.hints, path)
    (colorizer,) = open_colorizers(request).values()
    hints = together((*open_references(request, colorizer), *own))
    photograph = inspect(path or _received(), request.reading, "standard input")
    if _name(request.out) == STREAM:
        _send(photograph, hints, colorizer, request)
    else:
        refuse_contradiction(Path(request.out), request)
        colorizer.colorize_file(
            photograph, Path(request.out), hints=hints, overwrite=request.overwrite, encoding=request.encoding
        )


def _received() -> bytes:
    if sys.stdin.isatty():
        raise UsageError("standard input is a terminal; send the content of a photograph into it")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        raise PhotoError(f"standard input: cannot be read ({error.strerror}); check where it comes from") from None


def _send(photograph: PhotoFile, hints: Hints | None, colorizer: Colorizer, request: Request) -> None:
    if sys.stdout.isatty():
        raise UsageError("standard output is a terminal; send it to a file or to another program")
    suffix = request.suffix or formats.result_suffix(photograph.format)
    made = colorized(colorizer, photograph, suffix, "standard output", hints=hints, encoding=request.encoding)
    sys.stdout.buffer.write(made.content)
    sys.stdout.buffer.flush()


def _name(path: str | Path) -> str:
    return str(Path(path))
