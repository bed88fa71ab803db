"""Decoded frames as planes: which pixel formats are taken, what luma means, and how chroma is written beside it."""

from dataclasses import dataclass

import av
import cv2
import numpy as np

from photochrom.errors import PhotoError
from photochrom.video.matrices import BT601, BT709, BT2020, Matrix, mixed

_LIMITED, _FULL = 1, 2  # `color_range`, as FFmpeg counts
# `colorspace` of ITU-T H.273, table 4; 2 is "unspecified".
_MATRICES = {1: BT709, 4: BT601, 5: BT601, 6: BT601, 7: Matrix(0.212, 0.087), 9: BT2020, 10: BT2020}
_TAGS = {BT709: 1, BT601: 6}
_HDR = {16: "PQ", 18: "HLG"}
_DEPTHS = (8, 10)
_FROM_RGB = "yuvj420p"
_PACKED = dict.fromkeys(("yuyv422", "uyvy422", "yvyu422"), "yuv422p")  # whose samples lie side by side
_WRITTEN = {(2, 2): "420", (2, 1): "422", (1, 1): "444"}


@dataclass(frozen=True)
class Tags:
    """What a stream says of its colors, in the numbers of ITU-T H.273, and what is made of it.

    ``matrix`` is never unspecified: where a stream says nothing, its size implies one. ``range`` is 1 for limited and 2
    for full range.
    """

    matrix: int
    range: int
    primaries: int
    transfer: int

    @classmethod
    def of(cls, frame: av.VideoFrame) -> "Tags":
        """Those of a decoded ``frame``. Raises `PhotoError` for HDR and for a matrix that is none of the known ones."""
        if frame.color_trc in _HDR:
            raise PhotoError(
                f"is HDR ({_HDR[frame.color_trc]}), whose luma means something else; convert it to SDR first"
            )
        full = _is_full(frame.format, frame.color_range)
        matrix = frame.colorspace if frame.colorspace not in (0, 2) else _implied(frame.width, frame.height)
        if matrix not in _MATRICES:
            raise PhotoError(f"has a color matrix that is not known (number {matrix}); convert it to BT.709 first")
        return cls(matrix, _FULL if full else _LIMITED, frame.color_primaries, frame.color_trc)

    @property
    def weights(self) -> Matrix:
        """How luma is made of red and blue."""
        return _MATRICES[self.matrix]

    @property
    def is_full(self) -> bool:
        """Whether all levels are used."""
        return self.range == _FULL


