"""What a newcomer does first: build and install the package, and run the README's commands."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from skimage import data

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


def run(*command: object, cwd: Path, path: Path = BIN) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=600,
        env={**os.environ, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def copy_of_the_tree(target: Path) -> Path:
    """What a fresh clone would hold, with uncommitted changes."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


def test_the_wheel_works_in_an_empty_environment(tmp_path: Path):
    tree = copy_of_the_tree(tmp_path / "tree")
    run(BIN / "python", "-m", "build", "--wheel", "--outdir", tmp_path, tree, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"photochrom/py.typed", "photochrom/models/default.onnx", "photochrom/models/default.md"} <= names
    assert {"photochrom/web/static/index.html", "photochrom/web/static/examples/sunset.jpg"} <= names
    run(sys.executable, "-m", "venv", tmp_path / "empty", cwd=tmp_path)
    python = tmp_path / "empty" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel, cwd=tmp_path)
    assert "torch" not in run(python, "-m", "pip", "list", cwd=tmp_path)
    run(python.with_name("photochrom"), "colorize", ROOT / "examples", "-o", "colored", cwd=tmp_path)
    originals = [path.name for path in (ROOT / "examples").iterdir() if path.suffix != ".md"]
    assert sorted(path.name for path in (tmp_path / "colored").iterdir()) == sorted(originals)


def test_make_demo(tmp_path: Path):
    tree = copy_of_the_tree(tmp_path / "tree")
    said = run("make", "demo", cwd=tree)
    assert "demo/sheet.png" in said
    with Image.open(tree / "demo" / "sheet.png") as sheet:
        assert sheet.width > 600
    with Image.open(tree / "demo" / "sunset.jpg") as result:
        assert result.mode == "RGB"


def commands(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def newcomer(tmp_path: Path) -> Path:
    """The checkout of somebody who has photographs of their own."""
    for name in ("examples", "recipes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for folder in ("my-photos", "old-photos"):
        (tmp_path / folder).mkdir()
    for name in ("astronaut", "coffee", "chelsea", "rocket"):
        picture = Image.fromarray(getattr(data, name)()).convert("RGB")
        for index in range(5):
            shift = index * 20
            picture.crop((shift, 0, shift + 300, 300)).save(tmp_path / "my-photos" / f"{name}-{index}.jpg")
        picture.convert("L").resize((200, 150)).save(tmp_path / "old-photos" / f"{name}.jpg")
    shutil.copy(tmp_path / "old-photos" / "coffee.jpg", tmp_path / "old.jpg")
    return tmp_path


def test_the_readmes_commands_run(newcomer: Path):
    lines = [line for block in commands("sh") for line in block.splitlines() if line.startswith("photochrom ")]
    assert {line.split()[1] for line in lines} >= {"colorize", "prepare", "train", "export", "models"}
    for line in lines:
        run(BIN / "photochrom", *shlex.split(line, comments=True)[1:], cwd=newcomer)
    assert (newcomer / "my-model.onnx").is_file()
    assert (newcomer / "old-color.jpg").is_file()


def test_the_readmes_python_runs(newcomer: Path):
    blocks = commands("python")
    assert blocks
    for block in blocks:
        run(BIN / "python", "-c", block, cwd=newcomer)


def test_the_readme_installs_as_the_makefile_does():
    assert "make demo" in README
    assert "make test" in README
    assert "pip install -c constraints.txt '.[train]'" in README


def test_pictures_and_files_that_the_readme_names_exist():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
