"""The samples of a TIFF page as they are stored → a picture."""

import numpy as np
import tifffile
from PIL import Image

from photochrom.photos.high_depth import Deep, float_range, to_16_bit

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK = 0, 1, 2, 3, 5
COLORS = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, CMYK: 4}
_LEAST, _GREATEST = 340, 341
_ASSOCIATED, _UNASSOCIATED, _COREL = 1, 2, 999  # kinds of extra samples; 999 is a program's own word for the second
_MODES = {(1, False): "L", (1, True): "LA", (3, False): "RGB", (3, True): "RGBA", (4, False): "CMYK"}


def to_picture(
    page: tifffile.TiffPage, samples: np.ndarray, photometric: int, white: float | None
) -> Image.Image | Deep:
    """``samples`` (H, W, S) → what Pillow holds without loss as its picture, all else as `Deep`.

    ``white`` as in `float_range`.
    """
    count = COLORS[photometric]
    if samples.shape[2] < count:
        raise ValueError(f"{samples.shape[2]} samples for each pixel, where {count} are needed")
    if photometric == PALETTE:
        return Image.fromarray(_palette(page)[samples[..., 0].astype(np.intp)])
    alpha = _alpha(page, samples, count)
    bits = page.bitspersample
    fits = samples.dtype.kind in "ub" and samples.dtype.itemsize == 1 and bits in (1, 2, 4, 8)
    mode = _MODES.get((count, alpha is not None))
    if not fits or mode is None or (count == 1 and alpha == _ASSOCIATED):
        return _deep(page, samples, photometric, alpha, white)
    levels = np.ascontiguousarray(samples[..., : count + (alpha is not None)])
    if bits != 8:
        levels = levels * np.uint8(255 // ((1 << bits) - 1))
    if photometric == WHITE_IS_ZERO:
        levels[..., 0] = 255 - levels[..., 0]
    size = samples.shape[1::-1]
    if alpha == _ASSOCIATED:
        return Image.frombytes("RGBa", size, levels.tobytes()).convert("RGBA")
    return Image.frombytes(mode, size, levels.tobytes())


def ycbcr_to_picture(page: tifffile.TiffPage, content: bytes) -> Image.Image:
    """A page of luma and chroma that may be subsampled (TIFF 6.0, section 21), which tifffile does not know."""
    across, down = page.subsampling or (2, 2)
    height, width, step = page.imagelength, page.imagewidth, page.rowsperstrip
    if page.planarconfig != 1 or page.is_tiled or page.bitspersample != 8 or (step % down and step < height):
        raise ValueError("an unusual kind of TIFF, luma and chroma")
    strips = []
    for index, (start, length) in enumerate(zip(page.dataoffsets, page.databytecounts, strict=True)):
        data = content[start : start + length]
        if page.compression != 1:
            data = tifffile.TIFF.DECOMPRESSORS[page.compression](data)
        rows = min(step, height - index * step)
        shape = -(-rows // down), -(-width // across), across * down + 2
        if len(data) < np.prod(shape):
            raise ValueError("the picture ends too early")
        blocks = np.frombuffer(data, np.uint8, int(np.prod(shape))).reshape(shape)
        luma = blocks[..., :-2].reshape(*shape[:2], down, across).swapaxes(1, 2).reshape(shape[0] * down, -1)
        chroma = blocks[..., -2:].repeat(down, 0).repeat(across, 1)
        strips.append(np.dstack([luma, chroma])[:rows, :width])
    return Image.frombytes("YCbCr", (width, height), np.concatenate(strips).tobytes()).convert("RGB")


def _alpha(page: tifffile.TiffPage, samples: np.ndarray, count: int) -> int | None:
    """The kind of alpha that follows the colors, if it does. In files of 8 bit that do not say, it does: old habit."""
    if samples.shape[2] <= count:
        return None
    extra = page.extrasamples
    if not extra:
        return _UNASSOCIATED if count == 3 and samples.shape[2] == 4 and samples.dtype == np.uint8 else None
    kind = int(extra[0])
    return _UNASSOCIATED if kind == _COREL else kind if kind in (_ASSOCIATED, _UNASSOCIATED) else None


def _palette(page: tifffile.TiffPage) -> np.ndarray:
    """The colors of a palette: uint8 (N, 3). Some programs store 8 bit in its entries of 16."""
    entries = np.asarray(page.colormap, dtype=np.uint16).T
    return np.ascontiguousarray(entries if entries.max(initial=0) < 256 else entries >> 8).astype(np.uint8)


def _deep(
    page: tifffile.TiffPage, samples: np.ndarray, photometric: int, alpha_kind: int | None, white: float | None
) -> Deep:
    count = COLORS[photometric]
    low, high = _range(page, samples[..., :count], white)
    levels = samples if samples.dtype == np.uint16 and high == 65535 else to_16_bit(samples, low, high)
    colors = levels[..., :count]
    if photometric == WHITE_IS_ZERO:
        colors = 65535 - colors
    alpha = None if alpha_kind is None else levels[..., count]
    if alpha is not None and alpha_kind == _ASSOCIATED:  # colors that were multiplied by their alpha
        unmultiplied = colors / np.maximum(alpha, 1)[..., None].astype(np.float32) * 65535
        colors = np.rint(unmultiplied.clip(0, 65535)).astype(np.uint16)
    return Deep(colors, alpha, 8 if samples.dtype.itemsize == 1 else 16)


def _range(page: tifffile.TiffPage, colors: np.ndarray, white: float | None) -> tuple[float, float]:
    """Black and white: of whole numbers the least and the greatest that their bits hold."""
    if colors.dtype.kind in "iub" and (white is None or colors.dtype.itemsize <= 2):
        bits = int(np.max(page.bitspersample))
        least = -(1 << (bits - 1)) if colors.dtype.kind == "i" else 0
        return float(least), float(least + (1 << bits) - 1)
    return float_range(colors, _stated(page), white)


def _stated(page: tifffile.TiffPage) -> tuple[float, float] | None:
    """Black and white as the file states them, if it does."""
    least, greatest = (page.tags.get(code) for code in (_LEAST, _GREATEST))
    if least is None or greatest is None:
        return None
    return float(np.min(least.value)), float(np.max(greatest.value))
