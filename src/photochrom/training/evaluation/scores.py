"""Models × photographs → scores: each photograph turned to gray, colored as users do it, compared with the original."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from photochrom.atomic import replacing
from photochrom.batch.finding import find
from photochrom.color import is_gray, merge_fitted, rgb_to_luma
from photochrom.errors import PhotochromError, PhotoError, UsageError
from photochrom.photos.reading import read_rgb
from photochrom.training import metrics
from photochrom.training.augment import age
from photochrom.training.evaluation.frechet import Features
from photochrom.training.evaluation.subjects import Subject
from photochrom.training.evaluation.true_hints import seed, true_hints
from photochrom.training.lpips import Lpips


@dataclass(frozen=True)
class Score:
    """One photograph by one model, both as the 8-bit pictures that are written.

    ``psnr`` in decibels; ``lpips`` is NaN where no weights were given; ``luma_error`` is the largest difference of
    the photograph's own luma and the result's in levels of 255; ``milliseconds`` is what the colorizer took;
    ``features`` are what the Fréchet distance compares, empty where there are none.
    """

    photo: str
    sha256: str
    psnr: float
    ssim: float
    lpips: float
    ciede2000: float
    colorfulness: float
    true_colorfulness: float
    luma_error: float
    milliseconds: float
    features: list[float]
    true_features: list[float]

    @property
    def colorfulness_distance(self) -> float:
        """How far the colorfulness is from the photograph's own, in either direction."""
        return abs(self.colorfulness - self.true_colorfulness)


@dataclass(frozen=True)
class Measures:
    """What to measure with: LPIPS where its weights are at hand, features for a Fréchet distance, aged sources, and how
    many true ``hints`` are given.
    """

    lpips: Lpips | None
    features: Features | None
    aged: bool = False
    hints: int = 0

    @property
    def digest(self) -> str:
        """Tells whether kept scores were measured alike."""
        names: list[object] = [self.lpips.backbone if self.lpips else "", self.features.name if self.features else ""]
        names.append(self.aged and "by chroma")  # once, aged colors came from 8-bit pictures
        names += [f"{self.hints} hints"] * (self.hints > 0)
        return hashlib.sha256(json.dumps([*names, [field.name for field in fields(Score)]]).encode()).hexdigest()


