"""The films that are with the server: waiting, worked on, done. Each has a folder, which goes when it does."""

import asyncio
import secrets
import shutil
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from tempfile import mkdtemp

from photochrom.web.films.limits import without_films
from photochrom.web.films.orders import Failed, Made, Moved, Order, Told, from_line, to_line
from photochrom.web.refusals import RefusedError
from photochrom.web.settings import FilmSettings
from photochrom.web.worker_pool import BusyError

_COMMAND = sys.executable, "-m", "photochrom.web.films.worker"
_SWEEP = 1.0  # seconds between two looks at who is still asked for
_KILLED = "the server could not color this film to its end; it may need more memory than there is"
_NO_SPACE = "the server has no space for films at the moment; try again later"


class State(StrEnum):
    """How far a film is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass
class Job:
    """A film that is with the server, in a ``folder`` of its own, of so many ``bytes`` at first.

    ``name`` is what its result is to be called, and ``luma`` what its luma is of red, green and blue.
    """

    id: str
    folder: Path
    name: str
    bytes: int
    luma: tuple[float, float, float]
    order: Order
    state: State = State.WAITING
    moved: Moved = field(default_factory=lambda: Moved(0, 0, 0))
    notes: list[str] = field(default_factory=list)
    detail: str = ""
    began: float = 0.0
    """When the work began."""
    asked: float = field(default_factory=time.monotonic)
    """When somebody last asked for it."""
    delivered: bool = False
    """Whether somebody has the result."""
    task: "asyncio.Task[None] | None" = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in (State.DONE, State.FAILED)

    @property
    def result(self) -> Path:
        """Where the result is, or will be."""
        return Path(self.order.target)

    def has_been_sent(self) -> None:
        """Somebody has the result now, or a part of it."""
        self.delivered, self.asked = True, time.monotonic()

    def rate(self) -> float:
        """Frames a second since the work began. A frame is looked at, and then made: each counts as half of it."""
        seconds = time.monotonic() - self.began
        return (self.moved.seen + self.moved.done) / 2 / seconds if self.state is State.WORKING and seconds else 0.0

    def left(self) -> float | None:
        """How many seconds the work will take yet; None where nothing says it."""
        rate, total = self.rate(), self.moved.total
        if not rate or not total:
            return None
        return max(0.0, total - (self.moved.seen + self.moved.done) / 2) / rate


class Films:
    """Accepts a limited number of films, and has each colored by a process, a few at a time. For one event loop."""

    def __init__(self, settings: FilmSettings) -> None:
        self.settings = settings
        self.jobs: dict[str, Job] = {}
        self.on_end: Callable[[Job, Made | Failed], None] = lambda job, told: None
        self._receiving = 0
        self._turn = asyncio.Semaphore(max(1, settings.at_once))
        self._root: Path | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Look after the films in the block; at its end, all are given up, and nothing is left of them."""
        sweeping = asyncio.create_task(self._sweep())
        try:
            yield
        finally:
            sweeping.cancel()
            await asyncio.gather(*(self.remove(job) for job in list(self.jobs.values())))
            if self._root is not None:
                shutil.rmtree(self._root, ignore_errors=True)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Have a place for one more film while it is received. Raises `BusyError`, and `RefusedError`."""
        if problem := without_films(self.settings):
            raise RefusedError(501, problem)
        places = self.settings.at_once + self.settings.queue
        if self._receiving + len(self.jobs) >= places and not self._make_room():
            raise BusyError
        self._receiving += 1
        try:
            yield
        finally:
            self._receiving -= 1

    def folder(self) -> Path:
        """A new folder for a film, which `remove` removes. Raises `RefusedError` where the disk is too full."""
        if self._root is None:
            self._root = Path(mkdtemp(prefix="photochrom-films-"))
        if shutil.disk_usage(self._root).free < self.settings.max_bytes + 2 * self.settings.max_result:
            raise RefusedError(507, _NO_SPACE)
        return Path(mkdtemp(dir=self._root))

    def discard(self, folder: Path) -> None:
        """Remove a folder of which no film has come."""
        shutil.rmtree(folder, ignore_errors=True)

    def begin(self, folder: Path, name: str, luma: tuple[float, float, float], order: Order) -> Job:
        """Have a film colored, when it is its turn."""
        job = Job(secrets.token_urlsafe(16), folder, name, _size(folder), luma, order)
        job.moved = Moved(0, order.total, 0)
        self.jobs[job.id] = job
        job.task = asyncio.create_task(self._run(job))
        return job

    def get(self, id: str) -> Job:
        """The film of that id, of which somebody asks. Raises `RefusedError`."""
        job = self.jobs.get(id)
        if job is None:
            raise RefusedError(404, "no such film; it was removed, or nobody asked for it for too long. Send it again")
        job.asked = time.monotonic()
        return job

    def before(self, job: Job) -> int:
        """How many films have to be done before it is its turn."""
        if job.state is not State.WAITING:
            return 0
        older = list(self.jobs.values())
        return sum(not other.is_over for other in older[: older.index(job)])

    async def remove(self, job: Job) -> None:
        """Give a film up, and leave nothing of it."""
        self.jobs.pop(job.id, None)
        if job.task is not None:
            job.task.cancel()
            await asyncio.wait({job.task})
        await asyncio.to_thread(shutil.rmtree, job.folder, ignore_errors=True)

    async def _run(self, job: Job) -> None:
        async with self._turn:
            job.state, job.began = State.WORKING, time.monotonic()
            try:
                told = await self._color(job)
            except OSError as error:
                told = Failed(_KILLED, str(error))  # no process can be started
        if isinstance(told, Made):
            job.notes, job.state = told.notes, State.DONE
        else:
            job.detail, job.state = told.detail, State.FAILED
            await asyncio.to_thread(shutil.rmtree, job.folder, ignore_errors=True)
        self.on_end(job, told)

    async def _color(self, job: Job) -> Made | Failed:
        """Have a process color a film, which is ended if this is."""
        process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(to_line(job.order))
            with suppress(ConnectionError):  # it has ended already
                await process.stdin.drain()
            async for line in process.stdout:
                told: Told = from_line(line)
                if not isinstance(told, Moved):
                    await process.wait()
                    return told
                job.moved = told
                if _size(job.folder) - job.bytes > self.settings.max_result:
                    return Failed(_too_large(self.settings.max_result))
            return Failed(_KILLED)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _make_room(self) -> bool:
        """Remove the result that has been delivered longest ago, if there is one."""
        over = [job for job in self.jobs.values() if job.state is State.FAILED or job.delivered]
        if not over:
            return False
        oldest = min(over, key=lambda job: job.asked)
        del self.jobs[oldest.id]
        shutil.rmtree(oldest.folder, ignore_errors=True)
        return True

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP)
            now = time.monotonic()
            for job in list(self.jobs.values()):
                if now - job.asked > (self.settings.kept if job.is_over else self.settings.unasked):
                    await self.remove(job)


def _size(folder: Path) -> int:
    """The bytes of all files below ``folder``, some of which may just be going."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size
    return total


def _too_large(limit: int) -> str:
    return (
        f"the result would have more than {limit / 1e6:,.0f} MB; choose a larger crf, or color it with the command line"
    )
