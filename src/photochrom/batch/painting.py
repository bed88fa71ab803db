"""One photograph of many: judged, colored, and shown beside itself."""

import stat
from dataclasses import replace

import numpy as np
from PIL import Image

from photochrom.batch.finding import file_kind, special_kind
from photochrom.batch.hint_files import together
from photochrom.batch.planning import Job
from photochrom.batch.request import Event, Outcome, Request
from photochrom.batch.tint import Tint, tint
from photochrom.colorizer import Colorizer
from photochrom.contact_sheet import from_planes, pair
from photochrom.errors import ExistsError, HintError, ModelError, PhotoError, is_short_of_memory
from photochrom.hints import Hints
from photochrom.photos import jpeg_luma, provenance
from photochrom.photos.provenance import Provenance
from photochrom.photos.reading import PhotoFile, ReadOptions, inspect, read_rgb


def paint(job: Job, colorizer: Colorizer, request: Request, strict: bool = False) -> Event:
    """Do one job, and say what became of it; whatever is wrong with a file is an event, too.

    ``strict`` is for a photograph that was named alone. If it is, the luma that cannot be copied bit for bit is a
    failure, else the photograph is written in the usual way; and hints that cannot be obeyed raise `HintError`, as then
    nothing of what was asked for can be done.
    """
    try:
        known = together(job.hints)
        own = known is not None and known.are_for_one
        hints = _answered(job, known, colorizer, request) if job.answer else known
        if job.answer > 1 and hints is None:
            return _event(job, Outcome.SURE)
        return replace(_paint(job, hints, colorizer, request, strict), hinted=own)
    except ExistsError:  # another run was faster
        there = _judge(job, replace(request, overwrite=False), _wanted(colorizer, hints))
        return there or _event(job, Outcome.OCCUPIED)
    except PhotoError as error:
        return _event(job, Outcome.FAILED, str(error))
    except HintError as error:
        if strict:
            raise
        return _event(job, Outcome.FAILED, f"{job.source}: {error}")
    except ModelError as error:
        return _event(job, Outcome.FAILED, f"{job.source}: {error}")
    except (MemoryError, RuntimeError) as error:
        if not is_short_of_memory(error):
            raise
        return _event(job, Outcome.FAILED, f"{job.source}: not enough memory for a photograph of this size")


def _answered(job: Job, known: Hints | None, colorizer: Colorizer, request: Request) -> Hints | None:
    """What makes the answer that is wanted, beside what is ``known``; None if that is nothing, or there is no such one.

    Raises `HintError`, also for a photograph of several pages, of which answers are as much for one as hints are.
    """
    source = inspect(job.source, request.reading)
    if (pages := len(source.pages)) > 1:
        raise HintError(f"several answers are for one photograph, and here are {pages} pages; color them one by one")
    if job.answer == 1:
        return known
    added = colorizer.hints_of_answers(source.read().luma[0], request.answers, known)
    return added[job.answer - 1] + (known or Hints()) if job.answer <= len(added) else None


def _paint(job: Job, hints: Hints | None, colorizer: Colorizer, request: Request, strict: bool) -> Event:
    there = _judge(job, request, _wanted(colorizer, hints))
    shown = job.compared is None or bool(file_kind(job.compared)) or request.dry_run
    if there and (shown or there.outcome is Outcome.OCCUPIED):
        return there
    source = inspect(job.source, request.reading)
    if there is None:
        if provenance.of(source.content):
            return _event(job, Outcome.OURS)
        if request.skip_color and tint(source.read_rgb()) is Tint.COLOR:
            return _event(job, Outcome.COLOR)
        if request.dry_run:
            _check(hints, source)
            return _event(job, Outcome.PLANNED)
        there = _color(job, source, hints, colorizer, request, strict)
    if job.compared:
        before = from_planes(source.read().luma)
        after = read_rgb(job.target, ReadOptions(request.max_pixels))
        pair(job.compared, before, Image.fromarray(np.ascontiguousarray(after.transpose(1, 2, 0))), request.overwrite)
    return there


def _color(
    job: Job, source: PhotoFile, hints: Hints | None, colorizer: Colorizer, request: Request, strict: bool
) -> Event:
    encoding, copied = request.encoding, None
    if encoding.lossless_luma:
        copied = strict or not jpeg_luma.obstacle(source, job.target)
        encoding = replace(encoding, lossless_luma=copied)
    notes: list[str] = []
    colorizer.colorize_file(
        source, job.target, hints=hints, overwrite=request.overwrite, encoding=encoding, on_note=notes.append
    )
    done = _event(job, Outcome.DONE)
    return replace(done, notes=(*done.notes, *notes), luma_copied=copied)


def _judge(job: Job, request: Request, wanted: Provenance) -> Event | None:
    """What is in the place of the result, if that leaves nothing to do. Raises `PhotoError` for what is no file."""
    kind = file_kind(job.target)
    if kind not in (0, stat.S_IFREG):
        what = special_kind(job.target) or "folder"
        raise PhotoError(f"{job.target}: a {what} is there, which is never replaced; name another place")
    if not kind or request.overwrite:
        return None
    found = provenance.of(job.target)
    if found is None or found.is_sheet:
        return _event(job, Outcome.OCCUPIED)
    if found.same_settings(wanted):
        return _event(job, Outcome.SKIPPED)
    return _event(job, Outcome.DIFFERENT, _made(found, wanted))


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


def _wanted(colorizer: Colorizer, hints: Hints | None) -> Provenance:
    """How the result is to be made, as its note says."""
    return replace(colorizer.provenance, hints=hints.digest) if hints else colorizer.provenance


def _event(job: Job, outcome: Outcome, reason: str = "") -> Event:
    notes = (job.note,) if job.note and outcome in (Outcome.DONE, Outcome.PLANNED) else ()
    return Event(job.source, job.target, outcome, reason, notes)
