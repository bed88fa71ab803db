import math

import numpy as np
import pytest
from scipy.stats import bootstrap

from photochrom.training.evaluation.statistics import group, groups, interval, paired


def test_the_interval_is_the_percentile_bootstrap():
    values = np.random.default_rng(3).gamma(2, 1, 60)
    expected = bootstrap((values,), np.mean, n_resamples=10_000, method="percentile", rng=1).confidence_interval
    found = interval(values.tolist())
    assert found is not None
    assert found.mean == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=0.02)
    assert found == interval(values.tolist())


def test_the_interval_holds_the_truth_nineteen_times_in_twenty():
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(100):
        found = interval(rng.normal(5, 1, 50).tolist())
        assert found is not None
        inside += found.low <= 5 <= found.high
    assert 88 <= inside <= 99


def test_what_is_undefined_is_left_out_and_counted():
    found = interval([1.0, math.inf, 3.0, math.nan])
    assert found is not None
    assert (found.mean, found.number, found.undefined) == (2, 2, 2)
    assert interval([math.inf]) is None
    assert interval([]) is None


def test_paired_differences_are_of_the_same_photographs():
    found = paired({"a": 3.0, "b": 5.0, "c": 9.0}, {"b": 1.0, "a": 2.0})
    assert found is not None
    assert (found.mean, found.number) == (2.5, 2)


def test_a_shared_offset_is_told_apart_where_the_means_are_not():
    photographs = np.random.default_rng(0).normal(0, 10, 40)
    better = {str(i): value - 1 for i, value in enumerate(photographs)}
    base = {str(i): value for i, value in enumerate(photographs)}
    found = paired(better, base)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((-1, -1))


def test_groups():
    assert group("flickr-0001.jpg") == "flickr"
    assert group("below/bsds500-3.png") == "bsds500"
    assert group("DSC 17.jpg") is None
    assert group("-x.jpg") is None
    names = ["b-1.jpg", "a-1.jpg", "plain.jpg", "b-2.jpg"]
    assert groups(names) == {"a": ["a-1.jpg"], "b": ["b-1.jpg", "b-2.jpg"], "all": names}


def test_a_single_group_is_not_listed_twice():
    assert groups(["a-1.jpg", "a-2.jpg"]) == {"all": ["a-1.jpg", "a-2.jpg"]}
    assert groups(["plain.jpg"]) == {"all": ["plain.jpg"]}
    assert list(groups(["a-1.jpg", "plain.jpg"])) == ["a", "all"]
