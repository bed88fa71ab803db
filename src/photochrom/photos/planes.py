"""A Pillow picture of any mode and orientation as the field's planes."""

import numpy as np
from PIL import Image
from PIL.Image import Transpose

from photochrom.photos.high_depth import float_range, levels_to_luma, to_16_bit
from photochrom.photos.icc import gray_to_srgb, to_srgb

# What turns a picture upright, for each value of EXIF's orientation but 1.
_TURNS = dict(
    enumerate(
        (
            Transpose.FLIP_LEFT_RIGHT, Transpose.ROTATE_180, Transpose.FLIP_TOP_BOTTOM, Transpose.TRANSPOSE,
            Transpose.ROTATE_270, Transpose.TRANSVERSE, Transpose.ROTATE_90,
        ),
        start=2,
    )
)  # fmt: skip


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """A picture as it is to be looked at, from how it is stored; ``orientation`` is that of EXIF."""
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def to_luma(image: Image.Image, white: float | None = None) -> np.ndarray:
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
    if image.mode in {"L", "LA", "1"}:
        gray = levels_to_luma(np.asarray(image.convert("L"))[..., None])
        return gray_to_srgb(gray, profile)
    return levels_to_luma(np.asarray(to_srgb(image)))


def to_rgb(image: Image.Image, white: float | None) -> Image.Image:
    """A picture of any mode in sRGB."""
    if image.mode.startswith(("I", "F")) or image.mode in {"LA", "1"}:
        return Image.fromarray(np.rint(to_luma(image, white)[0] * 255).astype(np.uint8)).convert("RGB")
    return to_srgb(image)
