"""What a photograph's file says beside its pixels: what of it a result keeps, and the note that marks a result."""

import re
import struct
from contextlib import suppress
from typing import Any

from PIL import Image

from photochrom.version import __version__

_SOFTWARE = 0x0131  # the EXIF tag that names the programs a picture went through
_PARTS = {0x8769, 0x8825}  # EXIF's own folders: what the camera says, and the place

# The EXIF tags that are kept: what people and cameras say of a picture. The others tell how the source's pixels
# were stored (a TIFF file has dozens, its color profile among them), or that it lay on its side: not true any more.
_KEPT_TAGS = {
    0x010D, 0x010E, 0x010F, 0x0110, _SOFTWARE, 0x0132, 0x013B, 0x013C,  # names, description, camera, date, artist
    0x4746, 0x4749, 0x8298, 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F,  # rating, copyright, what Windows adds
    *_PARTS,
}  # fmt: skip
NOTE = "colors guessed by Photochrom"

# What Pillow raises for damaged pictures and damaged metadata: no two of its decoders raise the same.
DAMAGE = (OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError, struct.error)


def kept(image: Image.Image) -> dict[str, Any]:
    """What a result keeps of a picture's metadata, as options of Pillow's ``save``: EXIF and resolution.

    The result's pixels are upright and sRGB, so orientation and profile are not among them.
    """
    options: dict[str, Any] = {}
    exif = Image.Exif()
    with suppress(*DAMAGE):  # the picture may be whole where its metadata is not
        exif.load(image.getexif().tobytes())  # a copy: Pillow turns the picture by its own
        for tag in set(exif) - _KEPT_TAGS:
            del exif[tag]
        if exif:
            options["exif"] = exif.tobytes()
    dpi = tuple(float(value) for value in image.info.get("dpi", ()))
    if dpi and all(0 < value < 65536 for value in dpi):
        options["dpi"] = dpi
    return options


def note(model: str | None = None) -> str:
    """The mark of a result: that its colors are guesses, and whose, if they are one model's."""
    return f"{NOTE} {__version__}" + (f", model {model}" if model else "")


def with_note(exif_bytes: bytes | None, model: str | None = None) -> Image.Exif:
    """EXIF with the note added to the programs that the picture went through."""
    exif = Image.Exif()
    if exif_bytes:
        exif.load(exif_bytes)
    before = re.sub(rf"(; )?{NOTE}.*", "", str(exif.get(_SOFTWARE, "")))
    exif[_SOFTWARE] = f"{before}; {note(model)}" if before else note(model)
    return exif


def has_note(image: Image.Image) -> bool:
    """Whether a picture is marked as a result."""
    return NOTE in str(image.getexif().get(_SOFTWARE, ""))


def must_be_uncompressed(exif: Image.Exif) -> bool:
    """Whether a TIFF file with this EXIF cannot be compressed: libtiff, which compresses, cannot write its folders."""
    return not _PARTS.isdisjoint(exif)
