"""A film, colored: decoded twice, once to find its colors and once to encode them, shot by shot, and put together."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from PIL import Image

from photochrom.atomic import CheckedFile, replacing
from photochrom.batch.tint import Tint, tint
from photochrom.errors import ExistsError, PhotoError
from photochrom.look import Look
from photochrom.photos.provenance import Provenance
from photochrom.upsampling import Enlargement, resize
from photochrom.video.ahead import ahead
from photochrom.video.demuxing import Damage, Film, Frame, frames
from photochrom.video.encoding import VideoEncoding
from photochrom.video.matroska import write_aspect
from photochrom.video.memory import give_back
from photochrom.video.muxing import LEAD, Times, fits, mux
from photochrom.video.painting import PART, Colors, Painter, steady
from photochrom.video.parts import Parts, beside, described
from photochrom.video.planes import as_it_was, colored, luma_at
from photochrom.video.shots import is_empty

_KEPT = 24  # frames, after which memory that was freed goes back to the system
_LONGEST = 250  # frames of a part: a shot that is longer has several
_WAITING = PART  # frames whose colors are found ahead: as many as are finished at a time
_UNSURE = 2  # frames by which counts of files are wrong that are whole


@dataclass(frozen=True)
class Progress:
    """How far it is: ``done`` frames of ``total``, which is 0 where nothing says it, at ``rate`` frames a second.

    ``seen`` frames have been looked at to find their colors. That runs ahead: the future of a frame counts, too.
    """

    done: int
    total: int
    rate: float
    seen: int = 0


@dataclass(frozen=True)
class Result:
    """What came of a film: how many ``frames`` and ``shots``, and how many frames were in color and left alone.

    ``notes`` are what could not be kept or was damaged, a line each.
    """

    frames: int
    shots: int
    left_alone: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Manner:
    """How a film is colored, beside by whom: ``look``, ``encoding``, and whether shots in color are left alone."""

    look: Look
    encoding: VideoEncoding
    skip_color: bool = False


def color(
    film: Film, target: Path, painter: Painter, manner: Manner, note: Provenance, overwrite: bool, resume: bool,
    on_progress: Callable[[Progress], None],
) -> Result:  # fmt: skip
    """Color ``film`` into the file ``target``, which appears whole or not at all.

    Raises `PhotoError` for a film that cannot be read to its end or a result that cannot be written, and whatever
    ``on_progress`` raises, which ends it.
    """
    kept = fits(film, target.suffix.lower(), manner.encoding)
    how = {"note": note.note(), "encoding": repr(manner.encoding), "skip_color": manner.skip_color}
    settings = described(film.path, **how)
    with telling(target), beside(target, settings, resume) as parts:
        damage = Damage()
        made = _make(film, parts, painter, manner, damage, on_progress)
        if not made.shown:
            raise PhotoError(f"{film.path}: no frame of it can be decoded; the file is damaged")
        if described(film.path, **how) != settings:
            raise PhotoError(f"{film.path}: was changed while it was colored; color it again")
        files = [part.path for part in parts.done()]
        times = Times.of(files, film, made.shown, made.last)
        with replacing(target, overwrite) as temporary:
            form = target.suffix.lower()
            with CheckedFile(temporary) as file:
                damage.lost = mux(film, files, file, form, manner.encoding, times, kept, damage.shifts, note)
            if form == ".mkv" and manner.encoding.is_exact and film.aspect and film.aspect > 0:
                write_aspect(temporary, film.aspect)  # FFV1 itself does not say it
    count = len(made.shown)
    return Result(count, made.shots, made.left_alone, (*kept.notes, *_damage(film, made, damage)))


@dataclass
class _Made:
    """What has come of a film so far; ``shown`` are the times of its frames, ``last`` the duration of the last one."""

    shots: int = 0
    left_alone: int = 0
    shown: list[int] = field(default_factory=list)
    last: int = 1


class _Meter:
    """How far a film is, from frame ``start`` on, and who is told."""

    def __init__(self, total: int, start: int, on_progress: Callable[[Progress], None]) -> None:
        self.seen = self.done = start
        self._total, self._start, self._began, self._on_progress = total, start, time.monotonic(), on_progress

    def tell(self) -> None:
        rate = (self.done - self._start) / (time.monotonic() - self._began + 1e-6)
        self._on_progress(Progress(self.done, self._total, rate, self.seen))


def _make(
    film: Film, parts: Parts, painter: Painter, manner: Manner, damage: Damage, on_progress: Callable[[Progress], None]
) -> _Made:
    """Make all parts that are not there yet."""
    done = parts.done()
    shot, start = (done[-1].shot, done[-1].stop()) if done else (0, 0)
    made = _Made(len({part.shot for part in done}))
    meter = _Meter(film.frames, start, on_progress)

    def found(is_stopped: Callable[[], bool]) -> Iterator[Colors]:
        return _colors(film, painter, shot, start, meter, is_stopped)

    with ahead(found, _WAITING, meter.tell) as colors, closing(frames(film, damage)) as all_:
        pairs = zip(_from(start, all_, made), colors, strict=True)
        pair = next(pairs, None)
        while pair is not None:
            if pair[1].begins:
                shot = pair[1].index
                made.shots += 1
            finish = _Finish(film, manner)
            with parts.new(shot, pair[1].index) as path, _encoder(path, film, manner.encoding) as encode:
                for _ in range(_LONGEST):
                    encode(pair[0], finish(*pair))
                    made.left_alone += finish.in_color is True
                    meter.done = len(made.shown)
                    meter.tell()
                    if meter.done % _KEPT == 0:
                        give_back()
                    pair = next(pairs, None)
                    if pair is None or pair[1].begins:
                        break
            give_back()
    return made


class _Finish:
    """Makes the frames of a part; whether they are in color is seen in the first that shows anything."""

    def __init__(self, film: Film, manner: Manner) -> None:
        self._film, self._manner, self._layout = film, manner, manner.encoding.layout(film)
        self.in_color: bool | None = None if manner.skip_color else False

    def __call__(self, frame: Frame, colors: Colors) -> av.VideoFrame:
        picture, tags, layout = frame.picture, self._film.tags, self._layout
        if self.in_color is None and not is_empty(colors.luma):
            self.in_color = tint(picture.to_ndarray(format="rgb24").transpose(2, 0, 1)) is Tint.COLOR
        if self.in_color:
            return as_it_was(picture, layout, tags)
        luma = luma_at(picture, layout.depth, tags, layout.chroma_shape(picture.height, picture.width))
        return colored(picture, layout, tags, luma, enlarged(colors, luma, self._manner.look))


def enlarged(colors: Colors, luma: np.ndarray, look: Look) -> np.ndarray:
    """Chroma float32 (2, H, W) of a frame, ``luma`` (H, W), from what was painted at the working size."""
    height, width = luma.shape
    chroma = Enlargement(colors.chroma, colors.luma, height, width).band(0, luma)
    hinted = resize(colors.hinted, height, width, Image.Resampling.BILINEAR) if look != Look() else None
    look.give(chroma, luma, hinted)
    return chroma


def _colors(
    film: Film, painter: Painter, shot: int, start: int, meter: _Meter, is_stopped: Callable[[], bool]
) -> Iterator[Colors]:
    """The colors of the frames from ``start`` on, found again from the beginning of their ``shot``."""

    def seen(pictures: Iterator[Frame]) -> Generator[np.ndarray]:
        for frame in pictures:
            if is_stopped():
                return
            if frame.index >= shot:
                meter.seen = max(meter.seen, frame.index + 1)
                yield luma_at(frame.picture, film.layout.depth, film.tags, painter.working_shape)

    with closing(frames(film)) as pictures, closing(seen(pictures)) as lumas:
        for colors in steady(lumas, painter, shot):
            if colors.index >= start:
                yield colors


def _from(start: int, pictures: Iterator[Frame], made: _Made) -> Iterator[Frame]:
    """The frames from ``start`` on. Those before it are decoded only, to be exactly there where it goes on."""
    for frame in pictures:
        made.shown.append(frame.time)
        made.last = frame.duration
        if frame.index >= start:
            yield frame


@contextmanager
def _encoder(path: Path, film: Film, encoding: VideoEncoding) -> Iterator[Callable[[Frame, av.VideoFrame], None]]:
    """What writes frames, one after the other, to a part at ``path``."""
    with CheckedFile(path) as file, av.open(file, "w", format="nut") as out:
        stream = encoding.add_to(out, film)

        def encode(frame: Frame, picture: av.VideoFrame) -> None:
            picture.pts, picture.time_base, picture.duration = LEAD + frame.index, 1 / film.rate, 1
            out.mux(stream.encode(picture))

        yield encode
        out.mux(stream.encode(None))


def _damage(film: Film, made: _Made, damage: Damage) -> Iterator[str]:
    count = len(made.shown)
    by_time = float((made.shown[-1] + made.last - made.shown[0]) * film.time_base * film.rate)  # of a variable rate
    if damage.broken or damage.repaired:
        yield (
            f"{film.path}: is damaged: {damage.broken} packets cannot be decoded, and the frames before them are shown "
            f"longer; {damage.repaired} frames were repaired by the decoder"
        )
    if damage.lost:
        yield f"{film.path}: {damage.lost} packets of its sound or other streams are damaged, and left out"
    if film.counted and max(count, by_time) < film.frames - _UNSURE:
        yield f"{film.path}: ends after {count} frames, and says it has {film.frames}; the result ends there, too"


@contextmanager
def telling(target: Path) -> Iterator[None]:
    """Raise `PhotoError` for what goes wrong where ``target`` is written."""
    try:
        yield
    except FileExistsError:
        raise ExistsError(f"{target}: exists already; name another file, or set `overwrite`") from None
    except (OSError, FFmpegError) as error:
        cause = error.__context__ if isinstance(error.__context__, OSError) else error  # what PyAV was told by the file
        told = f"cannot be written ({cause.strerror or cause}); check the folder and the disk"
        raise PhotoError(f"{target}: {told}") from None
