"""What people look at before they wait: the beginning of every shot, as a short film or as rows of a sheet."""

from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
from PIL import Image

from photochrom.atomic import CheckedFile, replacing
from photochrom.contact_sheet import SheetRow, shrunk
from photochrom.look import Look
from photochrom.video.coloring import Manner, Progress, enlarged, telling
from photochrom.video.demuxing import Film, Frame, frames
from photochrom.video.motion import motions
from photochrom.video.muxing import CONTAINERS
from photochrom.video.painting import Colors, Painter, steady
from photochrom.video.planes import Layout, colored, levels, luma_at, tagged
from photochrom.video.shots import is_cut, is_empty

_SHOWN = 1.0  # seconds of every shot


def preview(
    film: Film, target: Path, painter: Painter, manner: Manner, seconds: float, overwrite: bool,
    on_progress: Callable[[Progress], None],
) -> int:  # fmt: skip
    """Write the first second of every shot, before on the left and after on the right, up to ``seconds`` in all.

    Returns the number of frames. Raises `PhotoError` where it cannot be written.
    """
    chosen = _chosen(film, painter, seconds)
    layout = manner.encoding.layout(film)
    wide = replace(film, width=2 * film.width, turned=None)
    painter = replace(painter, hints={place: painter.hints[number] for place, number in enumerate(chosen)
                                      if number in painter.hints})  # fmt: skip
    lumas = (_seen(film, painter, frame) for frame in _only(film, chosen))
    pairs = zip(_only(film, chosen), steady(lumas, painter), strict=True)
    form = CONTAINERS[target.suffix.lower()]
    with (
        telling(target),
        replacing(target, overwrite) as temporary,
        CheckedFile(temporary) as file,
        av.open(file, "w", format=form) as out,
    ):
        stream = manner.encoding.add_to(out, wide)
        for place, (frame, colors) in enumerate(pairs):
            made = _beside(film, layout, frame, colors, manner.look)
            made.pts, made.time_base = place, 1 / film.rate
            out.mux(stream.encode(made))
            on_progress(Progress(place + 1, len(chosen), 0.0))
        out.mux(stream.encode(None))
    return len(chosen)


def rows(film: Film, painter: Painter, look: Look, height: int) -> Iterator[SheetRow]:
    """A row for every shot: the first frame of it that shows something, before and after, ``height`` pixels tall."""
    waiting = True
    for frame, luma, begins in _shots(film, painter):
        waiting = waiting or begins
        if not waiting or is_empty(luma):
            continue
        waiting = False
        (colors,) = steady([luma], painter, frame.index)
        layout = Layout(film.layout.depth, (1, 1))
        full = luma_at(frame.picture, layout.depth, film.tags, (film.height, film.width))
        made = colored(frame.picture, layout, film.tags, full, enlarged(colors, full, look))
        seconds = float(frame.time * film.time_base)
        before = Image.fromarray(np.rint(full * 255).astype(np.uint8))
        pictures = [shrunk(picture, height) for picture in (before, Image.fromarray(made.to_ndarray(format="rgb24")))]
        yield SheetRow(pictures, f"{film.path.name}, frame {frame.index}, {seconds:.1f} s")


def _shots(film: Film, painter: Painter) -> Generator[tuple[Frame, np.ndarray, bool]]:
    """All frames, as the network sees them, and whether a shot begins with each."""
    last: np.ndarray | None = None
    with closing(frames(film)) as pictures:
        for frame in pictures:
            luma = _seen(film, painter, frame)
            yield frame, luma, last is None or is_cut(last, luma, float(motions(last, luma)[0].trust.mean()))
            last = luma


def _chosen(film: Film, painter: Painter, seconds: float) -> list[int]:
    """The numbers of the frames that a preview shows."""
    most, each = max(1, round(seconds * film.rate)), max(1, round(_SHOWN * film.rate))
    chosen: list[int] = []
    start = 0
    with closing(_shots(film, painter)) as all_frames:
        for frame, _, begins in all_frames:
            start = frame.index if begins else start
            if frame.index < start + each:
                chosen.append(frame.index)
            if len(chosen) == most:
                break
    return chosen


def _only(film: Film, numbers: Collection[int]) -> Iterator[Frame]:
    wanted, last = set(numbers), max(numbers)
    with closing(frames(film)) as pictures:
        for frame in pictures:
            if frame.index in wanted:
                yield frame
            if frame.index == last:
                return


def _seen(film: Film, painter: Painter, frame: Frame) -> np.ndarray:
    return luma_at(frame.picture, film.layout.depth, film.tags, painter.working_shape)


def _beside(film: Film, layout: Layout, frame: Frame, colors: Colors, look: Look) -> av.VideoFrame:
    """The gray frame and the colored one in one picture."""
    luma = luma_at(frame.picture, layout.depth, film.tags, layout.chroma_shape(film.height, film.width))
    after = colored(frame.picture, layout, film.tags, luma, enlarged(colors, luma, look))
    both = av.VideoFrame(2 * film.width, film.height, layout.name)
    for plane in range(3):
        right = levels(after, plane)
        left = right if plane == 0 else np.full_like(right, 2 ** (layout.depth - 1))
        levels(both, plane)[:] = np.concatenate((left, right), axis=1)
    return tagged(both, film.tags)
