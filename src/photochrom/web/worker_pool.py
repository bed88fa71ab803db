"""A pool of workers that accepts a limited number of requests and gives each a limited time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_LOOK = 0.2  # seconds between two looks at whether anybody still waits for the work


class BusyError(Exception):
    """The pool accepts no other request at the moment."""


class OverdueError(Exception):
    """The work took longer than allowed."""


class GoneError(Exception):
    """Nobody waits for the work any more."""


@dataclass(frozen=True)
class Done(Generic[T]):
    """A result, the seconds that its request waited for a worker, and those that the work took."""

    value: T
    waited: float
    worked: float


class WorkerPool:
    """Accepts ``workers + queue`` requests and runs their work, ``workers`` at a time, for at most ``seconds`` each.

    Use it in one event loop. Overdue work cannot be stopped, so it counts as active until it ends. Therefore memory
    never holds more photographs than this, however slow they are.
    """

    def __init__(self, workers: int, queue: int, seconds: float) -> None:
        self.seconds = seconds
        self.active = 0
        self._capacity = workers + queue
        self._workers = workers
        self._pool: ThreadPoolExecutor | None = None

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Count as active for the length of the block. Raises `BusyError` if too many are."""
        if self.active >= self._capacity:
            raise BusyError
        self.active += 1
        try:
            yield
        finally:
            self.active -= 1

    async def run(self, work: Callable[[], T], is_gone: Callable[[], Awaitable[bool]] | None = None) -> Done[T]:
        """Do ``work`` in a worker. Raises its exceptions, and `OverdueError`.

        ``is_gone`` says whether whoever asked has left. Work that has not begun by then never does, and `GoneError` is
        raised: a page that asks at every click takes back what is stale.
        """
        asked = time.monotonic()

        def timed() -> Done[T]:
            begun = time.monotonic()
            value = work()
            return Done(value, begun - asked, time.monotonic() - begun)

        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="colorize")
        future = self._pool.submit(timed)
        try:
            return await asyncio.wait_for(_unless_gone(asyncio.wrap_future(future), is_gone), self.seconds)
        except TimeoutError:
            if future.done() and not future.cancelled():
                raise  # the work itself raised it
            raise OverdueError from None
        finally:
            if not future.cancel() and not future.done():
                self._count_until_done(future)

    def close(self) -> None:
        """Wait until all work has ended. The pool can be used again."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _count_until_done(self, future: Future[Any]) -> None:
        loop = asyncio.get_running_loop()
        self.active += 1

        def leave() -> None:
            self.active -= 1

        def ended(_: object) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(leave)

        future.add_done_callback(ended)


async def _unless_gone(work: "asyncio.Future[T]", is_gone: Callable[[], Awaitable[bool]] | None) -> T:
    """The result of ``work``. Raises `GoneError`."""
    while is_gone:
        await asyncio.wait({work}, timeout=_LOOK)
        if work.done():
            break
        if await is_gone():
            raise GoneError
    return await work
