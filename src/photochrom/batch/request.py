"""What is asked for, and what came of it: the values that go in and out of `photochrom.batch.running`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from photochrom.answers import MOST
from photochrom.errors import UsageError
from photochrom.hints import Hints
from photochrom.model import DEFAULT
from photochrom.photos import formats
from photochrom.photos.reading import MAX_PIXELS, ReadOptions
from photochrom.photos.writing import Encoding


@dataclass(frozen=True)
class Request:
    """Photographs to color, and how. Raises `UsageError` for values that cannot be.

    ``paths`` are files and folders. ``out`` is where results go: a file for one photograph, else a folder, which ends
    with a slash where it is not there yet and has a dot in its name; by default, each stands beside its source as
    NAME-color.EXT. ``format`` is that of results whose file ``out`` does not name, such as ``psd``; by default, that of
    the source, or the nearest one that holds color. ``models`` are names or ``.onnx`` files; several make a result
    each. ``size``, ``saturation`` and ``warmth`` are those of `photochrom.Colorizer`, and ``encoding`` those of its
    ``colorize_file``.

    Results that are there are replaced if ``overwrite``; photographs in color left alone if ``skip_color``.
    ``compare`` also writes each photograph before and after, to a folder of their own; ``sheet`` is the PNG or JPEG of
    all of them, on as many pages as it takes. ``white`` and ``max_pixels`` are those of `ReadOptions`.

    ``hints`` are what is known of the colors of one photograph: `Hints`, or a file that `Hints.load` reads; or a folder
    that holds NAME.hints.json and NAME.hints.png for photographs named NAME, in the same folders as they are.
    ``references`` are photographs in color, whose colors all others take where they look alike; they are left alone.

    ``answers`` is in how many ways each photograph is colored, at most 4; there are fewer where the model is sure. Of
    several, each is a result, and its number ends the name.

    ``jobs`` photographs are worked on at once, by default one a core and at most 4, on ``device``. With ``dry_run``
    everything is judged, and nothing written.
    """

    paths: Sequence[str | Path] = ()
    out: str | Path | None = None
    models: Sequence[str] = (DEFAULT,)
    size: int | None = None
    saturation: float = 1.0
    warmth: float = 0.0
    overwrite: bool = False
    skip_color: bool = False
    compare: bool = False
    sheet: str | Path | None = None
    hints: Hints | str | Path | None = None
    references: Sequence[str | Path] = ()
    answers: int = 1
    format: str | None = None
    encoding: Encoding = field(default_factory=Encoding)
    white: float | None = None
    max_pixels: int = MAX_PIXELS
    jobs: int | None = None
    device: str = "auto"
    dry_run: bool = False

    def __post_init__(self) -> None:
        if self.jobs is not None and self.jobs < 1:
            raise UsageError(f"`jobs` must be at least 1, not {self.jobs}")
        if not 1 <= self.answers <= MOST:
            raise UsageError(f"`answers` must be between 1 and {MOST}, not {self.answers}")
        if self.white is not None and not 0 < self.white < float("inf"):
            raise UsageError(f"`white` must be above 0, not {self.white}")
        if "" in (
            *self.paths,
            self.out,
            self.sheet,
            self.hints,
            *self.references,
        ):  # as a path, it would be the current folder
            raise UsageError("an empty name; the current folder is a dot")
        self.models_by_name()
        if self.suffix:
            kind = formats.of_name(Path("result" + self.suffix))
            if kind is None or kind.result:
                names = ", ".join(sorted(suffix[1:] for suffix in formats.WRITABLE))
                raise UsageError(f"{self.format}: `format` must be one of {names}")
            if kind.obstacle:
                raise UsageError(kind.obstacle)

    def models_by_name(self) -> dict[str, str]:
        """Each model by the name that results and sheets give it."""
        if not self.models:
            raise UsageError("no model is named; name one, or leave out `model` for the default")
        named: dict[str, str] = {}
        for model in self.models:
            name = Path(model).stem if model.endswith(".onnx") else model
            if name in named:
                raise UsageError(f"{model}: there are two models of this name; rename one")
            named[name] = model
        return named

    @property
    def suffix(self) -> str:
        """The suffix of results by their ``format``; empty without."""
        return "" if self.format is None else f".{self.format.lower().removeprefix('.')}"

    @property
    def reading(self) -> ReadOptions:
        """How sources are read."""
        return ReadOptions(self.max_pixels, self.white)


class Outcome(Enum):
    """What became of a photograph."""

    DONE = "colorized"
    PLANNED = "to color"
    SKIPPED = "skipped: already a result"
    DIFFERENT = "skipped: already a result, made with other settings"
    OCCUPIED = "skipped: another file is there"
    OURS = "left alone: a result or a sheet itself"
    COLOR = "left alone: in color"
    REFERENCE = "left alone: a reference, or one is in the place of the result"
    SURE = "not written: the model is sure of the colors, and has no further answer"
    FAILED = "failed"


@dataclass(frozen=True)
class Event:
    """What became of ``source``, and of its result ``target`` if it has one.

    ``reason`` is why, in one line, where that is not plain; ``notes`` are what could not be kept of the photograph, a
    line each. ``luma_copied`` is whether the luma was copied bit for bit, where that was asked for. ``hinted`` is
    whether anything was known of its own colors, beside what references know.
    """

    source: Path
    target: Path | None
    outcome: Outcome
    reason: str = ""
    notes: tuple[str, ...] = ()
    luma_copied: bool | None = None
    hinted: bool = False


@dataclass(frozen=True)
class Summary:
    """What came of a `Request`: every event, what folders held beside photographs (by kind), and pages of sheets.

    ``spare_hints`` are files of hints for which there is no photograph.
    """

    events: tuple[Event, ...]
    left_out: Counter[str]
    sheets: tuple[Path, ...] = ()
    spare_hints: tuple[Path, ...] = ()

    def of(self, outcome: Outcome) -> list[Event]:
        """The events with this outcome."""
        return [event for event in self.events if event.outcome is outcome]

    @property
    def results(self) -> list[Path]:
        """The results that were written."""
        return [event.target for event in self.of(Outcome.DONE) if event.target]

    @property
    def failures(self) -> list[str]:
        """What failed and why, a line each."""
        return [event.reason for event in self.of(Outcome.FAILED)]
