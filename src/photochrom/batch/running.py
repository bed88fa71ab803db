"""Many photographs: what a request asks for, done.

`colorize_paths` is the one door: the command line and `photochrom.colorize_folder` go through it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from photochrom.atomic import clear_leftovers
from photochrom.batch.naming import Job
from photochrom.batch.painting import paint
from photochrom.batch.planning import plan
from photochrom.batch.request import Event, Outcome, Request, Summary
from photochrom.batch.sheets import before_after
from photochrom.colorizer import Colorizer
from photochrom.errors import PhotoError, UsageError
from photochrom.hints import Hints
from photochrom.hints.reference import References
from photochrom.model import cores
from photochrom.photos import jpeg_luma

OnEvent = Callable[[Event, int], None]


def colorize_folder(
    folder: str | Path | Sequence[str | Path], out: str | Path | None = None, *, on_event: OnEvent | None = None,
    **options: Any,
) -> Summary:  # fmt: skip
    """Color a folder of photographs, or several files and folders, by the rules of the command line.

    ``options`` are the fields of `Request`, such as ``saturation=1.3`` or ``overwrite=True``. See `colorize_paths`.
    """
    paths = [folder] if isinstance(folder, (str, Path)) else list(folder)
    return colorize_paths(Request(paths, out, **options), on_event or _unheard)


def colorize_paths(request: Request, on_event: OnEvent) -> Summary:
    """Do what ``request`` asks for; ``on_event`` is told each event as it comes, and how many results are wanted.

    A photograph that fails stops no other. What is done already is not done again, so the same request goes on after
    an interruption; results are written whole or not at all, and what a killed run left half written is cleared.
    Raises `UsageError` (`PlanError`, `ModelError`) where the request cannot be met as it stands, before anything is
    written.
    """
    made = plan(request)
    at_once = _at_once(request, len(made.jobs))
    colorizers = open_colorizers(request, at_once)
    references = {name: open_references(request, colorizer) for name, colorizer in colorizers.items()}
    if request.encoding.lossless_luma:
        jpeg_luma.refuse_without_jpeglib()
    events: list[Event] = []

    def tell(event: Event) -> None:
        events.append(event)
        on_event(event, len(made.jobs))

    for path, error in made.failures:
        tell(Event(path, None, Outcome.FAILED, str(error)))
    for path in made.ours:
        tell(Event(path, None, Outcome.OURS))
    for path in made.references:
        tell(Event(path, None, Outcome.REFERENCE))
    if not request.dry_run:
        for folder in {file.parent for job in made.jobs for file in (job.target, job.compared) if file}:
            clear_leftovers(folder)
    for name, colorizer in colorizers.items():
        shared = references.get(name, ())
        own = [replace(job, hints=(*shared, *job.hints)) for job in made.jobs if job.model in ("", name)]
        for event in run(own, colorizer, request, at_once, made.single):
            tell(event)
    pages: list[Path] = []
    if request.sheet is not None and made.jobs and not request.dry_run:
        sheet = Path(request.sheet)
        clear_leftovers(sheet.parent)
        try:
            pages = before_after(sheet, made.jobs, request.reading)
        except PhotoError as error:
            tell(Event(sheet, None, Outcome.FAILED, str(error)))
    return Summary(tuple(events), made.left_out, tuple(pages), tuple(made.spare_hints))


def open_colorizers(request: Request, at_once: int = 1) -> dict[str, Colorizer]:
    """The colorizer of each model by its name, all of which share the cores with ``at_once``. Raises `UsageError`."""
    try:
        opened = {
            name: Colorizer(
                file, size=request.size, saturation=request.saturation, warmth=request.warmth, device=request.device,
                threads=max(1, cores() // at_once), max_pixels=request.max_pixels,
            )
            for name, file in request.models_by_name().items()
        }  # fmt: skip
    except ValueError as error:
        raise UsageError(str(error)) from None
    if request.answers > 1:
        for colorizer in opened.values():
            colorizer.model.refuse_without_answers()
    return opened


def open_references(request: Request, colorizer: Colorizer) -> tuple[Hints, ...]:
    """What the references of ``request`` know, for photographs that ``colorizer`` colors; empty if there are none.

    Raises `HintError` for a reference that is none, and `ModelError` for a model that cannot match them.
    """
    if not request.references:
        return ()
    return (Hints((References.read(colorizer.model, request.references, request.reading),)),)


def run(
    jobs: Iterable[Job], colorizer: Colorizer, request: Request, at_once: int = 1, strict: bool = False
) -> Iterator[Event]:
    """Do the jobs, some photographs ``at_once``, and yield what became of each, in their order.

    Jobs of one photograph that follow each other are done one after the other; see `paint`, also for ``strict``.

    Whoever stops iterating stops the jobs: what has begun is finished, nothing else is begun.
    """
    photographs = (list(some) for _, some in groupby(jobs, attrgetter("source")))
    if at_once == 1:
        for some in photographs:
            yield from paint(some, colorizer, request, strict)
        return
    waiting: deque[Future[list[Event]]] = deque()
    pool = ThreadPoolExecutor(at_once)
    try:
        for some in photographs:
            if len(waiting) == 4 * at_once:  # so that a large folder does not pile up
                yield from waiting.popleft().result()
            waiting.append(pool.submit(lambda some: list(paint(some, colorizer, request, strict)), some))
        while waiting:
            yield from waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _at_once(request: Request, results: int) -> int:
    """How many photographs are worked on at once: no more than there are."""
    photographs = results // (len(request.models) * request.answers)
    return max(1, min(request.jobs or min(cores(), 4), photographs))


def _unheard(event: Event, total: int) -> None:
    pass
