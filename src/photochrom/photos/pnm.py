"""PGM and PPM files: reading those of 16 bit, which Pillow rounds to 8, and writing them with comments."""

import re
from pathlib import Path

import numpy as np

from photochrom.photos.high_depth import Deep, split
from photochrom.photos.ifd import Buffer

_HEADER = re.compile(rb"P([2356])" + rb"(?:\s+(?:#[^\n\r]*[\n\r]\s*)*)(\d{1,9})" * 3 + rb"(?:\s*#[^\n\r]*[\n\r])*\s")
_BITMAP = re.compile(rb"P[14]" + rb"(?:\s+(?:#[^\n\r]*[\n\r]\s*)*)\d{1,9}" * 2)
_LONGEST_HEADER = 4096


def size_if_deep(head: bytes) -> tuple[int, int] | None:
    """Width and height of the picture that begins with ``head``, if it has more than 8 bit."""
    found = _HEADER.match(head[:_LONGEST_HEADER])
    if found is None or not 255 < int(found[4]) < 65536:
        return None
    return int(found[2]), int(found[3])


def read(content: bytes) -> Deep:
    """The picture of more than 8 bit. Raises `ValueError`."""
    found = _HEADER.match(content[:_LONGEST_HEADER])
    if found is None:
        raise ValueError("no PGM or PPM of 16 bit")
    kind, width, height, most = (int(group) for group in found.groups())
    shape = (height, width, 3 if kind in (3, 6) else 1)
    count = height * width * shape[2]
    if kind in (5, 6):
        body = memoryview(content)[found.end() : found.end() + 2 * count]
        levels = np.frombuffer(body[: len(body) // 2 * 2], ">u2")
    else:
        levels = np.array(content[found.end() :].split(maxsplit=count)[:count], dtype=np.uint32)
    if len(levels) < count:
        raise ValueError("it ends too early")
    if most != 65535:
        levels = (levels.clip(max=most).astype(np.uint32) * 65535 + most // 2) // most
    return split(levels.astype(np.uint16).reshape(shape))


def comments(content: Buffer) -> list[bytes]:
    """The comments in the header of a PNM file."""
    head = bytes(content[:_LONGEST_HEADER])
    found = (_BITMAP if head[:2] in (b"P1", b"P4") else _HEADER).match(head)
    return [line.strip() for line in re.findall(rb"#([^\n\r]*)", found[0])] if found else []


def write(path: Path, rgb: np.ndarray, lines: list[str]) -> None:
    """Write ``rgb`` uint8 or uint16 (H, W, 3); comments, ``lines``, are all the metadata that PPM has."""
    height, width, _ = rgb.shape
    head = "".join(f"# {line}\n" for line in lines).encode("utf-8", "surrogateescape")
    with path.open("wb") as file:
        file.write(b"P6\n%s%d %d\n%d\n" % (head, width, height, np.iinfo(rgb.dtype).max))
        file.write(rgb.astype(rgb.dtype.newbyteorder(">")).tobytes())
