"""What most scripts do with such a network, for comparison: everything at full size, in CIELAB, one session a photo.

    python benchmarks/straightforward.py IN.jpg OUT.jpg

The network is our default model; its chroma is enlarged bicubically and put into CIELAB with the photograph's L*.
"""

import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image
from skimage import color, io, transform


def colorize(source: Path, target: Path) -> None:
    """Color one JPEG file into another."""
    session = onnxruntime.InferenceSession(
        str(files("photochrom") / "models" / "default.onnx"), providers=["CPUExecutionProvider"]
    )
    gray = io.imread(source, as_gray=True)
    if gray.max() > 1:
        gray = gray / 255
    small = transform.resize(gray, (256, 256), anti_aliasing=True)
    cb, cr = session.run(None, {"luma": small[None, None].astype(np.float32)})[0][0]
    rgb = np.dstack([small + 1.402 * cr, small - 0.344136 * cb - 0.714136 * cr, small + 1.772 * cb]).clip(0, 1)
    lab = color.rgb2lab(gray[..., None].repeat(3, axis=2))
    lab[..., 1:] = transform.resize(color.rgb2lab(rgb)[..., 1:], gray.shape, order=3)
    Image.fromarray((color.lab2rgb(lab) * 255).round().astype(np.uint8)).save(target, quality=98)


if __name__ == "__main__":
    colorize(Path(sys.argv[1]), Path(sys.argv[2]))
