"""The luma of a gray JPEG file, copied bit for bit into a color one.

A JPEG file stores the luma as quantized coefficients of a discrete cosine transform (ITU-T T.81). Where a result
takes over those of its source, and the table they were quantized with, its luma has lost nothing at all.
"""

import sys
from pathlib import Path

from photochrom.errors import PhotoError
from photochrom.photos.pillow import open_picture


def copy(source: Path, target: Path) -> None:
    """Replace the luma coefficients in the color JPEG ``target`` by those of the gray JPEG ``source``.

    Raises `PhotoError` if ``source`` is no such file, or is turned or gray by a profile of its own: then the
    result's luma is not its luma. Needs jpeglib.
    """
    try:
        import jpeglib
    except ModuleNotFoundError:
        raise PhotoError(f"{source}: --lossless-luma needs an extra package: pip install 'photochrom[jpeg]'") from None
    with open_picture(source, sys.maxsize) as image:  # its size was judged when it was read
        if image.format != "JPEG" or image.mode != "L":
            raise PhotoError(f"{source}: not a gray JPEG, whose luma could be copied; leave out --lossless-luma")
        if image.getexif().get(0x0112, 1) != 1 or image.info.get("icc_profile"):
            raise PhotoError(
                f"{source}: is turned or has a color profile, so its luma cannot be copied; leave out --lossless-luma"
            )
    gray, color = jpeglib.read_dct(str(source)), jpeglib.read_dct(str(target))
    blocks = color.Y.shape
    if gray.Y.shape[0] > blocks[0] or gray.Y.shape[1] > blocks[1]:
        raise PhotoError(f"{source}: its blocks do not fit into the result; leave out --lossless-luma")
    color.Y[: gray.Y.shape[0], : gray.Y.shape[1]] = gray.Y
    color.qt[int(color.quant_tbl_no[0])] = gray.qt[int(gray.quant_tbl_no[0])]
    color.write_dct(str(target))
