"""A model: its file, by name or path, checked and opened on a device; called on luma, and hints, to get chroma.

A model is one ``.onnx`` file that says everything about itself: luma (N, 1, H, W) in [0, 1] →
chroma (N, 2, H, W) in [-0.5, 0.5], both float32, for any H and W that are multiples of ``multiple_of``.

Files of format "2" may do more, and say so: take a second input, hints (N, 3, H, W), which are Cb·m, Cr·m and the
confidence m in [0, 1], zero where nothing is known; paint chroma (N, 2, H/2, W/2), as 4:2:0 stores it; and have further
outputs. Files of format "1" do none of it.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from photochrom.errors import ModelError, is_short_of_memory
from photochrom.model_files import at_hand, closed_folders
from photochrom.model_metadata import Metadata

DEFAULT = "default"
# What ONNX Runtime calls the devices, and the package that has it; `cpu` and `openvino` have been tried.
DEVICES = {
    "cpu": ("CPUExecutionProvider", "onnxruntime"),
    "cuda": ("CUDAExecutionProvider", "onnxruntime-gpu"),
    "coreml": ("CoreMLExecutionProvider", "onnxruntime for macOS"),
    "directml": ("DmlExecutionProvider", "onnxruntime-directml"),
    "openvino": ("OpenVINOExecutionProvider", "onnxruntime-openvino"),
}
_AUTO = ("cuda", "directml", "openvino")  # taken without asking where they are: nobody installs them by chance
HINT_PLANES = 3

# The key under which ONNX names another file that holds weights, as protobuf writes it.
_EXTERNAL_DATA = b"\n\x08location\x12"


@dataclass(frozen=True)
class Model:
    """An opened model: call it on luma, and hints, to get chroma. Safe to call from several threads at once."""

    name: str
    metadata: Metadata
    session: Any  # onnxruntime.InferenceSession, which is not imported before a model is opened

    @property
    def working_size(self) -> int:
        """The size in pixels that the generator was trained at."""
        return int(self.metadata.working_size)

    @property
    def multiple_of(self) -> int:
        """What the height and width of the luma must be multiples of."""
        return int(self.metadata.multiple_of)

    @property
    def takes_hints(self) -> bool:
        """Whether it can be told what is known of colors."""
        return self.metadata.hints == "1"

    @property
    def has_features(self) -> bool:
        """Whether it can say what its encoder sees, by which references are matched."""
        return bool(self._scales)

    @property
    def _scales(self) -> dict[str, int]:
        outputs = json.loads(self.metadata.outputs)
        return {name: told["scale"] for name, told in outputs.items() if isinstance(told, dict) and "scale" in told}

    def __call__(self, luma: np.ndarray, hints: np.ndarray | None = None) -> np.ndarray:
        """luma float32 (N, 1, H, W) in [0, 1] → chroma float32 (N, 2, H, W), or half as high and wide, in [-0.5, 0.5].

        ``hints``, float32 (N, 3, H, W), are for a model that `takes_hints`; without, it knows of none. Raises
        `ModelError`.
        """
        return self._run(["chroma"], luma, hints)[0]

    def features(self, luma: np.ndarray) -> list[np.ndarray]:
        """What the encoder sees in luma (N, 1, H, W), as `__call__` takes it: maps float32 (N, C, h, w), finest first.

        Raises `ModelError`, also for a model that has none.
        """
        self.refuse_without_features()
        scales = self._scales
        return self._run(sorted(scales, key=scales.__getitem__), luma, None)

    def refuse_without_features(self) -> None:
        """Raise `ModelError` unless it `has_features`."""
        if not self.has_features:
            raise ModelError(f"the model {self.name} has no features to match references by; export an efficient_unet")

    def logits(self, luma: np.ndarray, hints: np.ndarray | None = None) -> np.ndarray:
        """How likely each bin of color is, float32 (N, K, h, w), for the same as a call takes. Raises `ModelError`."""
        self.refuse_without_distribution()
        return self._run(["logits"], luma, hints)[0]

    def centers(self) -> np.ndarray:
        """Cb and Cr of the bins that `logits` are about, float32 (K, 2). Raises `ModelError`."""
        self.refuse_without_distribution()
        return np.array(json.loads(self.metadata.outputs)["logits"]["centers"], np.float32)

    def refuse_without_distribution(self) -> None:
        """Raise `ModelError` if the model has one color for each place, and no distribution over several."""
        if "logits" not in json.loads(self.metadata.outputs):
            raise ModelError(
                f"the model {self.name} knows one color a place, not how likely others are; choose another `model`"
            )

    def refuse_without_answers(self) -> None:
        """Raise `ModelError` if the model cannot give several answers, which takes a distribution, and hints."""
        self.refuse_without_distribution()
        if not self.takes_hints:
            raise ModelError(
                f"the model {self.name} takes no hints, and several answers are made by them; choose another `model`"
            )

    def _run(self, outputs: list[str], luma: np.ndarray, hints: np.ndarray | None) -> list[np.ndarray]:
        given = {"luma": luma}
        if self.takes_hints:
            given["hints"] = self._nothing(luma) if hints is None else hints
        elif hints is not None:
            raise ModelError(f"the model {self.name} takes no hints")
        try:
            results: list[np.ndarray] = self.session.run(outputs, given)
        except Exception as error:  # as in `_open`
            if is_short_of_memory(error):
                raise MemoryError from None
            reason = " ".join(str(error).split())[:120]
            raise ModelError(f"the model {self.name} fails on a picture of {luma.shape[-2:]} ({reason})") from None
        return results

    @staticmethod
    def _nothing(luma: np.ndarray) -> np.ndarray:
        number, _, height, width = luma.shape
        return np.zeros((number, HINT_PLANES, height, width), np.float32)


def cores() -> int:
    """The number of CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load(name: str | Path, device: str = "auto", threads: int | None = None) -> Model:
    """Open a model by its name or its file, to run on ``device`` with ``threads`` (all cores). Raises `ModelError`."""
    path = Path(name)
    if path.suffix == ".onnx":
        return _open(path.stem, path, device, threads)
    models = at_hand()
    if str(name) not in models:
        closed = "".join(f"; {folder} cannot be read ({reason})" for folder, reason in closed_folders().items())
        choices = ", ".join(sorted(models))
        raise ModelError(f"{name}: no such model; choose one of {choices}, or name an .onnx file{closed}")
    return _open(str(name), models[str(name)], device, threads)


