"""Small scans of every kind that an archive has, made of photographs: the same ones for the same numbers.

python benchmarks/bulk/scans.py 2000 scans [--photographs examples]
"""

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

EXAMPLES = Path(__file__).parents[2] / "examples"
POISON = "poison.jpg"
PER_BOX = 250
SMALL = (160, 320)


def make(folder: Path, count: int, photographs: Path = EXAMPLES, widths: tuple[int, int] = SMALL) -> None:
    """Write ``count`` scans to ``folder``, in boxes of 250; ``widths`` are the least and the greatest, in pixels."""
    sources = sorted(path for path in photographs.iterdir() if path.suffix in {".jpg", ".png"})
    for number, (name, content) in enumerate(scans(count, sources, widths)):
        file = folder / f"box {number // PER_BOX:02}" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def add_poison(folder: Path) -> None:
    """Write a scan to ``folder`` whose reader the store kills."""
    (folder / POISON).write_bytes(_jpeg(np.full((200, 300), 0.5)))


def scans(count: int, sources: list[Path], widths: tuple[int, int]) -> Iterator[tuple[str, bytes]]:
    """Names and contents. Of 50, 36 are JPEG, 6 PNG and 6 TIFF (half of these of 16 bit), and 2 are broken."""
    for number in range(count):
        luma = _part(sources[number % len(sources)], np.random.default_rng(number), widths)
        name, content = f"{number:05}.jpg", _jpeg(luma)
        match number % 50:
            case 0:
                name = f"Büro #{number:05}, 50 % + more.jpg"
            case 1:
                name = f"{number:05}.JPG"
            case 2 | 3:
                content = _jpeg(luma, orientation=6)
            case 4 | 5 | 6:
                name, content = f"{number:05}.png", _png(_integers(luma, 8))
            case 7 | 8 | 9:
                name, content = f"{number:05}.png", _png(_integers(luma, 16))
            case 10 | 11 | 12:
                name, content = f"{number:05}.tif", _tiff(_integers(luma, 8))
            case 13 | 14 | 15:
                name, content = f"{number:05}.tif", _tiff(_integers(luma, 16))
            case 16:
                content = content[: len(content) // 2]
            case 17:
                content = b"The scanner was out of paper.\n" * (number // 50)
        yield name, content


def _part(source: Path, rng: np.random.Generator, widths: tuple[int, int]) -> np.ndarray:
    """A part of a photograph in gray, with some grain: (H, W) in [0, 1]."""
    picture = Image.open(source).convert("L")
    share = rng.uniform(0.5, 1)
    width, height = (round(share * side) for side in picture.size)
    left, top = (int(rng.integers(0, rest + 1)) for rest in (picture.width - width, picture.height - height))
    scale = rng.integers(widths[0], widths[1] + 1) / width
    small = picture.crop((left, top, left + width, top + height)).resize((round(width * scale), round(height * scale)))
    luma = np.asarray(small, np.float64) / 255
    return (luma + rng.normal(0, 0.01, luma.shape)).clip(0, 1)


def _integers(luma: np.ndarray, bits: int) -> np.ndarray:
    return (luma * (2**bits - 1)).round().astype(np.uint8 if bits == 8 else np.uint16)


def _jpeg(luma: np.ndarray, orientation: int = 1) -> bytes:
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, "From an archive"
    Image.fromarray(_integers(luma, 8)).save(file, "JPEG", quality=90, exif=exif)
    return file.getvalue()


def _png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _tiff(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, pixels)
    return file.getvalue()


def main() -> None:
    """Make them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photographs", type=Path, default=EXAMPLES)
    parser.add_argument("--width", type=int, nargs=2, default=SMALL)
    options = parser.parse_args()
    make(options.folder, options.count, options.photographs, tuple(options.width))


if __name__ == "__main__":
    main()
