"""The commands that say what is here: model files, generators, versions, devices."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from photochrom.cli.console import DONE, FAILED, complain, say, table


def models(*, time: Annotated[bool, Parameter(negative=())] = False) -> int:
    """List the model files at hand, and the generators that can be trained, at their default width.

    Parameters
    ----------
    time
        Also run every generator on one 256x256 picture on this machine's CPU.
    """
    from photochrom.model_files import at_hand, closed_folders

    files = at_hand()
    columns = ("name", "title", "generator", "MB", "working size", "license")
    table("Model files", columns, [_described(name, file) for name, file in sorted(files.items())])
    for folder in dict.fromkeys(file.parent for file in files.values()):
        say(f"in {folder}: {', '.join(name for name, file in files.items() if file.parent == folder)}")
    for folder, reason in closed_folders().items():
        complain(f"{folder}: cannot be read ({reason}); check its permissions")
    print()
    try:
        from photochrom.training.costs import costs
    except ModuleNotFoundError:
        print("generators: install the training half to see them")
        return DONE
    heads = ["generator", "parameters, M", "multiply-adds at 256x256, G", "paper"]
    lines = []
    for cost in costs(timed=time):
        line = [cost.name, f"{cost.parameters / 1e6:.2f}", f"{cost.multiply_adds / 1e9:.1f}", cost.paper]
        lines.append((*line[:3], f"{cost.milliseconds:.0f}", line[3]) if time else tuple(line))
    table("Generators", (*heads[:3], *(["ms at 256x256"] if time else []), heads[3]), lines)
    return DONE


def doctor(*, device: str = "auto") -> int:
    """Print what was found and what is used: versions, devices, models, extras.

    Parameters
    ----------
    device
        As `photochrom colorize` takes it; the default model is run there once.
    """
    from photochrom.cli.doctor import NOTHING, findings

    found = list(findings(device))
    table("", ("", ""), found)
    return FAILED if dict(found)["used"].startswith(NOTHING) else DONE


def _described(name: str, file: Path) -> tuple[str, ...]:
    from photochrom.errors import ModelError
    from photochrom.model import load

    try:
        said = load(file).metadata
        megabytes = f"{file.stat().st_size / 1e6:.1f}"
    except (ModelError, OSError) as error:
        return name, str(error), "", "", "", ""
    return name, said.title, said.generator, megabytes, said.working_size, said.license
