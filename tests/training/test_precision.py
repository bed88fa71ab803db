import pytest
import torch

from photochrom.training import precision
from photochrom.training.config import from_dict


@pytest.mark.parametrize("named", ["32-true", "bf16-mixed", "16-mixed"])
def test_what_the_recipe_names_is_taken(named: str):
    assert precision.choose(from_dict({"data": "photos", "precision": named})) == named


@pytest.mark.parametrize(
    ("plain", "quick", "expected"), [(2.0, 1.0, "bf16-mixed"), (1.05, 1.0, "32-true"), (1.0, 3.0, "32-true")]
)
def test_a_processor_takes_bf16_where_it_is_faster(
    monkeypatch: pytest.MonkeyPatch, plain: float, quick: float, expected: str
):
    monkeypatch.setattr(precision, "_seconds", {torch.float32: plain, torch.bfloat16: quick}.__getitem__)
    assert precision.choose(from_dict({"data": "photos", "accelerator": "cpu"})) == expected


def test_both_are_timed_on_one_thread_and_the_threads_are_as_before_then(monkeypatch: pytest.MonkeyPatch):
    before, timed = torch.get_num_threads(), []
    monkeypatch.setattr(precision, "_seconds", lambda dtype: timed.append(torch.get_num_threads()) or 1.0)
    torch.set_num_threads(2)
    try:
        precision.choose(from_dict({"data": "photos", "accelerator": "cpu"}))
        assert timed == [1, 1]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_step_is_timed_without_the_first_ones():
    ticks = iter([0, 90, 90, 180, 180, 183, 183, 185, 185, 189, 189, 193, 193, 196])
    assert precision._seconds(torch.bfloat16, lambda: next(ticks)) == 2
