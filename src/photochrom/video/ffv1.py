"""Damage in FFV1, which its decoder conceals without a word.

Each slice of a frame ends with its size, a byte of status, and a checksum by which the whole slice comes to 0
(RFC 9043, sections 4.5.1 to 4.5.3 and 4.9).
"""

import zlib

_END = 8  # bytes: 3 of size, 1 of status, 4 of checksum
_MIRRORED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))  # zlib counts bits from the other end
_ZERO = 0xFFFFFFFF  # of `zlib.crc32`, which turns all bits around before and after


def is_whole(packet: bytes) -> bool:
    """Whether all slices of a frame are as they were written; False, too, for films without checksums."""
    stop = len(packet)
    while stop > 0:
        if stop < _END:
            return False
        start = stop - _END - int.from_bytes(packet[stop - _END : stop - _END + 3], "big")
        if start < 0 or zlib.crc32(packet[start:stop].translate(_MIRRORED), _ZERO) != _ZERO:
            return False
        stop = start
    return True
