"""Every command and every Python block in the pages runs, and what the pages name exists."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import pytest
import torch
import yaml
from PIL import Image
from skimage import data

from photochrom import __version__

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
LISTS = [
    "recipes/README.md",
    *(f"docs/results/{name}.md" for name in ("README", "ablations", "answers", "hints", "objective")),
]
ELSEWHERE = {  # commands that need what not every test may have
    "site": "ONNX Runtime for browsers, which comes from npm; tests/web/test_site.py asks for it",
    "lpips-weights": "two files of 233 MB in all; tests/training/test_lpips_weights.py gives it small ones",
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def blocks(page: str, language: str) -> list[str]:
    """The code of ``page`` in ``language``; in a list, too, where it is indented."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


def commands(page: str) -> list[str]:
    lines = [line for code in blocks(page, "sh") for line in code.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a newcomer has: the recipes, here with two epochs each, and photographs of their own, all small."""
    folder = tmp_path_factory.mktemp("newcomer")
    shutil.copytree(ROOT / "recipes", folder / "recipes")
    for recipe in folder.glob("recipes/*.yaml"):
        text, number = re.subn(r"^( *epochs): .*", r"\1: 2", recipe.read_text("utf-8"), flags=re.MULTILINE)
        assert number or "extends:" in text, recipe
        recipe.write_text(text)
    for name in ("docs", "examples", "my-photos", "other-photos", "old-photos"):
        (folder / name).mkdir()
    for name in ("astronaut", "coffee", "chelsea", "rocket"):
        picture = Image.fromarray(getattr(data, name)()).convert("RGB")
        for index in range(3):
            part = picture.crop((index * 40, 0, index * 40 + 300, 300)).resize((128, 128))
            part.save(folder / "my-photos" / f"{name}-{index}.jpg")
        part.save(folder / "other-photos" / f"{name}.jpg")
        for place in ("old-photos", "examples"):
            picture.convert("L").resize((64, 48)).save(folder / place / f"{name}.jpg")
    shutil.copy(folder / "old-photos" / "coffee.jpg", folder / "old.jpg")
    _write_film(folder / "old.mp4")
    (folder / "films").mkdir()
    shutil.copy(folder / "old.mp4", folder / "films" / "one.mp4")
    (folder / "known").mkdir()
    (folder / "known" / "2.hints.json").write_text(blocks("docs/colorize.md", "json")[0])
    (folder / "album").mkdir()
    shutil.copy(folder / "old.jpg", folder / "album" / "p13.jpg")
    shutil.copy(folder / "my-photos" / "coffee-0.jpg", folder / "album" / "p12-color.jpg")
    (folder / "old.hints.json").write_text(blocks("docs/colorize.md", "json")[0])
    return folder


def _write_film(path: Path) -> None:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in range(4):
            picture = Image.fromarray(data.camera()[8 * index :][:480, :480]).convert("RGB").resize((64, 48))
            out.mux(stream.encode(av.VideoFrame.from_image(picture)))
        out.mux(stream.encode(None))


@pytest.fixture
def newcomer(photographs: Path, tmp_path: Path) -> Path:
    return shutil.copytree(photographs, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def serve(newcomer: Path):
    """Start the server of a page's ``photochrom serve`` at any free port; returns that port."""
    running = []

    def start(*words: str) -> str:
        running.append(subprocess.Popen([BIN / words[0], *words[1:], "--port", "0"], stdout=subprocess.PIPE, text=True))
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", running[-1].stdout.readline())
        assert found
        return found[1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def run(line: str, folder: Path) -> str:
    """What a command prints."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def check_pip(words: Sequence[str]) -> None:
    """What would be installed is this project, with extras that it has, under the constraints where they matter."""
    own = [word for word in words if word.startswith(".")]
    extras = {extra for word in own for extra in re.findall(r"[\w-]+", word)}
    assert extras <= set(PROJECT["optional-dependencies"]), words
    if extras & {"train", "dev", "web"}:
        assert "constraints.txt" in words
    assert not any(word.startswith("photochrom[") for word in words), "nothing is published"


def test_every_command_of_the_pages_runs(newcomer: Path, serve, require_program):
    """One after another, as somebody types them who reads all pages; what comes twice is typed once."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    port = film = ""
    for words in dict.fromkeys(tuple(shlex.split(line, comments=True)) for page in PAGES for line in commands(page)):
        line = shlex.join(words).replace(" '<' ", " < ").replace(" '>' ", " > ")
        match words:
            case ["photochrom", "serve"]:
                port = serve(*words)
            case ["photochrom", command, *_] if command in ELSEWHERE:
                pass
            case ["photochrom", *_]:
                run(line, newcomer)
            case ["curl", *_]:
                require_program("curl")
                # A film takes time: until then, there is no result.
                patience = " --retry 60 --retry-delay 1 --retry-all-errors" if "$ID" in line else ""
                line = line.replace(":8000/", f":{port}/").replace("$ID", film)
                told = run(line.replace("curl ", f"curl --fail --silent{patience} ", 1), newcomer)
                film = next(iter(re.findall(r'"id":"([^"]+)"', told)), film)
            case ["python", script, *rest]:
                run(shlex.join([sys.executable, str(ROOT / script), *rest]), newcomer)
            case ["pip", "install" | "uninstall", *_]:
                check_pip(words)
            case ["torchrun", *_]:
                pass  # tests/training/test_machines.py types these, on two machines at once
            case ["make", target]:
                assert re.search(rf"^{target}:", makefile, re.MULTILINE), line
            case _:
                pytest.fail(f"{line}: no test knows how to run this")


@pytest.mark.parametrize("page", PAGES)
def test_every_python_block_of_a_page_runs(page: str, newcomer: Path):
    for code in blocks(page, "python"):
        run(shlex.join([sys.executable, "-c", code]), newcomer)


def test_the_example_of_a_generator_turns_a_condition_into_a_prediction():
    (code,) = blocks("CONTRIBUTING.md", "python")
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["Pixels"]()(torch.zeros(2, 1, 8, 16)).shape == (2, 2, 8, 16)


@pytest.mark.parametrize("page", PAGES + LISTS)
def test_every_file_that_a_page_links_to_exists(page: str):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / page).read_text(encoding="utf-8")):
        assert (ROOT / page).parent.joinpath(target).exists(), target


def test_the_citation_names_this_version():
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == __version__


def test_the_readme_has_at_most_150_lines():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("page", PAGES + LISTS)
def test_every_block_of_a_page_says_its_language(page: str):
    """A block without a language is a picture; commands in it would not be run."""
    for code in blocks(page, ""):
        assert not re.search(r"^(photochrom|pip|make|curl|python) ", code, re.MULTILINE), code
