"""An iterator that works ahead in a thread of its own, while what it gave is used."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Generic, TypeVar

Item = TypeVar("Item")


class _Raised(Generic[Item]):
    def __init__(self, error: BaseException) -> None:
        self.error = error


@contextmanager
def ahead(source: Callable[[], Iterator[Item]], count: int) -> Iterator[Iterator[Item]]:
    """The items of ``source``, of which ``count`` at most wait; the thread ends with the block."""
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
            items = source()
            with closing(items):  # type: ignore[type-var]
                for item in items:
                    if not put(item):
                        return
            put(None)
        except BaseException as error:
            put(_Raised(error))

    def items() -> Iterator[Item]:
        while (item := waiting.get()) is not None:
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
