"""What the commands share: exit codes, kinds of options, and what they print."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from rich.progress import Progress

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

Flag = Annotated[bool, Parameter(negative=())]
Out = Annotated[Path | None, Parameter(name=["--out", "-o"])]


def complain(problem: object, bar: "Progress | None" = None) -> None:
    """Print one line to standard error, above the progress ``bar`` if there is one."""
    line = f"photochrom: {problem}"
    if bar is None:
        print(line, file=sys.stderr)
    else:
        bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table to standard output."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*row)
    # A table that is piped somewhere is not cut to the width of a terminal that is not there.
    Console(width=None if sys.stdout.isatty() else 240, markup=False, highlight=False).print(table)


def progress(unit: str, finely: bool = False, shown: bool = True) -> "Progress":
    """A progress bar on standard error, which counts in ``unit``, or ``finely`` in hundredths; or none."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    count = f"{{task.completed:{'.2f' if finely else '.0f'}}}/{{task.total}} {unit}"
    columns = (BarColumn(), TextColumn(count), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    return Progress(*columns, TextColumn("{task.description}"), console=Console(stderr=True), disable=not shown)
