"""The luma of a gray JPEG file, copied bit for bit into a color one.

A JPEG file stores the luma as quantized coefficients of a discrete cosine transform (ITU-T T.81). Where a result
takes over those of its source, and the table they were quantized with, its luma has lost nothing at all.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from photochrom.errors import PhotoError
from photochrom.photos import formats
from photochrom.photos.reading import PhotoFile


def copy(source: PhotoFile, target: Path) -> None:
    """Replace the luma coefficients in the color JPEG ``target`` by those of the gray JPEG ``source``.

    Raises `PhotoError` if ``source`` is no such file, or is turned or gray by a profile of its own: then the
    result's luma is not its luma. Needs jpeglib.
    """
    name, page = source.name, source.pages[0]
    try:
        import jpeglib
    except ModuleNotFoundError:
        raise PhotoError(f"{name}: --lossless-luma needs an extra package: pip install '.[jpeg]'") from None
    if source.format is not formats.JPEG or not page.gray:
        raise PhotoError(f"{name}: not a gray JPEG, whose luma could be copied; leave out --lossless-luma")
    if page.orientation != 1 or page.profile:
        raise PhotoError(
            f"{name}: is turned or has a color profile, so its luma cannot be copied; leave out --lossless-luma"
        )
    with TemporaryDirectory(prefix="photochrom-") as folder:
        stored = Path(folder, "source.jpg")  # jpeglib reads files alone
        stored.write_bytes(source.content)
        gray, color = jpeglib.read_dct(str(stored)), jpeglib.read_dct(str(target))
    blocks = color.Y.shape
    if gray.Y.shape[0] > blocks[0] or gray.Y.shape[1] > blocks[1]:
        raise PhotoError(f"{name}: its blocks do not fit into the result; leave out --lossless-luma")
    color.Y[: gray.Y.shape[0], : gray.Y.shape[1]] = gray.Y
    color.qt[int(color.quant_tbl_no[0])] = gray.qt[int(gray.quant_tbl_no[0])]
    color.write_dct(str(target))
