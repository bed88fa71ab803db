"""What libraries say while a photograph is read is not shown: what is wrong is told once, by us."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Drop what tifffile and Pillow log for this thread in this block, and nothing of other threads and users."""
    _install()
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@cache
def _install() -> None:
    for name in ("tifffile", "PIL.TiffImagePlugin"):
        logging.getLogger(name).addFilter(lambda record: not _reading.get())
