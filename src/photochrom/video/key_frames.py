"""What is known of single frames: files in a folder, named by the number of the frame, from 0.

``12.hints.json`` and ``12.hints.png`` are hints for frame 12, as for photographs. A folder for several films holds a
folder of such files for each, named as the film without its suffix.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from photochrom.batch.finding import find_hints
from photochrom.errors import HintError, PlanError
from photochrom.hints import Hints

_NUMBER = re.compile(r"(?:frame-?)?(\d+)\.hints\.(?:json|png)", re.IGNORECASE)


def refuse_other_than_folders(folder: Path) -> None:
    """Raise `PlanError` where there is no ``folder``."""
    if not folder.is_dir():
        raise PlanError(f"{folder}: no such folder of hints; it holds files named as 12.hints.json, for frame 12")


def read(folder: Path, film: Path, shape: tuple[int, int]) -> dict[int, Hints]:
    """The hints for ``film``, whose frames are ``shape`` (H, W), by the number of the frame.

    Raises `HintError` for what cannot be read or does not fit.
    """
    own = folder / film.stem
    found: dict[int, Hints] = defaultdict(Hints)
    for path in sorted(find_hints(own if own.is_dir() else folder), key=lambda path: path.suffix != ".png"):
        match = _NUMBER.fullmatch(path.name)
        if match is None or path.parent != (own if own.is_dir() else folder):
            continue
        hints = Hints.load(path)
        try:
            hints.check(*shape)
        except HintError as error:
            raise HintError(f"{path}: {error}") from None
        found[int(match[1])] += hints
    return dict(found)


def digest(hints: Mapping[int, Hints], references: Hints | None) -> str:
    """A short name of all that is known, empty if nothing is."""
    if not hints and not references:
        return ""
    parts = [f"{number} {some.digest}" for number, some in sorted(hints.items())]
    parts.append(references.digest if references else "")
    return sha256("\n".join(parts).encode()).hexdigest()[:12]
