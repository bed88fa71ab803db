"""The command that colors archives."""

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from photochrom.cli.console import DONE, FAILED, Flag, complain, progress, say
from photochrom.cli.using import Quiet
from photochrom.errors import UsageError

if TYPE_CHECKING:
    from photochrom.bulk import Progress

_TOLD = 20  # failures that are told one by one; the report has all


def bulk(
    source: str,
    target: str,
    /,
    *,
    model: str = "default",
    ray: str | None = None,
    workers: int | None = None,
    column: str | None = None,
    root: str | None = None,
    format: str | None = None,
    size: int | None = None,
    saturation: float = 1.0,
    warmth: float = 0.0,
    hints: str | None = None,
    reference: Annotated[list[str] | None, Parameter(consume_multiple=True, negative=())] = None,
    overwrite: Flag = False,
    skip_color: Flag = False,
    quality: int | None = None,
    subsampling: Literal["4:4:4", "4:2:2", "4:2:0"] = "4:4:4",
    lossless_luma: Flag = False,
    white: float | None = None,
    max_pixels: int | None = None,
    quiet: Quiet = False,
) -> int:
    """Color an archive of black-and-white photographs, on this machine or on a Ray cluster.

    Parameters
    ----------
    source
        A folder, a glob, or a manifest (Parquet or CSV with a column of paths): a path, or an address such as
        s3://bucket/scans.
    target
        The folder of results, on the same or another filesystem. It also holds the report, as Parquet.
    model
        Name of a model, or an .onnx file.
    ray
        Address of a Ray cluster: HOST:PORT, or auto on one of its machines. By default, Ray runs on this machine alone.
    workers
        Photographs colored at once; by default one a CPU.
    column
        The column of a manifest that holds the paths; by default path, url or source.
    root
        The folder below which results keep their paths, where a manifest has whole addresses.
    format
        Of results; by default that of each photograph, or the nearest one that holds color.
    size
        Working size in pixels; by default the one the model asks for.
    saturation
        Strength of the colors; 0 leaves the photograph gray.
    warmth
        Shift of the colors, from -1 (cooler, bluer) to 1 (warmer, more orange).
    hints
        A folder of NAME.hints.json and NAME.hints.png for photographs called NAME, in the same folders.
    reference
        A photograph in color of the same things or people, or several, whose colors all others take.
    overwrite
        Replace results that were made otherwise, and other files. Sources are never replaced.
    skip_color
        Leave photographs alone that are in color already; sepia and other tones are not.
    quality
        Of JPEG and AVIF, from 1 to 100; 98 by default. Makes WebP lossy, too.
    subsampling
        Of the chroma in JPEG and AVIF.
    lossless_luma
        Copy the luma of gray JPEG files bit for bit into their results; others are written as usual.
    white
        The value that is white in floating-point TIFF files.
    max_pixels
        Larger photographs are refused; 178 million by default. It bounds the memory of a worker.
    quiet
        Print nothing but what fails.
    """
    try:
        from photochrom.bulk import BulkRequest, colorize_archive
    except ModuleNotFoundError as error:
        raise UsageError(
            f"this needs the extra bulk ({error.name} is missing): pip install -c constraints.txt '.[bulk]'"
        ) from None
    from photochrom.batch.request import Request
    from photochrom.cli import summary
    from photochrom.photos.reading import MAX_PIXELS
    from photochrom.photos.writing import Encoding

    try:
        encoding = Encoding(quality, subsampling, lossless_luma)
    except ValueError as error:
        raise UsageError(str(error)) from None
    how = Request(
        models=[model], format=format, size=size, saturation=saturation, warmth=warmth, overwrite=overwrite,
        skip_color=skip_color, hints=hints, references=reference or (), encoding=encoding, white=white,
        max_pixels=MAX_PIXELS if max_pixels is None else max_pixels,
    )  # fmt: skip
    told = 0
    with progress("photographs", shown=not quiet) as bar:
        task = bar.add_task("", total=None, visible=False)

        def tell(now: "Progress") -> None:
            nonlocal told
            rate = bar.tasks[task].speed or 0
            bar.update(
                task, total=now.total, completed=now.done, visible=now.total is not None,
                description=f"{rate:.1f} a second",
            )  # fmt: skip
            for reason in now.failures[: max(0, _TOLD - told)]:
                complain(reason, bar)
            told += len(now.failures)

        done = colorize_archive(BulkRequest(source, target, how, column, root, ray, workers), tell)
    if told > _TOLD:
        complain(f"{told - _TOLD} more failed; the report in {target}/report names them")
    if not quiet:
        for line in summary.tallied(done.outcomes, done.left_out, target):
            say(line)
    if not done.outcomes:
        complain(f"{source}: no photographs there")
    return DONE if done.outcomes and not done.failures else FAILED
