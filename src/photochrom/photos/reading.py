"""Photograph files and pictures in memory, read to luma or to RGB.

Every picture is turned upright (EXIF orientation), brought to sRGB (ICC profile) and laid out as the
field's planes: ``rgb`` (3, H, W) and ``luma`` (1, H, W), float32 in [0, 1].
"""

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from photochrom.errors import PhotoError
from photochrom.photos import formats, metadata, png, pnm
from photochrom.photos.high_depth import Deep, float_range, levels_to_luma, to_16_bit
from photochrom.photos.icc import gray_to_srgb, to_srgb
from photochrom.photos.metadata import SourceMetadata
from photochrom.photos.pillow import DAMAGE, open_picture

MAX_PIXELS = 178_000_000  # a picture that claims more is refused; Pillow itself refuses from 179 million on

# What can be read, and the format a colored result is written in: the same where it can hold color.
# Encoders of HEIC are encumbered by patents, so its results are JPEG.
SUFFIXES = {
    ".jpg": ".jpg", ".jpeg": ".jpeg", ".png": ".png", ".webp": ".webp", ".bmp": ".bmp",
    ".tif": ".tif", ".tiff": ".tiff", ".ppm": ".ppm", ".avif": ".avif",
    ".pgm": ".ppm", ".pnm": ".ppm", ".pbm": ".png", ".gif": ".png", ".heic": ".jpg", ".heif": ".jpg",
}  # fmt: skip


@dataclass(frozen=True)
class Photo:
    """A black-and-white photograph, ready to be colored.

    ``luma`` is float32 (1, H, W) in [0, 1]; ``alpha`` is uint8 or uint16 (H, W), or None where the picture
    is opaque; ``metadata`` is what a result keeps of the file's; ``depth`` is 8 or 16, the file's bits.
    """

    luma: np.ndarray
    alpha: np.ndarray | None = None
    metadata: SourceMetadata = field(default_factory=SourceMetadata)
    depth: int = 8


def find(folder: Path, on_error: Callable[[PhotoError], None] | None = None) -> list[Path]:
    """All files below ``folder`` whose name ends like a picture's, sorted.

    Hidden files and folders are left out; links to folders are not followed. A folder that cannot be
    read is told to ``on_error``, or raised as `PhotoError`: a part silently left out would look finished.
    """

    def unreadable(error: OSError) -> None:
        problem = PhotoError(f"{error.filename}: cannot read this folder ({error.strerror}); check its permissions")
        if on_error is None:
            raise problem
        on_error(problem)

    found = []
    for root, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(root, name) for name in files if not name.startswith(".") and is_picture_name(Path(name))]
    return sorted(found)


def is_picture_name(path: Path) -> bool:
    """Whether ``path`` ends like a picture that can be read."""
    return path.suffix.lower() in SUFFIXES


def page_count(path: Path) -> int:
    """How many pictures the file at ``path`` holds that a result must hold, too: the pages of a TIFF, else 1."""
    with _judged(path, MAX_PIXELS):
        if formats.suffix(formats.head(path)) == ".tif":
            from photochrom.photos import tiff

            return tiff.page_count(path)
    return 1


def read(path: Path, max_pixels: int = MAX_PIXELS, *, page: int = 0, white: float | None = None) -> Photo:
    """Read the photograph at ``path``, or another page; color and tint are reduced to luma.

    ``white`` is the white of floating-point values, see `photochrom.photos.high_depth.float_range`.
    Raises `PhotoError`.
    """
    with _judged(path, max_pixels):
        if found := _deep(path, page, max_pixels, white):
            deep, kept = found
            return Photo(deep.luma(), deep.own_alpha(), kept, deep.depth)
        with _loaded(path, page, max_pixels) as image:
            return from_image(image, white)


def read_rgb(path: Path, max_pixels: int = MAX_PIXELS, *, white: float | None = None) -> np.ndarray:
    """The colors of the photograph at ``path``: uint8 (3, H, W), upright, sRGB. Raises `PhotoError`."""
    with _judged(path, max_pixels):
        if found := _deep(path, 0, max_pixels, white):
            colors = found[0].rgb()
        else:
            with _loaded(path, 0, max_pixels) as image:
                colors = np.asarray(_to_rgb(_upright(image), white))
        return np.ascontiguousarray(colors.transpose(2, 0, 1))


