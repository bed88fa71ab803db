"""Color profiles (ICC): any picture's pixels as sRGB, and the profile that tags a result."""

import io
from functools import cache

import numpy as np
from PIL import Image, ImageCms

_NO_SHORTCUTS = 0x0100  # cmsFLAGS_NOOPTIMIZE of Little CMS: what makes it quick costs whole levels in the shadows


@cache
def srgb() -> bytes:
    """The sRGB profile of Little CMS, dated so that equal results are equal files."""
    profile: bytes = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:24] + bytes((0x07, 0xE8, 0, 1, 0, 1)) + bytes(6) + profile[36:]


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
