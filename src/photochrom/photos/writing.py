"""Writing results: the format follows from the name, the metadata from the source, and a file appears whole."""

import errno
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from photochrom.atomic import CheckedFile, replacing
from photochrom.errors import ExistsError, MissingPackageError, PhotoError
from photochrom.photos import bmp, embedding, formats, jpeg_luma, openraster, png, pnm
from photochrom.photos.animation import Animation, save
from photochrom.photos.formats import JPEG, TIFF, Format
from photochrom.photos.high_depth import to_8_bit
from photochrom.photos.icc import srgb
from photochrom.photos.layers import Layer, layered
from photochrom.photos.provenance import Provenance
from photochrom.photos.reading import Photo, PhotoFile
from photochrom.photos.tiff_tags import Blocks

Subsampling = Literal["4:4:4", "4:2:2", "4:2:0"]


@dataclass(frozen=True)
class Encoding:
    """How a result is compressed.

    ``quality``, 1 to 100, is that of JPEG and AVIF (98 by default), and makes WebP lossy; ``subsampling`` is that
    of the chroma in JPEG and AVIF; ``lossless_luma`` copies the luma of a gray JPEG bit for bit (see
    `photochrom.photos.jpeg_luma`). Raises `ValueError` for other values.
    """

    # No chroma subsampling: the chroma has just been made for every pixel, and luma keeps best without it.
    # Below a quality of 97, JPEG alone moves the luma of a detailed photograph by more than a level in the mean.
    quality: int | None = None
    subsampling: Subsampling = "4:4:4"
    lossless_luma: bool = False

    def __post_init__(self) -> None:
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise ValueError(f"quality must be between 1 and 100, not {self.quality}")
        if self.subsampling not in ("4:4:4", "4:2:2", "4:2:0"):
            raise ValueError(f"subsampling must be 4:4:4, 4:2:2 or 4:2:0, not {self.subsampling}")

    def options(self, kind: Format) -> dict[str, Any]:
        """What Pillow's ``save`` takes for a file of this format."""
        if kind in (JPEG, formats.AVIF):
            return {"quality": self.quality or 98, "subsampling": self.subsampling}
        if kind is formats.WEBP:
            return {"quality": self.quality} if self.quality else {"lossless": True, "exact": True}
        return {}


def depth(path: Path, photo: Photo) -> int:
    """The bits of each channel in a result of ``photo`` at ``path``: the photo's, as far as the format holds them."""
    kind = formats.of_name(path)
    return photo.depth if kind and kind.deep else 8


def write(
    path: Path,
    rgb: np.ndarray,
    photo: Photo,
    provenance: Provenance,
    overwrite: bool = False,
    encoding: Encoding | None = None,
) -> tuple[str, ...]:
    """Write one picture; see `write_pages`."""
    return write_pages(path, iter([(rgb, photo)]), provenance, overwrite, encoding)


def write_pages(
    path: Path,
    pages: Iterator[tuple[np.ndarray, Photo]],
    provenance: Provenance,
    overwrite: bool = False,
    encoding: Encoding | None = None,
    source: PhotoFile | None = None,
    count: int = 1,
    animation: Animation | None = None,
    known: Sequence[Layer] = (),
) -> tuple[str, ...]:
    """Write ``count`` ``pages`` to ``path``, with the alpha and metadata of each photo and the note of ``provenance``.

    Each is ``rgb`` (H, W, 3), uint8 or, where `depth` says 16, uint16. ``source`` is the file whose luma is copied,
    if ``encoding`` wants that, and whose picture is a layer where the format has them, beside those of what was
    ``known`` of the colors. With an ``animation``, the pages are its frames. The file appears complete or not at all,
    and replaces another only if ``overwrite``. Returns what the format cannot hold of the metadata, each in one line.
    Raises `PhotoError`.
    """
    kind = _writable(path, source, count)
    encoding = encoding or Encoding()
    if encoding.lossless_luma and (kind is not JPEG or source is None):
        raise PhotoError(f"{path}: the luma can be copied from gray JPEG files to JPEG results alone")
    write_file = partial(_save_tiff, count=count) if kind is TIFF else _save_one
    if kind in formats.LAYERED:
        write_file = partial(_save_layers, source=source, known=known)
    if animation:
        write_file = partial(_save_animation, plays=animation.plays)
    try:
        with replacing(path, overwrite) as temporary:
            notes = write_file(temporary, kind, pages, provenance, encoding)
            if encoding.lossless_luma and source is not None:
                jpeg_luma.copy(source, temporary)
        return notes
    except FileExistsError:
        raise ExistsError(f"{path}: exists already; `overwrite` replaces it") from None
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            raise PhotoError(f"{path}: the name is too long for the disk; name another") from None
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PhotoError(f"{path}: cannot be written ({reason}); check the folder and the disk") from error


def _writable(path: Path, source: PhotoFile | None, count: int) -> Format:
    """The format that the name of ``path`` promises. Raises `PhotoError` where it cannot hold the result."""
    kind = formats.of_name(path)
    if kind is None or kind.result:
        names = ", ".join(sorted(formats.WRITABLE))
        raise PhotoError(f"{path}: cannot write this kind of file; name it with one of {names}")
    if kind.obstacle:
        raise MissingPackageError(f"{path}: {kind.obstacle}")
    if count > 1 and not kind.pages:
        raise PhotoError(f"{path}: cannot hold the {count} pages of its source; name a .tif")
    if kind.longest and source and max(source.pages[0].width, source.pages[0].height) > kind.longest:
        raise PhotoError(f"{path}: {kind.name} holds no more than {kind.longest} pixels a side; name a .png or a .tif")
    return kind


