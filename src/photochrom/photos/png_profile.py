"""What the colors of a PNG file mean, as an ICC profile: cICP, iCCP, sRGB or gAMA with cHRM, the first that is there.

W3C, Portable Network Graphics, third edition, section 12.1; the numbers of cICP are those of ITU-T H.273.
"""

import struct
import zlib

from photochrom.photos.icc import SRGB_PRIMARIES, Primaries, matrix_profile
from photochrom.photos.png_pixels import chunks

_LARGEST = 64 << 20  # bytes of a profile
_AS_SRGB = (0.95 / 2.2, 1.05 / 2.2)  # within 5 %, libpng's threshold too, gAMA means sRGB's own curve to viewers
_NEAR = 0.005  # of chromaticities that are taken for equal
_CICP_PRIMARIES: dict[int, Primaries] = {
    1: SRGB_PRIMARIES,
    9: ((0.3127, 0.3290), (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),  # BT.2020
    12: ((0.3127, 0.3290), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # Display P3
}
# Exponents; None is the curve of sRGB, which viewers show those of BT.709 and its relatives with, too.
_CICP_CURVES: dict[int, float | None] = {1: None, 4: 2.2, 5: 2.8, 6: None, 8: 1.0, 13: None, 14: None, 15: None}


def profile(content: bytes) -> bytes | None:
    """The profile that the PNG file ``content`` holds or means; None for sRGB, or where it says nothing."""
    said = {name: data for name, data, whole in chunks(content) if whole}
    if (told := said.get(b"cICP")) and told[0] in _CICP_PRIMARIES and told[1] in _CICP_CURVES:
        return _made(content, _CICP_CURVES[told[1]], _CICP_PRIMARIES[told[0]])
    if packed := said.get(b"iCCP", b"").partition(b"\0")[2][1:]:
        try:
            return zlib.decompressobj().decompress(packed, _LARGEST)
        except zlib.error:
            return None
    if b"sRGB" in said or len(said.get(b"gAMA", b"")) != 4:
        return None
    stored = struct.unpack(">I", said[b"gAMA"])[0] / 100_000
    if not 0.01 <= stored <= 10:
        return None
    return _made(content, None if _AS_SRGB[0] <= stored <= _AS_SRGB[1] else 1 / stored, _primaries(said))


def _primaries(said: dict[bytes, bytes]) -> Primaries:
    if len(said.get(b"cHRM", b"")) != 32:
        return SRGB_PRIMARIES
    x = [value / 100_000 for value in struct.unpack(">8I", said[b"cHRM"])]
    found = ((x[0], x[1]), (x[2], x[3]), (x[4], x[5]), (x[6], x[7]))
    return found if all(0 < y < 1 for _, y in found) else SRGB_PRIMARIES


def _made(content: bytes, exponent: float | None, primaries: Primaries) -> bytes | None:
    pairs = zip(primaries, SRGB_PRIMARIES, strict=True)
    near = all(abs(a - b) < _NEAR for pair in pairs for a, b in zip(*pair, strict=True))
    gray = content[25:26] in (b"\0", b"\4")
    if exponent is None and (near or gray):
        return None
    return matrix_profile(exponent, None if gray else primaries)
