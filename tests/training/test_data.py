from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from photochrom.color import rgb_to_chroma, rgb_to_luma
from photochrom.training.augment import random_square, resize
from photochrom.training.config import from_dict
from photochrom.training.data import Begun, Photographs, some, training_batches, validation_batches
from photochrom.training.prepare import prepare
from photochrom.training.sources import Folder
from photochrom.training.splitting import photographs as load


def paths(*parts: Photographs) -> list[Path]:
    """The files of photographs in folders."""
    return [path for part in parts for path in part.contents(range(part.count))]


def epoch_of(recipe: dict[str, object], epoch: int, **changes: object) -> list[torch.Tensor]:
    config = from_dict({**recipe, **changes})
    return [torch.cat(batch, dim=1) for batch in training_batches(load(config)[0], config, epoch)]


def test_batches_have_the_contract_shapes(recipe: dict[str, object]):
    config = from_dict({**recipe, "batch": 5})
    batches = list(training_batches(load(config)[0], config, 0))
    assert [len(luma) for luma, *_ in batches] == [5, 5, 2]
    for luma, rgb, hints in batches:
        assert hints.shape[1:] == (3, 32, 32)
        assert not hints.any(), "the recipe has none"
        assert luma.shape[1:] == (1, 32, 32)
        assert rgb.shape[1:] == (3, 32, 32)
        assert luma.dtype == rgb.dtype == torch.float32
        assert rgb.min() >= 0
        assert rgb.max() <= 1
        assert torch.allclose(luma, rgb_to_luma(rgb))


def test_an_epoch_depends_on_seed_and_number_alone(recipe: dict[str, object]):
    first = epoch_of(recipe, 3)
    assert all(map(torch.equal, first, epoch_of(recipe, 3)))
    assert all(map(torch.equal, first, epoch_of(recipe, 3, workers=2)))
    assert not torch.equal(first[0], epoch_of(recipe, 4)[0])
    assert not torch.equal(first[0], epoch_of(recipe, 3, seed=1)[0])


@pytest.mark.parametrize("workers", [0, 1])
def test_batches_that_load_already_are_those_of_their_loader(recipe: dict[str, object], workers: int):
    config = from_dict({**recipe, "workers": workers})
    training, _ = load(config)
    loader = training_batches(training, config, 1)
    begun = Begun(loader)
    assert len(begun) == len(loader)
    for early, plain in zip(begun, loader, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(early, plain, strict=True))


