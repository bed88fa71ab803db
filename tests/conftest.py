"""What the tests of the using half share: real photographs, tiny models, color profiles."""

import json
import os
import shutil
import signal
import struct
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import skimage
from hypothesis import HealthCheck, settings
from onnx import TensorProto, helper
from PIL import Image

from photochrom import cli
from photochrom.model_metadata import Metadata

# Slow machines are no failure, and fixtures that only name files may be shared by all examples.
settings.register_profile("photochrom", deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
settings.load_profile("photochrom")

PHOTOGRAPHS = Path(skimage.__file__).parent / "data"
METADATA = Metadata(
    title="A test",
    generator="none",
    options="{}",
    color_space="ycbcr",
    working_size="64",
    multiple_of="16",
    training_set="nothing",
    license="CC0-1.0",
    version="0",
    recipe="0" * 64,
)


@pytest.fixture(scope="session")
def require_program():
    """The path of a program of the system; without it a test is skipped, or fails where `.ci/run` has installed it."""

    def require(*names):
        path = next(filter(None, map(shutil.which, names)), None)
        if path is None:
            reason = f"no {names[0]} here: apt-get install {names[0]}"
            (pytest.fail if os.environ.get("PHOTOCHROM_REQUIRE_PROGRAMS") else pytest.skip)(reason)
        return path

    return require


@pytest.fixture(scope="session")
def photographs():
    """Real photographs, uint8 (H, W, 3), small."""
    found = {}
    for name in ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png"):
        with Image.open(PHOTOGRAPHS / name) as image:
            image = image.convert("RGB")
            image.thumbnail((128, 128))
            found[name.split(".")[0]] = np.asarray(image)
    return found


@pytest.fixture(scope="session")
def camera():
    """A real black-and-white photograph, uint8 (72, 96)."""
    with Image.open(PHOTOGRAPHS / "camera.png") as image:
        return np.asarray(image.convert("L").resize((96, 72)))


@pytest.fixture(scope="session")
def coffee(photographs):
    """A real color photograph, uint8 (H, W, 3)."""
    return photographs["coffee"]


@pytest.fixture
def source(tmp_path, camera):
    """A real black-and-white photograph in a file."""
    path = tmp_path / "old.png"
    Image.fromarray(camera).save(path)
    return path


@pytest.fixture(scope="session")
def blend_color():
    """Blend mode Color as W3C's Compositing and Blending Level 1 defines it: below and above (H, W, 3) in [0, 1]."""
    weights = np.array([0.3, 0.59, 0.11])

    def blend(below, above):
        luminosity = (below @ weights)[..., None]
        color = above + luminosity - (above @ weights)[..., None]
        least, most = color.min(-1, keepdims=True), color.max(-1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            up = luminosity + (color - luminosity) * luminosity / (luminosity - least)
            color = np.where(least < 0, up, color)
            down = luminosity + (color - luminosity) * (1 - luminosity) / (most - luminosity)
            return np.where(most > 1, down, color)

    return blend


@pytest.fixture
def main(monkeypatch):
    """Run the whole command line in this process; returns its exit code."""

    def main(*args):
        monkeypatch.setattr(sys, "argv", ["photochrom", *map(str, args)])
        monkeypatch.setattr(signal, "signal", lambda *_: None)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Cyclopts application invoked")  # it suspects a test
            with pytest.raises(SystemExit) as caught:
                cli.main()
        return caught.value.code or 0

    return main


@pytest.fixture(scope="module")
def chromium(require_program):
    """A Chromium without a window; where there is none, the test is skipped."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("PHOTOCHROM_CHROMIUM") or require_program("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def metadata():
    """What the tiny models say of themselves."""
    return METADATA


@pytest.fixture(scope="session")
def save_model():
    """Write an ONNX file of any nodes, with any ends and metadata."""
    return _save_model


def _save_model(path, nodes, constants, props=None, ends=None, **options):
    """Write an ONNX file of ``nodes`` from luma to chroma."""
    luma, chroma = ends or (
        ("luma", TensorProto.FLOAT, ["n", 1, "h", "w"]),
        ("chroma", TensorProto.FLOAT, ["n", 2, "h", "w"]),
    )
    weights = [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(
        nodes, "test", [helper.make_tensor_value_info(*luma)], [helper.make_tensor_value_info(*chroma)], weights
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, METADATA.to_onnx() if props is None else props)
    onnx.save(model, str(path), **options)
    return path


def _save_affine_model(path, factor, offset, **options):
    nodes = [
        helper.make_node("Mul", ["luma", "factor"], ["scaled"]),
        helper.make_node("Add", ["scaled", "offset"], ["chroma"]),
    ]
    constants = {
        "factor": np.array(factor, np.float32).reshape(1, 2, 1, 1),
        "offset": np.array(offset, np.float32).reshape(1, 2, 1, 1),
    }
    return _save_model(path, nodes, constants, **options)


@pytest.fixture(scope="session")
def make_model(tmp_path_factory):
    """Make a model file: chroma = luma × factor + offset, each a pair for Cb and Cr."""

    def make(factor=(0, 0), offset=(0, 0), name="test", **options):
        return _save_affine_model(tmp_path_factory.mktemp("model") / f"{name}.onnx", factor, offset, **options)

    return make


@pytest.fixture(scope="session")
def make_seeing(tmp_path_factory):
    """Make a model file that paints everything in one color, and sees what 32 random filters answer.

    They are of 8 and of 16 pixels a side, and see no flat gray.
    """

    def make(offset=(0, 0), name="seeing"):
        rng, nodes, ends = np.random.default_rng(0), [], {8: "features_8", 16: "features_16"}
        constants = {"zeros": np.zeros((1, 2, 1, 1), np.float32), "offset": np.array(offset, np.float32)[:, None, None]}
        for side, end in ends.items():
            filters = rng.standard_normal((32, 1, side, side)).astype(np.float32)
            constants[f"filters_{side}"] = filters - filters.mean(axis=(2, 3), keepdims=True)
            nodes.append(helper.make_node("Conv", ["luma", f"filters_{side}"], [end], strides=[side, side]))
        nodes += [
            helper.make_node("Mul", ["luma", "zeros"], ["gray"]),
            helper.make_node("Add", ["gray", "offset"], ["chroma"]),
        ]
        told = json.dumps({end: {"scale": side} for side, end in ends.items()})
        path = tmp_path_factory.mktemp("model") / f"{name}.onnx"
        _save_model(path, nodes, constants, replace(METADATA, format="2", outputs=told).to_onnx())
        model = onnx.load(str(path))
        for end in ends.values():
            model.graph.output.append(
                helper.make_tensor_value_info(end, TensorProto.FLOAT, ["n", 32, f"{end}_h", f"{end}_w"])
            )
        onnx.save(model, str(path))
        return path

    return make


@pytest.fixture(scope="session")
def unsure(tmp_path_factory):
    """A model that takes hints, and is sure that dark is gray, but not whether bright is red, green or blue.

    Where a hint is one of these colors, all that is bright takes it.
    """
    centers = np.array([(0, 0), (-0.1, 0.2), (0.2, -0.1), (-0.15, -0.15)], np.float32)
    nodes = [
        helper.make_node("Conv", ["luma", "by_luma", "bias"], ["guess"]),
        helper.make_node("Split", ["hints", "split"], ["colors", "confidence"], axis=1),
        helper.make_node("ReduceSum", ["colors", "plane"], ["color_sum"]),
        helper.make_node("ReduceSum", ["confidence", "plane"], ["confidence_sum"]),
        helper.make_node("Add", ["confidence_sum", "tiny"], ["safe_sum"]),
        helper.make_node("Div", ["color_sum", "safe_sum"], ["known"]),
        helper.make_node("Conv", ["known", "by_hint"], ["told"]),
        helper.make_node("Mul", ["told", "luma"], ["told_here"]),
        helper.make_node("Add", ["guess", "told_here"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["likely"], axis=1),
        helper.make_node("Conv", ["likely", "centers"], ["chroma"]),
    ]
    constants = {
        "by_luma": np.array([-40, 20, 20, 20], np.float32).reshape(4, 1, 1, 1),
        "bias": np.array([30, -10, -10.3, -10.6], np.float32),
        "split": np.array([2, 1]),
        "plane": np.array([2, 3]),
        "tiny": np.array(1e-6, np.float32),
        "by_hint": 200 * centers.reshape(4, 2, 1, 1),
        "centers": centers.T.reshape(2, 4, 1, 1).copy(),
    }
    told = json.dumps({"logits": {"centers": centers.tolist()}})
    path = tmp_path_factory.mktemp("model") / "unsure.onnx"
    _save_model(path, nodes, constants, replace(METADATA, format="2", hints="1", outputs=told).to_onnx())
    model = onnx.load(str(path))
    model.graph.input.append(helper.make_tensor_value_info("hints", TensorProto.FLOAT, ["n", 3, "h", "w"]))
    model.graph.output.append(helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 4, "h", "w"]))
    onnx.save(model, str(path))
    return path


@pytest.fixture(scope="session")
def strong(make_model):
    """A model that paints everything in one color, as strong as chroma can be."""
    return make_model(offset=(-0.5, 0.5), name="strong")


@pytest.fixture(scope="session")
def profiles():
    """ICC profiles: gray stored as linear light, and RGB with wide primaries (P3) and gamma 2.2."""
    white = {b"wtpt": _xyz(0.9642, 1, 0.8249)}
    primaries = {
        b"rXYZ": _xyz(0.5151, 0.2412, -0.0011),
        b"gXYZ": _xyz(0.2920, 0.6922, 0.0419),
        b"bXYZ": _xyz(0.1571, 0.0666, 0.7841),
    }
    curves = {name: _gamma(2.2) for name in (b"rTRC", b"gTRC", b"bTRC")}
    return {
        "gray": _profile(b"GRAY", white | {b"kTRC": _gamma(1)}),
        "wide": _profile(b"RGB ", white | primaries | curves),
    }


def _profile(space, tags):
    body, table, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = struct.pack(">I4xI4s4s4s", start + len(body), 0x02400000, b"mntr", space, b"XYZ ")
    head += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _xyz(0.9642, 1, 0.8249)[8:]
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _gamma(value):
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(value * 256))


def _xyz(*values):
    return b"XYZ " + bytes(4) + b"".join(struct.pack(">i", round(value * 65536)) for value in values)
