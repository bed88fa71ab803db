"""The result's file: the colored pictures in place of the source's, and everything else of the source copied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from av.video.stream import VideoStream

from photochrom.errors import PhotoError
from photochrom.photos.provenance import Provenance, parse, signed
from photochrom.video.copying import AnyPacket, is_cover, laid_out, packets_of, trial
from photochrom.video.demuxing import Film
from photochrom.video.encoding import VideoEncoding
from photochrom.video.opening import opened

CONTAINERS = {".mp4": "mp4", ".mkv": "matroska"}
LEAD = 1000  # frames by which times in parts are later, so that none is negative
_NOTE = "comment"  # which MP4 and Matroska both have
_OURS = {_NOTE, "encoder", "major_brand", "minor_version", "compatible_brands"}
# What every MP4 has a place for; other keys need another kind of list, which has no place for a cover.
_USUAL = {
    "title", "artist", "album_artist", "composer", "album", "date", "genre", "copyright", "grouping", "lyrics",
    "description", "synopsis", "show", "episode_id", "network", "keywords", "track", "disc", "comment", "creation_time",
    "encoder", "location",
}  # fmt: skip


@dataclass(frozen=True)
class Times:
    """When the frames of a film are ``shown``, in units of its time base, and for how long the ``last`` of them is.

    ``delay`` is by how many frames decoding runs ahead, so that times of decoding can be given that rise.
    """

    shown: Sequence[int]
    last: int
    delay: int

    @classmethod
    def of(cls, parts: Sequence[Path], film: Film, shown: Sequence[int], last: int) -> "Times":
        """``parts`` hold their frames in the order of decoding, each with its number."""
        order = (frame_number(packet, film) for part in parts for packet in packets(part))
        return cls(shown, last, max((place - number for place, number in enumerate(order)), default=0))

    def decoded(self, place: int) -> int:
        """When the packet is decoded that is at this ``place`` in the order of decoding."""
        if place >= self.delay:
            return self.shown[place - self.delay]
        lead = self.shown[min(self.delay, len(self.shown) - 1)] - self.shown[0]
        return min(self.shown[place] - max(lead, self.delay), self.shown[0] - self.delay + place)

    def duration(self, number: int) -> int:
        """How long the frame of that ``number`` is shown."""
        return self.shown[number + 1] - self.shown[number] if number + 1 < len(self.shown) else self.last


def provenance(path: Path) -> Provenance | None:
    """How the film at ``path`` was made; None unless it is a result of ours, or cannot be read."""
    try:
        with opened(path) as container:
            return parse(container.metadata.get(_NOTE) or container.metadata.get(_NOTE.upper()) or "")
    except PhotoError:
        return None


@dataclass(frozen=True)
class Kept:
    """Whether streams of ``data`` go into a result, and ``notes`` on what does not, a line each."""

    data: bool
    notes: tuple[str, ...]


def fits(film: Film, suffix: str, encoding: VideoEncoding) -> Kept:
    """What of ``film`` a result named with ``suffix`` can hold. Raises `PhotoError` where that is not all sound."""
    for data in (True, False):
        with opened(film.path) as source, av.open(BytesIO(), "w", format=CONTAINERS[suffix]) as out:
            streams = laid_out(source, out, film, encoding, data)
            try:
                trial(source, streams, out)
            except FFmpegError as error:
                if data:
                    continue  # what a stream of data holds is often for one kind of file only
                hint = "; name the result .mkv" if suffix == ".mp4" else ""
                reason = error.strerror or str(error)
                raise PhotoError(f"{film.path}: cannot become {suffix} ({reason}){hint}") from None
            notes = () if source.chapters() and not data else streams.notes  # MP4 has chapters as data
            if suffix == ".mp4" and _has_cover(source) and (unusual := _unusual(source)):
                lost = ", ".join(unusual)
                notes = (*notes, f"what it says of {lost} is left out, as MP4 holds that or a cover; .mkv holds both")
            return Kept(data, tuple(f"{film.path}: {note}" for note in notes))
    raise AssertionError("the loop returns or raises")


def mux(
    film: Film, parts: Sequence[Path], file: Any, suffix: str, encoding: VideoEncoding, times: Times, kept: Kept,
    shifts: Sequence[Fraction], note: Provenance,
) -> int:  # fmt: skip
    """Write the result to ``file``, open for writing: the video of ``parts``, and all else from the source.

    ``shifts`` are those of the times of the source's picture, see `Timeline`. Returns how many packets of the source
    are left out, as they are damaged.
    """
    form = CONTAINERS[suffix]
    with opened(film.path) as source, av.open(file, "w", format=form, options=_options(form, film, source)) as out:
        streams = laid_out(source, out, film, encoding, kept.data)
        out.metadata.update({key: value for key, value in source.metadata.items() if key.lower() not in _OURS})
        before = source.metadata.get(_NOTE) or source.metadata.get(_NOTE.upper()) or ""
        out.metadata[_NOTE] = signed(before, note)
        out.set_chapters(source.chapters())
        both = [_video(film, parts, streams.video, times), packets_of(source, streams.copied, shifts)]
        lost = 0
        for _, packet in merge(*both, key=itemgetter(0)):
            try:
                out.mux(packet)
            except InvalidDataError:  # what is damaged in the source
                lost += 1
    return lost


def _options(form: str, film: Film, source: InputContainer) -> dict[str, str]:
    if form != "mp4":
        return {}
    options = {"video_track_timescale": str(film.time_base.denominator)}
    return options | ({"movflags": "use_metadata_tags"} if _unusual(source) and not _has_cover(source) else {})


def _unusual(source: InputContainer) -> list[str]:
    return [key for key in source.metadata if key.lower() not in _USUAL | _OURS]


def _has_cover(source: InputContainer) -> bool:
    return any(is_cover(stream) for stream in source.streams)


def packets(part: Path) -> Iterator[AnyPacket]:
    """The packets of a part, in the order of decoding."""
    with opened(part) as container:
        for packet in container.demux(video=0):
            if packet.size:
                yield packet


def _video(film: Film, parts: Sequence[Path], stream: VideoStream, times: Times) -> Iterator[tuple[float, AnyPacket]]:
    place = 0
    for part in parts:
        for packet in packets(part):
            number = frame_number(packet, film)
            packet.pts, packet.dts = times.shown[number], times.decoded(place)
            packet.duration = times.duration(number)
            packet.time_base, packet.stream = film.time_base, stream
            yield float(packet.dts * film.time_base), packet
            place += 1


def frame_number(packet: AnyPacket, film: Film) -> int:
    """Which frame of ``film`` a packet of a part holds."""
    if packet.pts is None or packet.time_base is None:
        raise PhotoError(f"{film.path}: a part of its result holds a frame without a time")
    return round(packet.pts * packet.time_base * film.rate) - LEAD
