"""Pictures as numpy arrays: one or several, gray or in color, in 8 or 16 bit or floats."""

import numpy as np

from photochrom.color import rgb_to_luma

_SHAPES = "(H, W), (H, W, 1), (H, W, 3), (N, H, W), (N, H, W, 1) or (N, H, W, 3)"


def is_batch(array: np.ndarray) -> bool:
    """Whether ``array`` is several pictures, (N, H, W[, 1 or 3]), and not one, (H, W[, 1 or 3]).

    Of three axes, the last one tells: 1 or 3 are the channels of one picture. 2 and 4 are refused, for they might as
    well be a transparency. Raises `ValueError` for that, other shapes, and arrays without pixels.
    """
    channels = array.shape[-1] if array.ndim > 2 else 1
    unclear = array.ndim == 3 and channels in (2, 4)
    if array.ndim not in (2, 3, 4) or unclear or (array.ndim == 4 and channels not in (1, 3)) or 0 in array.shape:
        raise ValueError(f"an array must be {_SHAPES}, and not empty; not {array.shape}")
    return array.ndim == 4 or channels not in (1, 3)


def to_luma(array: np.ndarray) -> np.ndarray:
    """One picture (H, W[, 1 or 3]) of uint8, uint16, or floats in [0, 1] → luma float32 (1, H, W) in [0, 1].

    Raises `TypeError` for other numbers, and `ValueError` for floats beyond.
    """
    planes = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
    if array.dtype in (np.uint8, np.uint16):
        planes = planes.astype(np.float32) / np.float32(np.iinfo(array.dtype).max)
    elif np.issubdtype(array.dtype, np.floating):
        if not (array.min() >= 0 and array.max() <= 1):  # written so that NaN is refused, too
            raise ValueError("floats must lie in [0, 1]")
        planes = planes.astype(np.float32)
    else:
        raise TypeError(f"the numbers must be uint8, uint16 or floating-point, not {array.dtype}")
    return planes if len(planes) == 1 else rgb_to_luma(planes).clip(0, 1)


def quantize(rgb: np.ndarray, out: np.ndarray) -> None:
    """Bring ``rgb``, float32, which leaves [0, 1] by no more than rounding, to the levels of ``out``, in place."""
    if np.issubdtype(out.dtype, np.integer):
        rgb *= np.float32(np.iinfo(out.dtype).max)
        np.rint(rgb, out=rgb)  # to a level of 16 bit, too, float32's rounding makes no difference
    else:
        np.clip(rgb, 0, 1, out=rgb)
    np.copyto(out, rgb, casting="unsafe")
