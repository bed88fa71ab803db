"""A folder of color photographs → pairs in the pix2pix format, split, with a manifest.

A pair is one PNG of 2S x S pixels: the gray version left, the color right. The same photographs, size,
split and seed give the same bytes, however many processes work on it.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from photochrom import targets
from photochrom.batch.finding import find
from photochrom.color import rgb_to_luma
from photochrom.errors import PhotochromError, PhotoError, UsageError
from photochrom.training.augment import center_square, resize
from photochrom.training.usable import read_colored

SPLITS = ("train", "val", "test")
_DRAFT = "unsplit"  # pairs wait here until it is known which photographs there are


def prepare(
    source: Path,
    out: Path,
    *,
    size: int = 256,
    split: tuple[float, float, float] = (0.8, 0.1, 0.1),
    seed: int = 0,
    processes: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Write pairs of all photographs below ``source`` to ``out``/train, val and test; returns the manifest.

    ``size`` is the height and width of each half; the largest middle square of a photograph is taken.
    Photographs that are unreadable, without color, smaller than ``size`` or copies of another are left
    out and listed with the reason. Raises `UsageError` for an ``out`` that is not empty or no photographs, and
    `PhotochromError` where it cannot be written.
    """
    paths = _check(source, out, size)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # Built under a hidden name, so that ``out`` is there whole or not at all.
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".photochrom-") as folder:
            built = Path(folder, "pairs")
            pairs, left_out = _make_pairs(paths, source, built / _DRAFT, size, processes, progress)
            _sort_pairs(built, pairs, split, seed)
            settings = {"size": size, "split": list(split), "seed": seed}
            manifest = {"format": 1, "settings": settings, "pairs": pairs, "left_out": left_out}
            text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
            (built / "manifest.json").write_text(text, encoding="utf-8")
            if out.exists():
                out.rmdir()  # it is empty
            built.rename(out)
    except OSError as error:
        raise PhotochromError(f"{out}: cannot be written ({error.strerror or error}); nothing was kept") from error
    return manifest


def _make_pairs(
    paths: list[Path],
    source: Path,
    draft: Path,
    size: int,
    processes: int | None,
    progress: Callable[[int, int], None],
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Write all pairs to the folder ``draft``; returns what is in the manifest of them, and of what was left out."""
    pairs: list[dict[str, Any]] = []
    left_out: list[dict[str, str]] = []
    first_with: dict[str, str] = {}
    draft.mkdir(parents=True)
    # Numbered, for names may repeat in different folders; cut, for they may be as long as names can be.
    drafts = [draft / f"{index:06}-{path.stem[:40]}.png" for index, path in enumerate(paths)]
    # spawn: a fork of a process that runs threads (a progress bar, torch) can hang.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        results = pool.map(partial(_pair, size=size), paths, drafts, chunksize=8)
        for index, (path, (digest, reason)) in enumerate(zip(paths, results, strict=True)):
            name = path.relative_to(source).as_posix()
            if not reason and digest in first_with:
                reason = f"the same file as {first_with[digest]}"
            if reason:
                left_out.append({"source": name, "reason": reason})
                drafts[index].unlink(missing_ok=True)
            else:
                first_with[digest] = name
                pairs.append({"source": name, "sha256": digest, "pair": drafts[index].name})
            progress(index + 1, len(paths))
    return pairs, left_out


def _sort_pairs(built: Path, pairs: list[dict[str, Any]], split: tuple[float, float, float], seed: int) -> None:
    """Move each pair from the draft into its split's folder, and say so in ``pairs``."""
    for part in SPLITS:
        (built / part).mkdir()
    for pair, part in zip(pairs, _assign(len(pairs), split, seed), strict=True):
        (built / _DRAFT / pair["pair"]).rename(built / part / pair["pair"])
        pair |= {"split": part, "pair": f"{part}/{pair['pair']}"}
    (built / _DRAFT).rmdir()


def _check(source: Path, out: Path, size: int) -> list[Path]:
    """The photographs below ``source``; raises `UsageError` where the request makes no sense."""
    if not source.is_dir():
        raise UsageError(f"{source}: no such folder; prepare takes a folder of color photographs")
    targets.refuse_filled(out)
    if not 32 <= size <= 4096:
        raise UsageError(f"size must be between 32 and 4096, not {size}")
    paths = find(source)
    if not paths:
        raise UsageError(f"{source}: no photographs in it")
    return paths


def _pair(path: Path, target: Path, size: int) -> tuple[str, str]:
    """Write the pair of one photograph; returns its sha256 and the reason why there is none, if so."""
    try:
        rgb = read_colored(path, str(path))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except (PhotoError, OSError) as error:
        return "", str(error).removeprefix(f"{path}: ")
    _, height, width = rgb.shape
    if min(height, width) < size:
        return digest, f"too small, {width}x{height}"
    picture = resize(np.ascontiguousarray(rgb.transpose(1, 2, 0)), center_square(height, width), size)
    luma = rgb_to_luma(picture.transpose(2, 0, 1).astype(np.float32))
    gray = np.rint(luma).astype(np.uint8).repeat(3, axis=0).transpose(1, 2, 0)
    Image.fromarray(np.concatenate((gray, picture), axis=1)).save(target, format="PNG")
    return digest, ""


def _assign(count: int, split: tuple[float, float, float], seed: int) -> list[str]:
    """A split for each of ``count`` photographs, in the shares of ``split`` as nearly as whole numbers can be."""
    ends = [round(count * sum(split[: i + 1])) for i in range(3)]
    sizes = [ends[0], ends[1] - ends[0], count - ends[1]]
    parts = np.repeat(SPLITS, sizes)
    return [str(part) for part in np.random.default_rng(seed).permutation(parts)]
