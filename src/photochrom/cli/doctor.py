"""What Photochrom found on this machine, and what of it it uses."""

import importlib.metadata
import platform
import re
import time
from collections.abc import Iterator

import numpy as np
import onnxruntime

from photochrom import privacy
from photochrom.model import DEFAULT, DEVICES, at_hand, cores, load
from photochrom.version import __version__

_PACKAGES = ("numpy", "pillow", "tifffile", "imagecodecs", "onnxruntime", "cyclopts")
_TRIED = {"cpu", "openvino"}


def findings(device: str = "auto") -> Iterator[tuple[str, str]]:
    """Yield names and what was found, having run the default model on ``device``. Raises `ModelError`."""
    yield "photochrom", __version__
    yield "Python", f"{platform.python_version()} on {platform.platform(terse=True)}, {platform.machine()}"
    for name in _PACKAGES:
        yield name, _version(name) or "not installed by this name"
    yield "telemetry of ONNX Runtime", privacy.telemetry()
    yield "CPU cores to use", str(cores())
    here = onnxruntime.get_available_providers()
    for name, (provider, package) in DEVICES.items():
        state = "found" if provider in here else f"not found; it comes with {package}"
        yield f"device {name}", state + ("" if name in _TRIED else " (untested by us)")
    model = load(DEFAULT, device)
    side = -(-model.working_size // model.multiple_of) * model.multiple_of
    luma = np.full((1, 1, side, side), 0.5, np.float32)
    model(luma)
    start = time.perf_counter()
    model(luma)
    taken = 1000 * (time.perf_counter() - start)
    yield (
        "used",
        f"{', '.join(model.session.get_providers())}; the default model takes {taken:.0f} ms for {side}x{side}",
    )
    for name, path in at_hand().items():
        yield f"model {name}", str(path)
    for extra, names in _extras().items():
        missing = [name for name in names if not _version(name)]
        yield f"extra {extra}", f"not installed ({', '.join(missing)} missing)" if missing else "installed"


def _extras() -> dict[str, list[str]]:
    """The packages that each extra asks for, but for the one of those who work on Photochrom."""
    found: dict[str, list[str]] = {}
    for line in importlib.metadata.requires("photochrom") or []:
        asked = re.match(r"([\w.-]+).*extra == ['\"](\w+)['\"]", line)
        if asked and asked[2] != "dev":
            found.setdefault(asked[2], []).append(asked[1])
    return found


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
