"""Camera raw files (DNG, NEF, CR2, ARW, ...), developed by LibRaw as the camera would show them."""

import io

import numpy as np

from photochrom.photos.high_depth import Deep
from photochrom.photos.page import Page, refuse_too_many

_SRGB = (2.4, 12.92)  # the power and the slope of its curve


def inspect(content: bytes, max_pixels: int) -> Page:
    """The photograph in a file, which is upright. Raises `ValueError` for what LibRaw does not know, or damage."""
    import rawpy

    try:
        with rawpy.imread(io.BytesIO(content)) as opened:
            width, height = opened.sizes.iwidth, opened.sizes.iheight
    except rawpy.LibRawError as error:
        raise ValueError(_told(error)) from None
    refuse_too_many(width, height, max_pixels)
    return Page(width, height, depth=16)


def read(content: bytes) -> Deep:
    """The photograph, in sRGB, with the white balance of the camera. Raises `ValueError` as `inspect` does."""
    import rawpy

    try:
        with rawpy.imread(io.BytesIO(content)) as opened:
            developed = opened.postprocess(use_camera_wb=True, output_bps=16, gamma=_SRGB)
    except rawpy.LibRawError as error:
        raise ValueError(_told(error)) from None
    return Deep(np.ascontiguousarray(developed))


def _told(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
