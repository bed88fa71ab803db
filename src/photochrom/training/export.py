"""Checkpoint → model.onnx: exported, slimmed, and checked against the network before it is written."""

import json
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

import photochrom
from photochrom import targets
from photochrom.atomic import replacing
from photochrom.batch.tint import GRAY_BELOW
from photochrom.colorizer import Colorizer
from photochrom.errors import CheckpointError, UsageError
from photochrom.model import HINT_PLANES
from photochrom.model_metadata import Metadata
from photochrom.photos import reading
from photochrom.training.bins import ColorBins
from photochrom.training.checkpoint import Checkpoint, load, load_generator
from photochrom.training.config import Config
from photochrom.training.generators.generator import Generator
from photochrom.training.spaces import SPACES, Space
from photochrom.version import __version__

_OPSET = 18
_GLANCE = (128, 128)  # the size at which it is looked at whether a model paints anything
_MEAN_BOUND, _MAX_BOUND = 0.5 / 255, 4 / 255  # how far the export may be from the network, in chroma
_SMALL = 256  # tensors with fewer numbers stay float32: they hardly count, and biases are where precision shows


class ChromaNetwork(nn.Module):
    """The door between the halves: luma (N, 1, H, W) in [0, 1] → chroma (N, 2, H, W), whatever the color space.

    A network that paints at half the size gives (N, 2, H/2, W/2); one that answers with a distribution over ``bins``
    gives its logits (N, K, …), too; and one whose encoder has features gives these last.
    """

    def __init__(self, network: nn.Module, space: Space, gain: float = 1.0, bins: ColorBins | None = None) -> None:
        super().__init__()
        self.network = network
        self.space = space
        self.gain = gain
        self.bins = bins

    def forward(self, luma: Tensor, hints: Tensor | None = None) -> Tensor | tuple[Tensor, ...]:
        """Paint; height and width must be multiples of the network's ``multiple_of``."""
        given = [self.space.condition(luma), *(() if hints is None else (hints,))]
        features: list[Tensor] = []
        if hasattr(self.network, "with_features"):
            answer, features = self.network.with_features(*given)  # type: ignore[operator]
        else:
            answer = self.network(*given)
        prediction = answer if self.bins is None else self.bins(answer)
        if getattr(self.network, "at_half_size", False):
            luma = F.avg_pool2d(luma, 2)
        chroma = (self.space.decode(prediction, luma) * self.gain).clip(-0.5, 0.5)
        further = [] if self.bins is None else [answer]
        return (chroma, *further, *features) if further or features else chroma


@dataclass(frozen=True)
class Exported:
    """What was exported: the generator after ``epoch`` of ``epochs``; ``report`` says how close file and network are.

    ``strength`` is the mean chroma that it paints on the photographs in the package.
    """

    epoch: int
    epochs: int
    report: str
    strength: float

    @property
    def is_gray(self) -> bool:
        """Whether what it paints still counts as gray."""
        return self.strength < GRAY_BELOW


def export(
    path: Path,
    target: Path,
    prune: int | None = None,
    size: int | None = None,
    gain: float = 1.0,
    temperature: float | None = None,
    overwrite: bool = False,
) -> Exported:
    """Export the checkpoint at ``path`` to the model file ``target``, which ends with .onnx.

    Batch norm is folded into the convolutions (but for those that share weights, as in the R2U-Net); weights
    are stored as float16 and computed with in float32. ``prune`` keeps the levels up to that of a UNet++ that
    was trained with deep supervision. ``size`` is the working size that the model asks for, by default the one it was
    trained at; ``gain`` scales its colors, against dullness; ``temperature`` is that of the mean of a distribution over
    color bins, by default the recipe's: all are to be chosen on photographs that were kept for validation. Raises
    `CheckpointError` where the export is further from the network than half an 8-bit level in the mean or four at
    most, and `UsageError` where it cannot be exported like that, and for a ``target`` that exists, unless
    ``overwrite``.
    """
    if not 0.1 <= gain <= 10:
        raise UsageError(f"gain must be between 0.1 and 10, not {gain}")
    if size is not None and not 32 <= size <= 4096:
        raise UsageError(f"size must be between 32 and 4096, not {size}")
    targets.refuse_other_names(target, (".onnx",), "a model")
    targets.refuse_existing(target, overwrite)
    checkpoint = load(path)
    if temperature is not None:
        checkpoint = _at_temperature(checkpoint, temperature)
    generator = load_generator(checkpoint)
    if prune is not None:
        checkpoint, generator = _pruned(checkpoint, generator, prune)
    network = ChromaNetwork(generator.network, SPACES[checkpoint.config.space], gain, generator.bins).eval()
    metadata = _metadata(checkpoint, generator, size or checkpoint.config.size, gain)
    model = _to_onnx(network, generator.multiple_of, metadata)
    _weights_to_float16(model)
    for key, value in metadata.to_onnx().items():
        model.metadata_props.add(key=key, value=value)
    onnx.checker.check_model(model)
    content = model.SerializeToString()
    report = _compare(network, content, checkpoint.config.size, metadata)
    try:
        with replacing(target, overwrite) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise CheckpointError(f"{target}: cannot be written ({error.strerror or error}); check the folder") from None
    return Exported(len(checkpoint.history), checkpoint.config.epochs, report, painted_by(target))


