"""PNG files of 16 bit, which Pillow reads as 8 bit and cannot write."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from photochrom.photos import png_chunks

_HEADER_END = 33  # of the signature and IHDR


def write(path: Path, pixels: np.ndarray, options: dict[str, Any]) -> None:
    """Write ``pixels`` uint16 (H, W, 3 or 4) with the metadata in ``options``, as Pillow's ``save`` takes them."""
    import imagecodecs

    content = bytes(imagecodecs.png_encode(np.ascontiguousarray(pixels), level=6))
    # Pillow knows how a PNG holds metadata: it writes them around one pixel, and we take them from there.
    buffer = io.BytesIO()
    Image.new("RGB", (1, 1)).save(buffer, "PNG", **options)
    with path.open("wb") as file:
        file.write(content[:_HEADER_END])
        file.writelines(_metadata_chunks(buffer.getvalue()))
        file.write(content[_HEADER_END:])


def _metadata_chunks(content: bytes) -> list[bytes]:
    """All chunks of a PNG file but those of the picture itself."""
    found = [(name, content[start - 8 : end + 4]) for name, start, end in png_chunks.places(content)]
    return [chunk for name, chunk in found if name not in (b"IHDR", b"IDAT")]
