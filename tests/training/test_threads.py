from collections.abc import Iterator

import pytest
import torch

from photochrom.training import threads
from photochrom.training.config import Config, from_dict
from photochrom.training.threads import best_for, choose, fastest


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def config(**changes: object) -> Config:
    small = {"data": "photos", "size": 32, "patch": 16, "width": 4, "options": {"depth": 2}, "accelerator": "cpu"}
    return from_dict({**small, **changes})


@pytest.mark.parametrize(
    ("seconds", "chosen"),
    [
        ({1: 0.15, 2: 4.0}, 1),  # a busy machine
        ({1: 0.15, 2: 0.08}, 2),
        ({1: 0.15, 2: 0.14}, 1),  # not worth a core
        ({1: 1.0, 2: 0.6, 4: 0.4, 8: 0.39}, 4),
        ({1: 1.0, 2: 1.2, 4: 0.5}, 4),
        ({1: 1.0}, 1),
    ],
)
def test_more_threads_are_taken_where_they_save_time(seconds: dict[int, float], chosen: int):
    now = [0.0]
    rounds: list[int] = []

    def step() -> None:
        count = torch.get_num_threads()
        rounds.append(count)
        # The first step of all warms up, and one disturbed step decides nothing.
        now[0] += 99 if len(rounds) in (1, 2) else seconds.get(count, 0)

    assert fastest(sorted(seconds), step, lambda: now[0]) == chosen


def test_auto_measures_the_recipes_generator_and_leaves_the_threads_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(threads, "cores", lambda: 3)
    asked: list[list[int]] = []

    def measure(candidates: list[int], step: object) -> int:
        asked.append(candidates)
        torch.set_num_threads(2)
        step()
        return 2

    monkeypatch.setattr(threads, "fastest", measure)
    torch.set_num_threads(1)
    assert choose(config()) == 2
    assert asked == [[1, 2, 3]]
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize(
    ("changes", "chosen"),
    [({"threads": 2}, 2), ({"threads": 64}, 4), ({"devices": 2}, None), ({"nodes": 2}, None)],
)
def test_nothing_is_measured_where_it_is_said_or_several_compute(
    changes: dict[str, object], chosen: int | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(threads, "cores", lambda: 4)
    monkeypatch.setattr(threads, "fastest", lambda *_: pytest.fail("measured"))
    assert choose(config(**changes)) == chosen


def test_one_core_and_the_environment_decide_by_themselves(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(threads, "fastest", lambda *_: pytest.fail("measured"))
    monkeypatch.setattr(threads, "cores", lambda: 1)
    assert choose(config()) == 1
    monkeypatch.setattr(threads, "cores", lambda: 8)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert choose(config()) is None


def test_a_step_is_computed_with_what_pays_and_afterwards_all_is_as_before(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(threads, "cores", lambda: 4)
    monkeypatch.setattr(threads, "fastest", lambda candidates, step: candidates[1])
    torch.set_num_threads(1)
    with best_for(lambda: None):
        assert torch.get_num_threads() == 2
    assert torch.get_num_threads() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    with best_for(lambda: pytest.fail("measured")):
        assert torch.get_num_threads() == 1
