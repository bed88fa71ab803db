"""The luma of a gray JPEG file, copied bit for bit into a color one.

A JPEG file stores the luma as quantized coefficients of a discrete cosine transform (ITU-T T.81). Where a result
takes over those of its source, and the table they were quantized with, its luma has lost nothing at all.
"""

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from photochrom.errors import PhotoError, UsageError
from photochrom.photos import formats
from photochrom.photos.reading import PhotoFile


def refuse_without_jpeglib() -> None:
    """Raise `UsageError` where the package that copies the luma is not installed."""
    if find_spec("jpeglib") is None:
        raise UsageError("copying the luma of JPEG files needs an extra package: pip install '.[jpeg]'")


def obstacle(source: PhotoFile, target: Path) -> str:
    """Why the luma of ``source`` cannot be copied to a result at ``target``, or nothing where it can."""
    page = source.pages[0]
    if formats.of_name(target) is not formats.JPEG:
        return "the result is no JPEG, whose luma could be copied"
    if source.format is not formats.JPEG or not page.gray:
        return "not a gray JPEG, whose luma could be copied"
    if page.orientation != 1 or page.profile:
        return "is turned or has a color profile, so its luma cannot be copied"
    return ""


def copy(source: PhotoFile, target: Path) -> None:
    """Replace the luma coefficients in the color JPEG ``target`` by those of the gray JPEG ``source``.

    Raises `PhotoError` where there is an `obstacle`. Needs jpeglib.
    """
    refuse_without_jpeglib()
    import jpeglib

    name = source.name
    if problem := obstacle(source, target.with_suffix(".jpg")):  # the file of a result has a temporary name
        raise PhotoError(f"{name}: {problem}")
    with TemporaryDirectory(prefix="photochrom-") as folder:
        stored = Path(folder, "source.jpg")  # jpeglib reads files alone
        stored.write_bytes(source.content)
        gray, color = jpeglib.read_dct(str(stored)), jpeglib.read_dct(str(target))
    blocks = color.Y.shape
    if gray.Y.shape[0] > blocks[0] or gray.Y.shape[1] > blocks[1]:
        raise PhotoError(f"{name}: its blocks do not fit into the result, so its luma cannot be copied")
    color.Y[: gray.Y.shape[0], : gray.Y.shape[1]] = gray.Y
    color.qt[int(color.quant_tbl_no[0])] = gray.qt[int(gray.quant_tbl_no[0])]
    color.write_dct(str(target))
