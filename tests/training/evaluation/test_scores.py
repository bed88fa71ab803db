import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from photochrom.batch.finding import find
from photochrom.colorizer import Colorizer
from photochrom.errors import PhotochromError, PhotoError, UsageError
from photochrom.training.evaluation.scores import Measures, Score, colored, named, original, score
from photochrom.training.evaluation.scores import photographs as photographs_in
from photochrom.training.evaluation.subjects import GRAY, Subject
from photochrom.training.prepare import prepare

PLAIN = Measures(lpips=None, features=None)


@pytest.fixture
def strong_subject(strong: Path) -> Subject:
    return Subject("strong", "1", Colorizer(strong), strong)


def test_scores_are_those_of_the_picture_that_users_get(photographs: Path, strong_subject: Subject, strong: Path):
    path = photographs / "coffee-0.jpg"
    found = score([strong_subject], [path, photographs / "rocket-1.jpg"], PLAIN)["strong"][0]
    rgb = np.asarray(Image.open(path).convert("RGB"))
    gray = Image.fromarray(np.rint(rgb @ np.array([0.299, 0.587, 0.114], dtype=np.float32)).astype(np.uint8))
    made = np.asarray(Colorizer(strong).colorize(gray))
    assert found.photo == "coffee-0.jpg"
    assert found.psnr == pytest.approx(peak_signal_noise_ratio(rgb, made), abs=1e-3)
    expected = structural_similarity(
        rgb, made, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    assert found.ssim == pytest.approx(expected, abs=5e-3)  # the two treat the border differently
    rg, yb = made[..., 0].astype(float) - made[..., 1], (made[..., 0].astype(float) + made[..., 1]) / 2 - made[..., 2]
    colors = np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean())
    assert found.colorfulness == pytest.approx(colors, abs=1e-2)
    assert found.colorfulness_distance == pytest.approx(abs(found.true_colorfulness - colors), abs=1e-2)
    difference = deltaE_ciede2000(rgb2lab(rgb), rgb2lab(made)).mean()
    assert found.ciede2000 == pytest.approx(difference, rel=1e-3)
    assert math.isnan(found.lpips)
    assert found.features == found.true_features == []
    assert 0 < found.luma_error <= 1


