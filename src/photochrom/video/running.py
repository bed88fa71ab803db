"""Films, one or many: what a request asks for, done. `colorize_films` is the one door."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from photochrom.batch.finding import is_taken
from photochrom.batch.request import Event, Outcome, Summary
from photochrom.contact_sheet import SheetRow, draw, refuse_other_files
from photochrom.errors import ExistsError, HintError, PhotoError, UsageError, is_short_of_memory
from photochrom.hints import Hints
from photochrom.hints.reference import References
from photochrom.look import Look
from photochrom.model import DEFAULT, Model, load
from photochrom.photos.provenance import Provenance
from photochrom.video import coloring, key_frames, previews
from photochrom.video.coloring import Manner, Progress
from photochrom.video.demuxing import Film, inspect
from photochrom.video.encoding import VideoEncoding
from photochrom.video.muxing import provenance
from photochrom.video.painting import Painter
from photochrom.video.planning import Job, plan

_SHEET_HEIGHT = 240  # pixels of a frame

OnProgress = Callable[[Path, Progress], None]


@dataclass(frozen=True)
class VideoRequest:
    """Films to color, and how. Raises `UsageError` for values that cannot be.

    ``paths`` are films and folders of them; ``out`` is where results go: a file named .mp4 or .mkv for one film, else a
    folder; by default each stands beside its source as NAME-color.mp4 or .mkv. ``hints`` is a folder of what is known
    of single frames, see `photochrom.video.key_frames`; ``references`` are photographs in color.
    Results that are there are replaced if ``overwrite``. With ``resume``, what an interrupted run has done is kept
    beside the target and taken up. Without ``steady``, every frame is colored by itself.
    ``preview`` writes only so many seconds, the beginning of every shot before and after, to TARGET-preview; ``sheet``
    draws the first frame of every shot before and after, and colors nothing else.
    """

    paths: Sequence[str | Path]
    out: str | Path | None = None
    model: str | Path | Model = DEFAULT
    size: int | None = None
    saturation: float = 1.0
    warmth: float = 0.0
    hints: str | Path | None = None
    references: Sequence[str | Path] = ()
    encoding: VideoEncoding = field(default_factory=VideoEncoding)
    skip_color: bool = False
    steady: bool = True
    overwrite: bool = False
    resume: bool = False
    device: str = "auto"
    preview: float | None = None
    sheet: str | Path | None = None

    def __post_init__(self) -> None:
        if "" in (*self.paths, self.out, self.hints, self.sheet, *self.references):
            raise UsageError("an empty name; the current folder is a dot")
        if self.preview is not None and not 0 < self.preview < float("inf"):
            raise UsageError(f"`preview` must be above 0 seconds, not {self.preview}")
        try:
            self.look  # noqa: B018 - raises if it is none
        except ValueError as error:
            raise UsageError(str(error)) from None

    @property
    def look(self) -> Look:
        """How colors are to look, where they are not known."""
        return Look(self.saturation, self.warmth)


def colorize_films(
    request: VideoRequest, on_event: Callable[[Event, int], None], on_progress: OnProgress = lambda path, progress: None
) -> Summary:
    """Do what ``request`` asks for, one film after the other; a film that fails stops no other.

    ``on_event`` is told each event as it comes, and how many films there are. Raises `UsageError` where the request
    cannot be met as it stands, before anything is written.
    """
    jobs, left_out, problems = plan(request.paths, request.out, request.encoding)
    if request.hints is not None:
        key_frames.refuse_other_than_folders(Path(request.hints))
    model = request.model if isinstance(request.model, Model) else load(request.model, request.device)
    references = Hints((References.read(model, request.references),)) if request.references else None
    events = [Event(path, None, Outcome.FAILED, str(error)) for path, error in problems]
    for event in events:
        on_event(event, len(jobs))
    if request.sheet is not None:
        drawn = _sheet(Path(request.sheet), jobs, request, model, references)
        return replace(drawn, events=(*events, *drawn.events))
    for job in jobs:
        event = _done(job, request, model, references, on_progress)
        events.append(event)
        on_event(event, len(jobs))
    return Summary(tuple(events), left_out)


def colorize_video(
    source: str | Path, target: str | Path, *, on_progress: Callable[[Progress], None] | None = None, **options: Any
) -> Event:
    """Color the film in the file ``source`` into the file ``target``, named .mp4 or .mkv, and say what came of it.

    ``options`` are the fields of `VideoRequest`, such as ``saturation=1.3``. Raises `PhotoError` for what cannot be
    read or written, and for a ``target`` that is another file, unless ``overwrite``; `UsageError` for the rest.
    ``on_progress`` is called at every frame, and several times a second while the first ones are looked at. What it
    raises, if that is no `OSError`, ends the film and comes out here; unless ``resume``, nothing of the film is left.
    """
    tell = on_progress or (lambda progress: None)
    request = VideoRequest([source], target, **options)
    (event,) = colorize_films(request, lambda event, total: None, lambda path, progress: tell(progress)).events
    if event.outcome is Outcome.FAILED:
        raise PhotoError(event.reason)
    if event.outcome is Outcome.OCCUPIED:
        raise ExistsError(f"{target}: exists already; name another file, or set `overwrite`")
    return event


def _done(job: Job, request: VideoRequest, model: Model, references: Hints | None, on_progress: OnProgress) -> Event:
    try:
        return _color(job, request, model, references, on_progress)
    except ExistsError:  # another run was faster
        return Event(job.source, job.target, Outcome.OCCUPIED)
    except (PhotoError, HintError) as error:
        return Event(job.source, job.target, Outcome.FAILED, str(error))
    except (MemoryError, RuntimeError) as error:
        if not is_short_of_memory(error):
            raise
        return Event(job.source, job.target, Outcome.FAILED, f"{job.source}: not enough memory for frames of this size")


def _sheet(path: Path, jobs: list[Job], request: VideoRequest, model: Model, references: Hints | None) -> Summary:
    """Draw the first frame of every shot of all films."""
    refuse_other_files(path, height=_SHEET_HEIGHT)
    failures: list[Event] = []

    def rows() -> Iterator[SheetRow]:
        for job in jobs:
            try:
                film = inspect(job.source)
                painter, _ = _painter(film, request, model, references)
                yield from previews.rows(film, painter, request.look, _SHEET_HEIGHT)
            except PhotoError as error:
                failures.append(Event(job.source, None, Outcome.FAILED, str(error)))

    pages = draw(path, rows(), ("before", "after"), _SHEET_HEIGHT)
    return Summary(tuple(failures), Counter(), tuple(pages))


def _painter(film: Film, request: VideoRequest, model: Model, references: Hints | None) -> tuple[Painter, Provenance]:
    """Who paints ``film``, and how the note of its result says that it was made."""
    shape, size = (film.height, film.width), request.size or model.working_size
    known = key_frames.read(Path(request.hints), film.path, shape) if request.hints else {}
    painter = Painter(model, size, shape, known, references, request.steady)
    note = Provenance(
        model=model.name, size=size, saturation=request.saturation, warmth=request.warmth,
        hints=key_frames.digest(known, references), others=() if request.steady else ("frame by frame",),
    )  # fmt: skip
    return painter, note


def _color(job: Job, request: VideoRequest, model: Model, references: Hints | None, on_progress: OnProgress) -> Event:
    if provenance(job.source):
        return Event(job.source, job.target, Outcome.OURS)
    film = inspect(job.source)
    painter, note = _painter(film, request, model, references)
    manner = Manner(request.look, request.encoding, request.skip_color)
    if request.preview is not None:
        target = job.target.with_name(f"{job.target.stem}-preview{job.target.suffix}")
        previews.preview(
            film, target, painter, manner, request.preview, request.overwrite, lambda now: on_progress(job.source, now)
        )
        return Event(job.source, target, Outcome.DONE, hinted=bool(painter.hints))
    if there := _judge(job, request, note):
        return there
    made = coloring.color(
        film, job.target, painter, manner, note, request.overwrite, request.resume,
        lambda progress: on_progress(job.source, progress),
    )  # fmt: skip
    notes = made.notes
    if late := sorted(number for number in painter.hints if number >= made.frames):
        notes = (
            f"{job.source}: has {made.frames} frames, and the hints for frame {late[0]} are for none",
            *notes,
        )
    if made.left_alone:
        alone = f"{job.source}: {made.left_alone} of {made.frames} frames were in color and are left alone"
        notes = (alone, *notes)
    return Event(job.source, job.target, Outcome.DONE, notes=notes, hinted=bool(painter.hints))


def _judge(job: Job, request: VideoRequest, wanted: Provenance) -> Event | None:
    """What is in the place of the result, if that leaves nothing to do. Raises `PhotoError` for what is no file."""
    if not is_taken(job.target, request.overwrite):
        return None
    found = provenance(job.target)
    if found is None:
        return Event(job.source, job.target, Outcome.OCCUPIED)
    if found.same_settings(wanted):
        return Event(job.source, job.target, Outcome.SKIPPED)
    return Event(job.source, job.target, Outcome.DIFFERENT, found.settings)
