import sys

import pytest

from photochrom.batch.request import Outcome, Request
from photochrom.errors import UsageError


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"jobs": 0}, "`jobs` must be at least 1"),
        ({"white": 0.0}, "`white` must be above 0"),
        ({"white": float("nan")}, "`white` must be above 0"),
        ({"paths": [""]}, "an empty name"),
        ({"out": ""}, "an empty name"),
        ({"hints": ""}, "an empty name"),
        ({"models": ["unet", "folder/unet.onnx"]}, "two models of this name"),
        ({"models": []}, "no model"),
        ({"format": "gif"}, "gif: `format` must be one of avif, bmp, "),
        ({"format": ""}, "`format` must be one of"),
    ],
)
def test_values_that_cannot_be_are_refused(options, problem):
    with pytest.raises(UsageError, match=problem):
        Request(**options)


@pytest.mark.parametrize("format", ["psd", ".psd", "PSD"])
def test_a_format_may_be_written_in_many_ways(format):
    assert Request(format=format).suffix == ".psd"


def test_a_format_whose_package_is_missing_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "psd_tools", None)
    with pytest.raises(UsageError, match=r"PSD needs an extra package: pip install '\.\[layers\]'"):
        Request(format="psd")


def test_models_are_known_by_the_names_of_their_files():
    assert Request(models=["unet", "mine/best.onnx"]).models_by_name() == {"unet": "unet", "best": "mine/best.onnx"}


def test_outcomes_read_well():
    assert [outcome.value for outcome in Outcome][:3] == ["colorized", "to color", "skipped: already a result"]


@pytest.mark.parametrize("answers", [0, 5])
def test_a_number_of_answers_that_cannot_be_is_refused(answers):
    with pytest.raises(UsageError, match=f"`answers` must be between 1 and 4, not {answers}"):
        Request(answers=answers)
