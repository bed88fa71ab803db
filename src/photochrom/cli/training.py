"""The commands that make a model: photographs are prepared, a network is trained, and exported."""

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from photochrom.cli.console import DONE, INTERRUPTED, Flag, Out, complain, progress, say, training_half
from photochrom.errors import UsageError

if TYPE_CHECKING:
    from rich.progress import Progress

    from photochrom.training.listener import Listener


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
    with training_half():
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


def pack(
    source: Path,
    out: str,
    /,
    *,
    per_shard: int = 10_000,
) -> int:
    """Put a folder of color photographs into shards, tar files that train reads from any file system.

    Parameters
    ----------
    source
        Folder of color photographs.
    out
        New folder for the shards, also a URL such as s3://bucket/shards.
    per_shard
        Photographs in each shard.
    """
    with training_half():
        from photochrom.training.packing import pack as write_shards
    with progress("photographs") as bar:
        task = bar.add_task("", total=None)
        names = write_shards(
            source, out, per_shard=per_shard,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    say(f"train on them with: --set 'data={names}'")
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

    With a recipe and --resume, a run that has not begun is begun: the same command starts it and goes on with it.

    Parameters
    ----------
    recipe
        YAML file; docs/train.md explains its keys.
    resume
        Run folder to go on with.
    out
        Run folder; by default runs/ and the recipe's name.
    set_
        key=value, in place of what the recipe says; may be given several times.
    """
    if resume is not None and out is None:
        run = resume
    elif resume is None and recipe is not None:
        run = out or Path("runs") / recipe.stem
    else:
        raise UsageError("train takes a recipe (and -o, for its run folder), or --resume and a run folder, or both")
    with training_half():
        from photochrom.training import config, loop
        from photochrom.training.run_folder import RunFolder
    with progress("epochs", finely=True) as bar:
        listener = _listener(bar)
        try:
            if recipe is None:
                best = loop.resume(run, set_ or [], listener)
            else:
                begin = loop.start if resume is None else loop.start_or_resume
                best = begin(config.from_yaml(recipe, set_), run, listener)
        except KeyboardInterrupt:
            complain(f"interrupted; go on from the last whole epoch with: photochrom train --resume {run}", bar)
            return INTERRUPTED
    if best:  # only the first of several processes knows it
        print(f"best checkpoint: {best} ({RunFolder(run).why_best()})")
    return DONE


def export(
    checkpoint: Path,
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    prune: int | None = None,
    size: int | None = None,
    gain: float = 1.0,
    temperature: float | None = None,
    overwrite: Flag = False,
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
    size
        Working size in pixels that the model asks for; by default the one it was trained at.
    gain
        How strongly its colors are scaled, against dullness.
    temperature
        Of the mean over color bins, where the network answers with a distribution: less is more vivid.
    overwrite
        Replace the file if it is there already.
    """
    with training_half():
        from photochrom.training.export import export as write_model
    made = write_model(checkpoint, out, prune, size, gain, temperature, overwrite)
    say(f"{out}: {out.stat().st_size / 1e6:.1f} MB, epoch {made.epoch} of {made.epochs}; {made.report}")
    if made.is_gray:
        complain(
            f"{out}: paints almost nothing (a mean chroma of {made.strength:.3f} on the photographs of the package); "
            "try another epoch, or see docs/train.md on dull colors"
        )
    return DONE


def _listener(bar: "Progress") -> "Listener":
    """Whom training tells how it goes: the bar where it is shown, else a line an epoch, as a log wants it."""
    from photochrom.training.listener import Listener

    task = bar.add_task("", total=None)

    def epochs(done: float, total: int, line: str) -> None:
        if not bar.disable:
            bar.update(task, completed=done, total=total, description=line)
        elif math.isclose(done, round(done), abs_tol=1e-6):  # a sum of steps, each a fraction of an epoch
            print(f"epoch {round(done)}/{total}: {line}", file=sys.stderr, flush=True)

    def photographs(done: int, total: int) -> None:
        bar.update(task, description=f"checking the photographs, {done} of {total}")

    def shards(done: int, total: int) -> None:
        bar.update(task, description=f"reading what is in the shards, {done} of {total}")

    return Listener(epochs, photographs, lambda line: complain(line, bar), shards)


def _shares(text: str) -> tuple[float, float, float]:
    try:
        train, val, test = (float(share) for share in text.split(","))
    except ValueError:
        raise UsageError(f"split must be three numbers, such as 0.8,0.1,0.1, not {text}") from None
    if min(train, val, test) < 0 or abs(train + val + test - 1) > 1e-6:
        raise UsageError(f"split must add up to 1, with nothing below 0, not {text}")
    return train, val, test
