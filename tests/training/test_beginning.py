from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from lightning_fabric import Fabric

from photochrom.errors import RecipeError
from photochrom.training import beginning
from photochrom.training.config import from_dict
from photochrom.training.listener import Listener
from photochrom.training.run_folder import RunFolder
from photochrom.training.splitting import photographs


def silent(done: float, total: int, line: str) -> None:
    pass


@pytest.fixture
def alone() -> Fabric:
    return Fabric(accelerator="cpu", devices=1)


def test_many_photographs_that_are_left_out_are_counted(
    recipe: dict[str, object], tmp_path: Path, alone: Fabric, monkeypatch: pytest.MonkeyPatch
):
    lines: list[str] = []
    config = from_dict(recipe)
    parts = photographs(config)
    monkeypatch.setattr(beginning, "_LISTED", 5)
    for count, more in ((5, []), (7, ["and 2 more; the run's folder lists all"])):
        lines.clear()
        monkeypatch.setattr(
            beginning, "unusable",
            lambda part, indices, _, count=count: dict.fromkeys(range(count if part is parts[0] else 0), "gray"),
        )  # fmt: skip
        given = config, parts, RunFolder(tmp_path), None, alone, Listener(silent, line=lines.append)
        names = list(parts[0].names())[:count]
        assert beginning._left_out(*given) == dict.fromkeys(names, "gray")
        assert lines == [f"{parts[0].place(index)}: left out, gray" for index in range(5)] + more


def test_every_photograph_is_checked_once_by_one_of_the_ranks(
    recipe: dict[str, object], monkeypatch: pytest.MonkeyPatch
):
    part, _ = photographs(from_dict(recipe))
    heard: list[int] = []
    seen: list[int] = []

    def unusable(_: object, indices: range, progress: Callable[[int], None]) -> dict[int, str]:
        seen.extend(indices)
        progress(len(indices))
        return {index: "gray" for index in indices if index in (3, 8)}

    monkeypatch.setattr(beginning, "_CHECKED", 4)
    monkeypatch.setattr(beginning, "unusable", unusable)
    monkeypatch.setattr(beginning.machines, "gathered", lambda _, mine: [mine])
    found = [beginning._checked(part, SimpleNamespace(world_size=2, global_rank=rank), heard.append) for rank in (0, 1)]
    assert found == [{8: "gray"}, {3: "gray"}]
    assert sorted(seen) == list(range(12))
    assert heard == [8, 12, 8, 12], "the other rank is as far"


def test_no_process_reads_far_ahead_of_the_others_or_has_other_shards(alone: Fabric, monkeypatch: pytest.MonkeyPatch):
    heard: list[tuple[int, int]] = []
    compared: list[dict[str, object]] = []
    monkeypatch.setattr(beginning.machines, "check_alike", lambda _, own: compared.append(own))
    progress = beginning._in_step(alone, Listener(silent, shards=lambda *counts: heard.append(counts)))
    for done in range(1, 41):
        progress(done, 40)
    assert compared == [{"shards": 40}] * 3
    assert heard[-1] == (40, 40)


def test_a_run_of_which_only_another_machine_has_a_checkpoint_is_not_begun_anew(
    tmp_path: Path, alone: Fabric, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(beginning.machines, "gathered", lambda *_: [False, False, True])
    with pytest.raises(RecipeError, match="rank 2 has a checkpoint there, but rank 0 has none"):
        beginning._begun(RunFolder(tmp_path), alone)
