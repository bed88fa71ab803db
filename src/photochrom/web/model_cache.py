"""The models at hand, each opened once, and their cards."""

import threading
from pathlib import Path

from pydantic import BaseModel, Field

from photochrom.errors import ModelError
from photochrom.model import Model, load
from photochrom.model_files import at_hand
from photochrom.model_metadata import Metadata
from photochrom.web.markdown import to_html
from photochrom.web.refusals import RefusedError

# The package's models that are there to compare six networks, trained alike on few photographs.
STUDY = frozenset({"unet", "unet_plus_plus", "unet_3plus", "linknet", "r2unet", "tristream"})


class Card(BaseModel):
    """A model as the page shows it."""

    name: str
    title: str = ""
    generator: str = ""
    color_space: str = ""
    working_size: int | None = Field(default=None, description="Pixels at which it colors by default.")
    training_set: str = ""
    license: str = ""
    megabytes: float = 0
    study: bool = Field(default=False, description="Whether it is there only to compare networks, not to be used.")
    about: str = Field(default="", description="The model card in Markdown, if there is one.")
    about_html: str = Field(default="", description="The model card as HTML without scripts, styles and pictures.")
    problem: str = Field(default="", description="Why the model cannot be used; empty if it can.")


class ModelCache:
    """Opens each model once, when it is first asked for. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened: dict[Path, Model] = {}

    def get(self, name: str) -> Model:
        """The model ``name``; only names are taken, never paths. Raises `RefusedError`."""
        models = at_hand()
        if name not in models:
            raise RefusedError(422, f"no such model; choose one of {', '.join(sorted(models))}")
        try:
            return self._open(models[name])
        except ModelError as error:
            raise RefusedError(422, _without_path(error, models[name])) from None

    def cards(self) -> list[Card]:
        """Every model at hand, the default one first."""
        models = at_hand()
        return [self._card(name, models[name]) for name in sorted(models, key=lambda name: (name != "default", name))]

    def _open(self, path: Path) -> Model:
        with self._lock:
            if path not in self._opened:
                self._opened[path] = load(path)
            return self._opened[path]

    def _card(self, name: str, path: Path) -> Card:
        try:
            return card(name, path, self._open(path).metadata)
        except ModelError as error:
            return Card(name=name, problem=_without_path(error, path))


def card(name: str, path: Path, said: Metadata) -> Card:
    """The card of the model ``name`` in the file ``path``, beside which there may be one in Markdown."""
    file = path.with_suffix(".md")
    about = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    return Card(
        name=name,
        title=said.title,
        generator=said.generator,
        color_space=said.color_space,
        working_size=int(said.working_size),
        training_set=said.training_set,
        license=said.license,
        megabytes=round(path.stat().st_size / 1e6, 1),
        study=name in STUDY,
        about=about,
        about_html=to_html(about),
    )


def _without_path(error: ModelError, path: Path) -> str:
    """The message of ``error`` without the model's path, which is nothing for clients to know."""
    return str(error).replace(str(path), path.stem)