def photographs(folder: Path, limit: int | None = None) -> list[Path]:
    """The color photographs, or the pairs, in ``folder``; ``limit`` takes as many, evenly. Raises `UsageError`."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    if (folder / "manifest.json").is_file():
        folder = folder / "test"
    found = find(folder)
    if not found:
        raise UsageError(f"{folder}: no photographs there")
    if limit is None or limit >= len(found):
        return found
    return [found[index * len(found) // limit] for index in range(limit)]


def named(paths: Sequence[Path]) -> dict[str, Path]:
    """``paths`` by the names that scores call them: what tells them apart below the folder that holds them all."""
    root = max(set.intersection(*(set(path.parents) for path in paths)), key=lambda folder: len(folder.parts))
    return {path.relative_to(root).as_posix(): path for path in paths}


def original(path: Path) -> np.ndarray:
    """The colors of a photograph, or of the right half of a pair: uint8 (3, H, W). Raises `PhotoError`."""
    rgb = read_rgb(path)
    if any((folder / "manifest.json").is_file() for folder in path.parents[:2]):
        width = rgb.shape[2] // 2
        left, right = rgb[..., :width], rgb[..., width:]
        fits = left.shape == right.shape and is_gray(left / np.float32(255))
        if not fits or np.abs(rgb_to_luma(right.astype(np.float32)) - left[:1]).mean() > 4:
            raise PhotoError(f"{path}: its halves are no pair, gray left and the same in color right")
        rgb = np.ascontiguousarray(right)
    if is_gray(rgb / np.float32(255)):
        raise PhotoError(f"{path}: is gray to begin with, so that there is nothing to compare with")
    return rgb


def score(
    subjects: Sequence[Subject],
    paths: Sequence[Path],
    measures: Measures,
    keep: Path | None = None,
    on_error: Callable[[PhotochromError], None] = lambda error: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, list[Score]]:
    """The scores of every subject by its label, photograph by photograph in the order of ``paths``.

    Scores are kept in the folder ``keep`` as they are made, so that an interrupted evaluation goes on where it was;
    those of a model or a photograph that has changed since are made anew. Photographs that cannot be compared are told
    to ``on_error`` and left out. Raises `UsageError` where none is left.
    """
    with TemporaryDirectory() as nowhere:
        kept = {subject.label: _Kept(keep or Path(nowhere), subject, measures) for subject in subjects}
        scores: dict[str, list[Score]] = {subject.label: [] for subject in subjects}
        for index, (name, path) in enumerate(named(paths).items()):
            try:
                rgb = original(path)
            except PhotoError as error:
                on_error(error)
                continue
            digest = hashlib.sha256(rgb.tobytes()).hexdigest()
            for subject in subjects:
                made = kept[subject.label].get(name, digest)
                if made is None:
                    made = _score(subject, rgb, name, digest, measures)
                    kept[subject.label].add(made)
                scores[subject.label].append(made)
            progress(index + 1, len(paths))
    if not any(scores.values()):
        raise UsageError("none of the photographs can be compared with")
    return scores


def colored(subject: Subject, rgb: np.ndarray, aged: bool = False, hints: int = 0) -> np.ndarray:
    """What ``subject`` makes of the gray version of ``rgb``, both uint8 (3, H, W), with so many true ``hints``.

    With ``aged``, colors are predicted from what an old film made of it, and laid on the clean gray.
    """
    gray = np.rint(rgb_to_luma(rgb.astype(np.float32)))[0].astype(np.uint8)
    if subject.colorizer is None:
        return np.stack([gray] * 3)
    known = true_hints(rgb, hints) if hints else None
    if not aged:
        return np.array(subject.colorizer.colorize(Image.fromarray(gray), hints=known)).transpose(2, 0, 1)
    old = np.rint(age(rgb / np.float32(255), np.random.default_rng(seed(rgb)))[0] * 255) / np.float32(255)
    luma, chroma = gray[None] / np.float32(255), subject.colorizer.chroma(old, hints=known)
    picture: np.ndarray = np.rint(merge_fitted(luma, chroma).clip(0, 1) * 255).astype(np.uint8)
    return picture


@torch.no_grad()
def _score(subject: Subject, rgb: np.ndarray, name: str, digest: str, measures: Measures) -> Score:
    began = time.perf_counter()
    picture = colored(subject, rgb, measures.aged, measures.hints)
    milliseconds = (time.perf_counter() - began) * 1000
    made, true = _tensor(picture), _tensor(rgb)
    gray = np.rint(rgb_to_luma(rgb.astype(np.float32)))
    features = measures.features
    return Score(
        name,
        digest,
        psnr=metrics.psnr(made, true),
        ssim=metrics.ssim(made, true),
        lpips=float(measures.lpips(made[None], true[None])) if measures.lpips else float("nan"),
        ciede2000=metrics.ciede2000(made, true),
        colorfulness=metrics.colorfulness(made),
        true_colorfulness=metrics.colorfulness(true),
        luma_error=float(np.abs(rgb_to_luma(picture.astype(np.float32)) - gray).max()),
        milliseconds=milliseconds,
        features=features.of(made) if features else [],
        true_features=features.of(true) if features else [],
    )


def _tensor(rgb: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(rgb)).float() / 255


class _Kept:
    """The scores of one subject in a file, a line each, under the digests of what they were measured with."""

    def __init__(self, folder: Path, subject: Subject, measures: Measures) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        key = hashlib.sha256(f"{subject.digest} {measures.digest}".encode()).hexdigest()[:16]
        self._file = folder / f"{subject.label}-{key}.jsonl"
        self._scores: dict[tuple[str, str], Score] = {}
        if self._file.exists():
            lines = self._file.read_text(encoding="utf-8").splitlines(keepends=True)
            whole = [line for line in lines if line.endswith("\n")]  # a kill may have cut the last one
            for line in whole:
                score = Score(**json.loads(line))
                self._scores[score.photo, score.sha256] = score
            with replacing(self._file) as temporary:
                temporary.write_text("".join(whole), encoding="utf-8")

    def get(self, photo: str, sha256: str) -> Score | None:
        return self._scores.get((photo, sha256))

    def add(self, score: Score) -> None:
        self._scores[score.photo, score.sha256] = score
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(score)) + "\n")
