"""The formats of photograph files: how each is recognized, what it can hold, and what its colored result becomes."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

HEAD = 4096  # bytes that tell a file's format; the header of a PNM file may be long with comments


@dataclass(frozen=True)
class Format:
    """One format of files.

    ``name`` is Pillow's; ``signatures`` are first bytes, any of which tells it. ``result`` is the suffix of a colored
    result where this format cannot hold one. The rest says what a file of it can hold: samples of 16 bit, alpha, an
    ICC profile, several pages, frames of an animation; ``longest`` is how many pixels a side may have, 0 for any
    number. Where reading needs a package that is not always there, ``module`` and ``extra`` name it; where only writing
    needs one, ``writer`` and ``extra``.
    """

    name: str
    suffixes: tuple[str, ...]
    signatures: tuple[bytes, ...] = ()
    media_type: str = ""
    result: str = ""
    deep: bool = False
    alpha: bool = False
    profile: bool = False
    pages: bool = False
    animation: bool = False
    longest: int = 0
    module: str = ""
    writer: str = ""
    extra: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether the package that reads it is not installed."""
        return bool(self.module) and find_spec(self.module) is None

    @property
    def obstacle(self) -> str:
        """Why it cannot be written, and what to do: a package is not installed. Empty where it can."""
        there = not self.writer or find_spec(self.writer) is not None
        return "" if there else f"{self.name} needs an extra package: pip install '.[{self.extra}]'"


JPEG = Format(
    "JPEG", (".jpg", ".jpeg", ".jfif", ".jpe", ".jif"), (b"\xff\xd8\xff",), "image/jpeg", profile=True, longest=65_535
)
PNG = Format(
    "PNG", (".png",), (b"\x89PNG\r\n\x1a\n",), "image/png", deep=True, alpha=True, profile=True, animation=True
)
TIFF = Format(
    "TIFF", (".tif", ".tiff"), (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), "image/tiff",
    deep=True, alpha=True, profile=True, pages=True,
)  # fmt: skip
WEBP = Format("WEBP", (".webp",), (), "image/webp", alpha=True, profile=True, animation=True, longest=16_383)
AVIF = Format("AVIF", (".avif",), (), "image/avif", alpha=True, profile=True, animation=True)
BMP = Format("BMP", (".bmp",), (b"BM",), "image/bmp")
PPM = Format("PPM", (".ppm",), (b"P3", b"P6"), "image/x-portable-pixmap", deep=True)
PGM = Format("PPM", (".pgm", ".pnm"), (b"P2", b"P5"), "image/x-portable-graymap", result=".ppm")
PBM = Format("PPM", (".pbm",), (b"P1", b"P4"), "image/x-portable-bitmap", result=".png")
GIF = Format("GIF", (".gif",), (b"GIF8",), "image/gif", result=".png", animation=True)
# Encoders of HEIC are encumbered by patents, so its results are JPEG.
HEIC = Format(
    "HEIF", (".heic", ".heif"), (), "image/heic", result=".jpg", alpha=True, profile=True, module="pillow_heif",
    extra="heic",
)  # fmt: skip
JPEG_2000 = Format(
    "JPEG2000", (".jp2", ".j2k", ".jpf", ".jpx", ".j2c"), (b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
    "image/jp2", result=".png", alpha=True, profile=True,
)  # fmt: skip
# Most camera raw files are TIFF files in other respects: see `photochrom.photos.tiff.is_raw`.
RAW = Format(
    "RAW", (".dng", ".nef", ".cr2", ".cr3", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw"),
    (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0"), "image/x-dcraw", result=".jpg", module="rawpy",
    extra="raw",
)  # fmt: skip
# Pictures that have layers. In folders they are left alone, as somebody's work.
PSD = Format(
    "PSD", (".psd",), (b"8BPS\0\1",), "image/vnd.adobe.photoshop", deep=True, alpha=True, profile=True,
    longest=30_000, writer="psd_tools", extra="layers",
)  # fmt: skip
OPENRASTER = Format("ORA", (".ora",), (), "image/openraster", deep=True, alpha=True, profile=True)
LAYERED = (PSD, OPENRASTER)

FORMATS = (JPEG, PNG, WEBP, BMP, TIFF, PPM, AVIF, PGM, PBM, GIF, HEIC, JPEG_2000, RAW, *LAYERED)
_BY_SUFFIX = {suffix: kind for kind in FORMATS for suffix in kind.suffixes}
READABLE = tuple(_BY_SUFFIX)  # suffixes of files that can be read
WRITABLE = tuple(suffix for suffix, kind in _BY_SUFFIX.items() if not kind.result)

_BRANDS = (
    dict.fromkeys((b"avif", b"avis"), AVIF)
    | dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), HEIC)
    | {b"crx ": RAW}
)


def of_name(path: Path) -> Format | None:
    """The format that the name of ``path`` promises."""
    return _BY_SUFFIX.get(path.suffix.lower())


def of_content(content: bytes) -> Format | None:
    """The format of a file that begins with ``content``, whatever its name says; None for what is no picture."""
    if content[4:8] == b"ftyp":  # an ISO media file, with its major brand first
        size = min(int.from_bytes(content[:4], "big"), 256)
        compatible = {content[i : i + 4] for i in range(16, size, 4)}
        return AVIF if b"avif" in compatible else _BRANDS.get(content[8:12])
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[:2] == b"PK" and content[30:54] == b"mimetypeimage/openraster":
        return OPENRASTER
    if content[:4] == b"II*\0" and content[8:10] == b"CR":  # Canon's
        return RAW
    return next((kind for kind in FORMATS if content.startswith(kind.signatures)), None)


def result_suffix(kind: Format, suffix: str = "") -> str:
    """The suffix of a colored result: ``suffix``, that of the source, unless its format cannot hold color."""
    return kind.result or suffix or kind.suffixes[0]