def test_lpips_and_features_are_of_what_is_made_and_of_the_photograph(photographs: Path, strong_subject: Subject):
    class Distance:
        backbone = "test"

        def __call__(self, made: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
            assert made.shape == true.shape == (1, 3, 64, 72)
            return (made - true).mean()

    class Means:
        name = "test"

        def of(self, rgb: torch.Tensor) -> list[float]:
            return rgb.mean(dim=(1, 2)).tolist()

    rgb = original(photographs / "coffee-0.jpg")
    made = colored(strong_subject, rgb)
    measures = Measures(Distance(), Means())  # type: ignore[arg-type]
    (found,) = score([strong_subject], [photographs / "coffee-0.jpg"], measures)["strong"]
    assert found.features == pytest.approx(made.mean(axis=(1, 2)) / 255, abs=1e-5)
    assert found.true_features == pytest.approx(rgb.mean(axis=(1, 2)) / 255, abs=1e-5)
    assert found.lpips == pytest.approx((made.mean() - rgb.mean()) / 255, abs=1e-5)


def test_gray_leaves_a_photograph_gray(photographs: Path):
    found = score([Subject(GRAY, GRAY)], find(photographs)[:1], PLAIN)[GRAY][0]
    assert found.colorfulness == pytest.approx(0, abs=1e-4)
    assert found.luma_error == pytest.approx(0, abs=1e-4)
    assert found.true_colorfulness > 5


def test_colors_predicted_from_an_aged_photograph_lie_on_the_clean_one(
    photographs: Path, strong_subject: Subject, make_model: Callable[..., Path]
):
    rgb = original(photographs / "coffee-0.jpg")
    same = [colored(strong_subject, rgb, aged) for aged in (True, False)]
    assert np.array_equal(*same), "of a model whose colors are the same for every photograph"
    by_luma = Subject("by luma", "2", Colorizer(make_model(factor=(-0.5, 0.5))))
    aged, clean = colored(by_luma, rgb, aged=True), colored(by_luma, rgb)
    assert not np.array_equal(aged, clean)
    luma = [np.tensordot([0.299, 0.587, 0.114], picture.astype(float), 1) for picture in (aged, clean)]
    assert np.abs(luma[0] - luma[1]).max() <= 1.1
    assert np.array_equal(aged, colored(by_luma, rgb, aged=True))


def test_an_interrupted_evaluation_goes_on(
    photographs: Path, strong_subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    paths = find(photographs)[:4]
    whole = score([strong_subject], paths, PLAIN, tmp_path)["strong"]
    (kept,) = tmp_path.iterdir()
    lines = kept.read_text().splitlines(keepends=True)
    kept.write_text(lines[0] + lines[1] + lines[2][:50])  # killed while it wrote the third
    asked = []
    color = Colorizer.colorize
    monkeypatch.setattr(Colorizer, "colorize", lambda self, image, hints: asked.append(image) or color(self, image))
    again = score([strong_subject], paths, PLAIN, tmp_path)["strong"]
    assert len(asked) == 2
    assert [score.psnr for score in again] == [score.psnr for score in whole]
    assert len(kept.read_text().splitlines()) == 4
    other = Subject("strong", "another model's digest", strong_subject.colorizer, strong_subject.file)
    score([other], paths, PLAIN, tmp_path)
    assert len(asked) == 6


def test_kept_scores_are_whole(photographs: Path, strong_subject: Subject, tmp_path: Path):
    score([strong_subject], find(photographs)[:2], PLAIN, tmp_path)
    (kept,) = tmp_path.iterdir()
    found = Score(**json.loads(kept.read_text().splitlines()[0]))
    assert found.photo == find(photographs)[0].name


def test_what_cannot_be_compared_is_told_and_left_out(photographs: Path, strong_subject: Subject, tmp_path: Path):
    Image.new("RGB", (40, 40), (90, 90, 90)).save(tmp_path / "a-gray.png")
    (tmp_path / "b-broken.jpg").write_bytes((photographs / "coffee-0.jpg").read_bytes()[:700])
    Image.open(photographs / "coffee-1.jpg").resize((50, 33)).save(tmp_path / "c-small.png")
    Image.open(photographs / "coffee-1.jpg").save(tmp_path / "d-other-size.png")
    told: list[PhotochromError] = []
    scores = score([strong_subject], find(tmp_path), PLAIN, on_error=told.append)["strong"]
    assert [score.photo for score in scores] == ["c-small.png", "d-other-size.png"]
    assert ["gray to begin with" in str(told[0]), "damaged" in str(told[1])] == [True, True]
    with pytest.raises(UsageError, match="none of the photographs"):
        score([strong_subject], find(tmp_path)[:2], PLAIN)


def test_folders(photographs: Path, tmp_path: Path):
    found = find(photographs)
    assert photographs_in(photographs) == found
    assert photographs_in(photographs, limit=4) == found[::4]
    with pytest.raises(UsageError, match="no such folder"):
        photographs_in(tmp_path / "nothing")
    with pytest.raises(UsageError, match="no photographs"):
        photographs_in(tmp_path)


def test_names_tell_apart(tmp_path: Path):
    assert list(named([tmp_path / "a/x.jpg", tmp_path / "b/x.jpg"])) == ["a/x.jpg", "b/x.jpg"]
    assert list(named([tmp_path / "a/x.jpg"])) == ["x.jpg"]


def test_pairs(photographs: Path, tmp_path: Path):
    pairs = tmp_path / "pairs"
    prepare(photographs, pairs, size=32, split=(0.4, 0.2, 0.4), processes=1)
    (first, second, *_) = photographs_in(pairs)
    assert first.parent == pairs / "test"
    with Image.open(first) as image:
        assert np.array_equal(original(first), np.asarray(image.convert("RGB"))[:, 32:].transpose(2, 0, 1))
        image.crop((0, 0, 63, 32)).save(second)
    with pytest.raises(PhotoError, match="no pair"):
        original(second)
