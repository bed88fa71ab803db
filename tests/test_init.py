import ast
import importlib.metadata
import pydoc
import subprocess
import sys
import typing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import photochrom
from photochrom import Colorizer, Hints, ModelError, PhotochromError, PhotoError, colorize
from photochrom.colorizer import Encoded
from photochrom.model import Model

NAMES = {"np": np, "Image": Image, "Path": Path, "Model": Model, "Encoded": Encoded, "Hints": Hints}
PACKAGE = Path(photochrom.__file__).parent
USING_HALF = sorted(path for path in PACKAGE.rglob("*.py") if "training" not in path.relative_to(PACKAGE).parts)


def python(script, *args):
    ran = subprocess.run([sys.executable, "-c", script, *map(str, args)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def test_importing_loads_nothing_heavy():
    loaded = python("import photochrom, sys; print(*sys.modules)")
    assert not {"numpy", "PIL", "onnxruntime", "onnx", "torch", "rich", "cyclopts"} & set(loaded)


def test_all_that_is_promised_is_there():
    loaded = python("from photochrom import *; print(*sorted(globals()))")
    assert set(photochrom.__all__) - {"__version__"} <= set(loaded)
    for name in photochrom.__all__:
        assert getattr(photochrom, name) is not None


def test_other_names_are_missing():
    with pytest.raises(AttributeError, match=r"'photochrom' has no attribute 'colourize'"):
        photochrom.colourize  # noqa: B018


def test_the_version_is_the_packages():
    assert photochrom.__version__ == importlib.metadata.version("photochrom")


def test_all_errors_have_one_base():
    assert issubclass(ModelError, PhotochromError)
    assert issubclass(PhotoError, PhotochromError)


def test_colorize_is_the_colorizer(strong, camera):
    expected = Colorizer(strong, size=32, saturation=0.5, warmth=0.5).colorize(camera)
    assert (colorize(camera, strong, size=32, saturation=0.5, warmth=0.5) == expected).all()
    assert (colorize(camera, strong) != expected).any()


def test_colorize_takes_the_default_model(camera):
    assert (colorize(camera) == Colorizer("default").colorize(camera)).all()


def test_colorizing_needs_nothing_of_the_training_half(strong, source, tmp_path):
    script = """
import sys
for name in ("torch", "lightning_fabric", "onnx", "onnxscript", "yaml", "scipy", "skimage", "photochrom.training"):
    sys.modules[name] = None  # importing it fails
from photochrom import Colorizer
Colorizer(sys.argv[1]).colorize_file(sys.argv[2], sys.argv[3])
"""
    python(script, strong, source, tmp_path / "new.png")
    assert (tmp_path / "new.png").exists()


def test_only_color_knows_torch_and_only_the_command_line_the_training_half():
    assert len(USING_HALF) > 8
    imports = {path.relative_to(PACKAGE).as_posix(): set(imported(path)) for path in USING_HALF}
    assert {name for name, modules in imports.items() if "torch" in modules} == {"color.py"}
    of_training = {
        name for name, modules in imports.items() if any(m.startswith("photochrom.training") for m in modules)
    }
    assert of_training == {"cli/training.py", "cli/measuring.py", "cli/listing.py"}
    heavy = {"lightning_fabric", "onnx", "onnxscript", "yaml", "scipy", "skimage"}
    assert not [name for name, modules in imports.items() if modules & heavy]


def imported(path):
    """Every module that ``path`` imports anywhere, the first part of each of others' names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
        else:
            continue
        yield from (name if name.startswith("photochrom") else name.split(".")[0] for name in names)


def test_colorize_promises_what_comes_out_for_what_comes_in():
    array, picture = typing.get_overloads(colorize)
    assert typing.get_type_hints(array, NAMES)["image"] is typing.get_type_hints(array, NAMES)["return"] is np.ndarray
    hints = typing.get_type_hints(picture, NAMES)
    assert hints["image"] == Image.Image | Encoded
    assert hints["return"] is Image.Image
    assert typing.Any not in hints.values()


def test_help_shows_the_colorizer():
    shown = pydoc.plain(pydoc.render_doc(photochrom))
    assert "class Colorizer(" in shown
    assert "class Encoding(" in shown
    assert "colorize(image" in shown


def test_a_file_object_is_colored_at_once(strong, source, camera):
    with source.open("rb") as file:
        assert (np.asarray(colorize(file, strong)) == colorize(camera, strong)).all()


def test_the_package_is_typed():
    assert (Path(photochrom.__file__).parent / "py.typed").is_file()


def test_arrays_and_pictures_work_without_a_file(strong):
    assert colorize(np.full((5, 4), 0.5, np.float32), strong).shape == (5, 4, 3)
