"""An iterator that works ahead in a thread of its own, while what it gave is used."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Generic, TypeVar

Item = TypeVar("Item")
_LOOK = 0.2  # seconds between two calls of ``on_wait``


class _Raised(Generic[Item]):
    def __init__(self, error: BaseException) -> None:
        self.error = error


@contextmanager
def ahead(
    source: Callable[[Callable[[], bool]], Iterator[Item]], count: int, on_wait: Callable[[], None] = lambda: None
) -> Iterator[Iterator[Item]]:
    """The items of ``source``, of which ``count`` at most wait; the thread ends with the block.

    ``source`` is told how to ask whether it is to stop: an item may take long. ``on_wait`` is called again and again
    while an item is waited for, in the thread that asks for it, and may raise.
    """
    waiting: queue.Queue[Item | _Raised[Item] | None] = queue.Queue(count)
    stopped = threading.Event()

    def put(item: Item | _Raised[Item] | None) -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def run() -> None:
        try:
            items = source(stopped.is_set)
            with closing(items):  # type: ignore[type-var]
                for item in items:
                    if not put(item):
                        return
            put(None)
        except BaseException as error:
            put(_Raised(error))

    def items() -> Iterator[Item]:
        while True:
            try:
                item = waiting.get(timeout=_LOOK)
            except queue.Empty:
                on_wait()
                continue
            if item is None:
                return
            if isinstance(item, _Raised):
                raise item.error
            yield item

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield items()
    finally:
        stopped.set()
        thread.join()
