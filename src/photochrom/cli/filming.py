"""The command that colors films."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from photochrom.cli.console import DONE, FAILED, Flag, complain, progress, say
from photochrom.cli.using import Quiet
from photochrom.errors import UsageError

if TYPE_CHECKING:
    from photochrom.batch.request import Event
    from photochrom.video import Progress


def video(
    paths: Annotated[list[str], Parameter(negative=())],
    /,
    *,
    out: Annotated[str | None, Parameter(name=["--out", "-o"])] = None,
    model: str = "default",
    size: int | None = None,
    saturation: float = 1.0,
    warmth: float = 0.0,
    hints: str | None = None,
    reference: Annotated[list[str] | None, Parameter(consume_multiple=True, negative=())] = None,
    codec: str = "h264",
    crf: float = 16.0,
    preview: float | None = None,
    sheet: str | None = None,
    skip_color: Flag = False,
    overwrite: Flag = False,
    resume: Flag = False,
    device: str = "auto",
    quiet: Quiet = False,
) -> int:
    """Color black-and-white films: steadily, with their sound, at their own size, every luma sample handed on as it is.

    Parameters
    ----------
    paths
        Films, and folders of them.
    out
        Where results go: a file named .mp4 or .mkv for one film, else a folder. By default NAME-color.mp4 or .mkv
        beside each source.
    model
        Name of a model, or an .onnx file.
    size
        Working size in pixels; by default the one the model asks for.
    saturation
        Strength of the colors; 0 leaves the film gray.
    warmth
        Shift of the colors, from -1 (cooler, bluer) to 1 (warmer, more orange).
    hints
        Folder of colors that are known: 12.hints.json or 12.hints.png is for frame 12, counted from 0. The rest of its
        shot follows.
    reference
        A photograph in color of the same things or people, or several: shots that look like it take its colors.
    codec
        h264, h265, or ffv1, which keeps every luma sample bit for bit.
    crf
        How closely h264 and h265 keep the picture: from 0 to 51, less is better and larger.
    preview
        Only so many seconds, with the gray film on the left: the beginning of every shot, written to RESULT-preview.
    sheet
        PNG or JPEG to write, with the first frame of every shot before and after; films are not colored then.
    skip_color
        Leave shots alone that are in color already.
    overwrite
        Replace results that are there already. Sources are never replaced.
    resume
        Keep what is done when interrupted, in a hidden folder beside the result, and go on from there the next time.
    device
        As `photochrom colorize` takes it.
    quiet
        Print nothing but what fails.
    """
    try:
        from photochrom.batch.request import Outcome
        from photochrom.video import VideoEncoding, VideoRequest, colorize_films
    except ModuleNotFoundError as error:
        raise UsageError(
            f"this needs the extra video ({error.name} is missing): pip install -c constraints.txt '.[video]'"
        ) from None
    request = VideoRequest(
        paths, out, model, size, saturation, warmth, hints, reference or (), VideoEncoding(codec, crf),
        skip_color=skip_color, overwrite=overwrite, resume=resume, device=device, preview=preview, sheet=sheet,
    )  # fmt: skip
    with progress("frames", shown=not quiet) as bar:
        task = bar.add_task("", visible=False)

        def tell(event: "Event", total: int) -> None:
            bar.update(task, visible=False)
            for note in (event.reason,) if event.outcome is Outcome.FAILED else () if quiet else event.notes:
                complain(note, bar)

        def moved(path: Path, now: "Progress") -> None:
            how = f"{now.rate:.1f} frames a second" if now.done else f"{now.seen} frames looked at"
            bar.update(
                task, visible=True, completed=now.done, total=now.total or None, description=f"{path.name}, {how}"
            )

        done = colorize_films(request, tell, moved)
    for event in done.events:
        if not quiet and event.outcome is not Outcome.FAILED:
            say(_line(event))
    if done.sheets and not quiet:
        say(f"sheet: {', '.join(map(str, done.sheets))}")
    if not done.events and not done.sheets:
        complain(f"{', '.join(paths)}: no films there")
    return DONE if (done.events or done.sheets) and not done.failures else FAILED


def _line(event: "Event") -> str:
    reason = f" ({event.reason}); --overwrite replaces it" if event.reason else ""
    return f"{event.source}: {event.outcome.value}{reason}: {event.target}"
