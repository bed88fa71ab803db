"""The commands of the training half."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from photochrom.cli.console import DONE, INTERRUPTED, Out, complain, progress
from photochrom.errors import UsageError


def prepare(
    source: Path,
    out: Path,
    /,
    *,
    size: int = 256,
    split: str = "0.8,0.1,0.1",
    seed: int = 0,
) -> int:
    """Make side-by-side training pairs (gray left, color right) of a folder of color photographs.

    Parameters
    ----------
    source
        Folder of color photographs.
    out
        New folder for train/, val/, test/ and manifest.json.
    size
        Height and width of each half in pixels.
    split
        Shares of training, validation and test.
    seed
        Decides which photograph goes where.
    """
    with _training_half():
        from photochrom.training.prepare import prepare as make_pairs
    shares = _shares(split)
    with progress("photographs") as bar:
        task = bar.add_task("", total=None)
        manifest = make_pairs(
            source, out, size=size, split=shares, seed=seed,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    for left_out in manifest["left_out"]:
        complain(f"{left_out['source']}: left out, {left_out['reason']}")
    counts = {name: sum(pair["split"] == name for pair in manifest["pairs"]) for name in ("train", "val", "test")}
    print(", ".join(f"{count} {name}" for name, count in counts.items()), end="")
    print(f", {len(manifest['left_out'])} left out; pairs in {out}")
    return DONE


def train(
    recipe: Path | None = None,
    /,
    *,
    resume: Path | None = None,
    out: Out = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative=())] = None,
) -> int:
    """Train a generator as a recipe says, or go on with a run that was stopped.

    Parameters
    ----------
    recipe
        YAML file; recipes/README.md explains its keys.
    resume
        Run folder to go on with.
    out
        Run folder; by default runs/ and the recipe's name.
    set_
        key=value, in place of what the recipe says; may be given several times.
    """
    if recipe is not None and resume is None:
        run = out or Path("runs") / recipe.stem
    elif resume is not None and recipe is None and out is None:
        run = resume
    else:
        raise UsageError("train takes a recipe (and -o, for its run folder), or --resume and a run folder")
    with _training_half():
        from photochrom.training import config, loop
    with progress("epochs", finely=True) as bar:
        task = bar.add_task("", total=None)

        def report(done: float, total: int, line: str) -> None:
            bar.update(task, completed=done, total=total, description=line)

        try:
            if recipe is None:
                best = loop.resume(run, set_ or [], report)
            else:
                best = loop.start(config.from_yaml(recipe, set_), run, report)
        except KeyboardInterrupt:
            complain(f"interrupted; go on from the last whole epoch with: photochrom train --resume {run}", bar)
            return INTERRUPTED
    print(f"best checkpoint: {best}")
    return DONE


def export(
    checkpoint: Path, /, *, out: Annotated[Path, Parameter(name=["--out", "-o"])], prune: int | None = None
) -> int:
    """Turn a checkpoint into a model file that `photochrom colorize --model` takes.

    Parameters
    ----------
    checkpoint
        best.pt, last.pt or another checkpoint of a run.
    out
        The .onnx file to write.
    prune
        Level up to which a unet_plus_plus with deep supervision is kept: 1 is the smallest and fastest.
    """
    with _training_half():
        from photochrom.training.export import export as write_model
    report = write_model(checkpoint, out, prune)
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB; {report}")
    return DONE


@contextmanager
def _training_half() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(
            f"this needs the training half ({error.name} is missing): pip install -c constraints.txt '.[train]'"
        ) from None


def _shares(text: str) -> tuple[float, float, float]:
    try:
        train, val, test = (float(share) for share in text.split(","))
    except ValueError:
        raise UsageError(f"--split {text}: must be three numbers, such as 0.8,0.1,0.1") from None
    if min(train, val, test) < 0 or abs(train + val + test - 1) > 1e-6:
        raise UsageError(f"--split {text}: must add up to 1, with nothing below 0")
    return train, val, test
