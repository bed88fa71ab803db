"""What a newcomer does first: build and install the package, and run `make demo`."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
FROM_NPM = Path("src", "photochrom", "web", "static", "onnxruntime")  # what `make onnxruntime-web` has made, if it has


def run(*command: object, cwd: Path, **environment: str) -> str:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=600,
        # pip would compile every installed module, which takes longer than all that is tested here.
        env={**os.environ, "PATH": path, "OMP_NUM_THREADS": "1", "PIP_NO_COMPILE": "1", **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What a fresh clone would hold, with uncommitted changes."""
    target = tmp_path / "tree"
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    if (ROOT / FROM_NPM).is_dir():
        shutil.copytree(ROOT / FROM_NPM, target / FROM_NPM)
    return target


def test_the_wheel_that_is_built_from_the_source_archive_works(tree: Path, tmp_path: Path):
    run(BIN / "python", "-m", "build", "--no-isolation", cwd=tree)
    (wheel,) = (tree / "dist").glob("*.whl")
    (archive,) = (tree / "dist").glob("*.tar.gz")
    run(BIN / "twine", "check", "--strict", wheel, archive, cwd=tree)
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"photochrom/py.typed", "photochrom/models/default.onnx", "photochrom/models/default.md"} <= names
    assert {"photochrom/web/static/index.html", "photochrom/web/static/examples/sunset.jpg"} <= names
    from_npm = {"ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm.gz", "LICENSE", "ThirdPartyNotices.txt"}
    if (ROOT / FROM_NPM).is_dir() or os.environ.get("PHOTOCHROM_REQUIRE_PROGRAMS"):
        assert {f"photochrom/web/static/onnxruntime/{name}" for name in from_npm} <= names
    with tarfile.open(archive) as members:
        assert {"src", "README.md", "LICENSE"} <= {name.split("/")[1] for name in members.getnames()}
    run(BIN / "python", "-m", "pip", "install", "-q", "--no-deps", "--target", "installed", wheel, cwd=tmp_path)
    command = "import photochrom; print(photochrom.__file__); from photochrom.cli import main; main()"
    said = run(
        sys.executable, "-P", "-c", command, "colorize", ROOT / "examples", "-o", "colored",
        cwd=tmp_path, PYTHONPATH=str(tmp_path / "installed"),
    )  # fmt: skip
    assert str(tmp_path / "installed") in said
    originals = [path.name for path in (ROOT / "examples").iterdir() if path.suffix != ".md"]
    assert sorted(path.name for path in (tmp_path / "colored").iterdir()) == sorted(originals)


def test_make_demo_colors_the_examples_in_an_environment_without_torch(tree: Path):
    said = run("make", "demo", cwd=tree)
    assert "demo/sheet.png" in said
    assert ".venv/bin/photochrom" in said
    with Image.open(tree / "demo" / "sheet.png") as sheet:
        assert sheet.width > 600
    with Image.open(tree / "demo" / "sunset.jpg") as result:
        assert result.mode == "RGB"
    assert "torch" not in run(tree / ".venv" / "bin" / "python", "-m", "pip", "list", cwd=tree)