def test_the_files_of_a_batch_are_asked_for_together(recipe: dict[str, object], monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []
    really = Folder.contents
    monkeypatch.setattr(Folder, "contents", lambda its, indices: [asked.append(len(indices)), really(its, indices)][1])
    config = from_dict({**recipe, "batch": 5})
    list(training_batches(load(config)[0], config, 0))
    assert asked == [5, 5, 2]


def test_ranks_share_an_epoch_evenly(recipe: dict[str, object]):
    config = from_dict({**recipe, "crop": 1.0, "flip": False})
    dataset = load(config)[0]
    whole, *shares = (
        torch.cat([rgb for _, rgb, _ in training_batches(dataset, config, 0, rank, ranks)])
        for rank, ranks in ((0, 1), (0, 2), (1, 2))
    )
    assert torch.equal(torch.stack(shares, dim=1).flatten(0, 1), whole)
    batches = [training_batches(dataset, config, 0, rank, 5) for rank in range(5)]
    assert [sum(len(rgb) for _, rgb, *_ in part) for part in batches] == [2] * 5, "what does not come out even is left"


def test_flips_mirror_about_half(recipe: dict[str, object]):
    settings = {**recipe, "crop": 1.0}
    plain = load(from_dict({**settings, "flip": False}))[0]
    flipped = load(from_dict(settings))[0]
    mirrored = 0
    for epoch in range(20):
        a, b = plain[epoch, 0][1], flipped[epoch, 0][1]
        assert torch.equal(a, b) or torch.equal(a.flip(-1), b)
        mirrored += torch.equal(a.flip(-1), b)
    assert 3 < mirrored < 17


def test_validation_is_not_augmented(recipe: dict[str, object]):
    config = from_dict(recipe)
    dataset = load(config)[1]
    _, rgb, _ = next(iter(validation_batches(dataset, config)))
    with Image.open(paths(dataset)[0]) as image:
        middle = image.resize((32, 32), Image.Resampling.BICUBIC, box=(4, 0, 68, 64))
    assert np.array_equal(np.rint(rgb[0].permute(1, 2, 0).numpy() * 255), np.asarray(middle))


def test_pairs_bring_their_split_and_their_own_gray(recipe: dict[str, object], photographs: Path, tmp_path: Path):
    manifest = prepare(photographs, tmp_path / "pairs", size=48, split=(0.5, 0.25, 0.25), processes=1)
    # A left half that is not the right one's gray shows that it is really the left one that is learned from.
    for pair in manifest["pairs"]:
        path = tmp_path / "pairs" / pair["pair"]
        with Image.open(path) as image:
            picture = np.array(image)
        picture[:, :48] = 255 - picture[:, :48]
        Image.fromarray(picture).save(path)
    config = from_dict({**recipe, "data": str(tmp_path / "pairs")})
    train, validation = load(config)
    assert (len(train), len(validation)) == (8, 4)
    luma, rgb, _ = train[0, 0]
    assert (luma.shape, rgb.shape) == ((1, 32, 32), (3, 32, 32))
    assert (luma - (1 - rgb_to_luma(rgb))).abs().max() < 0.05


def test_what_is_left_out_changes_nothing_for_the_others(recipe: dict[str, object]):
    train, validation = load(from_dict(recipe))
    gone = {list(train.names())[2], list(validation.names())[1]}
    for before in (train, validation):
        after = before.without(gone)
        assert after.count == before.count - 1
        assert list(after.names()) == [name for name in before.names() if name not in gone]
        assert [path.name for path in paths(after)] == [name for _, name in after.names()]


def two_folders(photographs: Path, tmp_path: Path) -> dict[str, float]:
    """12 photographs and 4 others, as a recipe's `data`: three quarters of an epoch from the smaller folder."""
    for path in photographs.iterdir():
        folder = tmp_path / ("few" if path.name.startswith("coffee") else "many")
        folder.mkdir(exist_ok=True)
        (folder / path.name).symlink_to(path)
    return {str(tmp_path / "many"): 0.25, str(tmp_path / "few"): 0.75}


def test_folders_have_their_shares_of_an_epoch(recipe: dict[str, object], photographs: Path, tmp_path: Path):
    config = from_dict({**recipe, "data": two_folders(photographs, tmp_path)})
    train, validation = load(config)
    folders = [path.parent.name for path in paths(train)]
    assert (folders.count("many"), folders.count("few")) == (9, 3), "a quarter of each is kept for validation"
    assert sorted(path.parent.name for path in paths(validation)) == ["few", *["many"] * 3]
    assert not set(paths(train)) & set(paths(validation))
    assert len(train) == 4, "the smaller folder, which has three quarters of an epoch, has no more"
    seen = set()
    for epoch in range(12):
        order = train.order(epoch)
        assert len(order) == len(set(order)) == 4
        assert sorted(folders[index] for _, index in order) == ["few", "few", "few", "many"]
        assert list(order) == list(train.order(epoch))
        seen.update(index for _, index in order)
    assert len(seen) > 9, "other photographs of the larger folder in other epochs"
    assert sum(len(luma) for luma, *_ in training_batches(train, config, 0)) == 4
    assert sum(len(luma) for luma, *_ in validation_batches(validation, config)) == 4


def test_views_decide_an_epoch_and_small_folders_come_again(
    recipe: dict[str, object], photographs: Path, tmp_path: Path
):
    config = from_dict({**recipe, "data": two_folders(photographs, tmp_path), "views": 20})
    train, _ = load(config)
    assert len(train) == len(train.order(0)) == 20
    folders = [paths(train)[key[1]].parent.name for key in train.order(3)]
    assert (folders.count("many"), folders.count("few")) == (5, 15)
    assert list(train.order(3)) == list(train.order(3)) != list(train.order(4))
    assert len(set(train.order(3))) == 20, "who comes again has another key"
    times = [sum(key[1] == index for key in train.order(3)) for index in range(train.count)]
    assert sorted(times) == [0, 0, 0, 0, *[1] * 5, 5, 5, 5], "all of a folder before one comes again"
    first, again = (next(key for key in train.order(3) if len(key) == length) for length in (2, 3))
    assert not torch.equal(train[3, again[1], 1][1], train[3, again[1], 2][1]), "cropped anew"
    assert torch.equal(train[first][1], load(from_dict({**recipe, "data": config.data}))[0][first][1])


def test_views_of_one_folder(recipe: dict[str, object]):
    train, _ = load(from_dict({**recipe, "views": 7}))
    assert len(train) == len(set(train.order(0))) == 7
    assert {key[1] for epoch in range(9) for key in train.order(epoch)} == set(range(12))


def test_hints_are_the_photographs_own_and_leave_the_rest_as_it_was(recipe: dict[str, object]):
    plain, hinted = (load(from_dict({**recipe, "film": 0.5, "hints": share})) for share in (0, 1))
    for index in range(12):
        luma, rgb, hints = hinted[0][2, index]
        assert hints[2].any()
        assert torch.equal(hints, hinted[0][2, index][2])
        assert torch.equal(luma, plain[0][2, index][0])
        assert torch.equal(rgb, plain[0][2, index][1])
    assert not plain[0][2, 0][2].any()
    assert not torch.equal(hinted[0][2, 0][2], hinted[0][3, 0][2])
    _, rgb, hints = hinted[1][0, 1]
    assert 2 <= hints[2].sum() <= 10, (
        "validation: ten points of a pixel at this size, some of them perhaps at one place"
    )
    known = hints[2] > 0
    assert torch.allclose(hints[:2, known], rgb_to_chroma(rgb)[:, known])


def test_some_are_the_same_every_time_and_neither_aged_nor_larger_than_asked(recipe: dict[str, object]):
    train, _ = load(from_dict({**recipe, "film": 1.0, "hints": 1.0}))
    first, again = (torch.stack(list(some(train, 5, 24))) for _ in range(2))
    assert first.shape == (5, 3, 24, 24)
    assert torch.equal(first, again)


def test_stages_decide_size_and_batch(recipe: dict[str, object]):
    stages = [{"size": 32, "batch": 6, "share": 0.5}, {"size": 48, "batch": 3, "share": 0.5}]
    config = from_dict({**recipe, "size": 48, "epochs": 4, "batch": 4, "stages": stages})
    train, validation = load(config)
    shapes = [next(iter(training_batches(train, config, epoch)))[0].shape for epoch in range(4)]
    assert shapes == [(6, 1, 32, 32)] * 2 + [(3, 1, 48, 48)] * 2
    assert next(iter(validation_batches(validation, config)))[0].shape == (4, 1, 48, 48)


def test_film_changes_the_condition_alone(recipe: dict[str, object]):
    plain, always, half = (load(from_dict({**recipe, "film": film}))[0] for film in (0.0, 1.0, 0.5))
    aged = 0
    for index in range(12):
        clean, rgb, _ = plain[1, index]
        film, same, _ = always[1, index]
        assert torch.equal(rgb, same), "the same square, mirrored or not"
        assert film.shape == clean.shape
        assert film.dtype == clean.dtype
        assert not torch.equal(film, clean)
        assert torch.equal(film, always[1, index][0])
        aged += not torch.equal(half[1, index][0], clean)
    assert 1 < aged < 11
    assert all(
        torch.equal(luma, rgb_to_luma(rgb))
        for luma, rgb, _ in map(load(from_dict({**recipe, "film": 1}))[1].__getitem__, [(0, 0), (0, 1)])
    ), "validation is not aged"


def test_film_of_none_draws_nothing(recipe: dict[str, object]):
    """What a seed gave before there was film, it still gives: box, then mirror, of the same random numbers."""
    dataset = load(from_dict(recipe))[0]
    rng = np.random.default_rng((0, 2, 5))
    with Image.open(paths(dataset)[5]) as image:
        picture = np.asarray(image.convert("RGB"))
    expected = resize(picture, random_square(64, 72, 0.7, rng), 32)
    expected = expected[:, ::-1] if rng.random() < 0.5 else expected
    assert np.array_equal(np.rint(dataset[2, 5][1].permute(1, 2, 0).numpy() * 255), expected)
