"""Our note: the text inside a result that says that its colors are guesses, and how they were made.

EXIF's Software tag holds it, after the programs that the picture went through before; PPM and BMP hold it as a comment.
"""

import mmap
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from photochrom.photos import bmp, exif, metadata, pnm
from photochrom.photos.ifd import Buffer
from photochrom.version import __version__

Number = TypeVar("Number", int, float)

_START = "colors guessed by Photochrom"
_NOTE = re.compile(rf"{_START} ([^\s,;]+)((?:, [^,;\0\n]*)*)")
_SETTING = re.compile(r"(model|size|saturation|warmth|hints) (.*)")
_SPECIAL = re.compile(r"[%,;\x00-\x1f\x7f]")  # what would end a part of the note


@dataclass(frozen=True)
class Provenance:
    """How a result was made: the ``version`` of Photochrom and, unless it is a sheet, by which ``model``.

    ``size`` is the working size in pixels and ``saturation`` what the colors were scaled by; ``hints`` is a digest
    of the hints that were obeyed, empty without any. None or empty is what a note does not say, as earlier ones said
    only the model. ``others`` are the parts of a note that a later version wrote and this one does not know.
    ``warmth`` is what the colors were shifted by; a note says it only if it is not 0.
    """

    version: str = __version__
    model: str = ""
    size: int | None = None
    saturation: float | None = None
    hints: str = ""
    others: tuple[str, ...] = ()
    warmth: float = 0.0

    def __post_init__(self) -> None:
        # As the note writes them, so that what is parsed equals what was written.
        if self.saturation is not None:
            object.__setattr__(self, "saturation", float(f"{self.saturation:g}"))
        object.__setattr__(self, "warmth", float(f"{self.warmth:g}"))

    @property
    def is_sheet(self) -> bool:
        """Whether it marks a sheet of several pictures, which is no one model's result."""
        return not self.model

    @property
    def settings(self) -> str:
        """By what it was made, in words: model, size, saturation, warmth, hints."""
        return ", ".join(self._parts())

    def note(self) -> str:
        """One line for people, which `parse` reads again."""
        return ", ".join([f"{_START} {self.version}", *self._parts()])

    def _parts(self) -> list[str]:
        parts = []
        if self.model:
            parts.append(f"model {_SPECIAL.sub(lambda found: f'%{ord(found[0]):02X}', self.model)}")
        if self.size is not None:
            parts.append(f"size {self.size}")
        if self.saturation is not None:
            parts.append(f"saturation {self.saturation:g}")
        if self.warmth:
            parts.append(f"warmth {self.warmth:g}")
        if self.hints:
            parts.append(f"hints {self.hints}")
        return [*parts, *self.others]

    def same_settings(self, other: "Provenance") -> bool:
        """Whether both were made in the same way, by whatever version, as far as both say how."""
        return (
            (self.model, self.warmth, self.hints, self.others) == (other.model, other.warmth, other.hints, other.others)
            and (self.size == other.size or None in (self.size, other.size))
            and (self.saturation == other.saturation or None in (self.saturation, other.saturation))
        )


def parse(text: str) -> Provenance | None:
    """The last note in ``text``, which may name other programs, too; None where there is none."""
    found = None
    for found in _NOTE.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    if found is None:
        return None
    said, others = {}, []
    for part in found[2].split(", ")[1:]:
        setting = _SETTING.fullmatch(part.strip())
        if setting is None or setting[1] in said:
            others.append(part.strip())
        else:
            said[setting[1]] = setting[2]
    return Provenance(
        found[1], unquote(said.get("model", "")), _number(said, "size", int), _number(said, "saturation", float),
        said.get("hints", ""), tuple(others), _number(said, "warmth", float) or 0.0,
    )  # fmt: skip


def _number(said: dict[str, str], name: str, kind: Callable[[str], Number]) -> Number | None:
    """What a note says of ``name``; None if that is nothing, or was damaged."""
    with suppress(KeyError, ValueError):
        return kind(said[name])
    return None


def signed(programs: str, provenance: Provenance) -> str:
    """``programs``, the names of those that a picture went through, with the note of ``provenance`` as the last."""
    before = re.sub(rf"(; )?{_START}[^;\0\n]*", "", programs).removeprefix("; ")
    return f"{before}; {provenance.note()}" if before else provenance.note()


def of(source: Path | bytes) -> Provenance | None:
    """How the picture at the path ``source``, or in the bytes of a file, was made; None unless it is ours."""
    if isinstance(source, bytes):
        return parse(_programs(source))
    try:
        with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return parse(_programs(content))
    except (OSError, ValueError):  # not to be had, or empty
        return None


def _programs(content: Buffer) -> str:
    """The text of a file that may hold our note."""
    if bytes(content[:2]) == b"P6":
        return b"\n".join(pnm.comments(content)).decode("utf-8", "replace")
    return bmp.note(content) or exif.software(metadata.extract(content).exif)