def to_image(rgb: np.ndarray, alpha: np.ndarray | None = None) -> Image.Image:
    """``rgb`` uint8 (H, W, 3), and ``alpha`` (H, W) of 8 or 16 bit if there is one → a Pillow picture, RGB or RGBA."""
    image = Image.fromarray(rgb)
    if alpha is not None:
        image.putalpha(Image.fromarray(alpha if alpha.dtype == np.uint8 else to_8_bit(alpha)))
    return image


def _save_one(
    path: Path, kind: Format, pages: Iterable[tuple[np.ndarray, Photo]], provenance: Provenance, encoding: Encoding
) -> tuple[str, ...]:
    rgb, photo = next(iter(pages))
    if kind is formats.PPM:
        comments, notes = embedding.for_ppm(photo.metadata)
        pnm.write(path, rgb, [provenance.note(), *comments])
        return notes
    if kind is formats.BMP:
        bmp.write(path, to_image(rgb), provenance.note(), photo.metadata.dpi)
        return embedding.not_held(photo.metadata, kind)
    embedded = embedding.embed(photo.metadata, kind, provenance, _size(rgb))
    options = embedded.options | encoding.options(kind) | {"icc_profile": srgb()}
    alpha = _alpha(photo, rgb.dtype) if kind.alpha else None
    if rgb.dtype == np.uint16:
        png.write(path, rgb if alpha is None else np.dstack([rgb, alpha]), options)
    else:
        with CheckedFile(path) as file:
            to_image(rgb, alpha).save(file, format=kind.name, **options)
    return embedded.notes


def _save_layers(
    path: Path,
    kind: Format,
    pages: Iterable[tuple[np.ndarray, Photo]],
    provenance: Provenance,
    encoding: Encoding,
    source: PhotoFile | None,
    known: Sequence[Layer],
) -> tuple[str, ...]:
    rgb, photo = next(iter(pages))
    photograph = _gray(photo, rgb.dtype) if source is None else source.read_levels()
    picture = layered(photograph, rgb, _alpha(photo, rgb.dtype), known)
    if kind is formats.PSD:
        from photochrom.photos import psd_layers

        psd_layers.write(path, picture, embedding.for_psd(photo.metadata, provenance, picture.size))
        return embedding.not_held(photo.metadata, kind)
    embedded = embedding.embed(photo.metadata, formats.PNG, provenance, picture.size)
    openraster.write(path, picture, embedded.options | {"icc_profile": srgb()})
    soft = picture.has_alpha and ((picture.flat[..., 3] > 0) & (picture.flat[..., 3] < np.iinfo(rgb.dtype).max)).any()
    note = "ORA cannot clip colors to a photograph: where it is half transparent, programs may show it less so"
    return (*embedded.notes, note) if soft else embedded.notes


def _save_animation(
    path: Path,
    kind: Format,
    pages: Iterator[tuple[np.ndarray, Photo]],
    provenance: Provenance,
    encoding: Encoding,
    plays: int,
) -> tuple[str, ...]:
    first = next(pages)
    embedded = embedding.embed(first[1].metadata, kind, provenance, _size(first[0]))
    options = embedded.options | encoding.options(kind) | {"icc_profile": srgb()}
    frames = [(to_image(rgb, photo.alpha), photo.duration) for rgb, photo in chain([first], pages)]
    if len({picture.mode for picture, _ in frames}) > 1:
        frames = [(picture.convert("RGBA"), duration) for picture, duration in frames]
    save(path, kind, frames, plays, options)
    return embedded.notes


def _save_tiff(
    path: Path,
    kind: Format,
    pages: Iterator[tuple[np.ndarray, Photo]],
    provenance: Provenance,
    encoding: Encoding,
    count: int,
) -> tuple[str, ...]:
    from photochrom.photos import tiff

    notes: dict[str, None] = {}  # each once, in their order

    def packed() -> Iterator[tuple[np.ndarray, Blocks]]:
        for rgb, photo in pages:
            alpha = _alpha(photo, rgb.dtype)
            notes.update(dict.fromkeys(embedding.not_held(photo.metadata, kind)))
            blocks = embedding.for_tiff(photo.metadata, provenance, _size(rgb))
            yield rgb if alpha is None else np.dstack([rgb, alpha]), blocks

    whole = packed()
    first = next(whole)
    tiff.write(path, chain([first], whole), tiff.is_too_big(first[0], count))
    return tuple(notes)


def _gray(photo: Photo, dtype: np.dtype) -> np.ndarray:
    """The luma of ``photo`` as levels (H, W, 3) of ``dtype``."""
    levels = np.rint(photo.luma[0, ..., None] * np.iinfo(dtype).max).astype(dtype)
    return np.broadcast_to(levels, (*levels.shape[:2], 3))


def _size(rgb: np.ndarray) -> tuple[int, int]:
    return rgb.shape[1], rgb.shape[0]


def _alpha(photo: Photo, dtype: np.dtype) -> np.ndarray | None:
    """The alpha of ``photo`` in the result's depth."""
    if photo.alpha is None or photo.alpha.dtype == dtype:
        return photo.alpha
    return to_8_bit(photo.alpha) if dtype == np.uint8 else photo.alpha.astype(np.uint16) * 257
