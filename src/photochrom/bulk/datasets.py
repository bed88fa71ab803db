"""Photographs in a pipeline of Ray Data that is somebody's own: bytes in, bytes out."""

from pathlib import Path
from typing import Any

import pyarrow as pa
from ray.data import ActorPoolStrategy, Dataset

from photochrom.batch.finding import ending, format_of
from photochrom.batch.hint_files import together
from photochrom.batch.naming import suffix_of
from photochrom.batch.request import Request
from photochrom.bulk import engine
from photochrom.bulk.coloring import Colored
from photochrom.bulk.manner import Manner
from photochrom.errors import UsageError
from photochrom.photos import formats

_BATCH = 4  # photographs, which are in memory with their results


def colorize_dataset(
    dataset: Dataset, *, content: str = "bytes", path: str = "path", workers: int | None = None, **options: Any
) -> Dataset:
    """Color the photographs in the column ``content`` of ``dataset``, lazily; as `ray.data.read_binary_files` gives it.

    Returns the rows with more columns: ``result`` is the file in color, or null; ``suffix`` how its name should end, by
    the name in the column ``path`` and the photograph; ``outcome`` what became of it, such as "colorized" or "failed";
    ``reason`` why, in one line; ``notes`` what could not be kept of it, a line each. No photograph raises.

    ``options`` are the fields of `photochrom.batch.request.Request` that say how one photograph is colored, such as
    ``models=["own.onnx"]``, ``saturation=1.3``, ``format="png"`` or ``skip_color=True``. ``workers`` photographs are
    colored at once, by default one a CPU; each takes half a CPU of Ray's, so that whatever feeds them finds one, too.
    Raises `UsageError`.
    """
    how = Request(**options)
    if len(how.models) != 1 or how.answers > 1 or how.hints is not None or how.compare or how.sheet:
        raise UsageError("a dataset is colored by one model, without `hints`, `answers`, `compare` and `sheet`")
    return dataset.map_batches(
        DatasetStage,
        fn_constructor_args=(Manner.of(how), content, path),
        batch_size=_BATCH,
        batch_format="pyarrow",
        compute=ActorPoolStrategy(size=workers or engine.cpus()),
        num_cpus=engine.SHARE,
    )


class DatasetStage:
    """The stage that `colorize_dataset` adds: an ordinary class, which holds one session of ONNX Runtime."""

    def __init__(self, manner: Manner, content: str = "bytes", path: str = "path") -> None:
        self._coloring, self._content, self._path = manner.open(), content, path

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Rows with photographs → the same rows with what became of these."""
        contents = batch[self._content].to_pylist()
        names = batch[self._path].to_pylist() if self._path in batch.column_names else [""] * len(contents)
        suffixes = [self._suffix(content, name) for content, name in zip(contents, names, strict=True)]
        made = [self._colored(*row) for row in zip(contents, names, suffixes, strict=True)]
        columns = {
            "result": pa.array([one.content or None for one in made], pa.large_binary()),
            "suffix": pa.array(suffixes, pa.string()),
            "outcome": pa.array([one.outcome.value for one in made], pa.string()),
            "reason": pa.array([one.reason for one in made], pa.string()),
            "notes": pa.array(["\n".join(one.notes) for one in made], pa.string()),
        }
        for name, column in columns.items():
            batch = batch.append_column(name, column)
        return batch

    def _colored(self, content: bytes, name: str, suffix: str) -> Colored:
        name = name or "the photograph"
        return self._coloring.colored(content or b"", name, suffix, name, together(self._coloring.shared))

    def _suffix(self, content: bytes, name: str) -> str:
        if self._coloring.how.suffix:
            return self._coloring.how.suffix
        path = Path(name or "photograph")
        kind = format_of(path, lambda size: content if size < 0 else content[:size])
        if ending(path):
            return suffix_of(path, kind)
        return formats.result_suffix(kind) if kind else ""
