"""PNG files as bytes, of 16 bit, too, which Pillow reads as 8 bit and cannot write."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from photochrom.photos import png_chunks

_HEADER_END = 33  # of the signature and IHDR


def write(path: Path, pixels: np.ndarray, options: dict[str, Any]) -> None:
    """Write ``pixels`` uint16 (H, W, 3 or 4) with the metadata in ``options``, as Pillow's ``save`` takes them."""
    path.write_bytes(with_metadata(encoded(pixels), options))


def encoded(pixels: np.ndarray, level: int = 6) -> bytes:
    """A file of ``pixels`` uint8 or uint16 (H, W, 3 or 4) without metadata, compressed at ``level`` 0 to 9."""
    import imagecodecs

    return bytes(imagecodecs.png_encode(np.ascontiguousarray(pixels), level=level))


def with_metadata(content: bytes, options: dict[str, Any]) -> bytes:
    """A file that is `encoded`, with the metadata in ``options``, as Pillow's ``save`` takes them."""
    # Pillow knows how a PNG holds metadata: it writes them around one pixel, and we take them from there.
    buffer = io.BytesIO()
    Image.new("RGB", (1, 1)).save(buffer, "PNG", **options)
    return b"".join((content[:_HEADER_END], *_metadata_chunks(buffer.getvalue()), content[_HEADER_END:]))


def _metadata_chunks(content: bytes) -> list[bytes]:
    """All chunks of a PNG file but those of the picture itself."""
    found = [(name, content[start - 8 : end + 4]) for name, start, end in png_chunks.places(content)]
    return [chunk for name, chunk in found if name not in (b"IHDR", b"IDAT")]
