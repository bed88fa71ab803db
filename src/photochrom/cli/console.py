"""What the commands share: exit codes, kinds of options, and what they print."""

import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from photochrom.errors import OutputError, UsageError, printable

if TYPE_CHECKING:
    from rich.progress import Progress

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]
Out = Annotated[Path | None, Parameter(name=["--out", "-o"])]


_PARAMETER = re.compile(r"`([a-z_]+)`")


def _option(parameter: re.Match[str]) -> str:
    return f"--{parameter[1].replace('_', '-')}"


class _CheckedOutput(io.FileIO):
    """Standard output that raises `OutputError` where it is closed or full, and swallows what comes after that."""

    def write(self, data: Any) -> int:
        """Write bytes, or raise `OutputError`."""
        try:
            return super().write(data)
        except OSError as error:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())  # so that what is still in memory is no second error when Python ends
            os.close(nowhere)
            reason = "closed before all was written" if isinstance(error, BrokenPipeError) else error.strerror
            raise OutputError(f"standard output: cannot be written ({reason}); check where it goes") from None


def prepare_streams() -> None:
    """Make standard output tell what goes wrong, and print names that its encoding does not hold.

    Streams that are closed are opened on nothing, or else the next file that is opened would become one of them.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115
    out = sys.stdout
    with suppress(OSError, AttributeError):  # a stream in memory, such as a test's, has no number
        raw = _CheckedOutput(out.fileno(), "wb", closefd=False)
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(raw), out.encoding, "backslashreplace", line_buffering=out.isatty()
        )


def say(line: object) -> None:
    """Print one line to standard output."""
    print(printable(str(line)))


def complain(problem: object, bar: "Progress | None" = None) -> None:
    """Print one line to standard error, above the progress ``bar`` if there is one.

    Errors name parameters as Python does, in backquotes; here such a name becomes the command line's option.
    """
    line = f"photochrom: {_PARAMETER.sub(_option, printable(str(problem)))}"
    with suppress(OSError):  # where even this cannot be told, the exit code tells it
        if bar is None or not sys.stderr.isatty():
            print(line, file=sys.stderr)
        else:
            bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table to standard output. Nothing is cut: long cells are folded, and the first column is never."""
    from rich.console import Console
    from rich.table import Table

    rows = list(rows)
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for index, column in enumerate(columns):
        widest = max((len(row[0]) for row in rows), default=0)
        table.add_column(column, overflow="fold", no_wrap=index == 0, min_width=widest if index == 0 else None)
    for row in rows:
        table.add_row(*map(printable, row))
    # A table that is piped somewhere is not cut to the width of a terminal that is not there.
    Console(width=None if sys.stdout.isatty() else 240, markup=False, highlight=False).print(table)


def progress(unit: str, finely: bool = False, shown: bool = True) -> "Progress":
    """A progress bar on standard error, which counts in ``unit``, or ``finely`` in hundredths, if ``shown``.

    Where standard error is no terminal there is none: a bar that cannot move says nothing.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    count = f"{{task.completed:{'.2f' if finely else '.0f'}}}/{{task.total}} {unit}"
    times = (TimeElapsedColumn(), TextColumn("passed,"), TimeRemainingColumn(), TextColumn("left"))
    console = Console(stderr=True)
    return Progress(
        BarColumn(), TextColumn(count), *times, TextColumn("{task.description}"),
        console=console, disable=not (shown and console.is_terminal), transient=not finely,
    )  # fmt: skip


@contextmanager
def training_half() -> Iterator[None]:
    """Where something of the training half is imported: raise `UsageError` if a package of it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(
            f"this needs the training half ({error.name} is missing): pip install -c constraints.txt '.[train]'"
        ) from None
