"""The blocks of GIF files that hold metadata (CompuServe, Graphics Interchange Format, version 89a)."""

from photochrom.photos.ifd import Buffer

_EXTENSION, _PICTURE = 0x21, 0x2C
_COMMENT, _APPLICATION = 0xFE, 0xFF
_XMP = b"\x0bXMP DataXMP"
_XMP_TAIL = 257  # bytes that let readers of blocks find the end: 1, 255 down to 0, and the end itself


def read(content: Buffer) -> tuple[bytes, list[bytes]]:
    """XMP and the comments of the GIF file ``content``, up to the first damage."""
    xmp, comments = b"", []
    place = 13 + _table(content[10] if len(content) > 10 else 0)
    while place + 2 < len(content):
        if content[place] == _PICTURE:
            if place + 10 > len(content):
                break
            place += 11 + _table(content[place + 9])
            place, _ = _blocks(content, place)
            continue
        if content[place] != _EXTENSION:
            break
        label, start = content[place + 1], place + 2
        place, blocks = _blocks(content, start)
        if place > len(content):
            break
        if label == _COMMENT:
            comments.append(b"".join(blocks))
        elif label == _APPLICATION and content[start : start + 12] == _XMP:
            # The packet is no row of blocks: it is read as one, and every byte is taken.
            xmp = xmp or bytes(content[start + 12 : place - _XMP_TAIL]).rstrip(b"\0\1")
    return xmp, comments


def _table(flags: int) -> int:
    """Bytes of the table of colors that ``flags`` tell of."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _blocks(content: Buffer, place: int) -> tuple[int, list[bytes]]:
    """The place after a row of blocks, and the blocks."""
    blocks = []
    while place < len(content) and (size := content[place]):
        blocks.append(bytes(content[place + 1 : place + 1 + size]))
        place += 1 + size
    return place + 1, blocks