def painted_by(model: Path) -> float:
    """The mean chroma that the file ``model`` paints on the photographs in the package."""
    colorizer = Colorizer(model, device="cpu")
    files = sorted((Path(photochrom.__file__).parent / "web" / "static" / "examples").glob("*.jpg"))
    planes = [colorizer.chroma(reading.read(file).luma[0], _GLANCE) for file in files]
    return float(np.mean([np.hypot(*plane) for plane in planes]))


def _at_temperature(checkpoint: Checkpoint, temperature: float) -> Checkpoint:
    if not checkpoint.config.bins:
        raise UsageError("temperature has no meaning: the network predicts one color, not a distribution over bins")
    if not 0.05 <= temperature <= 2:
        raise UsageError(f"temperature must be between 0.05 and 2, not {temperature}")
    return replace(checkpoint, config=replace(checkpoint.config, temperature=temperature))


def _pruned(checkpoint: Checkpoint, generator: Generator, level: int) -> tuple[Checkpoint, Generator]:
    """The generator of a smaller depth inside a deeply supervised one, and a checkpoint that says so."""
    config = checkpoint.config
    if not hasattr(generator.network, "pruned"):
        raise UsageError(f"prune: {config.generator} cannot be pruned; unet_plus_plus can")
    try:
        smaller = Generator(generator.network.pruned(level)).eval()  # type: ignore[operator]
    except ValueError as error:
        raise UsageError(f"prune {level}: {error}") from None
    said = replace(config, title=f"{config.title or config.generator}, pruned at L{level}")
    said = replace(said, options={**config.options, "pruned": level})
    return replace(checkpoint, config=said), smaller


def _to_onnx(network: nn.Module, multiple_of: int, metadata: Metadata) -> onnx.ModelProto:
    # Sizes that differ in every dimension, so that none is taken for another.
    given = {"luma": torch.rand(2, 1, 4 * multiple_of, 6 * multiple_of)}
    if metadata.hints == "1":
        given["hints"] = torch.rand(2, HINT_PLANES, 4 * multiple_of, 6 * multiple_of)
    height, width = torch.export.Dim("height", min=1), torch.export.Dim("width", min=1)
    sizes = {0: torch.export.Dim("batch"), 2: multiple_of * height, 3: multiple_of * width}
    with warnings.catch_warnings(), _quiet("torch.onnx"):
        warnings.simplefilter("ignore")  # the exporter's own deprecations, which concern nobody here
        program = torch.onnx.export(
            network, tuple(given.values()), dynamo=True, opset_version=_OPSET, input_names=list(given),
            output_names=["chroma", *json.loads(metadata.outputs)], dynamic_shapes=(sizes,) * len(given),
            optimize=True, verbose=False,
        )  # fmt: skip
    assert program is not None
    model = program.model_proto
    for part in (model.graph, *model.graph.node, *model.graph.input, *model.graph.output, *model.graph.value_info):
        part.doc_string = ""
        del part.metadata_props[:]  # where in the exporting machine's files each node came from
    return model


@contextmanager
def _quiet(logger: str) -> Iterator[None]:
    """Only errors from ``logger``: the exporter warns of every optional package that is not there."""
    level = logging.getLogger(logger).level
    logging.getLogger(logger).setLevel(logging.ERROR)
    try:
        yield
    finally:
        logging.getLogger(logger).setLevel(level)


