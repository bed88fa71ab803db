"""Photoshop files with layers, written by psd-tools (extra `layers`); `photochrom.photos.psd` reads them.

psd-tools is imported by this module alone, as two threads that import parts of it at the same time fail.
"""

import struct
from pathlib import Path

import numpy as np
from psd_tools.constants import BlendMode, ChannelID, Clipping, ColorMode, Compression, Tag
from psd_tools.psd import ChannelImageData, GlobalLayerMaskInfo, LayerInfo, LayerRecords
from psd_tools.psd.color_mode_data import ColorModeData
from psd_tools.psd.header import FileHeader
from psd_tools.psd.image_data import ImageData
from psd_tools.psd.image_resources import VersionInfo
from psd_tools.psd.layer_and_mask import (
    ChannelData,
    ChannelDataList,
    ChannelInfo,
    LayerAndMaskInformation,
    LayerFlags,
    LayerRecord,
)
from psd_tools.psd.tagged_blocks import TaggedBlocks

from photochrom.atomic import CheckedFile
from photochrom.photos import photoshop
from photochrom.photos.layers import Layer, Layered

_LARGEST = 2_000_000_000  # bytes


def write(path: Path, picture: Layered, resources: bytes) -> None:
    """Write ``picture`` with Photoshop's ``resources``. Raises `ValueError` for one that is too large."""
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


def _layer_section(picture: Layered) -> LayerAndMaskInformation:
    records, data = zip(*(_layer(layer, picture) for layer in picture.layers), strict=True)
    count = len(records) * (-1 if picture.has_alpha else 1)  # negative where the composite's alpha is transparency
    parts = count, LayerRecords(list(records)), ChannelImageData(list(data))
    if picture.flat.itemsize == 1:
        return LayerAndMaskInformation(LayerInfo(*parts), GlobalLayerMaskInfo())
    blocks = TaggedBlocks()
    blocks.set_data(Tag.LAYER_16, *parts)
    return LayerAndMaskInformation(LayerInfo(), GlobalLayerMaskInfo(), blocks)


def _layer(layer: Layer, picture: Layered) -> tuple[LayerRecord, ChannelDataList]:
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
