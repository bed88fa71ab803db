"""Photograph files and pictures in memory: read to RGB or to luma, write back with their metadata.

Every picture is turned upright (EXIF orientation), brought to sRGB (ICC profile) and laid out as the
field's planes: ``rgb`` (3, H, W) and ``luma`` (1, H, W), float32 in [0, 1].
"""

import io
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from photochrom import metadata
from photochrom.color import rgb_to_luma
from photochrom.errors import PhotoError
from photochrom.files import replacing
from photochrom.opening import open_picture

MAX_PIXELS = 178_000_000  # a picture that claims more is refused; Pillow itself refuses from 179 million on
_ROWS = 64  # rows of a picture turned to luma at a time

# What can be read, and the format a colored result is written in: the same where it can hold color.
SUFFIXES = {
    ".jpg": ".jpg", ".jpeg": ".jpeg", ".png": ".png", ".webp": ".webp", ".bmp": ".bmp",
    ".tif": ".tif", ".tiff": ".tiff", ".ppm": ".ppm",
    ".pgm": ".ppm", ".pnm": ".ppm", ".pbm": ".png", ".gif": ".png",
}  # fmt: skip

_WITH_ALPHA = {".png", ".webp", ".tif", ".tiff"}
# No chroma subsampling: the chroma has just been made for every pixel, and luma keeps best without it.
# Below a quality of 97, JPEG alone moves the luma of a detailed photograph by more than a level in the mean.
_ENCODING: dict[str, dict[str, Any]] = {
    ".jpg": {"quality": 98, "subsampling": "4:4:4"},
    ".jpeg": {"quality": 98, "subsampling": "4:4:4"},
    ".webp": {"lossless": True, "exact": True},
    ".tif": {"compression": "tiff_lzw"},
    ".tiff": {"compression": "tiff_lzw"},
}


@dataclass(frozen=True)
class Photo:
    """A black-and-white photograph, ready to be colored.

    ``luma`` is float32 (1, H, W) in [0, 1]; ``alpha`` is uint8 (H, W), or None where the picture is
    opaque; ``metadata`` holds what Pillow's ``save`` takes to keep the file's own metadata.
    """

    luma: np.ndarray
    alpha: np.ndarray | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


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


def read(path: Path, max_pixels: int = MAX_PIXELS) -> Photo:
    """Read the photograph at ``path``; color and tint are reduced to luma. Raises `PhotoError`."""
    with opened(path, max_pixels) as image:
        return from_image(image)