@contextmanager
def _judged(path: Path, max_pixels: int) -> Iterator[None]:
    """Turn whatever is wrong with the picture at ``path`` into a `PhotoError`."""
    try:
        with _judged_here():
            yield
    except FileNotFoundError:
        raise PhotoError(f"{path}: no such file; check the name") from None
    except PermissionError:
        raise PhotoError(f"{path}: not permitted to read it; check its permissions") from None
    except IsADirectoryError:
        raise PhotoError(f"{path}: is a folder, not a picture") from None
    except UnidentifiedImageError:
        kind = "an empty file" if path.stat().st_size == 0 else "not a picture that can be read"
        raise PhotoError(f"{path}: {kind}, whatever its name says; check the file") from None
    except Image.DecompressionBombError:
        raise PhotoError(f"{path}: {_too_large(max_pixels)}") from None
    except MemoryError:  # also what some decoders raise for a size that damage has made up
        raise PhotoError(f"{path}: not enough memory for a picture of this size, or damaged") from None
    except DAMAGE as error:
        raise PhotoError(f"{path}: damaged or cut short ({_one_line(error)}); get another copy") from error


@contextmanager
def _loaded(path: Path, page: int, max_pixels: int) -> Iterator[Image.Image]:
    """Open and decode a picture with Pillow."""
    if formats.suffix(formats.head(path)) == ".heic":
        _open_heif_too(path)
    with open_picture(path, max_pixels) as image:
        if page:
            image.seek(page)
            if image.width * image.height > max_pixels:
                raise Image.DecompressionBombError
        image.load()
        yield image


def _deep(path: Path, page: int, max_pixels: int, white: float | None) -> tuple[Deep, SourceMetadata] | None:
    """The picture at ``path``, upright and in sRGB, if it is one that Pillow cannot read as it is."""
    head = formats.head(path)
    if formats.suffix(head) == ".tif":
        from photochrom.photos import tiff

        if not tiff.needs_us(path, page):
            return None
        deep, orientation, profile = tiff.read(path, page, max_pixels, white)
        kept = SourceMetadata()
        try:
            with open_picture(path, max_pixels) as image:
                image.seek(page)
                kept = metadata.kept(image)
        except UnidentifiedImageError:
            pass  # of the kinds that Pillow does not even open, the metadata is lost
        return deep.upright(orientation, profile), kept
    if png.is_deep(head):
        with _loaded(path, 0, max_pixels) as image:  # which also knows all the metadata
            kept, orientation = metadata.kept(image), image.getexif().get(0x0112, 1)
            profile = image.info.get("icc_profile")
        return png.read(path).upright(orientation, profile), kept
    if size := pnm.size_if_deep(head):
        if size[0] * size[1] > max_pixels:
            raise Image.DecompressionBombError
        return pnm.read(path), SourceMetadata()
    return None


def _open_heif_too(path: Path) -> None:
    try:
        import pillow_heif
    except ModuleNotFoundError:
        raise PhotoError(f"{path}: HEIC needs an extra package: pip install 'photochrom[heic]'") from None
    pillow_heif.register_heif_opener()


def from_image(image: Image.Image, white: float | None = None) -> Photo:
    """A Pillow picture of any mode → `Photo`; ``white`` as in `read`."""
    kept = metadata.kept(image)
    image = _upright(image)
    alpha = None
    if image.has_transparency_data:
        alpha = np.asarray(image.convert("RGBA"))[..., 3]
    depth = 16 if image.mode.startswith(("I", "F")) else 8
    return Photo(_luma(image, white), alpha, kept, depth)


@contextmanager
def _judged_here() -> Iterator[None]:
    """Keep Pillow from warning of a picture's size or damage for this block: `_judged` decides, and says what to do."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="PIL")
        yield


def _upright(image: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(image)


def _luma(image: Image.Image, white: float | None = None) -> np.ndarray:
    """The luma of a picture of any mode, with its full precision: float32 (1, H, W)."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16-bit gray; Pillow's own conversion to 8 bit would clip it
        deep = np.asarray(image, dtype=np.float32)
        gray = (deep / (65535 if deep.max(initial=0) > 255 or ";16" in image.mode else 255)).clip(0, 1)
        return gray_to_srgb(gray[None], profile)
    if image.mode == "F":
        values = np.asarray(image)
        levels = to_16_bit(values, *float_range(values, None, white))
        return gray_to_srgb(levels[None].astype(np.float32) / np.float32(65535), profile)
    if image.mode in {"L", "LA", "La", "1"}:
        gray = levels_to_luma(np.asarray(image.convert("L"))[..., None])
        return gray_to_srgb(gray, profile)
    return levels_to_luma(np.asarray(to_srgb(image)))


def _to_rgb(image: Image.Image, white: float | None) -> Image.Image:
    """A picture of any mode in sRGB."""
    if image.mode.startswith(("I", "F")) or image.mode in {"LA", "La", "1"}:
        return Image.fromarray(np.rint(_luma(image, white)[0] * 255).astype(np.uint8)).convert("RGB")
    return to_srgb(image)


def _too_large(max_pixels: int) -> str:
    return f"has more than {max_pixels / 1e6:g} million pixels (or says so: a bomb); --max-pixels raises the limit"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
