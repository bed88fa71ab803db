"""A Ray cluster of two nodes on this machine, whose workers and nodes can be killed."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

os.environ |= {  # before Ray is imported
    "RAY_USAGE_STATS_ENABLED": "0",  # it would tell its makers of its use
    "RAY_raylet_start_wait_time_s": "300",  # on a busy machine
    "RAY_worker_niceness": "0",  # by default, workers have a lower priority than all else, which would count
}

from ray import cluster_utils

OBJECTS = 150_000_000  # bytes of each node's object store
OF_DATA = "MapBatches"  # in the title of a process that works on a stage


@dataclass(frozen=True)
class Process:
    """A process of a node: its number, and its title."""

    pid: int
    title: str

    def kill(self) -> None:
        """End it without a warning."""
        os.kill(self.pid, signal.SIGKILL)

    @property
    def colors(self) -> bool:
        """Whether it is a worker that colors."""
        return OF_DATA in self.title

    @property
    def megabytes(self) -> tuple[float, float]:
        """Its resident memory: what it shares with nobody, and what it does, as files and objects; 0 if it is gone."""
        try:
            _, resident, shared, *_ = map(int, Path(f"/proc/{self.pid}/statm").read_text().split())
        except OSError:
            return 0.0, 0.0
        page = os.sysconf("SC_PAGESIZE") / 1e6
        return (resident - shared) * page, shared * page


class Cluster:
    """Two nodes with addresses on the loopback interface, as a context; ``processors`` is how many each says it has."""

    def __init__(self, folder: Path, processors: int = 2) -> None:
        self._options: dict[str, Any] = {
            "num_cpus": processors,
            "object_store_memory": OBJECTS,
            "node_ip_address": "127.0.0.2",
            "temp_dir": str(folder),
        }
        self._cluster = cluster_utils.Cluster()

    def __enter__(self) -> Self:
        self._cluster.add_node(include_dashboard=False, **self._options)
        self.add_node()
        return self

    def __exit__(self, *error: object) -> None:
        self._cluster.shutdown()

    @property
    def address(self) -> str:
        """Where a driver finds it."""
        return self._cluster.address

    def add_node(self) -> None:
        """Another node, beside the head."""
        self._node = self._cluster.add_node(**self._options)

    def kill_node(self) -> None:
        """End the node that was added last, with its object store; its workers end when they notice."""
        raylet = self._node.all_processes["raylet"][0].process
        raylet.kill()
        self._cluster.remove_node(self._node, allow_graceful=False)

    def workers(self) -> list[Process]:
        """The processes that color, on both nodes."""
        return [process for node in self._nodes() for process in descendants(node) if process.colors]

    def _nodes(self) -> list[int]:
        nodes = self._cluster.list_all_nodes()
        return [node.all_processes["raylet"][0].process.pid for node in nodes if "raylet" in node.all_processes]


def descendants(pid: int) -> list[Process]:
    """A process and all that it started, and these, and so on."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    found, parents = [], {pid}
    while parents:
        found += [Process(int(row[0]), row[2]) for row in rows if len(row) == 3 and int(row[0]) in parents]
        parents = {int(row[0]) for row in rows if int(row[1]) in parents}
    return found