def _weights_to_float16(model: onnx.ModelProto) -> None:
    """Store large float32 weights as float16, each behind a Cast that ONNX Runtime computes once when it loads."""
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type == TensorProto.FLOAT and np.prod(weight.dims) >= _SMALL:
            name = weight.name
            half = numpy_helper.to_array(weight).astype(np.float16)
            weight.CopyFrom(numpy_helper.from_array(half, f"{name}.float16"))
            casts.append(helper.make_node("Cast", [weight.name], [name], to=TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(casts + nodes)


def _metadata(checkpoint: Checkpoint, generator: Generator, size: int, gain: float) -> Metadata:
    config: Config = checkpoint.config
    options = {"width": config.width, **config.options, **({} if gain == 1 else {"gain": gain})}
    outputs: dict[str, object] = {}
    if generator.bins:
        options |= {"bins": config.bins, "temperature": config.temperature}
        outputs["logits"] = {"centers": _centers(generator.bins, SPACES[config.space])}
    scales = getattr(generator.network, "feature_scales", ())
    outputs |= {f"features_{scale}": {"scale": scale} for scale in scales}
    half = config.chroma_size == "half"
    return Metadata(
        title=config.title or config.generator,
        generator=config.generator,
        options=json.dumps(options),
        color_space=config.space,
        working_size=str(size),
        multiple_of=str(generator.multiple_of),
        training_set=config.training_set or str(config.data),
        license=config.license or "not stated",
        version=__version__,
        recipe=config.digest,
        hints="1" if config.hints else "0",
        chroma_scale="2" if half else "1",
        outputs=json.dumps(outputs),
        format="2" if config.hints or half or outputs else "1",
    )


def _centers(bins: ColorBins, space: Space) -> list[list[float]]:
    """Cb and Cr of each bin on a medium gray, which in most spaces is where they are on any."""
    gray = torch.full((1, 1, 1, len(bins.centers)), 0.5)
    chroma = space.decode(bins.centers.t()[None, :, None], gray)[0, :, 0].t()
    return [[round(value, 5) for value in pair] for pair in chroma.tolist()]


def _compare(network: nn.Module, content: bytes, size: int, metadata: Metadata) -> str:
    """Run both at three sizes, with hints and without where they take some; returns a line on how far they are apart.

    Raises `CheckpointError`.
    """
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    multiple_of = int(metadata.multiple_of)
    base = -(-size // multiple_of) * multiple_of
    smallest = -(-32 // multiple_of) * multiple_of
    rng = np.random.default_rng(0)
    differences = []
    for height, width in ((smallest, smallest), (base, base), (base + multiple_of, 2 * base)):
        ramp = np.linspace(0, 1, width, dtype=np.float32)[None, None, None].repeat(height, axis=2)
        luma = (ramp + rng.normal(0, 0.1, ramp.shape).astype(np.float32)).clip(0, 1)
        given = [{"luma": luma}]
        if metadata.hints == "1":
            known = rng.random(luma.shape) < 0.02
            hints = np.concatenate((rng.uniform(-0.3, 0.3, (1, 2, height, width)) * known, known), axis=1)
            given = [{"luma": luma, "hints": planes.astype(np.float32)} for planes in (hints * 0, hints)]
        for one in given:
            with torch.no_grad():
                expected = network(*map(torch.from_numpy, one.values()))
            chroma = expected[0] if isinstance(expected, tuple) else expected
            differences.append(np.abs(session.run(["chroma"], one)[0] - chroma.numpy()))
    return judged(differences)


def judged(differences: Sequence[np.ndarray]) -> str:
    """A line on how far an export is from its network, of absolute differences in chroma, an array a picture.

    Raises `CheckpointError` where one picture's mean or a single pixel is too far off.
    """
    # NaN is passed on by numpy and not by Python's max.
    mean, largest = (float(np.max([part(d) for d in differences])) for part in (np.mean, np.max))
    report = f"differs from the network by {mean * 255:.3f} levels of 255 on average, {largest * 255:.3f} at most"
    if not (mean <= _MEAN_BOUND and largest <= _MAX_BOUND):
        raise CheckpointError(f"the export {report}, which is too much; nothing was written")
    return report
