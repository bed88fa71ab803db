"""What Photochrom found on this machine, and what of it it uses."""

import importlib.metadata
import os
import platform
import re
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from photochrom import privacy
from photochrom.errors import ModelError
from photochrom.model import DEFAULT, DEVICES, cores, load, runtime
from photochrom.model_files import at_hand, closed_folders, folders
from photochrom.version import __version__

_TRIED = {"cpu", "openvino"}
_VARIABLES = ("PHOTOCHROM_MODELS", "PHOTOCHROM_LPIPS")
_SECRET = "PHOTOCHROM_TOKEN"

NOTHING = "nothing"  # begins what is said to be used where no model can be run


def findings(device: str = "auto") -> Iterator[tuple[str, str]]:
    """Yield names and what was found, having run the default model on ``device``; what is wrong is a finding, too."""
    extras = _extras()
    yield "photochrom", f"{__version__} in {Path(privacy.__file__).parent}"
    yield "Python", f"{platform.python_version()} on {platform.platform(terse=True)}, {platform.machine()}"
    for name in extras.pop("", []):
        yield name, _version(name) or "not installed by this name"
    yield "telemetry of ONNX Runtime", privacy.telemetry()
    yield "CPU cores to use", str(cores())
    yield from _devices(device)
    yield from _models()
    for variable in _VARIABLES:
        yield f"${variable}", os.environ.get(variable) or "not set"
    yield f"${_SECRET}", "set" if os.environ.get(_SECRET) else "not set"
    for extra, names in extras.items():
        versions = {name: _version(name) for name in names}
        missing = ", ".join(name for name, version in versions.items() if not version)
        here = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
        yield f"extra {extra}", f"not installed ({missing} missing)" if missing else f"installed ({here})"


def _devices(device: str) -> Iterator[tuple[str, str]]:
    try:
        here = runtime().get_available_providers()
        for name, (provider, package) in DEVICES.items():
            state = "found" if provider in here else f"not found; it comes with {package}"
            yield f"device {name}", state + ("" if name in _TRIED else " (untested by us)")
        yield "used", _used(device)
    except ModelError as error:
        yield "used", f"{NOTHING}: {error}"


def _used(device: str) -> str:
    model = load(DEFAULT, device)
    side = -(-model.working_size // model.multiple_of) * model.multiple_of
    luma = np.full((1, 1, side, side), 0.5, np.float32)
    model(luma)
    start = time.perf_counter()
    model(luma)
    taken = 1000 * (time.perf_counter() - start)
    return f"{', '.join(model.session.get_providers())}; the default model takes {taken:.0f} ms for {side}x{side}"


def _models() -> Iterator[tuple[str, str]]:
    found, closed = at_hand(), closed_folders()
    for name, path in found.items():
        yield f"model {name}", str(path)
    for folder in folders():
        count = sum(path.parent == folder for path in found.values())
        yield (
            "model folder",
            f"{folder} ({f'cannot be read: {closed[folder]}' if folder in closed else f'{count} models'})",
        )


def _extras() -> dict[str, list[str]]:
    """The packages that each extra asks for, those that are always needed under "", and none of the extra dev."""
    found: dict[str, list[str]] = {}
    for line in importlib.metadata.requires("photochrom") or []:
        name = re.match(r"[\w.-]+", line)
        extra = re.search(r"extra == ['\"](\w+)['\"]", line)
        if name and not (extra and extra[1] == "dev"):
            found.setdefault(extra[1] if extra else "", []).append(name[0])
    return found


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
