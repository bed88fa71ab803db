"""The commands that measure models, and make the weights that this needs."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from photochrom.cli.console import DONE, FAILED, Flag, Out, complain, progress, say, table, training_half
from photochrom.errors import UsageError


def evaluate(
    models: Annotated[list[str], Parameter(negative=())],
    /,
    *,
    data: Path,
    out: Out = None,
    limit: int | None = None,
    lpips_weights: Annotated[Path | None, Parameter(env_var="PHOTOCHROM_LPIPS")] = None,
    show: Path | None = None,
    title: str = "Evaluation",
    aged: Flag = False,
    fid: Flag = False,
    hints: str | None = None,
    overwrite: Flag = False,
) -> int:
    """Measure models on color photographs: each is turned to gray, colored, and compared with the original.

    Parameters
    ----------
    models
        Names of models, .onnx files, checkpoints, and `gray`, which leaves photographs as they are. The others are
        compared with the first.
    data
        Folder of color photographs, or of pairs (whose test part is taken).
    out
        Folder for the report: a new one, or an earlier report's, which then goes on. Photographs of `data` are shown in
        it, unless `show` names others.
    limit
        Measure only so many photographs, taken evenly.
    lpips_weights
        File with the weights of LPIPS on AlexNet; without, LPIPS is not measured.
    show
        Folder of color photographs that may be shown, for the comparison in the report.
    title
        Title of the report.
    aged
        Predict the colors from an artificially aged version of each photograph, and lay them on the clean one.
    fid
        Take Inception's features for the Fréchet distance, which is then the FID; needs torch-fidelity.
    hints
        Numbers of true colors to give at random places, such as 0,1,2,5,10,20,50,100,500: quality is measured with each
        number, too.
    overwrite
        Write the report into a folder that holds other files, and replace those of the same names.
    """
    with training_half():
        from photochrom.training.evaluation import Request
        from photochrom.training.evaluation import evaluate as measure
    with progress("photographs") as bar:
        task = bar.add_task("", total=None)
        done = measure(
            Request(models, data, out, limit, lpips_weights, show, title, aged, fid, overwrite, _numbers(hints)),
            on_error=lambda error: complain(error, bar),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    for part in done.tables:
        table(part.title, part.heads, part.rows)
        print(f"{part.note}\n")
    if out is not None:
        print(f"report: {out / 'report.html'}")
    return FAILED if done.failures else DONE


def lpips_weights(
    backbone: Path,
    linear: Path,
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    overwrite: Flag = False,
) -> int:
    """Make the file of weights that LPIPS needs of the two that its authors and torchvision publish.

    Parameters
    ----------
    backbone
        Weights of AlexNet (to measure with) or VGG16 (to train with) on ImageNet, as torchvision publishes them.
    linear
        alex.pth or vgg.pth of LPIPS v0.1.
    out
        The .pt file to write.
    overwrite
        Replace the file if it is there already.
    """
    with training_half():
        from photochrom.training.lpips_weights import convert
    say(f"{out}: LPIPS on {convert(backbone, linear, out, overwrite)}")
    return DONE


def _numbers(text: str | None) -> list[int]:
    try:
        return [int(number) for number in text.split(",")] if text else []
    except ValueError:
        raise UsageError(f"hints must be numbers with commas between, such as 0,1,10,100, not {text}") from None
