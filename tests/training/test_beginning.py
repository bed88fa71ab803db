from pathlib import Path

import pytest
from lightning_fabric import Fabric

from photochrom.errors import RecipeError
from photochrom.training import beginning
from photochrom.training.config import from_dict
from photochrom.training.listener import Listener
from photochrom.training.run_folder import RunFolder


def silent(done: float, total: int, line: str) -> None:
    pass


def test_many_photographs_that_are_left_out_are_counted(
    recipe: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lines: list[str] = []
    found = {Path(f"{number:02}.jpg"): "gray" for number in range(22)}
    for count, more in ((20, []), (22, ["and 2 more; the run's folder lists all"])):
        lines.clear()
        monkeypatch.setattr(beginning, "unusable", lambda *_, count=count: dict(list(found.items())[:count]))
        given = from_dict(recipe), RunFolder(tmp_path), None, Fabric(accelerator="cpu", devices=1)
        assert len(beginning._left_out(*given, Listener(silent, line=lines.append))) == count
        assert lines == [f"{number:02}.jpg: left out, gray" for number in range(20)] + more


def test_checked_photographs_are_counted_over_all_ranks():
    heard: list[tuple[int, int]] = []
    listener = Listener(silent, photographs=lambda *counts: heard.append(counts))
    count = beginning._counting(listener, 1024, 1027, 2)
    count(1, 2)
    count(2, 2)
    assert heard == [(1026, 1027), (1027, 1027)]


def test_a_run_of_which_only_another_machine_has_a_checkpoint_is_not_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(beginning.machines, "gathered", lambda *_: [False, False, True])
    with pytest.raises(RecipeError, match="rank 2 has a checkpoint there, but rank 0 has none"):
        beginning._begun(RunFolder(tmp_path), Fabric(accelerator="cpu", devices=1))
