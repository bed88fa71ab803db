"""The commands that color: a request is parsed, done, and what came of it printed."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from photochrom.cli.console import DONE, FAILED, Flag, complain, progress, say
from photochrom.errors import PhotoError, UsageError

OF_SEVERAL_VALUES = ("--model", "--models", "--reference")
_SEVERAL = Parameter(consume_multiple=True, negative=())  # each word up to the next option is a value
Quiet = Annotated[Flag, Parameter(name=["--quiet", "-q"])]

if TYPE_CHECKING:
    from photochrom.batch.request import Event


def colorize(
    paths: Annotated[list[str], Parameter(negative=())],
    /,
    *,
    out: Annotated[str | None, Parameter(name=["--out", "-o"])] = None,
    format: str | None = None,
    model: Annotated[list[str] | None, _SEVERAL] = None,
    size: int | None = None,
    saturation: float = 1.0,
    warmth: float = 0.0,
    hints: str | None = None,
    reference: Annotated[list[str] | None, _SEVERAL] = None,
    answers: int = 1,
    overwrite: Flag = False,
    skip_color: Flag = False,
    compare: Flag = False,
    quality: int | None = None,
    subsampling: Literal["4:4:4", "4:2:2", "4:2:0"] = "4:4:4",
    lossless_luma: Flag = False,
    white: float | None = None,
    sheet: str | None = None,
    jobs: int | None = None,
    device: str = "auto",
    max_pixels: int | None = None,
    dry_run: Annotated[Flag, Parameter(name=["--dry-run", "-n"])] = False,
    quiet: Quiet = False,
) -> int:
    """Color black-and-white photographs.

    Parameters
    ----------
    paths
        Photographs, and folders of them. A single dash is standard input.
    out
        Where results go: a file for one photograph, else a folder. By default NAME-color.EXT beside each source.
        A single dash is standard output, for one photograph.
    format
        Of results whose name `out` does not say: png, jpg, tif, webp, psd and ora (which have layers), and others.
        By default that of each photograph, or the nearest one that holds color.
    model
        Name of a model, or an .onnx file made by `photochrom export`. Several make a result each: RESULT-MODEL.EXT.
    size
        Working size in pixels; by default the one the model asks for. A network is best near its training size.
    saturation
        Strength of the colors; 0 leaves the photograph gray.
    warmth
        Shift of the colors, from -1 (cooler, bluer) to 1 (warmer, more orange).
    hints
        Colors that are known: a JSON file of points, or a PNG that is painted where something is known and
        transparent elsewhere. For several photographs, a folder of NAME.hints.json and NAME.hints.png.
    reference
        A photograph in color of the same things or people, or several: where a photograph looks like one of them, it
        takes its colors. They themselves are left alone.
    answers
        In how many ways each photograph is colored, at most 4: RESULT-1.EXT is the usual result, the others show other
        colors where the model is unsure. There are fewer where it is sure.
    overwrite
        Replace results that are there already. Sources are never replaced.
    skip_color
        Leave photographs alone that are in color already; sepia and other tones are not.
    compare
        Also write each photograph before and after, to a folder of their own: compare/RESULT-EXT.png.
    quality
        Of JPEG and AVIF, from 1 to 100; 98 by default. Makes WebP lossy, too.
    subsampling
        Of the chroma in JPEG and AVIF.
    lossless_luma
        Copy the luma of gray JPEG files bit for bit into their results; in a folder, others are written as usual.
    white
        The value that is white in floating-point TIFF files; by default what the file states, else 1,
        or the greatest value where some are not from 0 to 1.
    sheet
        PNG or JPEG to write, with every photograph before and after; it has pages where one would be too large.
        Earlier sheets are replaced.
    jobs
        Photographs worked on at once; by default one a CPU core, and at most 4. Each takes memory of its own.
    device
        auto, cpu, cuda, coreml, directml or openvino; `photochrom doctor` shows which are there.
    max_pixels
        Larger photographs are refused; 178 million by default.
    dry_run
        Write nothing, but print what would become what, and what would be left alone and why.
    quiet
        Print nothing but what fails, and what a dry run is for.
    """
    from photochrom.batch import stream
    from photochrom.batch.request import Outcome, Request
    from photochrom.batch.running import colorize_paths
    from photochrom.cli import summary
    from photochrom.photos.reading import MAX_PIXELS
    from photochrom.photos.writing import Encoding

    if folder := next(filter(os.path.isdir, reference or ()), None):
        raise UsageError(
            f"{folder}: is a folder, and `reference` takes photographs in color, which are all words after it; "
            "name what is to be colored first"
        )
    try:
        encoding = Encoding(quality, subsampling, lossless_luma)
    except ValueError as error:
        raise UsageError(str(error)) from None
    request = Request(
        paths, out, model or Request.models, format=format, size=size, saturation=saturation, warmth=warmth,
        overwrite=overwrite, skip_color=skip_color, compare=compare, sheet=sheet, hints=hints,
        references=reference or (), answers=answers, encoding=encoding, white=white,
        max_pixels=MAX_PIXELS if max_pixels is None else max_pixels, jobs=jobs, device=device, dry_run=dry_run,
    )  # fmt: skip
    if stream.is_streamed(request):
        stream.colorize_stream(request)
        return DONE
    with progress("photographs", shown=not (quiet or dry_run)) as bar:  # which would take standard output for itself
        task = bar.add_task("", visible=False)

        def tell(event: "Event", total: int) -> None:
            bar.update(task, total=total, visible=total > 0, advance=1 if event.target else 0)
            for line in summary.complaints(event, quiet):
                complain(line, bar)
            if dry_run and event.outcome is not Outcome.FAILED:
                say(summary.planned(event))

        done = colorize_paths(request, tell)
    if not quiet:
        for line in summary.lines(done, request):
            say(line)
    if not done.events:
        complain(f"{', '.join(paths)}: no photographs there")
    return DONE if done.events and not done.failures else FAILED


def compare(
    paths: Annotated[list[Path], Parameter(negative=())],
    /,
    *,
    models: Annotated[list[str], _SEVERAL],
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    device: str = "auto",
    quiet: Quiet = False,
) -> int:
    """Draw black-and-white photographs as several models color them, side by side on one sheet.

    Parameters
    ----------
    paths
        Photographs, and folders of them.
    models
        Names of models, or .onnx files.
    out
        The PNG or JPEG to write, which has pages where one would be too large; an earlier sheet is replaced.
    device
        As `photochrom colorize` takes it.
    quiet
        Print nothing but what fails.
    """
    from photochrom.batch.compare import compare as draw
    from photochrom.batch.request import Request
    from photochrom.batch.running import open_colorizers

    failures: list[PhotoError] = []
    colorizers = open_colorizers(Request(paths, models=models, device=device))
    with progress("photographs", shown=not quiet) as bar:
        task = bar.add_task("", visible=False)
        pages = draw(
            paths, colorizers, out, failures.append,
            progress=lambda done, total: bar.update(task, completed=done, total=total, visible=True),
        )  # fmt: skip
    for failure in failures:
        complain(failure)
    if not quiet:
        say(f"photographs by {len(colorizers)} models: {', '.join(map(str, pages))}")
    return FAILED if failures else DONE
