"""Photograph files and pictures in memory, read to luma or to RGB.

A file is opened and inspected once, by `inspect`, to a `PhotoFile`, which is passed on to whoever wants its pixels.
Every picture is turned upright (EXIF orientation), brought to sRGB (ICC profile) and laid out as the
field's planes: ``rgb`` (3, H, W) and ``luma`` (1, H, W), float32 in [0, 1].
"""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from photochrom.errors import MissingPackageError, NotAPhotoError, PhotoError, TooLargeError
from photochrom.photos import animation, formats, inspecting, openraster
from photochrom.photos.animation import Animation
from photochrom.photos.decoding import decode
from photochrom.photos.formats import Format
from photochrom.photos.high_depth import Deep, to_8_bit
from photochrom.photos.metadata import SourceMetadata
from photochrom.photos.page import Page
from photochrom.photos.pillow import DAMAGE
from photochrom.photos.planes import to_luma, to_rgb, upright
from photochrom.photos.quiet import quiet

MAX_PIXELS = 178_000_000  # a picture that claims more is refused
_NOT_A_PICTURE = "not a picture of a kind that can be read, whatever its name says; check the file"


@dataclass(frozen=True)
class ReadOptions:
    """How files are read.

    Those of more than ``max_pixels`` are refused; ``white`` is the white of floating-point values, see
    `photochrom.photos.high_depth.float_range`.
    """

    max_pixels: int = MAX_PIXELS
    white: float | None = None


@dataclass(frozen=True)
class Photo:
    """A black-and-white photograph, ready to be colored.

    ``luma`` is float32 (1, H, W) in [0, 1]; ``alpha`` is uint8 or uint16 (H, W), or None where the picture
    is opaque; ``metadata`` is what a result keeps of the file's; ``depth`` is 8 or 16, the file's bits;
    ``duration`` is how many milliseconds a frame of an animation is shown.
    """

    luma: np.ndarray
    alpha: np.ndarray | None = None
    metadata: SourceMetadata = field(default_factory=SourceMetadata)
    depth: int = 8
    duration: float = 0.0


@dataclass(frozen=True)
class PhotoFile:
    """A photograph's file, inspected: its ``content``, and what that says of itself.

    ``name`` is what messages call it, ``path`` where it lies, if it is a file. ``pages`` are the pictures that a
    result must hold, too: those of a TIFF, else one. With an ``animation``, that is its still picture or first frame.
    ``photo`` is what `read` gives, where that was decoded already.
    """

    name: str
    path: Path | None
    content: bytes = field(repr=False)
    format: Format
    pages: tuple[Page, ...]
    options: ReadOptions
    animation: Animation | None = None
    photo: Photo | None = field(default=None, repr=False)

    def decoded(self) -> "PhotoFile":
        """The same file, of one page, with its ``photo`` at hand for all who read it. Raises `PhotoError`."""
        return replace(self, photo=self.read())

    def only(self, page: int) -> "PhotoFile":
        """The same file as if it held this page alone. Raises `PhotoError` for a page that it does not have."""
        if not 0 <= page < len(self.pages):
            raise PhotoError(f"{self.name}: has {len(self.pages)} pages, and no page {page + 1}")
        return replace(self, pages=(self.pages[page],))

    def read(self, page: int = 0) -> Photo:
        """The photograph; color and tint are reduced to luma. Raises `PhotoError`."""
        if self.photo is not None:
            return self.photo
        with _photo_errors(self.name):
            picture, kept = self._upright(page), self.pages[page].metadata
            if isinstance(picture, Deep):
                return Photo(picture.luma(), picture.own_alpha(), kept, picture.depth)
            return _to_photo(picture, kept, self.options.white)

    def read_rgb(self, page: int = 0) -> np.ndarray:
        """The colors: uint8 (3, H, W), upright, sRGB. Raises `PhotoError`."""
        with _photo_errors(self.name):
            picture = self._upright(page)
            colors = picture.rgb() if isinstance(picture, Deep) else np.asarray(to_rgb(picture, self.options.white))
            return np.ascontiguousarray(colors.transpose(2, 0, 1))

    def read_levels(self, page: int = 0) -> np.ndarray:
        """The picture as it is, in its own depth: uint8 or uint16 (H, W, 3), upright, sRGB. Raises `PhotoError`."""
        with _photo_errors(self.name):
            picture = self._upright(page)
            if isinstance(picture, Deep):
                levels = picture.colors if picture.depth == 16 else to_8_bit(picture.colors)
            elif picture.mode.startswith(("I", "F")):
                levels = np.rint(to_luma(picture, self.options.white)[0, ..., None] * 65535).astype(np.uint16)
            else:
                levels = np.asarray(to_rgb(picture, self.options.white))
            return np.broadcast_to(levels, (*levels.shape[:2], 3))

    def read_frames(self) -> Iterator[Photo]:
        """The frames of an animation, each as it is shown. Raises `PhotoError`."""
        told = self.pages[0]
        with _photo_errors(self.name):
            for picture, duration in animation.frames(self.content, self.format):
                photo = _to_photo(_turned(picture, told), told.metadata, self.options.white)
                yield replace(photo, duration=duration)

    def _upright(self, page: int) -> Image.Image | Deep:
        """The picture as it is decoded, upright; in sRGB if it is `Deep`, else with its profile."""
        told = self.pages[page]
        picture = decode(self.content, self.format, told, self.options.white)
        if isinstance(picture, Deep):
            return picture.upright(told.orientation, told.profile)
        return _turned(picture, told)


