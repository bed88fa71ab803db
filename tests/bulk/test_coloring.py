import pytest

from photochrom.batch.request import Outcome, Request
from photochrom.bulk.coloring import Coloring
from photochrom.colorizer import Colorizer


@pytest.fixture
def coloring(strong):
    return Coloring(Colorizer(strong), Request())


def test_a_photograph_becomes_a_result_and_a_result_is_left_alone(coloring, encoded):
    made = coloring.colored(encoded(), "a.png", ".png", "out/a.png", None)
    assert made.outcome is Outcome.DONE
    assert made.pixels == 72 * 96
    assert coloring.colored(made.content, "a.png", ".png", "out/a.png", None).outcome is Outcome.OURS


@pytest.mark.parametrize(("content", "told"), [(b"", "an empty file"), (b"text", "not a picture")])
def test_what_is_wrong_with_a_file_is_told_with_its_name(coloring, content, told):
    made = coloring.colored(content, "in/a.png", ".png", "out/a.png", None)
    assert made.outcome is Outcome.FAILED
    assert made.reason.startswith(f"in/a.png: {told}")


def test_even_a_fault_of_ours_is_told(coloring, encoded, monkeypatch):
    monkeypatch.setattr(Colorizer, "colorize_file", lambda *_, **__: 1 / 0)
    made = coloring.colored(encoded(), "in/a.png", ".png", "out/a.png", None)
    assert made.reason == "in/a.png: cannot be colored (ZeroDivisionError: division by zero)"
