"""The weights of LPIPS as their authors publish them, brought into the one file that `Lpips` reads.

They come in two files: the backbone as torchvision publishes it, `features.N.weight` and `.bias` among others, and the
linear layers of LPIPS v0.1 from the authors' repository, `lin0.model.1.weight` to `lin4.model.1.weight`.
"""

from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor

from photochrom import targets
from photochrom.atomic import replacing
from photochrom.errors import PhotochromError, UsageError
from photochrom.training.lpips import Lpips

# How the authors scale pictures in [-1, 1]: their `ScalingLayer`, which is in the code and not in the files.
_SHIFT, _SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)


def join(backbone: dict[str, Tensor], linear: dict[str, Tensor]) -> dict[str, Tensor]:
    """Both state dicts as one, in the names of `Lpips`. Raises `ValueError` where they are not what they should be."""
    numbers = sorted(int(name.split(".")[1]) for name in backbone if name.startswith("features.") and "weight" in name)
    joined = {
        f"convs.{index}.{part}": backbone[f"features.{number}.{part}"]
        for index, number in enumerate(numbers)
        for part in ("weight", "bias")
    }
    joined |= {f"lin{index}": linear[f"lin{index}.model.1.weight"] for index in range(5)}
    joined |= {name: torch.tensor(value).reshape(1, 3, 1, 1) for name, value in (("shift", _SHIFT), ("scale", _SCALE))}
    maps = Lpips(joined).features(torch.zeros(1, 3, 64, 64))
    for index, features in enumerate(maps):
        if joined[f"lin{index}"].shape != (1, features.shape[1], 1, 1):
            raise ValueError("the linear layers are those of another backbone")
    return joined


def convert(backbone: Path, linear: Path, out: Path, overwrite: bool = False) -> str:
    """Write the file ``out``, which ends with .pt, from the two that are published; returns the backbone's name.

    Raises `UsageError` for files that are not these, and where ``out`` exists, unless ``overwrite``.
    """
    targets.refuse_other_names(out, (".pt",), "a file of weights")
    targets.refuse_existing(out, overwrite)
    try:
        joined = join(_state(backbone), _state(linear))
    except (KeyError, ValueError, RuntimeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else " ".join(str(error).split())[:100]
        raise UsageError(
            f"{backbone}, {linear}: not the weights of LPIPS ({reason}); docs/measure.md names them"
        ) from None
    try:
        with replacing(out, overwrite) as temporary:
            torch.save(joined, temporary)
    except OSError as error:
        raise PhotochromError(f"{out}: cannot be written ({error.strerror or error}); check the folder") from None
    return Lpips(joined).backbone


def _state(path: Path) -> dict[str, Tensor]:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the name") from None
    except (ValueError, RuntimeError, UnpicklingError, EOFError, AttributeError):
        raise UsageError(f"{path}: not a file of weights that PyTorch wrote; get another copy") from None
    if not isinstance(content, dict):
        raise UsageError(f"{path}: not a file of weights by name")
    return content
