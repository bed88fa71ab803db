"""Color profiles (ICC.1): any picture's pixels as sRGB, and the profile that tags a result."""

import io
import struct
from collections.abc import Sequence
from functools import cache

import numpy as np
from PIL import Image, ImageCms

_NO_SHORTCUTS = 0x0100  # cmsFLAGS_NOOPTIMIZE of Little CMS: what makes it quick costs whole levels in the shadows


# CIE x and y of white, red, green and blue.
Primaries = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
SRGB_PRIMARIES: Primaries = ((0.3127, 0.3290), (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
_D50 = (0.9642, 1.0, 0.8249)  # white of the space that profiles connect through
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


@cache
def srgb() -> bytes:
    """The sRGB profile of Little CMS, dated so that equal results are equal files."""
    profile: bytes = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:24] + bytes((0x07, 0xE8, 0, 1, 0, 1)) + bytes(6) + profile[36:]


def matrix_profile(exponent: float | None, primaries: Primaries | None) -> bytes:
    """A profile of these ``primaries``, or of gray, whose light is the level to the power of ``exponent``.

    Without an exponent, the curve is that of sRGB.
    """
    numbers = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045) if exponent is None else (exponent,)
    kind = 0 if exponent else 3
    curve = struct.pack(">4s4xHxx", b"para", kind) + b"".join(struct.pack(">i", round(n * 65536)) for n in numbers)
    tags = {b"wtpt": _xyz(_D50)}
    if primaries is None:
        tags[b"kTRC"] = curve
    else:
        columns = _to_d50(primaries)
        for index, name in enumerate((b"r", b"g", b"b")):
            tags |= {name + b"XYZ": _xyz(columns[:, index]), name + b"TRC": curve}
    table, body, start = b"", b"", 132 + 12 * len(tags)
    for name, data in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(data))
        body += data
    space = b"GRAY" if primaries is None else b"RGB "
    head = struct.pack(">I4xI4s4s4s12x4s", start + len(body), 0x04200000, b"mntr", space, b"XYZ ", b"acsp")
    return head.ljust(68, b"\0") + _xyz(_D50)[8:].ljust(60, b"\0") + struct.pack(">I", len(tags)) + table + body


def _to_d50(primaries: Primaries) -> np.ndarray:
    """The matrix from linear red, green and blue to CIE XYZ, white being D50 (Bradford's adaptation)."""
    white, *colors = (np.array([x / y, 1, (1 - x - y) / y]) for x, y in primaries)
    columns = np.stack(colors, axis=1)
    columns = columns * np.linalg.solve(columns, white)
    scale = np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white))
    adapted: np.ndarray = np.linalg.inv(_BRADFORD) @ scale @ _BRADFORD @ columns
    return adapted


def _xyz(values: Sequence[float] | np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(float(value) * 65536)) for value in values)


def to_srgb(image: Image.Image) -> Image.Image:
    """An RGB picture in sRGB, of an 8-bit picture of any mode; a profile that cannot be used is taken for sRGB."""
    profile = image.info.get("icc_profile")
    if image.mode not in {"RGB", "CMYK", "L"}:
        image = image.convert("RGBA").convert("RGB") if image.mode == "P" else image.convert("RGB")
    if profile and profile != srgb():
        try:
            source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            exact = ImageCms.Flags.NOOPTIMIZE if image.mode == "L" else ImageCms.Flags.NONE
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB", flags=exact)
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile, or one for another mode: Pillow's plain conversion below is the field's habit
    return image.convert("RGB")


def gray_to_srgb(gray: np.ndarray, profile: bytes | None) -> np.ndarray:
    """Gray float32 in [0, 1] as its profile, if there is one for gray, means it → the same in sRGB."""
    if not profile or profile == srgb():
        return gray
    levels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    curve = deep_to_srgb(levels[..., None], profile)[..., 1].ravel().astype(np.float32) / 65535
    as_meant: np.ndarray = curve[np.rint(gray * 65535).astype(np.uint16)]
    return as_meant


def deep_to_srgb(samples: np.ndarray, profile: bytes | None) -> np.ndarray:
    """uint16 (H, W, 1, 3 or 4), gray, RGB or CMYK (255 is full ink) → (H, W, 3) in sRGB; see `to_srgb`."""
    space = {1: "gray", 3: "rgb", 4: "cmyk"}[samples.shape[2]]
    if profile and profile != srgb():
        import imagecodecs

        try:
            flat = np.ascontiguousarray(samples[..., 0] if space == "gray" else samples)
            converted: np.ndarray = imagecodecs.cms_transform(
                flat, profile, srgb(), colorspace=space, outcolorspace="rgb", flags=_NO_SHORTCUTS
            )
            return converted
        except (imagecodecs.CmsError, ValueError):
            pass  # as in `to_srgb`
    if space == "cmyk":
        light = 1 - samples.astype(np.float32) / 65535
        return np.rint(light[..., :3] * light[..., 3:] * 65535).astype(np.uint16)
    return np.broadcast_to(samples, (*samples.shape[:2], 3))
