"""Ray Data, which brings jobs to workers: on this machine, or on a cluster."""

import logging
import os
import signal
import socket
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import ray
import ray.data
from ray.data import ActorPoolStrategy, DataContext
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from photochrom.bulk.request import Order
from photochrom.bulk.stage import Stage
from photochrom.errors import EngineError, UsageError
from photochrom.version import __version__

# Half a CPU each, for one worker a CPU: so those of a machine that is lost find room on the machines that are left, and
# whatever else a pipeline has to do finds some, too. A pool that holds every CPU makes all else wait for ever.
SHARE = 0.5
_LEVEL = "RAY_BACKEND_LOG_LEVEL"
_ROWS = 64  # jobs of a block at most: what is given to a worker at a time
_LOST = (ray.exceptions.TaskUnschedulableError, ray.exceptions.GetTimeoutError, ray.exceptions.WorkerCrashedError)
_AHEAD = 8  # blocks for each worker at least, so that all end at about the same time
_BATCH = 8  # jobs of a call, whose rows of the report come together
_OUTCOMES = 2_000  # bytes of a block of such rows: those of one call
# So glibc gives back what was freed. Without, a worker keeps three times of what it uses: every thread of Ray that
# allocates gets memory of its own, and large arrays are soon no longer mapped by themselves.
_MALLOC = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": str(32 << 20), "MALLOC_MMAP_THRESHOLD_": str(4 << 20)}


class Begun:
    """The ledger of what was begun, an actor beside the driver; see `photochrom.bulk.stage.Ledger`."""

    def __init__(self) -> None:
        self._begun: dict[str, int] = {}

    def begin(self, source: str) -> int:
        """How often ``source`` has been begun before, and not ended."""
        before = self._begun.get(source, 0)
        self._begun[source] = before + 1
        return before

    def end(self, source: str) -> None:
        """``source`` killed nobody."""
        self._begun.pop(source, None)


@dataclass(frozen=True)
class RemoteLedger:
    """The same for workers, wherever they are. Where the actor itself is lost, nothing was begun."""

    actor: Any

    def begin(self, source: str) -> int:
        """How often ``source`` has been begun before, and not ended."""
        with suppress(ray.exceptions.RayError):
            return int(ray.get(self.actor.begin.remote(source)))
        return 0

    def end(self, source: str) -> None:
        """``source`` killed nobody. Nobody waits for this to be known: an actor hears one caller in order."""
        with suppress(ray.exceptions.RayError):
            self.actor.end.remote(source)


@contextmanager
def cluster(address: str | None) -> Iterator[None]:
    """Ray, in the block: the cluster at ``address``, or one of this machine alone, which ends with the block.

    Raises `UsageError` where there is none, or its machines have another Photochrom.
    """
    if ray.is_initialized():
        yield
        return
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address:
        _refuse_unreachable(address)
    else:
        options |= {"include_dashboard": False, "num_cpus": len(os.sched_getaffinity(0))}
    before = signal.getsignal(signal.SIGTERM)
    try:
        with _quiet():
            ray.init(address=address or "local", **options)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        told = " ".join(str(error).split())[:200]
        raise UsageError(f"{address or 'this machine'}: Ray cannot be reached or started ({told})") from None
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, before)  # Ray's own handler aborts the process
    try:
        _refuse_other_versions()
        yield
    finally:
        ray.shutdown()


@contextmanager
def _quiet() -> Iterator[None]:
    """In the block, Ray prints no lines of its own: they are about what is retried or taken care of here."""
    before = os.environ.get(_LEVEL)
    os.environ[_LEVEL] = before or "fatal"
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)  # Ray's library writes there itself, also that it took over the level
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
        if before is None:
            del os.environ[_LEVEL]


def cpus() -> int:
    """How many CPUs the cluster has."""
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def work(jobs: Sequence[pa.Table], order: Order, workers: int) -> Iterator[pa.Table]:
    """Rows of the report for ``jobs``, as they are done by so many ``workers``."""
    actor = ray.remote(num_cpus=0, max_restarts=-1)(Begun).options(scheduling_strategy=_here()).remote()
    rows = max(1, min(_ROWS, sum(some.num_rows for some in jobs) // (_AHEAD * workers)))
    blocks = [some.slice(start, rows) for some in jobs for start in range(0, some.num_rows, rows)]
    with _context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="ray")  # advice about blocks, which have been thought about
        dataset = ray.data.from_blocks(blocks).map_batches(
            Stage,
            fn_constructor_args=(order, RemoteLedger(actor)),
            batch_size=_BATCH,
            batch_format="pyarrow",
            compute=ActorPoolStrategy(size=min(workers, len(blocks)), max_tasks_in_flight_per_actor=2),
            num_cpus=SHARE,
            runtime_env={"env_vars": _MALLOC},
        )
        try:
            yield from dataset.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0)
        except ray.exceptions.RayError as error:
            told = " ".join(str(error).split())[-300:]
            raise EngineError(f"Ray gave up ({told}); run it again, and it goes on from here") from None


@contextmanager
def _context() -> Iterator[None]:
    """Ray Data set so that outcomes come soon, and without bars and lines of its own."""
    context, logger = DataContext.get_current(), logging.getLogger("ray.data")
    names = ("target_min_block_size", "target_max_block_size", "enable_progress_bars")
    before, level = [getattr(context, name) for name in names], logger.level
    logger.setLevel(logging.ERROR)
    context.target_min_block_size, context.target_max_block_size = 1, _OUTCOMES
    context.enable_progress_bars = False
    try:
        yield
    finally:
        logger.setLevel(level)
        for name, value in zip(names, before, strict=True):
            setattr(context, name, value)


def _here() -> NodeAffinitySchedulingStrategy:
    return NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)


def _refuse_unreachable(address: str) -> None:
    """Raise `UsageError` where nothing answers at HOST:PORT, which Ray itself finds out after many minutes."""
    if address.startswith("ray://"):
        raise UsageError(f"{address}: this runs on a machine of the cluster; start it there with `ray` auto")
    host, colon, port = address.rpartition(":")
    if not colon:
        return
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except (OSError, ValueError) as error:
        raise UsageError(f"{address}: no Ray answers there ({error}); check the address") from None


def _version() -> str:
    return __version__


def _refuse_other_versions() -> None:
    """Raise `UsageError` for a machine of the cluster without this version of Photochrom."""
    nodes = {node["NodeID"]: node["NodeManagerAddress"] for node in ray.nodes() if node["Alive"]}
    asked = {
        name: ray.remote(num_cpus=0)(_version).options(
            scheduling_strategy=NodeAffinitySchedulingStrategy(name, soft=False)
        ).remote()
        for name in nodes
    }  # fmt: skip
    for name, answer in asked.items():
        try:
            version = ray.get(answer, timeout=60)
        except _LOST:
            continue  # a machine that was lost, which the cluster has not noticed yet
        except Exception as error:  # what Ray raises where a module is missing differs
            told = " ".join(str(error).split())[-160:]
            raise UsageError(f"{nodes[name]}: has no Photochrom for its Ray workers ({told}); install it") from None
        if version != __version__:
            raise UsageError(f"{nodes[name]}: has Photochrom {version}, and here is {__version__}; install the same")
