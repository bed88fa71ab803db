"""The commands that color photographs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from photochrom.cli.console import DONE, FAILED, Flag, Out, complain, progress
from photochrom.errors import PhotoError, UsageError

if TYPE_CHECKING:
    from photochrom.colorizer import Colorizer
    from photochrom.photos.writing import Encoding


def colorize(
    paths: Annotated[list[Path], Parameter(negative=())],
    /,
    *,
    out: Out = None,
    model: Annotated[list[str] | None, Parameter(consume_multiple=True, negative=())] = None,
    size: int | None = None,
    saturation: float = 1.0,
    overwrite: Flag = False,
    skip_color: Flag = False,
    compare: Flag = False,
    quality: int | None = None,
    subsampling: Literal["4:4:4", "4:2:2", "4:2:0"] = "4:4:4",
    lossless_luma: Flag = False,
    white: float | None = None,
    sheet: Path | None = None,
    jobs: int | None = None,
    device: str = "auto",
    max_pixels: int | None = None,
) -> int:
    """Color black-and-white photographs.

    Parameters
    ----------
    paths
        Photographs, and folders of them; - is standard input.
    out
        Where results go: a file for one photograph, else a folder. By default NAME-color.EXT beside each source.
        - is standard output, for one photograph.
    model
        Name of a model, or an .onnx file made by `photochrom export`. Several make a result each: RESULT-MODEL.EXT.
    size
        Working size in pixels; by default the one the model asks for. A network is best near its training size.
    saturation
        Strength of the colors; 0 leaves the photograph gray.
    overwrite
        Replace results that are there already. Sources are never replaced.
    skip_color
        Leave photographs alone that are in color already; sepia and other tones are not.
    compare
        Also write each photograph before and after, beside its result: RESULT-EXT-compare.png.
    quality
        Of JPEG and AVIF, from 1 to 100; 98 by default. Makes WebP lossy, too.
    subsampling
        Of the chroma in JPEG and AVIF.
    lossless_luma
        Copy the luma of gray JPEG files bit for bit into their results.
    white
        The value that is white in floating-point TIFF files; by default what the file states, or its greatest.
    sheet
        PNG to write, with every photograph before and after; an earlier sheet is replaced.
    jobs
        Photographs worked on at once; by default one a CPU core, and at most 4. Each takes memory of its own.
    device
        auto, cpu, cuda, coreml, directml or openvino; `photochrom doctor` shows which are there.
    max_pixels
        Larger photographs are refused; 178 million by default.
    """
    from photochrom.batch.planning import Plan, plan
    from photochrom.batch.running import Options, Outcome, before_after, run
    from photochrom.colorizer import Colorizer
    from photochrom.model import cores
    from photochrom.photos.reading import MAX_PIXELS, ReadOptions
    from photochrom.photos.writing import Encoding

    if jobs is not None and jobs < 1:
        raise UsageError(f"--jobs must be at least 1, not {jobs}")
    try:
        files = _by_name(model or ["default"])
        encoding = Encoding(quality, subsampling, lossless_luma)
        if white is not None and not 0 < white < float("inf"):
            raise ValueError(f"white must be above 0, not {white}")
        streamed = Path("-") in (*paths, out)
        if streamed and (sheet or compare or skip_color):
            raise ValueError("-: goes without --sheet, --compare and --skip-color")
        made = Plan() if streamed else plan(paths, out, sheet, list(files), compare)
        at_once = max(1, min(jobs or min(cores(), 4), len(made.jobs) // len(files)))
        limit = MAX_PIXELS if max_pixels is None else max_pixels
        colorizers = {
            name: Colorizer(
                file, size=size, saturation=saturation, device=device, threads=max(1, cores() // at_once),
                max_pixels=limit,
            )
            for name, file in files.items()
        }  # fmt: skip
        if streamed:
            return _colorize_stream(paths, out, colorizers, encoding, white, overwrite)
    except ValueError as error:
        raise UsageError(str(error)) from None
    for failure in made.failures:
        complain(failure)
    options = Options(overwrite, skip_color, compare, encoding, white)
    counts = dict.fromkeys(Outcome, 0) | {Outcome.OURS: len(made.ours), Outcome.FAILED: len(made.failures)}
    with progress("photographs") as bar:
        task = bar.add_task("", total=len(made.jobs))
        for name, colorizer in colorizers.items():
            own = [job for job in made.jobs if job.model in ("", name)]
            for _, outcome, reason in run(own, colorizer, options, at_once):
                counts[outcome] += 1
                if outcome is Outcome.FAILED:
                    complain(reason, bar)
                bar.advance(task)
    if not any(counts.values()):
        complain(f"{', '.join(map(str, paths))}: no photographs there")
        return FAILED
    summary = ", ".join(f"{count} {outcome.value}" for outcome, count in counts.items() if count)
    print(f"{summary}; results in {out}" if out and counts[Outcome.DONE] else summary)
    if sheet is not None:
        before_after(sheet, made.jobs, ReadOptions(limit, white))
    return FAILED if counts[Outcome.FAILED] else DONE


def compare(
    paths: Annotated[list[Path], Parameter(negative=())],
    /,
    *,
    models: Annotated[list[str], Parameter(consume_multiple=True, negative=())],
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    device: str = "auto",
) -> int:
    """Draw black-and-white photographs as several models color them, side by side on one sheet.

    Parameters
    ----------
    paths
        Photographs, and folders of them.
    models
        Names of models, or .onnx files.
    out
        The PNG to write; an earlier sheet is replaced.
    device
        As `photochrom colorize` takes it.
    """
    from photochrom.batch.compare import compare as draw
    from photochrom.colorizer import Colorizer

    failures: list[PhotoError] = []
    colorizers = {name: Colorizer(file, device=device) for name, file in _by_name(models).items()}
    with progress("photographs") as bar:
        task = bar.add_task("", total=None)
        count = draw(
            paths, colorizers, out, failures.append,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    for failure in failures:
        complain(failure)
    print(f"{count} photographs by {len(colorizers)} models in {out}")
    return FAILED if failures else DONE


def _by_name(models: list[str]) -> dict[str, str]:
    """Each model by the name that results and sheets give it."""
    made: dict[str, str] = {}
    for model in models:
        name = Path(model).stem if model.endswith(".onnx") else model
        if name in made:
            raise UsageError(f"{model}: there are two models of this name; rename one")
        made[name] = model
    return made


def _colorize_stream(
    paths: list[Path],
    out: Path | None,
    colorizers: "dict[str, Colorizer]",
    encoding: "Encoding",
    white: float | None,
    overwrite: bool,
) -> int:
    from photochrom.batch import stream

    if len(paths) != 1 or len(colorizers) != 1 or out is None:
        raise UsageError("-: one photograph and one model at a time, with -o for where it goes")
    (colorizer,) = colorizers.values()
    stream.colorize(colorizer, paths[0], out, encoding=encoding, white=white, overwrite=overwrite)
    return DONE
