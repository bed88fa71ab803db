import threading

import pytest

from photochrom.video.ahead import ahead


def test_items_come_in_order_and_few_wait():
    made = []

    def source():
        for number in range(20):
            made.append(number)
            yield number

    with ahead(source, 3) as items:
        assert next(items) == 0
        assert len(made) <= 6
        assert list(items) == list(range(1, 20))


def test_errors_come_where_the_item_would():
    def source():
        yield 1
        raise ValueError("broken")

    with ahead(source, 2) as items:
        assert next(items) == 1
        with pytest.raises(ValueError, match="broken"):
            next(items)


def test_the_thread_ends_with_the_block():
    def source():
        while True:
            yield 1

    before = threading.active_count()
    with ahead(source, 2) as items:
        next(items)
    assert threading.active_count() == before
