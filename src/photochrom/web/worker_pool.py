"""How many requests are let in at once, and the pool of workers that does their work in time."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class BusyError(Exception):
    """No room for another request at the moment."""


class OverdueError(Exception):
    """The work took longer than it may."""


@dataclass(frozen=True)
class Done(Generic[T]):
    """A result, the seconds that its request waited for a worker, and those that the work took."""

    value: T
    waited: float
    worked: float


class WorkerPool:
    """Lets in ``workers + queue`` requests and runs their work, ``workers`` at a time, for ``seconds`` at most.

    Lives in one event loop. Work that is overdue cannot be stopped, so it keeps its place until it ends: however
    slow the photographs are, no more than this many are ever in memory.
    """

    def __init__(self, workers: int, queue: int, seconds: float) -> None:
        self.seconds = seconds
        self.inside = 0
        self._room = workers + queue
        self._workers = workers
        self._pool: ThreadPoolExecutor | None = None

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """A place inside for the length of the block. Raises `BusyError` if there is none."""
        if self.inside >= self._room:
            raise BusyError
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    async def run(self, work: Callable[[], T]) -> Done[T]:
        """Do ``work`` in a worker. Raises what it raises, and `OverdueError`."""
        asked = time.monotonic()

        def timed() -> Done[T]:
            begun = time.monotonic()
            value = work()
            return Done(value, begun - asked, time.monotonic() - begun)

        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="colorize")
        future = self._pool.submit(timed)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self.seconds)
        except TimeoutError:
            if future.done() and not future.cancelled():
                raise  # the work's own
            raise OverdueError from None
        finally:
            if not future.cancel() and not future.done():
                self._keep_place(future)

    def close(self) -> None:
        """Wait until all work has ended. The pool can be used again."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _keep_place(self, future: Future[Any]) -> None:
        loop = asyncio.get_running_loop()
        self.inside += 1

        def leave() -> None:
            self.inside -= 1

        def ended(_: object) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(leave)

        future.add_done_callback(ended)
