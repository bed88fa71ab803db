"""How results are encoded: the codec, how closely, and the tags that a player needs."""

from dataclasses import dataclass

from av.container import OutputContainer
from av.video.stream import VideoStream

from photochrom.errors import UsageError
from photochrom.video.demuxing import Film
from photochrom.video.planes import Layout

CODECS = {"h264": "libx264", "h265": "libx265", "ffv1": "ffv1"}
_EXACT = "ffv1"
_WORST = 51  # of the quantizer's scale


@dataclass(frozen=True)
class VideoEncoding:
    """``codec`` is h264, h265 or ffv1, which keeps every sample; ``crf`` how closely, less is better, from 0 to 51.

    Raises `UsageError` for others.
    """

    codec: str = "h264"
    crf: float = 16.0

    def __post_init__(self) -> None:
        if self.codec not in CODECS:
            raise UsageError(f"{self.codec}: no such `codec`; choose one of {', '.join(CODECS)}")
        if not 0 <= self.crf <= _WORST:
            raise UsageError(f"`crf` must be between 0 and {_WORST}, not {self.crf:g}")

    @property
    def is_exact(self) -> bool:
        """Whether every sample is kept."""
        return self.codec == _EXACT

    def layout(self, film: Film) -> Layout:
        """How the frames of ``film`` are stored in its result."""
        return film.layout.written(film.width, film.height, even=not self.is_exact)

    def add_to(self, container: OutputContainer, film: Film) -> VideoStream:
        """A stream for the result of ``film``: the same in every ``container``, so that what they hold can be joined.

        Frames are counted in its time base.
        """
        options = {} if self.is_exact else {"crf": f"{self.crf:g}", "preset": "fast"}
        if self.codec == "h265":
            options["x265-params"] = "log-level=none"
        if self.is_exact:
            options |= {"level": "3", "slicecrc": "1"}
        stream = container.add_stream(CODECS[self.codec], rate=film.rate, options=options)
        assert isinstance(stream, VideoStream)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = film.width, film.height, self.layout(film).name
        context.time_base = stream.time_base = 1 / film.rate
        if film.aspect and film.aspect > 0:
            context.sample_aspect_ratio = film.aspect
            stream.sample_aspect_ratio = film.aspect
        tags = film.tags
        context.colorspace, context.color_range = tags.matrix, tags.range
        context.color_primaries, context.color_trc = tags.primaries, tags.transfer
        if film.turned:
            stream.set_display_matrix(film.turned)
        return stream
