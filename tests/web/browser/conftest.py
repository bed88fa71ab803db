"""What the tests of the browser's engine share: its modules run in a real Chromium, and the network here in Python.

So the numbers around the network are compared, and nothing else.
"""

import base64
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import photochrom.web
from photochrom.model import load

_STATIC = Path(photochrom.web.__file__).parent / "static"
_SITE = "http://localhost/"  # which browsers trust as they trust https; no server runs there
# Arrays travel as base64: float32 (..., H, W) become Planes, uint8 (H, W, 4) pixels as ImageData has them.
_WIRE = """async () => {
  const { Planes } = await import("/engines/browser/planes.js");
  const { Model } = await import("/engines/browser/model.js");
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (data) => {
    const view = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    let letters = "";
    for (let at = 0; at < view.length; at += 8192) letters += String.fromCharCode(...view.subarray(at, at + 8192));
    return btoa(letters);
  };
  const received = (value) => {
    if (value?.kind === "pixels") {
      return { data: new Uint8ClampedArray(bytes(value.data).buffer), height: value.shape[0], width: value.shape[1] };
    }
    if (value?.kind === "planes") return new Planes(...value.shape, new Float32Array(bytes(value.data).buffer));
    if (value?.kind === "model") return new Model(value.name, value.metadata, run(value.name));
    return Array.isArray(value) ? value.map(received) : value;
  };
  const sent = (value) => {
    if (value instanceof Planes) {
      return { kind: "planes", shape: [value.count, value.height, value.width], data: text(value.data) };
    }
    if (value?.data instanceof Uint8ClampedArray) {
      return { kind: "pixels", shape: [value.height, value.width, 4], data: text(value.data) };
    }
    return Array.isArray(value) ? value.map(sent) : value;
  };
  const run = (name) => async (inputs, outputs) => {
    const given = Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, sent(value)]));
    const found = await network(name, given, outputs);
    return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, received(value)]));
  };
  globalThis.wire = { received, sent };
}"""


@pytest.fixture(scope="module")
def run(chromium):
    """Run the body of an async JavaScript function with the values that are named, and return what it returns.

    Modules are imported from "/engines/browser/". A `photochrom.model.Model` becomes one there, which asks this one.
    """
    models = {}

    def network(name, inputs, outputs):
        given = {key: _received(value)[None] for key, value in inputs.items()}
        found = models[name].session.run(outputs, given)
        return {key: _sent(value[0]) for key, value in zip(outputs, found, strict=True)}

    page = chromium.new_page()
    page.route(f"{_SITE}**", _answer)
    page.expose_function("network", network)
    page.goto(_SITE)
    page.evaluate(_WIRE)

    def run(body, **values):
        models.update((value.name, value) for value in values.values() if hasattr(value, "metadata"))
        names = ", ".join(values)
        code = f"""async (values) => {{
          const run = async ({{ {names} }}) => {{ {body} }};
          const given = Object.entries(values).map(([key, value]) => [key, wire.received(value)]);
          return wire.sent(await run(Object.fromEntries(given)));
        }}"""
        return _received(page.evaluate(code, {key: _sent(value) for key, value in values.items()}))

    yield run
    page.close()


@pytest.fixture(scope="session")
def default():
    """The embedded default model."""
    return load("default")


@pytest.fixture(scope="session")
def strong_model(strong):
    """A model that paints everything in one color, as strong as chroma can be."""
    return load(strong)


@pytest.fixture(scope="session")
def same_levels():
    """Check that levels are the same but for rounding: within one for 99.9 % of them, and 3 at most."""

    def check(made, expected, name):
        assert made.shape == expected.shape, name
        difference = abs(made.astype(int) - expected)
        assert difference.max() <= 3, name
        assert (difference <= 1).mean() >= 0.999, name

    return check


@pytest.fixture(scope="session")
def pictures(photographs, camera):
    """Pictures in RGBA: photographs, odd sizes, a pixel, a panorama, a flat gray, noise."""
    rng, coffee = np.random.default_rng(0), photographs["coffee"]
    large = np.asarray(Image.fromarray(photographs["chelsea"]).resize((600, 401), Image.Resampling.BICUBIC))
    found = {
        "large": (large + rng.normal(0, 20, (401, 600, 1))).clip(0, 255).astype(np.uint8),  # with grain
        "gray": np.repeat(camera[..., None], 3, axis=2),
        "odd": coffee[:77, :101],
        "pixel": coffee[40:41, 60:61],
        "column": coffee[:, 50:51],
        "panorama": np.tile(coffee[20:43], (1, 12, 1)),
        "flat": np.full((64, 48, 3), 128, np.uint8),
        "noise": rng.integers(0, 256, (45, 83, 3), np.uint8),
    }
    return {name: np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)]) for name, rgb in found.items()}


def _answer(route):
    path = _STATIC / route.request.url.removeprefix(_SITE)
    if path.is_file():
        route.fulfill(path=path, content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>The browser's engine</title>", content_type="text/html")


def _sent(value):
    if isinstance(value, np.ndarray):
        kind = "pixels" if value.dtype == np.uint8 else "planes"
        shape = value.shape if value.ndim == 3 else (1, *value.shape)
        return {"kind": kind, "shape": list(shape), "data": base64.b64encode(value.tobytes()).decode()}
    if hasattr(value, "metadata"):
        return {"kind": "model", "name": value.name, "metadata": asdict(value.metadata)}
    return [_sent(one) for one in value] if isinstance(value, list) else value


def _received(value):
    if isinstance(value, list):
        return [_received(one) for one in value]
    if isinstance(value, dict) and "kind" in value:
        dtype = np.uint8 if value["kind"] == "pixels" else np.float32
        return np.frombuffer(base64.b64decode(value["data"]), dtype).reshape(value["shape"])
    return value
