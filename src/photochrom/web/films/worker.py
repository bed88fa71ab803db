"""The process that colors one film: an order comes on standard input, and lines on how it goes on standard output.

A film takes minutes. In a process of its own it can be ended at any moment, its memory is given back, a fault in a
codec stops no server, and it leaves the processor to photographs.
"""

import os
import shutil
import sys
import time
import traceback
from pathlib import Path

from photochrom.errors import PhotochromError
from photochrom.video import Progress, VideoEncoding, colorize_video
from photochrom.web.films.orders import Failed, Made, Moved, Order, Told, from_line, to_line

_NICE = 10  # steps of priority below the server
_EVERY = 0.25  # seconds between two lines


class GoneError(Exception):
    """Nobody listens any more: the server has ended without ending this process."""


class TooLongError(PhotochromError):
    """A film of more frames than are taken, whatever its file says."""


def main() -> None:
    """Color the film that the order on standard input names. If nobody listens any more, remove all of it."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    order: Order = from_line(sys.stdin.buffer.readline())
    try:
        _tell(_color(order))
    except GoneError:
        shutil.rmtree(Path(order.target).parent, ignore_errors=True)
        os._exit(1)  # as Python would try to write to standard output again


def _color(order: Order) -> Told:
    last = 0.0

    def moved(now: Progress) -> None:
        nonlocal last
        if now.seen > order.max_frames:
            raise TooLongError(too_long(order.max_frames))
        if time.monotonic() - last >= _EVERY or now.done == now.total:
            last = time.monotonic()
            _tell(Moved(now.done, now.total, now.seen))

    try:
        event = colorize_video(
            order.source, order.target, on_progress=moved, model=order.model, size=order.size,
            saturation=order.saturation, warmth=order.warmth, hints=order.hints, references=order.references,
            encoding=VideoEncoding(order.codec, order.crf),
        )  # fmt: skip
        return Made([without_path(note, order.source) for note in event.notes])
    except GoneError:
        raise
    except PhotochromError as error:
        return Failed(without_path(str(error), order.source, order.target))
    except Exception:
        return Failed("the server failed; its log says why", traceback.format_exc())


def too_long(frames: int) -> str:
    """The message for a film of more than so many frames."""
    return f"the film has more than {frames:,} frames; cut it, or color it with the command line"


def without_path(text: str, *paths: str) -> str:
    """A message without the names of the server's files, which are nothing for clients to know."""
    for path in paths:
        text = text.removeprefix(f"{path}: ").replace(path, "the film")
    return text


def _tell(told: Told) -> None:
    try:
        sys.stdout.buffer.write(to_line(told))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise GoneError from None


if __name__ == "__main__":
    main()
