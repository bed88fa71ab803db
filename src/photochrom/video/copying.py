"""Everything of a film but its picture, copied into the result: sound, subtitles, covers, attachments, data."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any, TypeAlias

from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError, InvalidDataError
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from photochrom.errors import PhotoError
from photochrom.video.demuxing import Film
from photochrom.video.encoding import VideoEncoding
from photochrom.video.opening import opened, video_of
from photochrom.video.timeline import Timeline, has_jumps, origin

AnyPacket: TypeAlias = "Packet[Any]"
_TRIED = 100  # packets, to see whether a container takes them
_NEEDED = ("audio", "subtitle", "video")  # whose loss would not be noticed in time
_STEADY = ("audio", "video")  # whose packets follow each other without gaps
_MADE = {"encoder", "duration", "number_of_frames", "number_of_bytes", "bps"}  # which the muxer says itself
_COVERS = {"mjpeg": "jpeg"}  # kinds of pictures whose codec has another name


@dataclass(frozen=True)
class Streams:
    """Those of a result: ``video`` is the colored one, ``copied`` the others, by their number in the source.

    ``notes`` say what is left out.
    """

    video: VideoStream
    copied: dict[int, Stream]
    notes: tuple[str, ...]


def laid_out(source: InputContainer, out: OutputContainer, film: Film, encoding: VideoEncoding, data: bool) -> Streams:
    """Give ``out`` the streams of ``source``, in their order; those of ``data`` only if so.

    Raises `PhotoError` for what ``out`` cannot hold and whose loss would not be noticed in time.
    """
    colored, copied, notes = video_of(source, film.path), dict[int, Stream](), list[str]()
    made: VideoStream | None = None
    for stream in source.streams:
        name = f"its {stream.type} stream {stream.index}"
        try:
            if stream.type == "data" and not data:
                raise ValueError("data")
            if stream.type == "audio" and not _is_sound(stream):
                notes.append(f"{name} is left out, as nothing of it can be heard: it is empty or damaged")
                continue
            if stream.index == colored.index:
                made = encoding.add_to(out, film)
                kept: Stream = made
            elif is_cover(stream) and out.format.name == "matroska":
                _attach(film, stream, out)
                continue
            elif out.format.name == "mp4" and is_pcm(stream):
                raise ValueError("players know no PCM in it")
            else:
                kept = copied[stream.index] = out.add_stream_from_template(stream)
        except (ValueError, FFmpegError) as error:
            if stream.index == colored.index or stream.type in _NEEDED:
                what = encoding.codec if stream.index == colored.index else name
                hint = "; name the result .mkv" if out.format.name == "mp4" else ""
                raise PhotoError(f"{film.path}: {out.format.name} cannot hold {what} ({error}){hint}") from None
            notes.append(f"{name} is left out, as {out.format.name} cannot hold it")
            continue
        kept.metadata.update({key: value for key, value in stream.metadata.items() if key.lower() not in _MADE})
        kept.disposition = stream.disposition
    assert made is not None
    return Streams(made, copied, tuple(notes))


def trial(source: InputContainer, streams: Streams, out: OutputContainer) -> None:
    """Write the first packets to ``out`` and close it. Raises `FFmpegError` where it cannot hold them."""
    for _, packet in islice(packets_of(source, streams.copied, ()), _TRIED):
        with suppress(InvalidDataError):  # one that is damaged
            out.mux(packet)
    out.start_encoding()
    out.close()


def packets_of(
    source: InputContainer, copied: dict[int, Stream], shifts: Sequence[Fraction]
) -> Iterator[tuple[float, AnyPacket]]:
    """The packets of the streams that are ``copied``, as their copies have them, and when in seconds each is due.

    Where times jump, they are moved by the ``shifts`` of the picture.
    """
    lines: dict[int, Timeline] = {}
    shift, due = -origin(source), float("-inf")
    try:
        for packet in source.demux():
            base, number = packet.time_base, packet.stream_index
            if base is None or (packet.size == 0 and packet.pts is None):
                continue  # the end
            stream = source.streams[number]
            if stream.type in _STEADY and not is_cover(stream):
                if number not in lines:
                    lines[number] = Timeline(base, has_jumps(source), shift, shifts)
                moved = lines[number](packet.dts, packet.duration or 0)
                if lines[number].shifts:
                    shift = lines[number].shift
                lag = packet.pts - packet.dts if packet.pts is not None and packet.dts is not None else 0
                packet.pts, packet.dts = moved + lag, moved
            elif packet.pts is not None:
                ticks = round(shift / base)
                packet.pts, packet.dts = packet.pts + ticks, (packet.dts or packet.pts) + ticks
            if packet.dts is not None:
                due = max(due, float(packet.dts * base))
            if number in copied:
                packet.stream = copied[number]
                yield due, packet
    except (FFmpegError, OSError):  # the file ends here
        return


def _attach(film: Film, cover: Stream, out: OutputContainer) -> None:
    """The picture on the cover of ``film`` as an attachment, which it is in Matroska."""
    kind = _COVERS.get(_codec(cover), _codec(cover))
    with opened(film.path) as source:
        data = next((bytes(packet) for packet in source.demux(source.streams[cover.index]) if packet.size), b"")
    name = cover.metadata.get("filename", f"cover.{kind}")
    out.add_attachment(name, cover.metadata.get("mimetype", f"image/{kind}"), data)


def _is_sound(stream: Stream) -> bool:
    return not isinstance(stream, AudioStream) or (stream.codec_context is not None and stream.sample_rate > 0)


def is_pcm(stream: Stream) -> bool:
    """Whether a stream is sound that is not compressed, which few players look for in MP4."""
    return _codec(stream).startswith("pcm_")


def is_cover(stream: Stream) -> bool:
    """Whether a stream is a picture on the cover, not a film."""
    return bool(stream.disposition & stream.disposition.attached_pic)


def _codec(stream: Stream) -> str:
    return stream.codec_context.name if stream.codec_context is not None else ""
