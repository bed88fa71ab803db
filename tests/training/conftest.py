from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data


def pytest_collection_modifyitems() -> None:
    torch.set_num_threads(1)  # tests run in parallel; more threads than cores make them slower, not faster


@pytest.fixture(scope="session")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 16 small color photographs, each a different part of a real one."""
    folder = tmp_path_factory.mktemp("photographs")
    for name in ("astronaut", "coffee", "chelsea", "rocket"):
        picture = Image.fromarray(getattr(data, name)()).convert("RGB")
        width, height = picture.size
        for index, (x, y) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
            box = (x * width // 2, y * height // 2, (x + 1) * width // 2, (y + 1) * height // 2)
            picture.crop(box).resize((72, 64)).save(folder / f"{name}-{index}.jpg", quality=95)
    return folder


@pytest.fixture
def recipe(photographs: Path) -> dict[str, object]:
    """Plain values of a recipe that trains in about a second an epoch."""
    return {
        "data": str(photographs), "validation": 0.25, "size": 32, "width": 4, "options": {"depth": 3},
        "patch": 16, "batch": 4, "epochs": 2, "workers": 0, "sheet_every": 1, "checkpoint_every": 1,
        "precision": "32-true", "accelerator": "cpu", "devices": 1, "threads": 1,
    }  # fmt: skip


@pytest.fixture
def luma() -> torch.Tensor:
    """Real luma (2, 1, 64, 96) in [0, 1]."""
    cat = np.asarray(Image.fromarray(data.chelsea()).convert("L").resize((192, 64)), dtype=np.float32) / 255
    return torch.from_numpy(np.stack((cat[:, :96], cat[:, 96:]))[:, None])