def runtime() -> Any:
    """ONNX Runtime, which is imported when it is first needed. Raises `ModelError` where it cannot be."""
    try:
        import onnxruntime
    except ImportError as error:
        if is_short_of_memory(error):
            raise MemoryError from None
        raise ModelError(f"ONNX Runtime cannot be imported ({error}); install onnxruntime again") from None
    return onnxruntime


def providers(device: str) -> list[str]:
    """What runs a model on ``device``, one of `DEVICES` or ``auto``, by ONNX Runtime's names. Raises `ModelError`."""
    here = runtime().get_available_providers()
    if device == "auto":
        found = [DEVICES[name][0] for name in _AUTO if DEVICES[name][0] in here]
    elif device not in DEVICES:
        raise ModelError(f"{device}: no such device; choose auto or one of {', '.join(DEVICES)}")
    elif DEVICES[device][0] not in here:
        raise ModelError(f"{device}: this ONNX Runtime cannot use it; install {DEVICES[device][1]} in its place")
    else:
        found = [DEVICES[device][0]]
    return list(dict.fromkeys([*found, DEVICES["cpu"][0]]))  # the CPU takes what the device cannot


def _settings(provider: str, threads: int) -> dict[str, str]:
    """What a provider is to be told: OpenVINO computes in bf16 where that is 4 times as fast, on CPUs with AMX."""
    if provider != DEVICES["openvino"][0]:
        return {}
    settings: dict[str, int | str] = {"INFERENCE_NUM_THREADS": threads}
    if _has_amx():
        settings["INFERENCE_PRECISION_HINT"] = "bf16"
    return {"device_type": "CPU", "load_config": json.dumps({"CPU": settings})}


def _has_amx() -> bool:
    """Whether the CPU multiplies matrices of bf16; only Linux tells."""
    cpuinfo = Path("/proc/cpuinfo")
    return cpuinfo.exists() and "amx_bf16" in cpuinfo.read_text(encoding="utf-8", errors="replace")


def _open(name: str, path: Path, device: str = "auto", threads: int | None = None) -> Model:
    onnxruntime = runtime()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); check the name") from None
    if _EXTERNAL_DATA in content:
        raise ModelError(f"{path}: keeps weights in another file, which is refused; export it into one file")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what goes wrong is raised, and told once, by us
    options.intra_op_num_threads = threads or cores()
    options.enable_cpu_mem_arena = False  # which never gives back what the largest picture took
    # Threads that wait do so asleep: between two photographs, others decode and encode on the same cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    wanted = providers(device)
    settings = [_settings(provider, options.intra_op_num_threads) for provider in wanted]
    try:
        session = onnxruntime.InferenceSession(content, options, providers=wanted, provider_options=settings)
    except Exception as error:  # ONNX Runtime raises a dozen types that share no other base
        if is_short_of_memory(error):
            raise MemoryError from None
        reason = " ".join(str(error).split())[:120]
        raise ModelError(f"{path}: not a model that ONNX Runtime can open ({reason})") from None
    if device not in ("auto", "cpu") and session.get_providers()[0] != wanted[0]:
        raise ModelError(f"{device}: ONNX Runtime cannot start it; check its drivers, or choose cpu")
    try:
        metadata = Metadata.from_onnx(session.get_modelmeta().custom_metadata_map)
    except ValueError as error:
        raise ModelError(f"{path}: {error}; `photochrom export` writes such models") from None
    if not _has_its_ends(session, metadata):
        raise ModelError(f"{path}: does not turn luma into chroma; `photochrom export` writes models that do")
    return Model(name, metadata, session)


def _has_its_ends(session: Any, metadata: Metadata) -> bool:
    """Whether the inputs and outputs are those that a model has, and those that its metadata names besides."""
    inputs = [("luma", 1)] + [("hints", HINT_PLANES)] * (metadata.hints == "1")
    there, *further = session.get_outputs()
    ends = [(end.name, end.type, len(end.shape), *end.shape[1:2]) for end in (*session.get_inputs(), there)]
    expected = [(name, "tensor(float)", 4, planes) for name, planes in (*inputs, ("chroma", 2))]
    return ends == expected and [end.name for end in further] == list(json.loads(metadata.outputs))
