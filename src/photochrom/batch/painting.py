"""One photograph of many: judged, colored, and shown beside itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image

from photochrom.batch.finding import file_kind, is_taken
from photochrom.batch.hint_files import Given, together
from photochrom.batch.naming import Job
from photochrom.batch.request import Event, Outcome, Request
from photochrom.batch.tint import Tint, tint
from photochrom.colorizer import Colorizer
from photochrom.contact_sheet import from_planes, pair
from photochrom.errors import ExistsError, HintError, ModelError, PhotoError, is_short_of_memory
from photochrom.hints import Hints
from photochrom.photos import jpeg_luma, provenance
from photochrom.photos.provenance import Provenance
from photochrom.photos.reading import PhotoFile, ReadOptions, inspect, read_rgb
from photochrom.photos.writing import Encoding


@dataclass(frozen=True)
class _Photograph:
    """What the results of one photograph share; each is found out by the first that asks, and kept for the others."""

    source: Path
    given: tuple[Given, ...]
    colorizer: Colorizer
    request: Request

    @cached_property
    def known(self) -> Hints | None:
        """All that is known of its colors. Raises `HintError`."""
        return together(self.given)

    @cached_property
    def file(self) -> PhotoFile:
        """The file, inspected; decoded, too, where several results are wanted. Raises `PhotoError`."""
        file = inspect(self.source, self.request.reading)
        return file.decoded() if self.request.answers > 1 and len(file.pages) == 1 else file

    @cached_property
    def answers(self) -> list[Hints]:
        """The hints that make each answer; the first are those that are known. Raises `HintError` for several pages."""
        if (pages := len(self.file.pages)) > 1:
            raise HintError(
                f"several answers are for one photograph, and here are {pages} pages; color them one by one"
            )
        known = self.known or Hints()
        luma = self.file.read().luma[0]
        return [added + known for added in self.colorizer.hints_of_answers(luma, self.request.answers, known)]

    @cached_property
    def left_alone(self) -> Outcome | None:
        """What it is, if it is nothing to color."""
        return left_alone(self.file, self.request)


def paint(jobs: Sequence[Job], colorizer: Colorizer, request: Request, strict: bool = False) -> Iterator[Event]:
    """Do the jobs of one photograph, and say what became of each; whatever is wrong with a file is an event, too.

    The photograph is read once for all of them. ``strict`` is for one that was named alone. If it is, the luma that
    cannot be copied bit for bit is a failure, else the photograph is written in the usual way; and hints that cannot be
    obeyed raise `HintError`, as then nothing of what was asked for can be done.
    """
    photograph = _Photograph(jobs[0].source, jobs[0].hints, colorizer, request)
    for job in jobs:
        yield _done(job, photograph, strict)


def _done(job: Job, photograph: _Photograph, strict: bool) -> Event:
    hints: Hints | None = None
    try:
        hints = photograph.known
        own = hints is not None and hints.are_for_one
        if job.answer:
            if job.answer > len(photograph.answers):
                return _event(job, Outcome.SURE)
            hints = photograph.answers[job.answer - 1] or None
        return replace(_paint(job, hints, photograph, strict), hinted=own)
    except ExistsError:  # another run was faster
        request = replace(photograph.request, overwrite=False)
        there = _judge(job, request, wanted(photograph.colorizer, hints))
        return there or _event(job, Outcome.OCCUPIED)
    except Exception as error:
        reason = why_failed(error, str(job.source))
        if not reason or (strict and isinstance(error, HintError)):
            raise
        return _event(job, Outcome.FAILED, reason)


def why_failed(error: Exception, name: str) -> str:
    """Why the photograph called ``name`` could not be colored, in one line; empty if ``error`` is none that may be."""
    if isinstance(error, PhotoError):
        return str(error)
    if isinstance(error, (HintError, ModelError)):
        return f"{name}: {error}"
    return f"{name}: not enough memory for a photograph of this size" if is_short_of_memory(error) else ""


def left_alone(source: PhotoFile, request: Request) -> Outcome | None:
    """What a photograph is, if it is nothing to color for ``request``. Raises `PhotoError`."""
    if provenance.of(source.content):
        return Outcome.OURS
    return Outcome.COLOR if request.skip_color and tint(source.read_rgb()) is Tint.COLOR else None


def _paint(job: Job, hints: Hints | None, photograph: _Photograph, strict: bool) -> Event:
    request = photograph.request
    there = _judge(job, request, wanted(photograph.colorizer, hints))
    shown = job.compared is None or bool(file_kind(job.compared)) or request.dry_run
    if there and (shown or there.outcome is Outcome.OCCUPIED):
        return there
    if there is None:
        if photograph.left_alone:
            return _event(job, photograph.left_alone)
        if request.dry_run:
            _check(hints, photograph.file)
            return _event(job, Outcome.PLANNED)
        there = _color(job, hints, photograph, strict)
    if job.compared:
        before = from_planes(photograph.file.read().luma)
        after = read_rgb(job.target, ReadOptions(request.max_pixels))
        pair(job.compared, before, Image.fromarray(np.ascontiguousarray(after.transpose(1, 2, 0))), request.overwrite)
    return there


def _color(job: Job, hints: Hints | None, photograph: _Photograph, strict: bool) -> Event:
    source, request = photograph.file, photograph.request
    encoding = request.encoding if strict else possible(request.encoding, source, job.target)
    copied = encoding.lossless_luma if request.encoding.lossless_luma else None
    notes: list[str] = []
    photograph.colorizer.colorize_file(
        source, job.target, hints=hints, overwrite=request.overwrite, encoding=encoding, on_note=notes.append
    )
    done = _event(job, Outcome.DONE)
    return replace(done, notes=(*done.notes, *notes), luma_copied=copied)


def _judge(job: Job, request: Request, wanted: Provenance) -> Event | None:
    """What is in the place of the result, if that leaves nothing to do. Raises `PhotoError` for what is no file."""
    if not is_taken(job.target, request.overwrite):
        return None
    return _event(job, *verdict(provenance.of(job.target), wanted))


def verdict(found: Provenance | None, wanted: Provenance) -> tuple[Outcome, str]:
    """What the file in the place of a result is, by the note that was ``found`` in it, and how it was made instead."""
    if found is None or found.is_sheet:
        return Outcome.OCCUPIED, ""
    if found.same_settings(wanted):
        return Outcome.SKIPPED, ""
    return Outcome.DIFFERENT, _made(found, wanted)


def possible(encoding: Encoding, source: PhotoFile, target: Path) -> Encoding:
    """``encoding`` for ``source``: its luma is copied bit for bit only where that can be done."""
    lossless = encoding.lossless_luma and not jpeg_luma.obstacle(source, target)
    return replace(encoding, lossless_luma=lossless)


def _made(found: Provenance, wanted: Provenance) -> str:
    """By what a result was made, in words, but not the digest of its hints: each photograph of a folder has its own."""
    hints = ""
    if found.hints != wanted.hints:
        hints = "other hints" if found.hints and wanted.hints else "with hints" if found.hints else "without hints"
    return ", ".join(filter(None, (replace(found, hints="").settings, hints)))


def _check(hints: Hints | None, source: PhotoFile) -> None:
    """Raise `HintError` where the colorizer would."""
    if hints:
        hints.check_number(len(source.pages), "pages")
        hints.check(*source.read().luma.shape[1:])


def wanted(colorizer: Colorizer, hints: Hints | None) -> Provenance:
    """How the result is to be made, as its note says."""
    return replace(colorizer.provenance, hints=hints.digest) if hints else colorizer.provenance


def _event(job: Job, outcome: Outcome, reason: str = "") -> Event:
    notes = (job.note,) if job.note and outcome in (Outcome.DONE, Outcome.PLANNED) else ()
    return Event(job.source, job.target, outcome, reason, notes)
