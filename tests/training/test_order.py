from collections import Counter

import numpy as np
import pytest

from photochrom.training import order
from photochrom.training.order import Keys, drawn, in_order, quotas, shuffled


def test_keys_are_those_of_their_arrays():
    keys = Keys(3, np.array([5, 2, 5]), np.array([0, 0, 1], np.int32))
    assert list(keys) == [keys[0], keys[1], keys[2]] == [(3, 5), (3, 2), (3, 5, 1)]
    assert list(keys[1:]) == [(3, 2), (3, 5, 1)]
    assert len(keys[::2]) == 2
    assert list(in_order(2)) == [(0, 0), (0, 1)]


def test_an_epoch_ends_with_the_group_that_has_no_more_for_its_share():
    assert quotas([100, 30], [0.5, 0.5], None) == [30, 30]
    assert quotas([100, 30], [0.5, 0.5], 300) == [150, 150]
    assert quotas([100, 30], [0.999, 0.001], 300) == [300, 1]


@pytest.mark.parametrize("blocks", [[0, 20], [0, 5, 12, 20]])
def test_few_photographs_are_shuffled_all_together_whether_in_a_folder_or_in_shards(blocks: list[int]):
    expected = np.random.default_rng((7, 2)).permutation(20)
    assert np.array_equal(drawn([np.array(blocks)], [20], 7, 2).indices, expected)


def test_many_are_shuffled_within_a_window_of_shuffled_shards(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(order, "WINDOW", 20)
    blocks = np.arange(0, 101, 10)
    found = shuffled(blocks, np.random.default_rng(0))
    assert sorted(found) == list(range(100))
    windows = [set(found[first : first + 20] // 10) for first in range(0, 100, 20)]
    assert all(len(window) == 2 for window in windows), "two shards in each"
    assert len({frozenset(window) for window in windows}) == 5
    assert [sorted(window) for window in windows] != [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]], "shards are shuffled"
    assert list(found[:20]) != sorted(found[:20])
    assert not np.array_equal(found, shuffled(blocks, np.random.default_rng(1)))
    few = drawn([blocks], [30], 0, 0).indices
    assert len(set(few)) == 30
    assert len(set(few // 10)) <= 4, "of some shards only"


def test_groups_are_mixed_and_each_keeps_its_windows(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(order, "WINDOW", 20)
    keys = drawn([np.arange(0, 101, 10), np.array([0, 30])], [80, 40], 0, 0)
    shards = [index for index in keys.indices if index < 100]
    folder = [index for index in keys.indices if index >= 100]
    assert (len(set(shards)), len(folder), set(folder)) == (80, 40, set(range(100, 130)))
    assert all(len({index // 10 for index in shards[first : first + 20]}) == 2 for first in range(0, 80, 20))
    assert 5 < sum(index >= 100 for index in keys.indices[:40]) < 25, "from both all along"
    assert Counter(keys.times.tolist()) == {0: 110, 1: 10}
    first, again = (min(place for place, key in enumerate(keys) if len(key) == length) for length in (2, 3))
    assert keys[again][:2] in list(keys[:again])
    assert first == 0


def test_all_come_before_one_comes_again():
    keys = drawn([np.array([0, 4])], [10], 1, 5)
    assert sorted(Counter(keys.indices.tolist()).values()) == [2, 2, 3, 3]
    assert len(set(keys)) == 10
