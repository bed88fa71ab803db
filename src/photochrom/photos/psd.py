"""Photoshop files (Adobe, Photoshop File Formats): written with layers, by psd-tools, and read as what these show.

A file also holds the picture that its layers make together, in the field's words the composite. That is what is read.
"""

import struct
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from photochrom.atomic import CheckedFile
from photochrom.photos import photoshop
from photochrom.photos.high_depth import Deep
from photochrom.photos.layers import Layer, Layered
from photochrom.photos.metadata import SourceMetadata
from photochrom.photos.page import Page, refuse_too_many

if TYPE_CHECKING:
    from psd_tools.psd.layer_and_mask import ChannelDataList, LayerAndMaskInformation, LayerRecord

_LARGEST = 2_000_000_000  # bytes
_HEADER = struct.Struct(">4sH6xHIIHH")
_GRAY, _CMYK = 1, 4
_CHANNELS = {_GRAY: 1, 3: 3, _CMYK: 4, 8: 1}  # of gray, RGB, CMYK and duotone, which is gray for several inks
_RAW, _PACKED = 0, 1
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


def write(path: Path, picture: Layered, resources: bytes) -> None:
    """Write ``picture`` with Photoshop's ``resources``. Needs psd-tools. Raises `ValueError` for one too large."""
    from psd_tools.constants import ColorMode, Compression
    from psd_tools.psd.color_mode_data import ColorModeData
    from psd_tools.psd.header import FileHeader
    from psd_tools.psd.image_data import ImageData
    from psd_tools.psd.image_resources import VersionInfo

    (width, height), channels = picture.size, picture.flat.shape[2]
    depth = 8 * picture.flat.itemsize
    header = FileHeader(height=height, width=width, channels=channels, depth=depth, color_mode=ColorMode.RGB)
    version = VersionInfo(has_composite=True, writer="Photochrom", reader="Photochrom").tobytes()
    resources += photoshop.pack(photoshop.VERSION, version)
    composite = ImageData(Compression.RLE)
    composite.set_data([_packed(plane) for plane in _on_white(picture.flat).transpose(2, 0, 1)], header)
    try:
        with CheckedFile(path) as file:
            header.write(file)
            ColorModeData().write(file)
            file.write(struct.pack(">I", len(resources)) + resources)
            _layer_section(picture).write(file)
            composite.write(file)
            if file.tell() <= _LARGEST:
                return
    except struct.error:  # a length that 32 bits do not hold
        pass
    raise ValueError("PSD holds no more than 2 GB; name an .ora or a .tif")


def _layer_section(picture: Layered) -> "LayerAndMaskInformation":
    from psd_tools.constants import Tag
    from psd_tools.psd import ChannelImageData, GlobalLayerMaskInfo, LayerInfo, LayerRecords
    from psd_tools.psd.layer_and_mask import LayerAndMaskInformation
    from psd_tools.psd.tagged_blocks import TaggedBlocks

    records, data = zip(*(_layer(layer, picture) for layer in picture.layers), strict=True)
    count = len(records) * (-1 if picture.has_alpha else 1)  # negative where the composite's alpha is transparency
    parts = count, LayerRecords(list(records)), ChannelImageData(list(data))
    if picture.flat.itemsize == 1:
        return LayerAndMaskInformation(LayerInfo(*parts))
    blocks = TaggedBlocks()
    blocks.set_data(Tag.LAYER_16, *parts)
    return LayerAndMaskInformation(LayerInfo(), GlobalLayerMaskInfo(), blocks)


def _layer(layer: Layer, picture: Layered) -> "tuple[LayerRecord, ChannelDataList]":
    from psd_tools.constants import BlendMode, ChannelID, Clipping, Compression
    from psd_tools.psd.layer_and_mask import ChannelData, ChannelDataList, ChannelInfo, LayerFlags, LayerRecord

    width, height = picture.size
    clipped = layer.colors and picture.has_alpha  # to the photograph's alpha, which would else count twice
    planes = (_opaque(layer.pixels) if clipped else layer.pixels).transpose(2, 0, 1)
    ids = (ChannelID.CHANNEL_0, ChannelID.CHANNEL_1, ChannelID.CHANNEL_2, ChannelID.TRANSPARENCY_MASK)
    data = ChannelDataList()
    for plane in planes:
        # Of the ways to compress 16 bit, this is the one that every program of those tried could read.
        channel = ChannelData(Compression.RLE if plane.itemsize == 1 else Compression.ZIP)
        channel.set_data(_packed(plane), width, height, 8 * plane.itemsize)
        data.append(channel)
    record = LayerRecord(
        bottom=height, right=width, name=layer.name,
        channel_info=[ChannelInfo(id, len(channel.data) + 2) for id, channel in zip(ids, data, strict=False)],
        blend_mode=BlendMode.COLOR if layer.colors else BlendMode.NORMAL,
        clipping=Clipping.NON_BASE if clipped else Clipping.BASE,
        flags=LayerFlags(visible=not layer.hidden),
    )  # fmt: skip
    return record, data


def _packed(plane: np.ndarray) -> bytes:
    return plane.astype(plane.dtype.newbyteorder(">")).tobytes()


def _planes(composite: bytes, shape: tuple[int, int, int], depth: int) -> np.ndarray:
    """The samples (channels, H, W) of the section that holds the composite."""
    (kind,) = struct.unpack_from(">H", composite)
    size = int(np.prod(shape)) * depth // 8
    if kind == _PACKED:
        import imagecodecs

        body = imagecodecs.packbits_decode(composite[2 + 2 * shape[0] * shape[1] :])  # after the length of each row
    elif kind == _RAW:
        body = composite[2:]
    else:
        raise ValueError("an unusual kind of PSD")
    if len(body) < size:
        raise ValueError("the picture ends too early")
    return np.frombuffer(body, f">u{depth // 8}", size * 8 // depth).reshape(shape)


def _is_transparent(section: bytes) -> bool:
    """Whether the composite's first channel beside the colors is its transparency, by the section of the layers."""
    place = section.find(b"8BIMLr16")  # where the layers of 16 bit are
    (count,) = struct.unpack_from(">h", section, place + 12 if place >= 0 else 8) if len(section) > 10 else (0,)
    return bool(count < 0)


def _opaque(pixels: np.ndarray) -> np.ndarray:
    """``pixels`` (H, W, 4), with full alpha wherever there is any."""
    full = pixels.copy()
    full[..., 3] = np.where(pixels[..., 3], np.iinfo(pixels.dtype).max, 0)
    return full


def _on_white(pixels: np.ndarray) -> np.ndarray:
    """``pixels`` (H, W, 3 or 4) as a composite has them: transparency shows white."""
    if pixels.shape[2] == 3:
        return pixels
    most = np.float32(np.iinfo(pixels.dtype).max)
    share = pixels[..., 3:] / most
    mixed: np.ndarray = pixels.copy()
    mixed[..., :3] = np.rint(pixels[..., :3] * share + most * (1 - share))
    return mixed


def _off_white(samples: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """uint16 samples (H, W, C) that were mixed with white → without it, where ``alpha`` (H, W) leaves any of them."""
    share = np.where(alpha, alpha, 65535)[..., None] / np.float32(65535)
    pure: np.ndarray = np.rint((65535 - (65535 - samples) / share).clip(0, 65535)).astype(np.uint16)
    return pure
