"""Which files of hints are for which photograph of an archive, by their names."""

import posixpath
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from photochrom.batch.finding import ending, hints_ending
from photochrom.bulk.stores import Store


@dataclass(frozen=True)
class HintFile:
    """A file of hints: its path below the folder of hints, and what changes whenever its content does."""

    path: str
    etag: str


@dataclass(frozen=True)
class HintIndex:
    """All files of hints in a folder, which are few, by the paths of the photographs that they are for.

    As with `photochrom.batch.hint_files`, sub/NAME.hints.json is for every photograph sub/NAME.*, and
    sub/NAME.jpg.hints.json for sub/NAME.jpg alone.
    """

    files: dict[str, list[HintFile]] = field(default_factory=dict)

    @classmethod
    def read(cls, store: Store | None) -> "HintIndex":
        """Those in ``store``. Raises `PhotoError`."""
        files: dict[str, list[HintFile]] = defaultdict(list)
        for folder, names in store.walk() if store else ():
            for name, entry in sorted(names.items()):
                if end := hints_ending(Path(name)):
                    photograph = posixpath.join(folder, name[: -len(end)])
                    files[photograph].append(HintFile(posixpath.join(folder, name), entry.etag))
        return cls(dict(files))

    def of(self, photograph: str) -> list[HintFile]:
        """Those for one photograph, in the order in which the later one wins: a layer, then points."""
        path = Path(photograph)
        stem = photograph.removesuffix(path.suffix) if ending(path) else photograph
        names = dict.fromkeys((stem, photograph))  # what is for one photograph alone is the last
        some = [file for name in names for file in self.files.get(name, [])]
        return sorted(some, key=_rank)


def _rank(file: HintFile) -> tuple[int, bool]:
    return len(Path(Path(file.path).stem).stem), file.path.lower().endswith(".json")
