import numpy as np
import pytest
from PIL import Image

from photochrom.hints.reference import References
from photochrom.upsampling import resize

MATCH = """
  const { References } = await import("/engines/browser/hints/reference.js");
  return (await (await References.read(model, pictures)).match(luma)).planes;
"""


def rgba(rgb):
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def both(run, model, luma, pictures):
    """What the browser and what the tool know of ``luma`` by ``pictures``, uint8 (H, W, 3)."""
    made = run(MATCH, model=model, luma=luma, pictures=[rgba(one) for one in pictures])
    return made, References.read(model, [Image.fromarray(one) for one in pictures]).match(luma).planes


@pytest.fixture(scope="session")
def scene(photographs):
    """The luma of a photograph, seen a little nearer than in the photograph itself."""
    gray = photographs["coffee"].mean(axis=2).astype(np.float32) / 255
    return resize(gray[6:-4, 4:-6].copy(), 150, 231, 3).clip(0, 1)


def test_references_lend_what_they_lend_in_the_tool(run, default, scene, photographs):
    made, expected = both(run, default, scene, [photographs["rocket"], photographs["coffee"]])
    assert made.shape == expected.shape
    assert expected[2].mean() > 0.5, "what is not alike at all tests nothing"
    assert abs(made - expected).max() < 1 / 255


def test_a_large_reference_is_made_smaller_first_as_in_the_tool(run, default, scene, photographs):
    large = np.asarray(Image.fromarray(photographs["coffee"]).resize((1201, 803), Image.Resampling.BICUBIC))
    made, expected = both(run, default, scene, [large])
    assert abs(made - expected).max() < 1 / 255


def test_something_else_lends_next_to_nothing(run, default, scene, photographs):
    made, expected = both(run, default, scene, [photographs["astronaut"]])
    assert abs(made - expected).max() < 1 / 255
    assert made[2].mean() < 0.05


def test_a_gray_reference_and_a_model_without_features_are_refused(run, default, strong_model, scene, pictures):
    body = f"try {{ {MATCH} }} catch (error) {{ return error.message; }}"
    assert "is gray" in run(body, model=default, luma=scene, pictures=[pictures["gray"]])
    assert "no features" in run(body, model=strong_model, luma=scene, pictures=[pictures["odd"]])
