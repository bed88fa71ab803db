"""The Dockerfile names what is there: extras, a route, the command, its files. `make lint` runs hadolint on it."""

import json
import re
import shlex
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from photochrom.web.app import create
from photochrom.web.settings import Settings

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
OTHER_EXTRAS = {"train", "pretrained", "openvino", "docs", "dev"}  # what an image that colors on a CPU has no use for


def instruction(pattern: str) -> str:
    """What the only line of the Dockerfile that ``pattern`` begins says after it."""
    (found,) = re.findall(rf"^\s*{pattern}\s*(.+)$", DOCKERFILE, re.MULTILINE)
    return found


def test_it_installs_every_extra_that_colors():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(instruction("ARG EXTRAS=").split(",")) == project["optional-dependencies"].keys() - OTHER_EXTRAS


def test_what_it_copies_is_all_that_the_context_holds():
    *copied, _ = shlex.split(instruction("COPY (?!--from)"))
    ignored = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    assert ignored == ["*", *(f"!{name}" for name in copied)]


def test_its_health_check_asks_a_route_that_answers():
    path = re.search(r"http://127\.0\.0\.1:8000(/\w+)", instruction("HEALTHCHECK"))
    assert path
    with TestClient(create(Settings(token="not a secret")), base_url="http://127.0.0.1:8000") as client:
        assert client.get(path[1]).status_code == 200


def test_its_command_starts_no_server_that_anybody_may_use(
    main: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.delenv("PHOTOCHROM_TOKEN", raising=False)
    name, *others = json.loads(instruction("ENTRYPOINT"))
    assert (name, others) == ("photochrom", [])
    assert main(*json.loads(instruction('CMD (?=\\["serve)'))) == 2
    assert "can be reached from other machines: choose a secret" in capsys.readouterr().err