def read_rgb(path: Path, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """The colors of the photograph at ``path``: uint8 (3, H, W), upright, sRGB. Raises `PhotoError`."""
    with opened(path, max_pixels) as image:
        return np.ascontiguousarray(np.asarray(_to_srgb(_upright(image))).transpose(2, 0, 1))


@contextmanager
def opened(path: Path, max_pixels: int = MAX_PIXELS) -> Iterator[Image.Image]:
    """Open and decode the picture at ``path``, turning whatever is wrong with it into a `PhotoError`."""
    try:
        with _judged_here(), open_picture(path, max_pixels) as image:
            image.load()
            yield image
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
    except (*metadata.DAMAGE, MemoryError) as error:
        raise PhotoError(f"{path}: damaged or cut short ({_one_line(error)}); get another copy") from error


def from_image(image: Image.Image) -> Photo:
    """A Pillow picture of any mode → `Photo`."""
    kept = metadata.kept(image)
    image = _upright(image)
    alpha = None
    if image.has_transparency_data:
        alpha = np.asarray(image.convert("RGBA"))[..., 3]
    return Photo(_luma(image), alpha, kept)


def write(path: Path, rgb: np.ndarray, photo: Photo, model: str, overwrite: bool = False) -> None:
    """Write ``rgb``, uint8 (H, W, 3), to ``path`` with the alpha and metadata of ``photo`` and a note of ``model``.

    The file appears complete or not at all, and replaces another only if ``overwrite``. Raises `PhotoError`.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES.values():
        names = ", ".join(sorted(set(SUFFIXES.values())))
        raise PhotoError(f"{path}: cannot write this kind of file; name it with one of {names}")
    image = to_image(rgb, photo.alpha if suffix in _WITH_ALPHA else None)
    exif = metadata.with_note(photo.metadata.get("exif"), model)
    options = {**photo.metadata, **_ENCODING.get(suffix, {}), "exif": exif.tobytes()}
    if suffix in {".tif", ".tiff"} and metadata.must_be_uncompressed(exif):
        del options["compression"]
    try:
        with replacing(path, overwrite) as temporary:
            if suffix == ".ppm":  # Pillow writes no comments, and a comment is all the metadata that PPM has
                header = f"P6\n# {metadata.note(model)}\n{image.width} {image.height}\n255\n"
                temporary.write_bytes(header.encode() + image.tobytes())
            else:
                image.save(temporary, format=Image.registered_extensions()[suffix], **options)
    except FileExistsError:
        raise PhotoError(f"{path}: exists already; --overwrite replaces it") from None
    except (OSError, ValueError) as error:
        raise PhotoError(f"{path}: cannot be written ({_one_line(error)}); check the folder and the disk") from error


def to_image(rgb: np.ndarray, alpha: np.ndarray | None = None) -> Image.Image:
    """``rgb`` uint8 (H, W, 3), and ``alpha`` uint8 (H, W) if there is one → a Pillow picture, RGB or RGBA."""
    image = Image.fromarray(rgb)
    if alpha is not None:
        image.putalpha(Image.fromarray(alpha))
    return image


def is_ours(path: Path) -> bool:
    """Whether the picture at ``path`` carries the note of an earlier run. A file that cannot be read does not."""
    try:
        if path.suffix.lower() == ".ppm":
            with path.open("rb") as file:
                return metadata.NOTE.encode() in file.read(200)
        with _judged_here(), Image.open(path) as image:
            return metadata.has_note(image)
    except (*metadata.DAMAGE, Image.DecompressionBombError):
        return False


@contextmanager
def _judged_here() -> Iterator[None]:
    """Keep Pillow from warning of a picture's size or damage for this block: `opened` decides, and says what to do."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="PIL")
        yield


def _upright(image: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(image)


def _luma(image: Image.Image) -> np.ndarray:
    """The luma of a picture of any mode, with its full precision: float32 (1, H, W)."""
    if image.mode.startswith("I"):  # 16-bit gray; Pillow's own conversion to 8 bit would clip it
        deep = np.asarray(image, dtype=np.float32)
        gray = (deep / (65535 if deep.max(initial=0) > 255 or ";16" in image.mode else 255)).clip(0, 1)
        return _gray_to_srgb(gray[None], image.info.get("icc_profile"))
    if image.mode in {"L", "LA", "La", "1"}:
        levels = np.asarray(image if image.mode == "L" else image.convert("L"))
        gray = np.divide(levels, np.float32(255), dtype=np.float32)
        return _gray_to_srgb(gray[None], image.info.get("icc_profile"))
    if image.mode == "F":
        raise ValueError("floating-point pictures do not say what their white is; save it as 8 or 16 bit first")
    rgb = np.asarray(_to_srgb(image))
    luma = np.empty((1, *rgb.shape[:2]), np.float32)
    for top in range(0, len(rgb), _ROWS):  # whole planes of floats would take four times the picture's memory
        rows = slice(top, top + _ROWS)
        luma[:, rows] = rgb_to_luma(np.divide(rgb[rows].transpose(2, 0, 1), np.float32(255), dtype=np.float32))
    return luma


def _gray_to_srgb(gray: np.ndarray, profile: bytes | None) -> np.ndarray:
    """Gray float32 in [0, 1] as its profile, if there is one for gray, means it → the same in sRGB."""
    if not profile:
        return gray
    ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    ramp.info["icc_profile"] = profile
    curve = np.asarray(_to_srgb(ramp).convert("L"), dtype=np.float32)[0] / 255
    as_meant: np.ndarray = np.interp(gray, np.linspace(0, 1, 256), curve).astype(np.float32)
    return as_meant


def _to_srgb(image: Image.Image) -> Image.Image:
    """An RGB picture in sRGB, of a picture of any mode; a profile that cannot be used is taken for sRGB."""
    profile = image.info.get("icc_profile")
    if image.mode not in {"RGB", "CMYK", "L"}:
        if image.mode.startswith("I") or image.mode in {"F", "LA", "La", "1"}:
            gray = Image.fromarray(np.rint(_luma(image)[0] * 255).astype(np.uint8))
            return gray.convert("RGB")
        image = image.convert("RGBA").convert("RGB") if image.mode == "P" else image.convert("RGB")
    if profile:
        try:
            source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            # What makes it quick costs gray up to ten levels in the shadows.
            exact = ImageCms.Flags.NOOPTIMIZE if image.mode == "L" else ImageCms.Flags.NONE
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB", flags=exact)
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile, or one for another mode: Pillow's plain conversion below is the field's habit
    return image.convert("RGB")


def _too_large(max_pixels: int) -> str:
    return f"has more than {max_pixels // 1_000_000} million pixels (or says so: a bomb); --max-pixels raises the limit"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
