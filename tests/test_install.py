"""What a newcomer does first: build and install the package, and run `make demo`."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
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
