"""A film's file: what is in it, and its decoded frames, with damage concealed and counted."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from photochrom.errors import PhotoError
from photochrom.video.planes import Layout, Tags, with_luma

SUFFIXES = (
    ".mp4", ".m4v", ".mkv", ".mov", ".avi", ".webm", ".mpg", ".mpeg", ".m2v", ".ts", ".m2ts", ".vob", ".wmv", ".flv",
    ".3gp", ".ogv", ".mxf", ".nut", ".dv",
)  # fmt: skip
MAX_PIXELS = 8192 * 4320  # of a frame
_MATRIX = "DISPLAYMATRIX"


@dataclass(frozen=True)
class Film:
    """A film that can be colored, as its first frame says.

    ``rate`` is its mean in frames a second, ``frames`` how many it should hold, or 0 where nothing says it. ``aspect``
    is that of a pixel; ``turned`` the display matrix of FFmpeg, nine integers, for what is to be shown rotated.
    """

    path: Path
    width: int
    height: int
    layout: Layout
    tags: Tags
    rate: Fraction
    time_base: Fraction
    aspect: Fraction | None
    turned: tuple[int, ...] | None
    frames: int


@dataclass(frozen=True)
class Frame:
    """One decoded picture with its number, counted from 0, and its time and duration in units of the time base."""

    index: int
    time: int
    duration: int
    picture: av.VideoFrame


@dataclass
class Damage:
    """What was wrong with a film and has been concealed: ``broken`` packets, and ``repaired`` frames."""

    broken: int = 0
    repaired: int = 0


def inspect(path: Path) -> Film:
    """See what is in the file at ``path``. Raises `PhotoError` for what cannot be colored, and says why."""
    with opened(path) as container:
        stream = video_of(container, path)
        first = next(_decoded(container, stream, Damage()), None)
        if first is None:
            raise PhotoError(f"{path}: no frame of it can be decoded; the file is damaged")
        try:
            _refuse_interlaced(first, 0)
            if first.width * first.height > MAX_PIXELS:
                raise PhotoError(f"has frames of {first.width}x{first.height} pixels, which is too large")
            layout, tags = Layout.of(first), Tags.of(first)
        except PhotoError as error:
            raise PhotoError(f"{path}: {error}") from None
        rate = (stream.average_rate or stream.guessed_rate or Fraction(25)).limit_denominator(65535)
        said = stream.frames
        if not said and (seconds := _seconds(container, stream)):
            said = round(seconds * rate)
        further: Any = first.side_data  # PyAV's types know one kind of it only
        turned = tuple(memoryview(bytes(further[_MATRIX])).cast("i")) if _MATRIX in further else None
        return Film(
            path, first.width, first.height, layout, tags, rate, stream.time_base or 1 / rate,
            stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio, turned, said,
        )  # fmt: skip


def frames(film: Film, damage: Damage | None = None) -> Generator[Frame]:
    """All frames of ``film``, one after the other, their times rising.

    What cannot be decoded is left out, so that the frame before it is shown longer, and counted in ``damage``.
    Raises `PhotoError` where a frame is interlaced, or of another size than the first.
    """
    damage = damage or Damage()
    with opened(film.path) as container:
        stream = video_of(container, film.path)
        step = max(1, round(1 / (film.rate * film.time_base)))
        expected, last = None, None
        for index, picture in enumerate(_decoded(container, stream, damage)):
            try:
                _refuse_changes(film, picture, index)
            except PhotoError as error:
                raise PhotoError(f"{film.path}: {error}") from None
            time = picture.pts if picture.pts is not None else expected or 0
            if last is not None and time <= last:
                time = last + 1 if expected is None or expected <= last else expected
            duration = picture.duration or step
            last, expected = time, time + duration
            picture = with_luma(picture, film.layout)
            picture.pts, picture.time_base = time, film.time_base
            yield Frame(index, time, duration, picture)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The container at ``path``, to read from. Raises `PhotoError`."""
    try:
        container = av.open(str(path), "r", metadata_errors="replace")
    except FFmpegError as error:
        reason = error.strerror or str(error)
        if isinstance(error, FileNotFoundError):
            raise PhotoError(f"{path}: no such file; check the name") from None
        raise PhotoError(f"{path}: cannot be read as a film ({reason}); it may be cut off, or no film") from None
    with container:
        yield container


def video_of(container: InputContainer, path: Path) -> VideoStream:
    """The stream that is colored: the first that is no cover picture. Raises `PhotoError`."""
    for stream in container.streams.video:
        if not stream.disposition & stream.disposition.attached_pic:
            if stream.codec_context is None:
                raise PhotoError(f"{path}: its video has a codec that cannot be decoded; convert it first")
            stream.thread_type = "AUTO"
            return stream
    raise PhotoError(f"{path}: holds no video")


def _decoded(container: InputContainer, stream: VideoStream, damage: Damage) -> Iterator[av.VideoFrame]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except FFmpegError:  # the rest of the file is not to be had
            damage.broken += 1
            packet = None
        try:
            pictures = stream.decode(packet)
        except FFmpegError:
            damage.broken += 1
            pictures = []
        for picture in pictures:
            damage.repaired += picture.is_corrupt
            yield picture
        if packet is None:
            return


def _refuse_changes(film: Film, picture: av.VideoFrame, index: int) -> None:
    _refuse_interlaced(picture, index)
    if (picture.width, picture.height) != (film.width, film.height):
        raise PhotoError(
            f"changes its size in frame {index}, from {film.width}x{film.height} to {picture.width}x{picture.height}; "
            "cut it there into two films"
        )
    if Layout.of(picture) != film.layout:
        raise PhotoError(f"changes how it stores its pixels in frame {index}; cut it there into two films")


def _refuse_interlaced(picture: av.VideoFrame, index: int) -> None:
    if picture.interlaced_frame:
        raise PhotoError(
            f"is interlaced (frame {index}): each frame shows two moments, and colors would comb; deinterlace it "
            "first, for example with FFmpeg's filter bwdif"
        )


def _seconds(container: InputContainer, stream: VideoStream) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else 0.0
