import csv
import itertools
import json
import math
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import yaml
from lightning_fabric import Fabric
from PIL import Image

from photochrom import Colorizer
from photochrom.color import rgb_to_luma
from photochrom.errors import PhotochromError, PhotoError, RecipeError, UsageError
from photochrom.training import checkpoint, loop, losses, state
from photochrom.training.best_epoch import FIGURES, figures
from photochrom.training.config import from_dict, from_yaml
from photochrom.training.data import validation_batches
from photochrom.training.export import export
from photochrom.training.listener import Listener
from photochrom.training.loop import LOSSES, resume, start, start_or_resume
from photochrom.training.spaces import SPACES, to_rgb
from photochrom.training.splitting import photographs as photographs_of
from photochrom.training.state import TrainState, set_up
from photochrom.training.steps import learn

TIMES = {"seconds", "photos_per_second"}


def silent(done: float, total: int, line: str) -> None:
    pass


def rows(run: Path) -> list[dict[str, str]]:
    with (run / "metrics.csv").open() as file:
        return [{key: value for key, value in row.items() if key not in TIMES} for row in csv.DictReader(file)]


def same(a: object, b: object) -> bool:
    """Equality of nested dicts and lists with tensors in them, times aside."""
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a if key not in TIMES)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def same_checkpoint(a: Path, b: Path) -> bool:
    first, second = checkpoint.load(a), checkpoint.load(b)
    return all(
        same(getattr(first, part), getattr(second, part))
        for part in ("generator", "discriminator", "optimizers", "history", "average")
    )


