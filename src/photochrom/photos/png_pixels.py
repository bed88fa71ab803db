"""What makes the pixels of a PNG file, checked for damage (W3C, Portable Network Graphics, third edition).

Decoders get the chunks of the pixels alone: whatever is wrong with the others, such as a checksum or a large text, is
no concern of theirs, and what is wrong with these is found here, where some decoders go on with black.
"""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

from photochrom.photos.high_depth import Deep, split
from photochrom.photos.png_chunks import SIGNATURE, places

_OF_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_OF_FRAMES = (b"acTL", b"fcTL", b"fdAT")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by color type
# Adam7: the first column and row of each pass, and the steps across and down.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_HEAD = 33  # bytes of the signature and IHDR
_PIECE = 1 << 20  # bytes


def is_deep(content: bytes) -> bool:
    """Whether ``content`` begins as a PNG file of 16 bit."""
    return content.startswith(SIGNATURE) and content[24:25] == b"\x10"


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """The chunks of a PNG file up to its end: the name, the data, and whether the checksum is right."""
    for name, start, end in places(content):
        data = content[start:end]
        yield name, data, zlib.crc32(data, zlib.crc32(name)).to_bytes(4, "big") == content[end : end + 4]


def head(content: bytes) -> bytes:
    """The start of the PNG file, as far as it says what kind of picture it holds."""
    return content[:_HEAD] + _chunk(b"IDAT", b"")


def frame_count(content: bytes) -> int:
    """How many frames the PNG file says that its animation has; 1 for a still picture."""
    said = [data for name, data, _ in chunks(content) if name == b"acTL"]
    count = int.from_bytes(said[0][:4], "big") if len(said) == 1 and len(said[0]) == 8 else 1
    return count if 1 < count < 1 << 31 else 1


def alone(content: bytes, animated: bool = False) -> bytes:
    """The PNG file less all chunks that are not of its pixels; those of other frames stay if ``animated``.

    Raises `ValueError` for damage to what stays.
    """
    names = (*_OF_PIXELS, *_OF_FRAMES) if animated else _OF_PIXELS
    kept: list[tuple[bytes, bytes]] = []
    for name, data, whole in chunks(content):
        if name in names:
            if not whole:
                raise ValueError(f"a wrong checksum in {name.decode()}")
            kept.append((name, data))
    if not kept or kept[0][0] != b"IHDR" or all(name != b"IDAT" for name, _ in kept):
        raise ValueError("it holds no picture")
    _check(kept[0][1], [data for name, data in kept if name == b"IDAT"])
    if animated:
        _check_frames(kept)
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in [*kept, (b"IEND", b"")])


def read_deep(content: bytes) -> Deep:
    """The picture of 16 bit in a file that `alone` made; a transparent level becomes alpha."""
    import imagecodecs

    return split(_interlaced(content) if content[28] else imagecodecs.png_decode(content))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + zlib.crc32(data, zlib.crc32(name)).to_bytes(4, "big")


def _check(header: bytes, packed: list[bytes]) -> None:
    """Raise `ValueError` unless the compressed data hold all rows, and are what was compressed."""
    rows = _rows(header)
    lacking = sum(count * length for _, count, length in rows)
    stream = zlib.decompressobj()
    try:
        for data in packed:
            while data and not stream.eof and lacking >= 0:
                lacking -= len(stream.decompress(data, _PIECE))
                data = stream.unconsumed_tail
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if lacking > 0:
        raise ValueError("the picture ends too early")


def _check_frames(kept: list[tuple[bytes, bytes]]) -> None:
    """`_check` of every frame that is not the still picture, too."""
    header, found = kept[0][1], dict[bytes, list[bytes]]()
    control = b""
    for name, data in kept:
        if name == b"fcTL":
            control = data
        elif name == b"fdAT" and control:
            found.setdefault(control, []).append(data[4:])
    for control, packed in found.items():
        _check(control[4:12] + header[8:], packed)


def _rows(header: bytes) -> list[tuple[int, int, int]]:
    """Of each pass that has pixels: its number, its rows, and their bytes with that of the filter."""
    width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", header[:13])
    if color not in _CHANNELS:
        raise ValueError("an unknown kind of color")
    found = []
    for number, (left, top, across, down) in enumerate(_PASSES if interlaced else ((0, 0, 1, 1),)):
        columns, count = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and count > 0:
            found.append((number, count, 1 + -(-columns * depth * _CHANNELS[color] // 8)))
    return found


def _interlaced(content: bytes) -> np.ndarray:
    """Every pass as a picture of its own, because what imagecodecs asks of libpng is not made for Adam7."""
    import imagecodecs

    kept = [(name, data) for name, data, _ in chunks(content)]
    header, others = kept[0][1], [_chunk(name, data) for name, data in kept[1:] if name != b"IDAT"]
    stream = zlib.decompress(b"".join(data for name, data in kept if name == b"IDAT"))
    width, height = struct.unpack(">II", header[:8])
    picture: np.ndarray | None = None
    place = 0
    for number, count, length in _rows(header):
        left, top, across, down = _PASSES[number]
        head = struct.pack(">II", -(-(width - left) // across), count) + header[8:12] + b"\0"
        rows = zlib.compress(stream[place : place + count * length], 1)
        place += count * length
        file = [SIGNATURE, _chunk(b"IHDR", head), *others, _chunk(b"IDAT", rows), _chunk(b"IEND", b"")]
        samples = imagecodecs.png_decode(b"".join(file))
        if picture is None:
            picture = np.empty((height, width, *samples.shape[2:]), samples.dtype)
        picture[top::down, left::across] = samples
    assert picture is not None, "the first pass always has a pixel"
    return picture
