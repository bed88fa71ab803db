"""One photograph as bytes, colored into bytes; whatever is wrong with it is told, and never raised."""

from dataclasses import dataclass, field
from pathlib import Path

from photochrom.batch.painting import left_alone, possible, why_failed
from photochrom.batch.request import Outcome, Request
from photochrom.colorizer import Colorizer
from photochrom.hints import Hints
from photochrom.in_memory import colorized
from photochrom.photos.reading import inspect


@dataclass(frozen=True)
class Colored:
    """What became of a photograph: its result's ``content``, or the ``reason`` why there is none.

    ``notes`` are what could not be kept, a line each; ``pixels`` how many it has, all pages together.
    """

    outcome: Outcome
    reason: str = ""
    content: bytes = field(default=b"", repr=False)
    notes: tuple[str, ...] = ()
    pixels: int = 0


def failed(error: Exception, name: str) -> Colored:
    """The photograph called ``name``, which is not colored because of ``error``, even if that is a fault of ours."""
    told = " ".join(str(error).split()) or "no reason told"
    reason = why_failed(error, name) or f"{name}: cannot be colored ({type(error).__name__}: {told})"
    return Colored(Outcome.FAILED, reason)


@dataclass(frozen=True)
class Coloring:
    """The tools of one worker: an opened ``colorizer``, options, and what references know, which is for all."""

    colorizer: Colorizer
    how: Request
    shared: tuple[Hints, ...] = ()

    def colored(self, content: bytes, name: str, suffix: str, target: str, hints: Hints | None) -> Colored:
        """The photograph ``content``, called ``name``, as a file that ends with ``suffix`` and is called ``target``."""
        try:
            source = inspect(content, self.how.reading, name)
            if alone := left_alone(source, self.how):
                return Colored(alone)
            encoding = possible(self.how.encoding, source, Path(f"result{suffix}"))
            made = colorized(self.colorizer, source, suffix, target, hints=hints, encoding=encoding)
        except Exception as error:  # one file of ten million stops none of the others
            return failed(error, name)
        pixels = sum(page.width * page.height for page in source.pages)
        return Colored(Outcome.DONE, "", made.content, made.notes, pixels)
