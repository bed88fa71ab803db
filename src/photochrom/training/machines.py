"""The processes of a run, on one machine or on several: how they come together, begin alike, and end together."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies.ddp import DDPStrategy
from torch import distributed

import photochrom
from photochrom.errors import PhotochromError, RecipeError
from photochrom.training.config import Config, to_dict

# What each machine may have in its own way: where its photographs lie, and how they are loaded.
_OWN = {"data", "workers", "threads"}

Value = TypeVar("Value")


def launch(config: Config) -> Fabric:
    """Fabric as ``config`` asks for it, once all processes have come together.

    Raises `RecipeError` for what Fabric does not know or find here, and `PhotochromError` where others do not come.
    """
    strategy: str | DDPStrategy = config.strategy
    if strategy == "ddp" or (strategy == "auto" and config.nodes > 1):  # what ``auto`` stands for there
        strategy = DDPStrategy(timeout=timedelta(seconds=config.timeout))
    try:
        fabric = Fabric(
            accelerator=config.accelerator, devices=config.devices, num_nodes=config.nodes,
            strategy=strategy, precision=config.precision,  # type: ignore[arg-type]
        )  # fmt: skip
    except (ValueError, TypeError, RuntimeError) as error:  # of names that it does not know, or does not find here
        raise RecipeError(f"accelerator, devices, nodes, strategy: {_one_line(error)}") from None
    try:
        fabric.launch()
    except (ValueError, RuntimeError) as error:
        raise PhotochromError(
            f"nodes: the {fabric.world_size} processes of this run did not come together ({_one_line(error)}); start "
            f"the same command on every machine within {config.timeout} seconds, and check address and port"
        ) from None
    return fabric


@contextmanager
def connected(fabric: Fabric) -> Iterator[None]:
    """Where the processes wait for each other: if one is gone, the others end with a line. Raises `PhotochromError`."""
    try:
        yield
    except RuntimeError as error:
        if not (isinstance(error, distributed.DistError) or "gloo" in str(error)):
            raise
        raise PhotochromError(
            f"rank {fabric.global_rank} of {fabric.world_size}: another process of this run has stopped or cannot be "
            f"reached ({_one_line(error)}); see what it said, then go on from the last whole epoch on every machine"
        ) from None


def gathered(fabric: Fabric, value: Value) -> list[Value]:
    """The values of all processes, in the order of their ranks."""
    if fabric.world_size == 1:
        return [value]
    values: list[Value] = [value] * fabric.world_size
    distributed.all_gather_object(values, value)
    return values


def check_alike(fabric: Fabric, own: Mapping[str, object]) -> None:
    """Refuse processes of which one would compute something else than the others. Raises `RecipeError`, in all.

    ``own`` says by name what must be the same in all of them.
    """
    first, *others = gathered(fabric, dict(own))
    for rank, other in enumerate(others, start=1):
        for name, value in first.items():
            if other.get(name) != value:
                raise RecipeError(
                    f"{name}: {_short(value)} on rank 0, but {_short(other.get(name))} on rank {rank}; all machines "
                    "must have the same"
                )


def asked_for(config: Config) -> dict[str, object]:
    """What a process is asked to compute, and with what: the recipe, Photochrom's code and PyTorch's version."""
    code = hashlib.sha256()
    package = Path(photochrom.__file__).parent
    for path in sorted(package.rglob("*.py")):
        code.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    recipe = {key: value for key, value in to_dict(config).items() if key not in _OWN}
    return {"Photochrom's code": code.hexdigest(), "PyTorch": torch.__version__, **recipe}


def _short(value: object) -> str:
    return str(value)[:80] if value not in ("", None) else "nothing"


def _one_line(error: BaseException) -> str:
    said = re.sub(r"^\[\S+\] ", "", " ".join(str(error).split()))  # without the line of PyTorch's source
    return said.partition(". ")[0][:200]  # and without its advice
