"""The one home of color: RGB to and from luma and chroma, the gamut, CIELAB, and what counts as gray.

Luma and chroma are those of ITU-R BT.601 at full range, as in every JPEG file (ITU-T T.871).
All functions but one use plain arithmetic and methods that numpy arrays and torch tensors share, so the
same code serves the tool and the training, and gradients flow through it.

Shapes: ``rgb`` (..., 3, H, W) in [0, 1], ``luma`` (..., 1, H, W) in [0, 1], ``chroma`` (..., 2, H, W)
in [-0.5, 0.5] with Cb before Cr, ``lab`` (..., 3, H, W) with L* in [0, 100].
"""

from typing import Any

import numpy as np

# A numpy array or a torch tensor, float32. Torch is no dependency of the tool and not imported here, and the two share
# no type that mypy could check arithmetic against.
Array = Any

RED, GREEN, BLUE = 0.299, 0.587, 0.114  # the luma weights of BT.601

MERGE_PLANES = 5  # that `merge_fitted` works in

# The linear RGB of sRGB (IEC 61966-2-1) to CIE XYZ under D65, rows X, Y, Z.
_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_FROM_XYZ = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.9692660, 1.8760108, 0.0415560),
    (0.0556434, -0.2040259, 1.0572252),
)
_WHITE = (0.95047, 1.0, 1.08883)
# What daylight of 4000 K, the warmest that the CIE's daylight locus has (CIE 15), makes of a middle gray under D65.
_WARM = (-0.0790, 0.0585)
_LAB_LINEAR = 216 / 24389  # below this, CIELAB's cube root gives way to a straight line


def rgb_to_luma(rgb: Array) -> Array:
    """The gray that a JPEG stores: ``rgb`` (..., 3, H, W) → ``luma`` (..., 1, H, W)."""
    return RED * rgb[..., 0:1, :, :] + GREEN * rgb[..., 1:2, :, :] + BLUE * rgb[..., 2:3, :, :]


def rgb_to_chroma(rgb: Array) -> Array:
    """Cb and Cr of ``rgb`` (..., 3, H, W) → ``chroma`` (..., 2, H, W)."""
    luma = rgb_to_luma(rgb)
    return _stack((rgb[..., 2:3, :, :] - luma) / (2 - 2 * BLUE), (rgb[..., 0:1, :, :] - luma) / (2 - 2 * RED))


def merge(luma: Array, chroma: Array) -> Array:
    """``luma`` (..., 1, H, W) and ``chroma`` (..., 2, H, W) → ``rgb`` (..., 3, H, W).

    Not clipped: chroma that the luma has no room for leaves [0, 1]. See `fit_gamut`.
    """
    return luma + _offsets(chroma)


def fit_gamut(luma: Array, chroma: Array) -> Array:
    """Pull ``chroma`` towards gray by the smallest factor that brings every channel into [0, 1].

    Clipping the channels instead would change the luma; a common factor keeps luma and hue.
    """
    return chroma * _room(luma, _offsets(chroma))


def daylight(luma: Array, warmth: Array) -> Array:
    """The chroma (..., 2, H, W) that light of another color lays on a gray of ``luma`` (..., 1, H, W).

    ``warmth`` goes along the daylight locus, from -1 (cooler) to 1 (warmer): a number, or one a pixel. At 1, a middle
    gray looks as daylight of 4000 K makes it. Black and white stay as they are, and no gray leaves the gamut.
    """
    strength = 4 * warmth * luma * (1 - luma)
    return _stack(*(strength * part for part in _WARM))


