"""Photoshop files (Adobe, Photoshop File Formats), read as what their layers show.

A file also holds the picture that its layers make together, in the field's words the composite. That is what is read.
See `photochrom.photos.psd_layers` for how they are written.
"""

import struct

import numpy as np

from photochrom.photos import photoshop
from photochrom.photos.high_depth import Deep
from photochrom.photos.metadata import SourceMetadata
from photochrom.photos.page import Page, refuse_too_many

_HEADER = struct.Struct(">4sH6xHIIHH")
_GRAY, _CMYK = 1, 4
_CHANNELS = {_GRAY: 1, 3: 3, _CMYK: 4, 8: 1}  # of gray, RGB, CMYK and duotone, which is gray for several inks
_RAW, _PACKED = 0, 1
_ROUNDING = 257  # of 8 bit
_HAS_COMPOSITE = 4  # the place in the resource of the version


def inspect(content: bytes, max_pixels: int, kept: SourceMetadata) -> Page:
    """The picture in a file, of which ``kept`` is the metadata. Raises `ValueError` for one that cannot be read."""
    _, version, channels, height, width, depth, mode = _HEADER.unpack_from(content)
    if version != 1 or depth not in (8, 16) or channels < _CHANNELS.get(mode, 99):
        raise ValueError("not gray, RGB or CMYK of 8 or 16 bit; save it as a TIFF")
    refuse_too_many(width, height, max_pixels)
    resources = photoshop.values(photoshop.section(content))
    if resources.get(photoshop.VERSION, b"\1" * 5)[_HAS_COMPOSITE : _HAS_COMPOSITE + 1] == b"\0":
        raise ValueError("only its layers are there; save it with `Maximize Compatibility`")
    profile = resources.get(photoshop.PROFILE)
    return Page(width, height, gray=_CHANNELS[mode] == 1, depth=depth, profile=profile, metadata=kept)


def read(content: bytes) -> Deep:
    """The picture that the layers make. Raises `ValueError` or `RuntimeError` for damage."""
    _, _, channels, height, width, depth, mode = _HEADER.unpack_from(content)
    colors = _CHANNELS[mode]
    layers, composite = photoshop.after_resources(content)
    planes = _planes(content[composite:], (channels, height, width), depth)
    levels = planes[: colors + 1].astype(np.uint16).transpose(1, 2, 0)
    levels *= 257 if depth == 8 else 1
    if mode == _CMYK:
        return Deep(65535 - levels[..., :colors], None, depth)  # ink is stored as the light that it leaves
    if channels == colors or not _is_transparent(content[layers:composite]):
        return Deep(levels[..., :colors], None, depth)
    alpha = levels[..., colors]
    return Deep(_off_white(levels[..., :colors], alpha), alpha, depth)


def _planes(composite: bytes, shape: tuple[int, int, int], depth: int) -> np.ndarray:
    """The samples (channels, H, W) of the section that holds the composite."""
    (kind,) = struct.unpack_from(">H", composite)
    size = int(np.prod(shape)) * depth // 8
    if kind == _PACKED:
        import imagecodecs

        rows = shape[0] * shape[1]
        start, lengths = 2 + 2 * rows, np.frombuffer(composite, ">u2", rows, 2)  # of each row, packed
        body = imagecodecs.packbits_decode(composite[start : start + int(lengths.sum())], out=size)  # and no more
    elif kind == _RAW:
        body = composite[2:]
    else:
        raise ValueError("an unusual kind of PSD")
    return np.frombuffer(body, f">u{depth // 8}", size * 8 // depth).reshape(shape)


def _is_transparent(section: bytes) -> bool:
    """Whether the composite's first channel beside the colors is its transparency, by the section of the layers."""
    place = section.find(b"8BIMLr16")  # where the layers of 16 bit are
    (count,) = struct.unpack_from(">h", section, place + 12 if place >= 0 else 8) if len(section) > 10 else (0,)
    return bool(count < 0)


def _off_white(samples: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """uint16 samples (H, W, C) that were mixed with white → without it, where ``alpha`` (H, W) leaves any of them."""
    if (samples.min(-1) < 65535 - _ROUNDING - alpha.astype(np.int32)).any():
        return samples  # darker than any mixture: ImageMagick 6 does not mix
    share = np.where(alpha, alpha, 65535)[..., None] / np.float32(65535)
    pure: np.ndarray = np.rint((65535 - (65535 - samples) / share).clip(0, 65535)).astype(np.uint16)
    return pure
