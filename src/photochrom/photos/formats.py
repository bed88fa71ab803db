"""What kind of picture a file holds, by its first bytes, whatever its name says."""

from pathlib import Path

_HEAD = 4096  # bytes; a PNM header may be long with comments

# The first bytes of each kind of file, and the suffix it should have.
_SIGNATURES = {
    b"\xff\xd8\xff": ".jpg",
    b"\x89PNG\r\n\x1a\n": ".png",
    b"II*\0": ".tif", b"MM\0*": ".tif", b"II+\0": ".tif", b"MM\0+": ".tif",
    b"GIF8": ".gif",
    b"BM": ".bmp",
    b"P1": ".pbm", b"P4": ".pbm", b"P2": ".pgm", b"P5": ".pgm", b"P3": ".ppm", b"P6": ".ppm",
}  # fmt: skip
_BRANDS = {b"avif": ".avif", b"avis": ".avif"} | dict.fromkeys(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), ".heic"
)


def head(path: Path) -> bytes:
    """The first bytes of the file at ``path``. Raises `OSError`."""
    with path.open("rb") as file:
        return file.read(_HEAD)


def suffix(content: bytes) -> str | None:
    """The suffix of the kind of picture that begins with ``content``, such as ``.jpg``; None for what is none."""
    if content[4:8] == b"ftyp":  # an ISO media file, with its major brand first
        size = min(int.from_bytes(content[:4], "big"), 256)
        compatible = {content[i : i + 4] for i in range(16, size, 4)}
        return ".avif" if b"avif" in compatible else _BRANDS.get(content[8:12])
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return ".webp"
    return next((name for start, name in _SIGNATURES.items() if content.startswith(start)), None)