@dataclass(frozen=True)
class Layout:
    """How a stream stores its frames: ``depth`` in bits, and of how many pixels (across, down) chroma is the mean.

    ``taken_as`` is the pixel format that frames are converted to first, where theirs has no plane of luma.
    """

    depth: int
    subsampling: tuple[int, int] | None
    taken_as: str | None = None

    @classmethod
    def of(cls, frame: av.VideoFrame) -> "Layout":
        """That of a decoded ``frame``. Raises `PhotoError` for what is not 8 or 10 bit."""
        pixels = frame.format
        bits = max(component.bits for component in pixels.components)
        if bits not in _DEPTHS and not (pixels.is_rgb or pixels.has_palette or bits < min(_DEPTHS)):
            raise PhotoError(f"has {bits} bits a sample ({pixels.name}); 8 and 10 can be colored, so convert it first")
        kinds = {component.is_luma for component in pixels.components}
        if pixels.is_rgb or pixels.has_palette or bits < min(_DEPTHS) or True not in kinds:
            if bits > min(_DEPTHS):
                raise PhotoError(f"holds red, green and blue of {bits} bits ({pixels.name}); convert it to YUV first")
            _refuse_transparency(frame)
            return cls(8, (2, 2), _FROM_RGB)
        if pixels.name in _PACKED:
            return cls(8, (2, 1), _PACKED[pixels.name])
        if len(frame.planes) < 3:
            gray = len(pixels.components) < 3
            if not gray and not pixels.name.startswith("nv"):
                raise PhotoError(f"has a pixel format that is not known ({pixels.name}); convert it to yuv420p first")
            return cls(bits, None if gray else (2, 2))
        if any(component.is_alpha for component in pixels.components):
            raise PhotoError(f"has transparency ({pixels.name}), which results cannot keep; lay it on a ground first")
        across, down = (
            round(full / part)
            for full, part in zip((64, 64), _chroma_size(pixels.name), strict=True)
        )  # fmt: skip
        return cls(bits, (across, down))

    def written(self, width: int, height: int, even: bool) -> "Layout":
        """How the result is stored: as the source is, or finer where that cannot be; ``even`` codecs halve no odd side.

        Gray becomes 4:2:0. The luma is the same in either case.
        """
        across, down = self.subsampling or (2, 2)
        across, down = min(across, 2), min(down, 2)
        if even and height % 2:
            down = 1
        if (even and width % 2) or across < down:
            across = down = 1
        return Layout(self.depth, (across, down))

    @property
    def name(self) -> str:
        """FFmpeg's name of the pixel format, for a layout that `written` gave."""
        assert self.subsampling is not None
        return f"yuv{_WRITTEN[self.subsampling]}p" + ("10le" if self.depth == 10 else "")

    def chroma_shape(self, height: int, width: int) -> tuple[int, int]:
        """Height and width of the chroma planes of a frame."""
        across, down = self.subsampling or (1, 1)
        return -(-height // down), -(-width // across)


def with_luma(frame: av.VideoFrame, layout: Layout) -> av.VideoFrame:
    """``frame``, or what it is in YUV if its own format holds no luma."""
    if layout.taken_as is None:
        return frame
    if layout.taken_as == _FROM_RGB:
        return frame.reformat(format=_FROM_RGB, dst_colorspace=5, dst_color_range=_FULL)
    return frame.reformat(format=layout.taken_as)


def levels(frame: av.VideoFrame, plane: int = 0) -> np.ndarray:
    """One plane of a decoded frame, (h, w) uint8 or uint16, as a view of its memory."""
    there = frame.planes[plane]
    dtype: np.dtype = np.dtype(np.uint8 if frame.format.components[0].bits == 8 else "<u2")
    rows: np.ndarray = np.frombuffer(memoryview(there), dtype).reshape(there.height, -1)
    return rows[:, : there.width]


def luma_of(samples: np.ndarray, depth: int, tags: Tags) -> np.ndarray:
    """Levels of luma → float32 in [0, 1], where 0 is black and 1 is white."""
    low, high = (0, 2**depth - 1) if tags.is_full else (16 << (depth - 8), 235 << (depth - 8))
    scaled = samples.astype(np.float32)
    scaled -= np.float32(low)
    scaled *= np.float32(1 / (high - low))
    np.clip(scaled, 0, 1, out=scaled)
    return scaled


def chroma_of(frame: av.VideoFrame, depth: int, tags: Tags) -> np.ndarray | None:
    """The chroma that a frame came with, float32 (2, h, w) of photographs' matrix; None if it has no planes of it."""
    if len(frame.planes) < 3:
        return None
    step = (2**depth - 1) if tags.is_full else (224 << (depth - 8))
    planes = np.stack([levels(frame, 1), levels(frame, 2)]).astype(np.float32)
    return mixed(tags.weights.to_photographs(), (planes - 2 ** (depth - 1)) / step)


def luma_at(frame: av.VideoFrame, depth: int, tags: Tags, shape: tuple[int, int]) -> np.ndarray:
    """The luma of a frame made smaller, float32 (*``shape``) in [0, 1]; the mean of what each pixel covers."""
    samples = levels(frame)
    kind = cv2.INTER_AREA if shape[0] <= samples.shape[0] else cv2.INTER_LINEAR
    return luma_of(np.asarray(cv2.resize(samples, shape[::-1], interpolation=kind)), depth, tags)


def colored(frame: av.VideoFrame, layout: Layout, tags: Tags, luma: np.ndarray, chroma: np.ndarray) -> av.VideoFrame:
    """A frame of ``layout`` with the luma of ``frame`` as it is, and ``chroma`` float32 (2, h, w) of photographs.

    Chroma is converted to the stream's matrix, pulled into the gamut that ``luma`` (h, w) leaves, and rounded.
    """
    made = av.VideoFrame(frame.width, frame.height, layout.name)
    levels(made)[:] = levels(frame)
    fitted = tags.weights.fit(luma, mixed(tags.weights.from_photographs(), chroma))
    step = (2**layout.depth - 1) if tags.is_full else (224 << (layout.depth - 8))
    lowest, highest = (
        (1, 2**layout.depth - 1) if tags.is_full else (16 << (layout.depth - 8), 240 << (layout.depth - 8))
    )
    for plane, values in enumerate(fitted, 1):
        rounded = np.rint(values * np.float32(step) + np.float32(2 ** (layout.depth - 1)))
        levels(made, plane)[:] = rounded.clip(lowest, highest)
    return tagged(made, tags)


def as_it_was(frame: av.VideoFrame, layout: Layout, tags: Tags) -> av.VideoFrame:
    """A frame of ``layout`` with the luma and the chroma of ``frame``; gray if it has none."""
    made = av.VideoFrame(frame.width, frame.height, layout.name)
    levels(made)[:] = levels(frame)
    same = len(frame.planes) == 3
    if not same and layout.depth == 8 and len(frame.format.components) == 3:
        frame, same = frame.reformat(format="yuv420p"), True
    for plane in (1, 2):
        into = levels(made, plane)
        into[:] = _sized(levels(frame, plane), into.shape) if same else 2 ** (layout.depth - 1)
    return tagged(made, tags)


def tagged(made: av.VideoFrame, tags: Tags) -> av.VideoFrame:
    """``made``, which says what its colors mean."""
    made.colorspace, made.color_range = tags.matrix, tags.range
    made.color_primaries, made.color_trc = tags.primaries, tags.transfer
    return made


def _is_full(pixels: av.VideoFormat, said: int) -> bool:
    """Whether all levels of luma are used: always if it is made of red, green and blue; gray unless it says else."""
    if pixels.is_rgb or pixels.has_palette or pixels.name.startswith("yuvj"):
        return True
    return said == _FULL or (said != _LIMITED and len(pixels.components) < 3)


def _refuse_transparency(frame: av.VideoFrame) -> None:
    pixels = frame.format
    clear = pixels.has_palette or any(component.is_alpha for component in pixels.components)
    if clear and frame.to_ndarray(format="rgba")[..., 3].min() < 255:
        raise PhotoError(f"has transparency ({pixels.name}), which results cannot keep; lay it on a ground first")


def _sized(plane: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if plane.shape == shape:
        return plane
    return np.asarray(cv2.resize(plane, shape[::-1], interpolation=cv2.INTER_LINEAR))


def _implied(width: int, height: int) -> int:
    """The matrix that players take where a stream names none: BT.709 for HD, else BT.601."""
    return _TAGS[BT709 if width >= 1280 or height > 576 else BT601]


def _chroma_size(name: str) -> tuple[int, int]:
    """Width and height of the chroma of a frame of 64 by 64 pixels."""
    chroma = av.VideoFormat(name, 64, 64).components[1]
    return chroma.width, chroma.height
