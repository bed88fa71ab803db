"""Model files by the names that they are called by, and the folders in which they lie."""

import os
from contextlib import suppress
from importlib import resources
from pathlib import Path

import platformdirs


def folders() -> list[Path]:
    """Where models are looked for, in this order: the package, the folders in ``$PHOTOCHROM_MODELS``, the user's data
    folder. They need not be there.
    """
    listed = os.environ.get("PHOTOCHROM_MODELS", "")
    return [
        Path(str(resources.files("photochrom"))) / "models",
        *(Path(folder) for folder in listed.split(os.pathsep) if folder),
        platformdirs.user_data_path("photochrom") / "models",
    ]


def at_hand() -> dict[str, Path]:
    """Every model that can be named, with its file. The first of the `folders` that has a name has it."""
    found: dict[str, Path] = {}
    for folder in folders():
        with suppress(OSError):  # told by `closed_folders`; the others' models are as good as before
            for file in _in_folder(folder):
                found.setdefault(file.stem, file)
    return found


def closed_folders() -> dict[Path, str]:
    """Those of the `folders` that are there and cannot be read, with the reason."""
    closed = {}
    for folder in folders():
        try:
            _in_folder(folder)
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            closed[folder] = error.strerror or str(error)
    return closed


def _in_folder(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:  # unlike `Path.glob`, it raises every error
        return sorted(Path(entry.path) for entry in entries if entry.name.endswith(".onnx") and entry.is_file())
