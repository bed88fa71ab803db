"""From the content of a file to the pixels of one of its pictures, as they are stored.

Pillow decodes what it can hold, imagecodecs and tifffile the rest. Whatever they only warn of, or do not see, is
damage: each format's module looks for it.
"""

import io

from PIL import Image

from photochrom.photos import formats, jpeg2000, jpeg_pixels, png_pixels, pnm, psd
from photochrom.photos.formats import Format
from photochrom.photos.high_depth import Deep
from photochrom.photos.page import Page
from photochrom.photos.pillow import open_picture


def decode(content: bytes, kind: Format, page: Page, white: float | None) -> Image.Image | Deep:
    """The picture: one of Pillow's of at most 8 bit, or `Deep`, neither turned nor converted from its profile.

    ``white`` as in `photochrom.photos.high_depth.float_range`. Raises whatever the decoders raise for damage.
    """
    if kind is formats.TIFF:
        from photochrom.photos import tiff

        try:
            return tiff.read(content, page.index, white)
        except NotImplementedError:
            return _by_pillow(content, kind, page.index)
    if kind is formats.RAW:
        from photochrom.photos import raw

        return raw.read(content)
    if kind is formats.JPEG_2000 and page.depth == 16:
        return jpeg2000.read(content)
    if kind is formats.PSD:
        return psd.read(content)
    if kind is formats.PNG:
        pixels = png_pixels.alone(content)
        return png_pixels.read_deep(pixels) if page.depth == 16 else _by_pillow(pixels, kind)
    if kind is formats.JPEG:
        pixels = jpeg_pixels.alone(content)
        image = _by_pillow(pixels, kind)
        jpeg_pixels.check(pixels)
        return image
    if pnm.size_if_deep(content[: formats.HEAD]):
        return pnm.read(content)
    return _by_pillow(content, kind)


def _by_pillow(content: bytes, kind: Format, index: int = 0) -> Image.Image:
    with open_picture(io.BytesIO(content), kind.name) as image:
        if index:
            image.seek(index)
        image.load()
        return image
