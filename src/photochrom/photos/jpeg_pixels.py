"""What makes the pixels of a JPEG file, checked for damage (ITU-T T.81).

Decoders get the segments of the pixels alone, so that damaged metadata are no concern of theirs.
"""

import re

import simplejpeg

from photochrom.photos.jpeg_segments import SCAN, places

_PROFILE = b"ICC_PROFILE\0"
_KEPT = {0xE0, 0xEE}  # of the application segments: JFIF's, and Adobe's, which says how the colors are coded
_COMMENT = 0xFE
_DCT = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}  # frames of coefficients, which a decoder can shrink as it reads
# libjpeg's words for what is wrong with coded pixels. Bytes too many before a header harm none.
_DAMAGE = re.compile(r"Corrupt JPEG data(?!: \d+ extraneous bytes before marker 0x(?!d\d))")
_LEFT_OVER = re.compile(r"(\d+) extraneous bytes before marker 0xd9")


def alone(content: bytes) -> bytes:
    """The JPEG file less the segments before its first scan that hold metadata."""
    pieces, scan = [b"\xff\xd8"], 0
    for marker, start, end in places(content):
        if marker == SCAN:
            scan = start
            break
        if not (0xE0 <= marker <= 0xEF or marker == _COMMENT) or marker in _KEPT:
            pieces.append(content[start:end])
    return b"".join([*pieces, content[scan:]]) if scan else content  # decoders may find their way where we do not


def profile(content: bytes) -> bytes | None:
    """The color profile that the file holds, in pieces (ICC.1, annex B.4); None if it holds none, or not all of it."""
    pieces = {}
    count = 0
    for marker, start, end in places(content):
        body = content[start + 4 : end]
        if marker == 0xE2 and body.startswith(_PROFILE) and len(body) > len(_PROFILE) + 2:
            number, count = body[len(_PROFILE)], body[len(_PROFILE) + 1]
            pieces[number] = body[len(_PROFILE) + 2 :]
    if not count or set(pieces) != set(range(1, count + 1)):
        return None
    return b"".join(pieces[number] for number in sorted(pieces))


def check(content: bytes) -> None:
    """Raise `ValueError` for damage that decoders only warn of and fill with gray: codes that lack or are left over."""
    end = b"\xff\xd9"  # one that lacks where the pixels are whole is no damage to them
    # Small is fast. But libjpeg-turbo 3 writes beyond its memory where it is to shrink a frame without loss.
    shrinks = any(marker in _DCT for marker, _, _ in places(content))
    small = {"min_height": 1, "min_width": 1, "min_factor": 8} if shrinks else {}
    try:
        simplejpeg.decode_jpeg(content + end, "GRAY", fastdct=True, **small)
    except ValueError as error:
        left = _LEFT_OVER.search(str(error))
        before = content[: content.rfind(end)][-int(left[1]) :] if left else b""
        if _DAMAGE.search(str(error)) and not (left and not before.strip(b"\0")):  # zeros fill up
            raise
