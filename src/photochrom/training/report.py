"""Pictures of results: sheets of photographs, one a row."""

from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from photochrom.photos import replacing

_GAP = 4  # white pixels between pictures


def sheet(path: Path, *columns: Tensor) -> None:
    """Write a PNG with one row a photograph; each column is (N, 1 or 3, H, W) in [0, 1]."""
    pictures = [column.float().cpu().expand(-1, 3, -1, -1).permute(0, 2, 3, 1).numpy() for column in columns]
    padding = ((0, 0), (0, _GAP), (0, _GAP), (0, 0))
    rows = np.concatenate([np.pad(p, padding, constant_values=1) for p in pictures], axis=2)
    page = np.concatenate(list(rows), axis=0)[:-_GAP, :-_GAP]
    with replacing(path) as temporary:
        Image.fromarray(np.rint(page * 255).clip(0, 255).astype(np.uint8)).save(temporary, format="PNG")
