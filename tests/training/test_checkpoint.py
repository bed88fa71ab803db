from pathlib import Path

import pytest
import torch

from photochrom.errors import CheckpointError
from photochrom.training.checkpoint import Checkpoint, load, load_generator, save
from photochrom.training.config import from_dict
from photochrom.training.generators import build_generator


@pytest.fixture
def checkpoint() -> Checkpoint:
    config = from_dict({"data": "photos", "width": 2, "options": {"depth": 2}})
    generator = build_generator("unet", "ycbcr", 2, {"depth": 2})
    return Checkpoint(config, generator.state_dict(), {"a": torch.ones(2)}, [{"state": {}}], [{"epoch": 1, "l1": 0.5}])


def test_round_trip(checkpoint: Checkpoint, tmp_path: Path):
    save(tmp_path / "a.pt", checkpoint)
    loaded = load(tmp_path / "a.pt")
    assert (loaded.config, loaded.history, loaded.optimizers) == (
        checkpoint.config, checkpoint.history, checkpoint.optimizers,
    )  # fmt: skip
    assert all(torch.equal(loaded.generator[key], value) for key, value in checkpoint.generator.items())
    condition = torch.rand(1, 1, 32, 32)
    with torch.no_grad():
        assert torch.equal(load_generator(loaded)(condition), load_generator(checkpoint)(condition))
    assert [path.name for path in tmp_path.iterdir()] == ["a.pt"]


def test_loading_is_strict(checkpoint: Checkpoint):
    for change in ({"extra": torch.ones(1)}, None):
        state = {**checkpoint.generator, **change} if change else dict(list(checkpoint.generator.items())[1:])
        broken = Checkpoint(checkpoint.config, state, {}, [], [])
        with pytest.raises(CheckpointError, match="do not fit"):
            load_generator(broken)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no checkpoint", "not a checkpoint"),
        (b"", "not a checkpoint"),
        ({"some": "tensors"}, "not a checkpoint of Photochrom"),
        ({"format": 99, "config": {"data": "a"}}, "another version"),
        ({"format": 1, "config": {"data": "a"}}, "does not fit"),
        ({"format": 1, "config": {"dota": "a"}}, "dota: no such key"),
    ],
)
def test_other_files_are_refused(content: object, said: str, tmp_path: Path):
    path = tmp_path / "other.pt"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(CheckpointError, match=said):
        load(path)
    with pytest.raises(CheckpointError, match="no such file"):
        load(tmp_path / "missing.pt")


def test_code_in_a_file_is_not_run(tmp_path: Path):
    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path(tmp_path / "exploded").touch, ())

    torch.save({"format": 1, "config": Bomb()}, tmp_path / "bomb.pt")
    with pytest.raises(CheckpointError):
        load(tmp_path / "bomb.pt")
    assert not (tmp_path / "exploded").exists()