def run_script(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def test_a_run_folder_holds_what_it_should(recipe: dict[str, object], tmp_path: Path):
    run = tmp_path / "run"
    seen: list[float] = []
    config = from_dict({**recipe, "epochs": 3, "checkpoint_every": 2, "sheet_every": 2})
    best = start(config, run, lambda done, total, line: seen.append(done))
    assert seen == sorted(seen)
    assert seen[-1] == 3
    assert {path.name for path in run.iterdir()} == {
        "recipe.yaml", "left-out.json", "metrics.csv", "best.pt", "last.pt", "epoch-0002.pt",
        "sheet-0002.png", "sheet-0003.png",
    }  # fmt: skip
    assert from_yaml(run / "recipe.yaml") == config
    table = rows(run)
    assert [row["epoch"] for row in table] == ["1", "2", "3"]
    for row in table:
        for part in ("train", "validation"):
            generator, l1, total, discriminator = (float(row[f"{part}_{name}"]) for name in LOSSES)
            assert total == pytest.approx(generator + 100 * l1, rel=1e-3)
            assert min(generator, l1, discriminator) > 0
    history = checkpoint.load(best).history
    nearest = min(float(row["validation_distance"]) for row in table)
    assert history[-1]["validation_distance"] == pytest.approx(nearest, rel=1e-5)
    with Image.open(run / "sheet-0003.png") as sheet:
        assert sheet.width > 3 * 32
        assert sheet.height > 4 * 32, "one line for each validation photograph"


@pytest.mark.parametrize("discriminator", ["patch", "none"])
def test_training_learns(recipe: dict[str, object], tmp_path: Path, discriminator: str):
    same_crops = {"crop": 1.0, "flip": False, "patch": 16 if discriminator == "patch" else 70}
    config = from_dict({**recipe, **same_crops, "epochs": 30, "learning_rate": 5e-3, "discriminator": discriminator})
    start(config, tmp_path / "run", silent)
    table = rows(tmp_path / "run")
    assert float(table[-1]["train_l1"]) < 0.8 * float(table[0]["train_l1"])
    if discriminator == "none":
        assert {row["train_generator"] for row in table} == {row["train_discriminator"] for row in table} == {"0"}


def test_both_networks_learn_in_the_precision_of_the_run(recipe: dict[str, object], tmp_path: Path):
    seen = set()

    def look(module: torch.nn.Module, given: object, made: object) -> None:
        if isinstance(module, torch.nn.modules.conv._ConvNd) and module.training:
            assert isinstance(made, torch.Tensor)
            seen.add(made.dtype)

    for precision, expected in (("bf16-mixed", torch.bfloat16), ("32-true", torch.float32)):
        seen.clear()
        with torch.nn.modules.module.register_module_forward_hook(look):
            start(from_dict({**recipe, "epochs": 1, "precision": precision}), tmp_path / precision, silent)
        assert seen == {expected}


@pytest.mark.parametrize("workers", [0, 1])
def test_a_photograph_that_is_damaged_meanwhile_is_named_in_one_line(
    recipe: dict[str, object], tmp_path: Path, workers: int
):
    folder = tmp_path / "photographs"
    shutil.copytree(str(recipe["data"]), folder)
    start(from_dict({**recipe, "data": str(folder), "workers": workers, "epochs": 1}), tmp_path / "run", silent)
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(PhotoError, match=r"^\S+\.jpg: damaged or cut short") as caught:
        resume(tmp_path / "run", ["epochs=2"], silent)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_learned_from_is_left_out_and_listed(recipe: dict[str, object], tmp_path: Path):
    folder, run, lines = tmp_path / "photographs", tmp_path / "run", []
    shutil.copytree(str(recipe["data"]), folder)
    config = from_dict({**recipe, "data": str(folder), "epochs": 1})
    training, validation = photographs_of(config)
    (cut,), (gray,) = training.contents([3]), validation.contents([0])
    whole = cut.read_bytes()
    cut.write_bytes(whole[:-300])
    with Image.open(gray) as picture:
        picture.convert("L").save(gray)
    start(config, run, Listener(silent, line=lines.append))
    assert [line.split(",")[0].split(" (")[0] for line in lines[:2]] == [f"{cut}: left out", f"{gray}: left out"]
    assert lines[2].startswith(
        "11 photographs an epoch to train on and 3 to validate with, 2 left out; precision 32-true"
    )
    listed = json.loads((run / "left-out.json").read_text())["left_out"]
    assert [(one["folder"], one["photograph"]) for one in listed] == [(0, cut.name), (0, gray.name)]
    # A run that goes on checks nothing again, and sees what it began with, even where the folder has moved.
    cut.write_bytes(whole)
    folder.rename(tmp_path / "moved")
    more = Listener(silent, lambda *_: pytest.fail("checked again"), lines.append)
    resume(run, ["epochs=2", f"data={tmp_path / 'moved'}"], more)
    assert lines[-1].startswith("11 photographs")


def test_nothing_is_written_where_all_photographs_are_left_out(recipe: dict[str, object], tmp_path: Path):
    (tmp_path / "photographs").mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / "photographs" / name).write_text("no picture")
    with pytest.raises(RecipeError, match="data: 0 photographs to train on"):
        start(from_dict({**recipe, "data": str(tmp_path / "photographs")}), tmp_path / "run", silent)
    assert not (tmp_path / "run").exists()


def test_a_run_of_an_earlier_version_goes_on_with_all_its_photographs(recipe: dict[str, object], tmp_path: Path):
    folder, run, lines = tmp_path / "photographs", tmp_path / "run", []
    shutil.copytree(str(recipe["data"]), folder)
    start(from_dict({**recipe, "data": str(folder), "epochs": 1}), run, silent)
    (run / "left-out.json").unlink()
    with Image.open(folder / "coffee-0.jpg") as picture:
        picture.convert("L").save(folder / "coffee-0.jpg")
    resume(run, ["epochs=2"], Listener(silent, line=lines.append))
    assert lines[0].startswith("12 photographs an epoch to train on and 4 to validate with, 0 left out")