def merge_fitted(luma: np.ndarray, chroma: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """The same as ``merge(luma, fit_gamut(luma, chroma))`` for numpy arrays, in a fraction of the time.

    ``out`` (`MERGE_PLANES`, H, W) is memory to work in; its first three planes become the result.
    """
    if out is None:
        out = np.empty((MERGE_PLANES, *luma.shape[1:]), np.float32)
    rgb, (red, green, blue, up, down) = out[:3], out
    np.multiply(chroma[1], 2 - 2 * RED, out=red)
    np.multiply(chroma[0], 2 - 2 * BLUE, out=blue)
    np.multiply(red, -RED / GREEN, out=green)
    np.multiply(blue, BLUE / GREEN, out=up)
    green -= up
    # As in `_room`; every step goes over planes that are in a core's cache already.
    np.minimum(np.minimum(red, green, out=down), blue, out=down)
    np.maximum(np.maximum(red, green, out=up), blue, out=up)
    np.divide(luma[0], np.minimum(down, -1e-12, out=down), out=down)
    np.negative(down, out=down)
    np.maximum(up, 1e-12, out=up)
    room = np.minimum(down, 1, out=down)
    rgb *= np.minimum(room, np.divide(1 - luma[0], up, out=up), out=room)
    rgb += luma
    return rgb


def is_gray(rgb: Array, tolerance: float = 4 / 255) -> bool:
    """Whether a picture ``rgb`` (3, H, W) shows no color: 99 % of its pixels hold less chroma than ``tolerance``.

    The tolerance forgives what JPEG compression leaves in a gray picture stored as color.
    """
    chroma = abs(rgb_to_chroma(rgb))
    colored = (chroma[..., 0, :, :] > tolerance) | (chroma[..., 1, :, :] > tolerance)
    return bool(colored.sum() < 0.01 * colored.shape[-1] * colored.shape[-2])


def rgb_to_lab(rgb: Array) -> Array:
    """CIELAB (D65) of ``rgb`` (..., 3, H, W): L* in [0, 100], a* in [-86.2, 98.3], b* in [-107.9, 94.5]."""
    low = rgb <= 0.04045
    linear = low * rgb / 12.92 + ~low * ((rgb.clip(min=0.04045) + 0.055) / 1.055) ** 2.4
    x, y, z = (_lab_curve(row / white) for row, white in zip(_mix(_TO_XYZ, linear), _WHITE, strict=True))
    return _stack(116 * y - 16, 500 * (x - y), 200 * (y - z))


def lab_to_rgb(lab: Array) -> Array:
    """``lab`` (..., 3, H, W) → ``rgb`` (..., 3, H, W), clipped to [0, 1] where sRGB cannot show the color."""
    y = (lab[..., 0:1, :, :] + 16) / 116
    x = y + lab[..., 1:2, :, :] / 500
    z = y - lab[..., 2:3, :, :] / 200
    xyz = _stack(*(_lab_curve_inverse(f) * white for f, white in zip((x, y, z), _WHITE, strict=True)))
    linear = _stack(*_mix(_FROM_XYZ, xyz))
    low = linear <= 0.0031308
    rgb = low * linear * 12.92 + ~low * (1.055 * linear.clip(min=0.0031308) ** (1 / 2.4) - 0.055)
    return rgb.clip(0, 1)


def _offsets(chroma: Array) -> Array:
    """How far ``chroma`` moves red, green and blue away from the luma: (..., 3, H, W)."""
    red = (2 - 2 * RED) * chroma[..., 1:2, :, :]
    blue = (2 - 2 * BLUE) * chroma[..., 0:1, :, :]
    return _stack(red, -(RED * red + BLUE * blue) / GREEN, blue)


def _room(luma: Array, offsets: Array) -> Array:
    """The part of ``offsets`` (..., 3, H, W) that ``luma`` has room for: (..., 1, H, W) in [0, 1]."""
    red, green, blue = (offsets[..., c : c + 1, :, :] for c in range(3))
    highest = red.clip(min=green).clip(min=blue)  # never below 0: luma is a mean of the channels
    lowest = red.clip(max=green).clip(max=blue)
    # A channel that hardly moves has room enough; the tiny floor only avoids 0 / 0.
    up = (1 - luma) / highest.clip(min=1e-12)
    down = luma / (-lowest).clip(min=1e-12)
    return up.clip(max=down).clip(max=1)


def _lab_curve(t: Array) -> Array:
    low = t <= _LAB_LINEAR
    return low * (t * (841 / 108) + 4 / 29) + ~low * t.clip(min=_LAB_LINEAR) ** (1 / 3)


def _lab_curve_inverse(f: Array) -> Array:
    low = f <= 6 / 29
    return low * (f - 4 / 29) * (108 / 841) + ~low * f.clip(min=6 / 29) ** 3


def _mix(matrix: tuple[tuple[float, float, float], ...], planes: Array) -> list[Array]:
    return [sum(k * planes[..., c : c + 1, :, :] for c, k in enumerate(row)) for row in matrix]


def _stack(*planes: Array) -> Array:
    """Join planes (..., 1, H, W) along the channel axis, in whichever library they come from."""
    if isinstance(planes[0], np.ndarray):
        return np.concatenate(planes, axis=-3)
    import torch

    return torch.cat(planes, dim=-3)
