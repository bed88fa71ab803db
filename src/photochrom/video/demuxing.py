"""A film's file: what is in it, and its decoded frames, with damage concealed and counted."""

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from photochrom.errors import PhotoError
from photochrom.video.ffv1 import is_whole
from photochrom.video.opening import opened, video_of
from photochrom.video.planes import Layout, Tags, with_luma
from photochrom.video.timeline import Timeline, has_jumps, origin

MAX_PIXELS = 8192 * 4320  # of a frame
_MATRIX = "DISPLAYMATRIX"
_LENGTH = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")  # as Matroska notes the end of a stream
_FIRST = 8  # frames that are looked at to see which of their times rise


@dataclass(frozen=True)
class Film:
    """A film that can be colored, as its first frame says.

    ``rate`` is its mean in frames a second, ``frames`` how many it should hold, or 0 where nothing says it; unless
    ``counted``, that is a guess by the length of the file, whose sound may be longer. ``aspect`` is that of a pixel;
    ``turned`` the display matrix of FFmpeg, nine integers, for what is to be shown rotated. ``by_decoding`` says that
    only the times of decoding rise, as in AVI, which has no others.
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
    counted: bool
    by_decoding: bool


@dataclass(frozen=True)
class Frame:
    """One decoded picture with its number, counted from 0, and its time and duration in units of the time base."""

    index: int
    time: int
    duration: int
    picture: av.VideoFrame


@dataclass
class Damage:
    """What was wrong with a film and has been concealed: ``broken`` packets, and ``repaired`` frames.

    ``lost`` are packets of its other streams.

    ``shifts`` are the seconds by which times were moved from each place on where they jumped.
    """

    broken: int = 0
    repaired: int = 0
    lost: int = 0
    shifts: list[Fraction] = field(default_factory=list)


def inspect(path: Path) -> Film:
    """See what is in the file at ``path``. Raises `PhotoError` for what cannot be colored, and says why."""
    with opened(path) as container:
        stream = video_of(container, path)
        firsts = list(islice(_decoded(container, stream, Damage()), _FIRST))
        if not firsts:
            raise PhotoError(f"{path}: no frame of it can be decoded; the file is damaged")
        first = firsts[0]
        try:
            _refuse_interlaced(first, 0)
            if first.width * first.height > MAX_PIXELS:
                raise PhotoError(f"has frames of {first.width}x{first.height} pixels, which is too large")
            layout, tags = Layout.of(first), Tags.of(first)
        except PhotoError as error:
            raise PhotoError(f"{path}: {error}") from None
        rate = (stream.average_rate or stream.guessed_rate or Fraction(25)).limit_denominator(65535)
        count, counted = _count(container, stream, rate)
        further: Any = first.side_data  # PyAV's types know one kind of it only
        turned = tuple(memoryview(bytes(further[_MATRIX])).cast("i")) if _MATRIX in further else None
        return Film(
            path, first.width, first.height, layout, tags, rate, stream.time_base or 1 / rate,
            stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio, turned, count, counted,
            _fall([frame.pts for frame in firsts]) and not _fall([frame.dts for frame in firsts]),
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
        timeline = Timeline(film.time_base, has_jumps(container), -origin(container), shifts=damage.shifts)
        for index, picture in enumerate(_decoded(container, stream, damage)):
            try:
                _refuse_changes(film, picture, index)
            except PhotoError as error:
                raise PhotoError(f"{film.path}: {error}") from None
            duration = picture.duration or step
            time = timeline(picture.dts if film.by_decoding else picture.pts, duration)
            picture = with_luma(picture, film.layout)
            picture.pts, picture.time_base = time, film.time_base
            yield Frame(index, time, duration, picture)


def _decoded(container: InputContainer, stream: VideoStream, damage: Damage) -> Iterator[av.VideoFrame]:
    packets, sums = container.demux(stream), False
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (FFmpegError, OSError):  # the rest of the file is not to be had
            damage.broken += 1
            packet = None
        if packet is not None and packet.size and stream.name == "ffv1":
            whole = is_whole(bytes(packet))
            sums = sums or whole  # else it was written without checksums
            damage.repaired += sums and not whole
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


def _count(container: InputContainer, stream: VideoStream, rate: Fraction) -> tuple[int, bool]:
    """How many frames there should be, 0 if nothing says it; and whether the stream itself says it."""
    base = stream.time_base or Fraction(0)
    own = float((stream.duration or 0) * base)
    if said := _LENGTH.fullmatch(stream.metadata.get("DURATION", "")):
        hours, minutes, seconds = map(float, said.groups())
        own = 3600 * hours + 60 * minutes + seconds - float((stream.start_time or 0) * base)
    if own > 0:
        count = round(own * rate)
        if stream.frames and (count > stream.frames or not _may_hide(container)):
            count = stream.frames
        return count, True
    if stream.frames:
        return stream.frames, True
    return round((container.duration or 0) / av.time_base * rate), len(container.streams) == 1


def _may_hide(container: InputContainer) -> bool:
    """Whether a file may hold frames that are not shown, as edit lists of MP4 and MOV say."""
    return "mp4" in container.format.name


def _fall(times: Sequence[int | None]) -> bool:
    """Whether times are missing or go back anywhere."""
    known = [time for time in times if time is not None]
    return not known or any(later < earlier for earlier, later in pairwise(known))
