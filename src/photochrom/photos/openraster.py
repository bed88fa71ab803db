"""OpenRaster files (openraster.org): a ZIP of layers as PNG files, and of the picture that they make."""

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from photochrom.atomic import CheckedFile
from photochrom.photos import png
from photochrom.photos.high_depth import to_8_bit
from photochrom.photos.icc import srgb
from photochrom.photos.ifd import Buffer
from photochrom.photos.layers import Layered

_VERSION = "0.0.3"  # of the standard, whose layers have all that is needed here
_MERGED = "mergedimage.png"
_LONGEST_THUMBNAIL = 256
_LEVEL = 3  # of compression: of three times the speed of PNG's usual one, and files as small
_MOST_METADATA = 1 << 26  # bytes of a PNG file beside its pixels


def merged(content: Buffer, max_pixels: int) -> bytes:
    """The PNG file of the picture that the layers make.

    Raises `ValueError` where there is none, or more bytes than ``max_pixels`` can have.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.getinfo(_MERGED).file_size > 8 * max_pixels + _MOST_METADATA:
                raise ValueError("its picture has too many bytes")
            return archive.read(_MERGED)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise ValueError(f"it holds no picture: {error}") from None


def write(path: Path, picture: Layered, options: dict[str, Any]) -> None:
    """Write ``picture`` with the metadata in ``options``, as Pillow's ``save`` of a PNG file takes them."""
    flat = png.encoded(picture.flat, _LEVEL)
    names = [f"data/layer{index}.png" for index in range(len(picture.layers))]
    with CheckedFile(path) as file, zipfile.ZipFile(file, "w") as archive:

        def put(name: str, content: bytes) -> None:  # not dated, so that equal results are equal files
            archive.writestr(zipfile.ZipInfo(name), content)

        put("mimetype", b"image/openraster")
        put("stack.xml", _stack(picture, names, options.get("dpi")))
        for name, layer in zip(names, picture.layers, strict=True):
            content = flat if layer.pixels is picture.flat else png.encoded(layer.pixels, _LEVEL)
            put(name, png.with_metadata(content, {"icc_profile": srgb()}))
        put(_MERGED, png.with_metadata(flat, options))
        put("Thumbnails/thumbnail.png", png.encoded(_thumbnail(picture.flat)))


def _stack(picture: Layered, names: list[str], dpi: tuple[float, float] | None) -> bytes:
    width, height = picture.size
    image = ElementTree.Element("image", version=_VERSION, w=str(width), h=str(height))
    if dpi:
        image.attrib |= {"xres": str(round(dpi[0]) or 1), "yres": str(round(dpi[1]) or 1)}
    stack = ElementTree.SubElement(image, "stack")
    for name, layer in reversed(list(zip(names, picture.layers, strict=True))):  # the highest comes first
        mode = {"composite-op": "svg:color" if layer.colors else "svg:src-over"}
        visibility = "hidden" if layer.hidden else "visible"
        ElementTree.SubElement(stack, "layer", mode, name=layer.name, src=name, x="0", y="0", visibility=visibility)
    content: bytes = ElementTree.tostring(image, "UTF-8", xml_declaration=True)
    return content


def _thumbnail(pixels: np.ndarray) -> np.ndarray:
    image = Image.fromarray(pixels if pixels.dtype == np.uint8 else to_8_bit(pixels))
    image.thumbnail((_LONGEST_THUMBNAIL, _LONGEST_THUMBNAIL))
    return np.asarray(image)