def inspect(source: Path | bytes, options: ReadOptions | None = None, name: str = "the photograph") -> PhotoFile:
    """Open the file at ``source``, or take its content, and see what it is; no pixel is decoded.

    ``name`` is what messages call a content. Raises `PhotoError`: `NotAPhotoError` for what is no picture of a kind
    that can be read, `TooLargeError` for one of too many pixels.
    """
    options = options or ReadOptions()
    path = None if isinstance(source, bytes) else source
    name = name if path is None else str(path)
    with _photo_errors(name):
        content = source if isinstance(source, bytes) else _content(source)
        kind = formats.of_content(content[: formats.HEAD])
        if kind is None:
            raise NotAPhotoError(f"{name}: {_NOT_A_PICTURE if content else 'an empty file; get another copy'}")
        if kind is formats.OPENRASTER:  # whose picture is a PNG
            content, kind = openraster.merged(content, options.max_pixels), formats.PNG
        kind = inspecting.raw_instead(content, kind)
        _prepare(kind, name)
        pages = inspecting.pages(content, kind, options.max_pixels)
        moving = animation.inspect(content, kind)
        if moving and moving.frames * pages[0].width * pages[0].height > options.max_pixels:
            moving = replace(moving, still=f"all of them are more than {options.max_pixels / 1e6:g} million pixels")
        return PhotoFile(name, path, content, kind, pages, options, moving)


def read(source: Path | bytes, options: ReadOptions | None = None) -> Photo:
    """Read the photograph at ``source``, or in these bytes; the first page of several."""
    return inspect(source, options).read()


def read_rgb(source: Path | bytes, options: ReadOptions | None = None) -> np.ndarray:
    """The colors of the photograph at ``source``, or in these bytes: uint8 (3, H, W); see `PhotoFile.read_rgb`."""
    return inspect(source, options).read_rgb()


def _content(path: Path) -> bytes:
    if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe that nobody writes to takes for ever
        if path.is_dir():
            raise IsADirectoryError
        raise PhotoError(f"{path}: not a regular file; store the photograph in one")
    with path.open("rb") as file:
        head = file.read(formats.HEAD)
        return head + file.read() if formats.of_content(head) else head  # a disk image may bear any name


@contextmanager
def _photo_errors(name: str) -> Iterator[None]:
    """Turn whatever is wrong with the file called ``name`` into a `PhotoError`."""
    try:
        with quiet():
            yield
    except FileNotFoundError:
        raise PhotoError(f"{name}: no such file; check the name") from None
    except PermissionError:
        raise PhotoError(f"{name}: not permitted to read it; check its permissions") from None
    except IsADirectoryError:
        raise PhotoError(f"{name}: is a folder, not a picture") from None
    except UnidentifiedImageError:
        raise NotAPhotoError(f"{name}: {_NOT_A_PICTURE}") from None
    except Image.DecompressionBombError as error:
        raise TooLargeError(f"{name}: {error}") from None
    except MemoryError:  # also what some decoders raise for a size that damage has made up
        raise PhotoError(f"{name}: not enough memory for a picture of this size, or damaged") from None
    except DAMAGE as error:
        raise PhotoError(f"{name}: damaged or cut short ({_one_line(error)}); get another copy") from error


def _turned(picture: Image.Image, told: Page) -> Image.Image:
    """A decoded picture, upright, with the profile of its page."""
    picture.info["icc_profile"] = told.profile
    return upright(picture, told.orientation)


def _prepare(kind: Format, name: str) -> None:
    """See that what reads ``kind`` is there. Raises `MissingPackageError`."""
    if kind.is_missing:
        raise MissingPackageError(f"{name}: {kind.extra.upper()} needs an extra package: pip install '.[{kind.extra}]'")
    if kind is formats.HEIC:
        import pillow_heif

        pillow_heif.register_heif_opener()


def from_image(image: Image.Image, white: float | None = None) -> Photo:
    """A Pillow picture of any mode → `Photo`; ``white`` as in `read`."""
    return _to_photo(_plain(image), SourceMetadata(), white)


def rgb_from_image(image: Image.Image) -> np.ndarray:
    """A Pillow picture of any mode → its colors, uint8 (3, H, W), upright, sRGB."""
    colors = np.asarray(to_rgb(_plain(image), None))
    return np.ascontiguousarray(colors.transpose(2, 0, 1))


def _plain(image: Image.Image) -> Image.Image:
    """A picture upright, and of a mode that can be converted to others: gray with premultiplied alpha cannot."""
    turned = ImageOps.exif_transpose(image)
    return turned.convert("LA") if turned.mode == "La" else turned


def _to_photo(image: Image.Image, kept: SourceMetadata, white: float | None) -> Photo:
    alpha = None
    if image.has_transparency_data:
        alpha = np.asarray(image.convert("RGBA"))[..., 3]
    depth = 16 if image.mode.startswith(("I", "F")) else 8
    return Photo(to_luma(image, white), alpha, kept, depth)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
