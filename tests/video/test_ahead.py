import threading
import time

import pytest

from photochrom.video.ahead import ahead


def test_items_come_in_order_and_few_wait():
    made = []

    def source(_):
        for number in range(20):
            made.append(number)
            yield number

    with ahead(source, 3) as items:
        assert next(items) == 0
        assert len(made) <= 6
        assert list(items) == list(range(1, 20))


def test_errors_come_where_the_item_would():
    def source(_):
        yield 1
        raise ValueError("broken")

    with ahead(source, 2) as items:
        assert next(items) == 1
        with pytest.raises(ValueError, match="broken"):
            next(items)


def test_who_waits_is_called_and_what_it_raises_ends_the_source_in_the_middle_of_an_item():
    calls, stops = [], []

    def source(is_stopped):
        while not is_stopped():
            time.sleep(0.01)
        stops.append(True)
        yield 1

    def on_wait():
        calls.append(True)
        if len(calls) == 2:
            raise LookupError("enough")

    with pytest.raises(LookupError), ahead(source, 2, on_wait) as items:
        next(items)
    assert stops


def test_the_thread_ends_with_the_block():
    def source(_):
        while True:
            yield 1

    before = threading.active_count()
    with ahead(source, 2) as items:
        next(items)
    assert threading.active_count() == before
