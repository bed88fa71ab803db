"""What is evaluated: model files, checkpoints and names of models, each as the colorizer that users run, or gray."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx

from photochrom.colorizer import Colorizer
from photochrom.errors import UsageError
from photochrom.model import load
from photochrom.model_files import at_hand
from photochrom.training.checkpoint import Checkpoint
from photochrom.training.checkpoint import load as load_checkpoint
from photochrom.training.export import export

GRAY = "gray"  # the baseline that leaves a photograph as it is

# Peak resident memory of coloring one photograph in a process of its own, in bytes. Linux tells it in /proc: its
# getrusage starts a new process at the peak of the one that started it.
_MEMORY = """
import pathlib, re, sys
from PIL import Image
from photochrom.colorizer import Colorizer
Colorizer(sys.argv[1]).colorize(Image.open(sys.argv[2]))
status = pathlib.Path("/proc/self/status")
if status.exists():
    print(int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read_text())[1]) * 1024)
else:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@dataclass(frozen=True)
class Subject:
    """One thing to evaluate. ``colorizer`` is None for the gray baseline; ``digest`` tells whether it has changed."""

    label: str
    digest: str
    colorizer: Colorizer | None = None
    file: Path | None = None
    checkpoint: Checkpoint | None = None
    generator: str = ""
    parameters: int = 0

    @property
    def megabytes(self) -> float:
        """Size of the model file in millions of bytes; 0 for gray."""
        return self.file.stat().st_size / 1e6 if self.file else 0.0

    def peak_memory(self, photograph: Path) -> float | None:
        """Millions of bytes that coloring ``photograph`` takes, in a process of its own; None where none can tell."""
        if self.file is None:
            return None
        command = [sys.executable, "-c", _MEMORY, str(self.file), str(photograph)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return int(done.stdout) / 1e6 if done.returncode == 0 else None


def subjects(names: Sequence[str], folder: Path) -> list[Subject]:
    """What ``names`` mean, in their order; checkpoints are exported into ``folder``. Raises `PhotochromError`."""
    found: list[Subject] = []
    for name in names:
        made = _subject(name, folder)
        if made.label in {other.label for other in found}:
            raise UsageError(f"{name}: is called {made.label}, as another one is; rename one of them")
        found.append(made)
    return found


def _subject(name: str, folder: Path) -> Subject:
    path = Path(name)
    if name in (GRAY, "grey"):
        return Subject(GRAY, GRAY)
    if path.suffix != ".pt":
        file = path if path.suffix == ".onnx" else at_hand().get(name, path)
        return _from_file(path.stem if path.suffix == ".onnx" else name, name, file)
    checkpoint = load_checkpoint(path)
    run = path.resolve().parent.name  # of a checkpoint named best or last, the run says more
    label = run if path.stem in ("best", "last") else f"{run} {path.stem}"
    file = folder / f"{label}.onnx"
    export(path, file, overwrite=True)  # of the same name: `subjects` refuses it, and says which
    return _from_file(label, str(file), file, checkpoint)


def _from_file(label: str, name: str, file: Path, checkpoint: Checkpoint | None = None) -> Subject:
    model = load(name)  # says in one line what is wrong with a model file
    content = file.read_bytes()
    weights = onnx.load_from_string(content).graph.initializer
    return Subject(
        label,
        hashlib.sha256(content).hexdigest(),
        Colorizer(model),
        file,
        checkpoint,
        generator=model.metadata.generator,
        # Numbers with at least one dimension: weights and biases, not the sizes and scales of the graph.
        parameters=sum(
            int(onnx.numpy_helper.to_array(weight).size)
            for weight in weights
            if weight.dims and weight.data_type in (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16)
        ),
    )
