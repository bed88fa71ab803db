"""The result's file: the colored pictures in place of the source's, and everything else of the source copied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeAlias

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from photochrom.errors import PhotoError
from photochrom.photos.provenance import Provenance, parse, signed
from photochrom.video.demuxing import Film, opened, video_of
from photochrom.video.encoding import VideoEncoding

CONTAINERS = {".mp4": "mp4", ".mkv": "matroska"}
AnyPacket: TypeAlias = "Packet[Any]"
LEAD = 1000  # frames by which times in parts are later, so that none is negative
_NOTE = "comment"  # which MP4 and Matroska both have
_NEEDED = ("audio", "subtitle", "video")  # whose loss would not be noticed in time


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
            _, _, notes = _streams(source, out, film, encoding, data)
            try:
                out.start_encoding()
            except FFmpegError as error:
                if data:
                    continue  # what a stream of data holds is often for one kind of file only
                raise PhotoError(f"{film.path}: cannot become {suffix} ({error}); name the result .mkv") from None
            chapters = len(source.chapters()) > 0
            return Kept(data, () if chapters and not data else tuple(f"{film.path}: {note}" for note in notes))
    raise AssertionError("the loop returns or raises")


def mux(
    film: Film, parts: Sequence[Path], file: Any, suffix: str, encoding: VideoEncoding, times: Times, kept: Kept,
    note: Provenance,
) -> None:  # fmt: skip
    """Write the result to ``file``, open for writing: the video of ``parts``, and all else from the source."""
    options = {"movflags": "use_metadata_tags", "video_track_timescale": str(film.time_base.denominator)}
    form = CONTAINERS[suffix]
    with opened(film.path) as source, av.open(file, "w", format=form, options=options if form == "mp4" else {}) as out:
        video, copied, _ = _streams(source, out, film, encoding, kept.data)
        out.metadata.update({key: value for key, value in source.metadata.items() if key.lower() not in _OURS})
        before = source.metadata.get(_NOTE) or source.metadata.get(_NOTE.upper()) or ""
        out.metadata[_NOTE] = signed(before, note)
        out.set_chapters(source.chapters())
        streams = [_video(film, parts, video, times), _others(source, copied)]
        for _, packet in merge(*streams, key=itemgetter(0)):
            out.mux(packet)


_OURS = {_NOTE, "encoder", "major_brand", "minor_version", "compatible_brands", "creation_time_"}


def packets(part: Path) -> Iterator[AnyPacket]:
    """The packets of a part, in the order of decoding."""
    with opened(part) as container:
        for packet in container.demux(video=0):
            if packet.size:
                yield packet


def _streams(
    source: InputContainer, out: OutputContainer, film: Film, encoding: VideoEncoding, data: bool
) -> tuple[VideoStream, dict[int, Stream], list[str]]:
    """The streams of the result in the order of the source's; those that are copied, by their number there; notes."""
    colored, copied, notes = video_of(source, film.path), dict[int, Stream](), list[str]()
    made: VideoStream | None = None
    for stream in source.streams:
        name = f"its {stream.type} stream {stream.index}"
        if stream.type == "data" and not data:
            notes.append(f"{name} is left out, as {out.format.name} cannot hold it")
            continue
        try:
            if stream.index == colored.index:
                made = encoding.add_to(out, film)
                kept: Stream = made
            else:
                kept = out.add_stream_from_template(stream)
                copied[stream.index] = kept
        except (ValueError, FFmpegError) as error:
            if stream.index == colored.index or stream.type in _NEEDED:
                what = encoding.codec if stream.index == colored.index else name
                raise PhotoError(
                    f"{film.path}: {out.format.name} cannot hold {what} ({error}); name the result .mkv"
                ) from None
            notes.append(f"{name} is left out, as {out.format.name} cannot hold it")
            continue
        kept.metadata.update({key: value for key, value in stream.metadata.items() if key.lower() not in _MADE})
        kept.disposition = stream.disposition
    assert made is not None
    return made, copied, notes


_MADE = {"encoder", "duration", "number_of_frames", "number_of_bytes", "bps"}  # which the muxer says itself


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


def _others(source: InputContainer, copied: dict[int, Stream]) -> Iterator[tuple[float, AnyPacket]]:
    if not copied:
        return
    last = float("-inf")
    wanted = [stream for stream in source.streams if stream.index in copied]
    try:
        for packet in source.demux(wanted):
            if packet.size == 0 and packet.pts is None:
                continue  # the end
            time = packet.dts if packet.dts is not None else packet.pts
            if time is not None and packet.time_base:
                last = max(last, float(time * packet.time_base))
            packet.stream = copied[packet.stream_index]
            yield last, packet
    except FFmpegError:  # the file ends here
        return


def frame_number(packet: AnyPacket, film: Film) -> int:
    """Which frame of ``film`` a packet of a part holds."""
    if packet.pts is None or packet.time_base is None:
        raise PhotoError(f"{film.path}: a part of its result holds a frame without a time")
    return round(packet.pts * packet.time_base * film.rate) - LEAD