def test_a_run_keeps_the_threads_that_it_began_with(
    recipe: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(loop, "choose_threads", lambda config: 1 if config.threads == "auto" else config.threads)
    start(from_dict({**recipe, "epochs": 1, "threads": "auto"}), tmp_path / "run", silent)
    assert from_yaml(tmp_path / "run" / "recipe.yaml").threads == 1


def test_what_cannot_be_trained_is_told_in_one_line(recipe: dict[str, object], tmp_path: Path):
    for key, value in (("options", {"depth": 0}), ("accelerator", "abacus"), ("strategy", "none-of-ours")):
        with pytest.raises(RecipeError, match=key) as caught:
            start(from_dict({**recipe, key: value}), tmp_path / "run", silent)
        assert "\n" not in str(caught.value)
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file"):
        start(from_dict(recipe), tmp_path / "file", silent)


def test_a_loss_that_is_no_number_stops_the_run_and_spares_its_checkpoint(
    recipe: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    start(from_dict({**recipe, "epochs": 1}), tmp_path / "run", silent)
    before = (tmp_path / "run" / "last.pt").read_bytes()
    monkeypatch.setattr(losses, "l1", lambda *_: torch.tensor(float("nan"), requires_grad=True))
    with pytest.raises(PhotochromError, match="epoch 2: L1 is no number"):
        resume(tmp_path / "run", ["epochs=2"], silent)
    assert (tmp_path / "run" / "last.pt").read_bytes() == before


def test_a_run_goes_on_with_the_photographs_that_it_began_with(recipe: dict[str, object], tmp_path: Path):
    for name in ("here", "moved"):
        shutil.copytree(str(recipe["data"]), tmp_path / name)
    run = tmp_path / "run"
    start(from_dict({**recipe, "data": str(tmp_path / "here"), "epochs": 1}), run, silent)
    resume(run, ["epochs=2", f"data={tmp_path / 'moved'}"], silent)
    shutil.copy(tmp_path / "moved" / "coffee-0.jpg", tmp_path / "moved" / "another.jpg")
    with pytest.raises(RecipeError, match="not the photographs that the run began with"):
        resume(run, ["epochs=3", f"data={tmp_path / 'moved'}"], silent)


@pytest.mark.parametrize("workers", [0, 2])
def test_killed_and_resumed_is_as_if_unbroken(recipe: dict[str, object], tmp_path: Path, workers: int):
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump({**recipe, "epochs": 4, "workers": workers, "crop": 0.5, "flip": True}))
    script = """if True:
        import os, signal, sys
        from pathlib import Path
        from photochrom.training.config import from_yaml
        from photochrom.training.loop import start
        def die_in_the_third_epoch(done, total, line):
            if 2.5 < done < 3:
                os.kill(os.getpid(), signal.SIGKILL)
        start(from_yaml(Path(sys.argv[1])), Path(sys.argv[2]), die_in_the_third_epoch)
    """
    killed = run_script(script, path, tmp_path / "killed")
    assert killed.returncode == -9, killed.stderr
    assert len(rows(tmp_path / "killed")) == 2
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as in the killed process: sums are not the same in another order
    left = tmp_path / "killed" / ".photochrom-0123456789ab.part"  # of a kill while a checkpoint is written
    left.touch()
    resume(tmp_path / "killed", [], silent)
    assert not left.exists()
    start(from_yaml(path), tmp_path / "unbroken", silent)
    torch.set_num_threads(threads)
    assert rows(tmp_path / "killed") == rows(tmp_path / "unbroken")
    for name in ("last.pt", "best.pt", "epoch-0003.pt"):
        assert same_checkpoint(tmp_path / "killed" / name, tmp_path / "unbroken" / name), name


@pytest.mark.parametrize(
    "changes",
    [
        {"scales": 2, "norm": "instance", "objective": "least_squares"},
        {"patch": 1, "spectral": True, "objective": "hinge"},
        {"generator": "unet_plus_plus", "options": {"deep_supervision": True}},
        {"generator": "unet_3plus", "options": {"deep_supervision": True}},
    ],
    ids=str,
)
def test_other_recipes_train_and_resume(recipe: dict[str, object], tmp_path: Path, changes: dict[str, object]):
    values = {"options": {}, **changes}
    run = tmp_path / "run"
    start(from_dict({**recipe, **values, "epochs": 1}), run, silent)
    resume(run, ["epochs=2"], silent)
    for row in rows(run):
        assert all(math.isfinite(float(value)) for value in row.values())
    supervised = "options" in changes
    gap = [
        float(row["train_total"]) - float(row["train_generator"]) - 100 * float(row["train_l1"]) for row in rows(run)
    ]
    assert all((value > 1) == supervised for value in gap), "deep supervision adds L1 terms, and nothing else does"


def test_the_perceptual_term_adds_up_and_wants_vgg16(recipe: dict[str, object], tmp_path: Path):
    for name, shapes in (("vgg16", [(4, 3, 3), *[(4, 4, 3)] * 12]), ("alexnet", [(4, 3, 11), *[(4, 4, 3)] * 4])):
        weights = {"shift": torch.zeros(1, 3, 1, 1), "scale": torch.ones(1, 3, 1, 1)}
        for index, (after, before, side) in enumerate(shapes):
            weights[f"convs.{index}.weight"] = torch.randn(after, before, side, side)
            weights[f"convs.{index}.bias"] = torch.zeros(after)
        torch.save(weights | {f"lin{index}": torch.rand(1, 4, 1, 1) for index in range(5)}, tmp_path / f"{name}.pt")
    perceptual = {**recipe, "epochs": 1, "lambda_perceptual": 5.0}
    start(from_dict({**perceptual, "perceptual_weights": str(tmp_path / "vgg16.pt")}), tmp_path / "run", silent)
    (row,) = rows(tmp_path / "run")
    assert float(row["train_total"]) > float(row["train_generator"]) + 100 * float(row["train_l1"]) + 0.01
    with pytest.raises(RecipeError, match="LPIPS on alexnet"):
        start(from_dict({**perceptual, "perceptual_weights": str(tmp_path / "alexnet.pt")}), tmp_path / "no", silent)
    assert not (tmp_path / "no").exists()


def test_stages_and_a_running_mean_resume_exactly(recipe: dict[str, object], tmp_path: Path):
    stages = [{"size": 32, "batch": 6, "share": 0.5}, {"size": 48, "batch": 4, "share": 0.5}]
    new = {"stages": stages, "size": 48, "ema": 0.9, "film": 0.5, "chroma_weight": 6, "schedule": "cosine"}
    config = from_dict({**recipe, **new, "epochs": 4, "weight_decay": 0.01, "lambda_colorfulness": 1.0})
    stops = [0.5, 1.5, 2.5, 3.5]  # in the middle of each epoch, so that it goes on once from each

    def stop(done: float, total: int, line: str) -> None:
        if stops and done >= stops[0]:
            raise KeyboardInterrupt(stops.pop(0))

    with pytest.raises(KeyboardInterrupt):
        start(config, tmp_path / "stopped", stop)
    while stops:
        with pytest.raises(KeyboardInterrupt):
            resume(tmp_path / "stopped", [], stop)
    resume(tmp_path / "stopped", [], silent)
    start(config, tmp_path / "unbroken", silent)
    assert rows(tmp_path / "stopped") == rows(tmp_path / "unbroken")
    for name in ("last.pt", "best.pt", "epoch-0003.pt"):
        assert same_checkpoint(tmp_path / "stopped" / name, tmp_path / "unbroken" / name), name


def test_the_running_mean_is_validated(recipe: dict[str, object], tmp_path: Path):
    fast = {**recipe, "epochs": 1, "learning_rate": 0.02}
    plain, slow = (from_dict({**fast, "ema": ema}) for ema in (0.0, 0.999))
    start(plain, tmp_path / "plain", silent)
    start(slow, tmp_path / "slow", silent)
    (one,), (mean,) = rows(tmp_path / "plain"), rows(tmp_path / "slow")
    assert one["train_l1"] == mean["train_l1"], "it learns the same"
    assert one["validation_l1"] != mean["validation_l1"]
    kept = checkpoint.load(tmp_path / "slow" / "best.pt")
    validation = photographs_of(slow)[1]
    space = SPACES["ycbcr"]
    with torch.no_grad():
        luma, rgb, _ = next(iter(validation_batches(validation, slow)))
        fake = checkpoint.load_generator(kept)(space.condition(luma))
        assert float(losses.l1(fake, space.encode(rgb))) == pytest.approx(float(mean["validation_l1"]), rel=1e-4)


NEW = {"hints": 0.7, "chroma_size": "half", "bins": 8, "temperature": 0.7, "lambda_l1": 0, "views": 16,
       "discriminator": "none", "patch": 70}  # fmt: skip


def test_a_network_with_hints_and_bins_at_half_size_learns_and_resumes_exactly(
    recipe: dict[str, object], tmp_path: Path
):
    values = {**recipe, **NEW, "ema": 0.5, "epochs": 12, "crop": 1.0, "flip": False, "learning_rate": 5e-3}
    start(from_dict(values), tmp_path / "whole", silent)
    start(from_dict({**values, "epochs": 1, "decay": 0}), tmp_path / "short", silent)
    start(from_dict({**values, "epochs": 2, "decay": 0}), tmp_path / "long", silent)
    resume(tmp_path / "short", ["epochs=2"], silent)
    assert rows(tmp_path / "short") == rows(tmp_path / "long")
    assert same_checkpoint(tmp_path / "short" / "last.pt", tmp_path / "long" / "last.pt")
    table = rows(tmp_path / "whole")
    assert float(table[-1]["train_total"]) < 0.9 * float(table[0]["train_total"])
    assert float(table[-1]["validation_l1_10_hints"]) != float(table[-1]["validation_l1"])
    begun, ended = (checkpoint.load(tmp_path / run / "last.pt").generator for run in ("short", "whole"))
    assert torch.equal(begun["bins.centers"], ended["bins.centers"]), "they are learned once, from the same photographs"
    assert begun["bins.centers"].abs().sum(dim=1).unique().numel() > 4
    with Image.open(tmp_path / "whole" / "sheet-0012.png") as sheet:
        assert sheet.width > 4 * 32, "black-and-white, original, without and with hints"


def test_the_perceptual_term_can_begin_later_and_skip_steps(
    recipe: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    looked: list[bool] = []

    def watched(*given: object) -> torch.Tensor:
        looked.append(bool(given[-1]))
        return learn(*given[:-1], False)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "learn", watched)
    term = {"lambda_perceptual": 1, "perceptual_weights": "unread.pt", "perceptual_every": 2, "perceptual_from": 0.5}
    monkeypatch.setattr(state, "_load_lpips", lambda *_: None)
    start(from_dict({**recipe, **term, "epochs": 2}), tmp_path / "run", silent)
    assert looked == [False, False, False, True, False, True]


def test_statistics_measured_anew_are_validated_and_resume_exactly(recipe: dict[str, object], tmp_path: Path):
    values = {**recipe, "batch": 2, "epochs": 2, "decay": 0}
    start(from_dict(values), tmp_path / "running", silent)
    start(from_dict({**values, "statistics": 7}), tmp_path / "measured", silent)
    start(from_dict({**values, "statistics": 7, "epochs": 1}), tmp_path / "resumed", silent)
    resume(tmp_path / "resumed", ["epochs=2"], silent)
    assert rows(tmp_path / "resumed") == rows(tmp_path / "measured")
    for running, measured in zip(rows(tmp_path / "running"), rows(tmp_path / "measured"), strict=True):
        assert running["train_l1"] == measured["train_l1"], "in training, a batch has its own statistics"
        assert running["validation_l1"] != measured["validation_l1"]


def test_new_terms_of_the_objective_add_up(recipe: dict[str, object], tmp_path: Path):
    base = {**recipe, "epochs": 1, "learning_rate": 1e-9}  # all runs stay where they begin

    def above(name: str, **changes: object) -> float:
        start(from_dict({**base, **changes}), tmp_path / name, silent)
        (row,) = rows(tmp_path / name)
        return float(row["train_total"]) - float(row["train_generator"]) - 100 * float(row["train_l1"])

    assert above("plain") == pytest.approx(0, abs=0.01)
    weighted = [above(f"weight-{strength}", chroma_weight=strength) for strength in (1, 3)]
    assert weighted[0] > 0.05
    assert weighted[1] == pytest.approx(3 * weighted[0], rel=0.05)
    colorful = [above(f"colorful-{strength}", lambda_colorfulness=strength) for strength in (10, 20)]
    assert colorful[0] > 0.5
    assert colorful[1] == pytest.approx(2 * colorful[0], rel=0.05)


def test_a_run_killed_in_its_first_epoch_starts_again(recipe: dict[str, object], tmp_path: Path):
    def stop(done: float, total: int, line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start(from_dict(recipe), tmp_path / "run", stop)
    resume(tmp_path / "run", [], silent)
    assert len(rows(tmp_path / "run")) == 2


def test_resume_trains_longer_but_changes_nothing_else(recipe: dict[str, object], tmp_path: Path):
    run = tmp_path / "run"
    start(from_dict({**recipe, "epochs": 1}), run, silent)
    resume(run, ["epochs=2"], silent)
    assert len(rows(run)) == 2
    for override in ("width=8", "seed=1", "options.depth=2"):
        with pytest.raises(RecipeError, match="cannot be changed"):
            resume(run, [override], silent)
    with pytest.raises(RecipeError, match=r"recipe\.yaml"):
        resume(tmp_path / "nowhere", [], silent)


def test_the_same_call_starts_a_run_and_goes_on_with_it(recipe: dict[str, object], tmp_path: Path):
    config, run = from_dict({**recipe, "epochs": 1, "precision": "auto"}), tmp_path / "run"
    start_or_resume(config, run, silent)
    kept = from_yaml(run / "recipe.yaml").precision
    other = "32-true" if kept != "32-true" else "bf16-mixed"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "choose_precision", lambda asked: other if asked.precision == "auto" else asked.precision)
        start_or_resume(replace(config, epochs=2), run, silent)
    assert from_yaml(run / "recipe.yaml").precision == kept, "a run keeps what was found when it began"
    assert [row["epoch"] for row in rows(run)] == ["1", "2"]
    with pytest.raises(RecipeError, match=r"width: is 4 in .*recipe\.yaml and cannot be changed"):
        start_or_resume(replace(config, width=8), run, silent)


def test_a_run_folder_is_never_overwritten(recipe: dict[str, object], tmp_path: Path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "precious").touch()
    with pytest.raises(RecipeError, match="`resume`"):
        start(from_dict(recipe), run, silent)
    assert [path.name for path in run.iterdir()] == ["precious"]


def test_train_export_colorize(recipe: dict[str, object], photographs: Path, tmp_path: Path):
    config = from_dict({**recipe, "epochs": 6, "learning_rate": 3e-3})
    export(start(config, tmp_path / "run", silent), tmp_path / "model.onnx")
    result = Colorizer(tmp_path / "model.onnx").colorize_file(photographs / "coffee-0.jpg", tmp_path / "coffee.png")
    with Image.open(photographs / "coffee-0.jpg") as before, Image.open(result) as after:
        assert after.size == before.size
        gray, colored = (torch.from_numpy(_levels(picture)) for picture in (before, after))
    assert (rgb_to_luma(gray) - rgb_to_luma(colored)).abs().max() <= 1
    assert (colored[0] - colored[2]).abs().mean() > 0.5, "a trained network paints something"


def _levels(picture: Image.Image) -> "object":
    import numpy as np

    return np.asarray(picture.convert("RGB"), dtype=np.float32).transpose(2, 0, 1)


@pytest.fixture
def two_batches() -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Five photographs, in batches of three and two: luma, rgb and no hints."""
    torch.manual_seed(0)
    rgb = torch.rand(5, 3, 32, 32)
    return [(rgb_to_luma(part), part, torch.zeros_like(part)) for part in (rgb[:3], rgb[3:])]


def test_an_epochs_losses_are_means_over_photographs_at_a_rate_that_falls_step_by_step(
    recipe: dict[str, object], two_batches: list[tuple[torch.Tensor, ...]], monkeypatch: pytest.MonkeyPatch
):
    config = from_dict({**recipe, "epochs": 4, "decay": 1.0, "learning_rate": 0.1})
    state = set_up(config, Fabric(accelerator="cpu", devices=1), None)
    rates: list[float] = []

    def learn(state: TrainState, config: object, luma: torch.Tensor, *more: object) -> torch.Tensor:
        rates.extend(group["lr"] for optimizer in state.optimizers for group in optimizer.param_groups)
        return torch.tensor([1.0, 10.0, 100.0, 1000.0]) * len(luma)

    monkeypatch.setattr(loop, "learn", learn)
    heard: list[tuple[float, int, str]] = []
    means = loop._train_epoch(state, config, 1, two_batches, lambda *step: heard.append(step))
    mean = (3 * 3 + 2 * 2) / 5
    assert means == pytest.approx(dict(zip(LOSSES, (mean, 10 * mean, 100 * mean, 1000 * mean), strict=True)))
    assert rates == pytest.approx([0.1 * (1 - 1 / 4)] * 2 + [0.1 * (1 - 1.5 / 4)] * 2)
    assert heard == [(1.5, 4, "L1 30.0000"), (2.0, 4, f"L1 {10 * mean:.4f}")]


def test_validation_is_pix2pixs_losses_by_hand(recipe: dict[str, object], two_batches: list[tuple[torch.Tensor, ...]]):
    config = from_dict({**recipe, "lambda_l1": 10.0, "chroma_weight": 6.0, "lambda_colorfulness": 3.0})
    state = set_up(config, Fabric(accelerator="cpu", devices=1), None)
    found = loop._validate(state, config, two_batches)
    generator, discriminator, space = state.generator.module.eval(), state.discriminator.module.eval(), state.space
    sums = torch.zeros(4)
    for luma, rgb, _ in two_batches:
        with torch.no_grad():
            condition, target = space.condition(luma), space.encode(rgb)
            fake = generator(condition)
            (real_logits,), (fake_logits,) = discriminator(condition, target), discriminator(condition, fake)
        ones, zeros = torch.ones_like(fake_logits), torch.zeros_like(fake_logits)
        entropy = torch.nn.functional.binary_cross_entropy_with_logits
        fools, l1 = entropy(fake_logits, ones), (fake - target).abs().mean()
        told = (entropy(real_logits, ones) + entropy(fake_logits, zeros)) / 2
        sums += torch.stack((fools, l1, fools + 10 * l1, told)) * len(luma)
    assert [found[name] for name in LOSSES] == pytest.approx((sums / 5).tolist(), rel=1e-5)
    made = [to_rgb(space, generator(space.condition(luma)).detach(), luma) for luma, _, _ in two_batches]
    judged = figures(torch.cat(made), torch.cat([rgb for _, rgb, _ in two_batches])).mean(0)
    assert [found[name] for name in FIGURES] == pytest.approx(judged.tolist(), rel=1e-4)


def test_validation_with_hints_is_an_l1_beside_the_one_without(
    recipe: dict[str, object], two_batches: list[tuple[torch.Tensor, ...]]
):
    config = from_dict({**recipe, "hints": 0.5})
    state = set_up(config, Fabric(accelerator="cpu", devices=1), None)
    with torch.no_grad():
        for weight in state.generator.module.parameters():
            weight.normal_(0, 0.4)  # hints' own start at zero
    batches = [(luma, rgb, torch.rand_like(rgb)) for luma, rgb, _ in two_batches]
    found = loop._validate(state, config, batches)
    generator, space, sums = state.generator.module.eval(), state.space, torch.zeros(2)
    for luma, rgb, hints in batches:
        for index, known in enumerate((None, hints)):
            with torch.no_grad():
                fake = generator(space.condition(luma), known)
            sums[index] += (fake - space.encode(rgb)).abs().mean() * len(luma)
    assert [found["l1"], found[loop.HINTED]] == pytest.approx((sums / 5).tolist(), rel=1e-5)
    assert found["l1"] != pytest.approx(found[loop.HINTED], rel=1e-3)


def test_statistics_are_measured_on_no_fewer_photographs_than_asked(
    recipe: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    seen: list[list[int]] = []
    monkeypatch.setattr(loop, "measure_statistics", lambda _, given: seen.append([len(luma) for luma, _ in given]))
    for statistics in (7, 8):
        config = from_dict({**recipe, "batch": 2, "epochs": 1, "statistics": statistics})
        start(config, tmp_path / str(statistics), silent)
    assert seen == [[2] * 4, [2] * 4]


def test_an_epochs_time_is_that_of_training_and_validation_and_its_speed_that_of_training(
    recipe: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    clock = itertools.count(100, 3)
    monkeypatch.setattr(loop, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    start(from_dict({**recipe, "epochs": 1}), tmp_path / "run", silent)
    (row,) = checkpoint.load(tmp_path / "run" / "last.pt").history
    assert (row["photos_per_second"], row["seconds"]) == (12 / 3, 6)


def test_a_run_that_is_done_loads_nothing(recipe: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    best = start(from_dict({**recipe, "epochs": 1}), tmp_path / "run", silent)
    monkeypatch.setattr(loop.data, "training_batches", None)
    assert resume(tmp_path / "run", [], silent) == best
