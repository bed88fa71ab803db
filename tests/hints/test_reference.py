import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photochrom import Colorizer
from photochrom.color import rgb_to_chroma, rgb_to_luma
from photochrom.errors import HintError, ModelError, PhotoError
from photochrom.hints import Hints, Point, reference
from photochrom.hints.reference import References, matched
from photochrom.model import load


@pytest.fixture(scope="module")
def model(make_seeing):
    return load(make_seeing())


def as_planes(picture):
    return picture.transpose(2, 0, 1).astype(np.float32) / 255


def unit(looks):
    return (looks / np.linalg.norm(looks, axis=-1, keepdims=True)).astype(np.float32)


def test_a_photograph_gets_its_own_colors_back_from_itself(model, coffee):
    rgb = as_planes(coffee)
    known = References.read(model, [Image.fromarray(coffee)]).match(rgb_to_luma(rgb)[0]).planes
    assert known[2] == pytest.approx(1, abs=1e-6)
    shrunk = Image.fromarray(coffee).resize(known.shape[:0:-1], Image.Resampling.BOX)
    assert known[:2] == pytest.approx(rgb_to_chroma(as_planes(np.asarray(shrunk))), abs=0.04)


def test_a_photograph_of_something_else_lends_next_to_nothing(model, photographs):
    luma = rgb_to_luma(as_planes(photographs["coffee"]))[0]
    for other in ("astronaut", "chelsea", "rocket"):
        known = References.read(model, [Image.fromarray(photographs[other])]).match(luma).planes
        assert known[2].mean() < 0.05


def test_of_several_references_the_one_that_is_alike_is_taken(model, photographs):
    coffee, others = photographs["coffee"], [Image.fromarray(photographs[name]) for name in ("rocket", "astronaut")]
    luma = rgb_to_luma(as_planes(coffee))[0]
    alone = References.read(model, [Image.fromarray(coffee)]).match(luma).planes
    among = References.read(model, [others[0], Image.fromarray(coffee), others[1]]).match(luma).planes
    assert among == pytest.approx(alone, abs=1e-3)


def test_matches_have_the_photographs_own_aspect(model, photographs):
    references = References.read(model, [Image.fromarray(photographs["coffee"])])
    for shape in ((300, 400), (30, 3000), (3000, 7), (1, 1)):
        luma = np.random.default_rng(0).random(shape, dtype=np.float32)
        Hints((references.match(luma),)).check(*shape)


def test_a_place_takes_the_mean_color_of_those_that_are_equally_alike():
    looks = unit(np.eye(4).reshape(2, 2, 4))
    others = unit(np.concatenate((np.eye(4), np.eye(4))))
    chroma = np.concatenate((np.full((4, 2), 0.1), np.full((4, 2), 0.3))).astype(np.float32)
    assert matched(looks, [(others, chroma)]) == pytest.approx(
        np.array([0.2, 0.2, 1])[:, None, None].repeat(4).reshape(3, 2, 2), abs=1e-5
    )


def test_confidence_rises_with_likeness():
    rng = np.random.default_rng(0)
    others = unit(rng.standard_normal((64, 200)))
    chroma = rng.uniform(-0.3, 0.3, (64, 2)).astype(np.float32)
    means = []
    for noise in (0.0, 0.8, 1.1, 1.4, 3.0):
        looks = unit(others + noise * unit(rng.standard_normal((64, 200))))
        means.append(matched(looks.reshape(8, 8, 200), [(others, chroma)])[2].mean())
    assert means[0] == 1
    assert means[-1] == 0
    assert means == sorted(means, reverse=True)


def test_a_lone_likeness_in_a_photograph_of_something_else_is_not_believed():
    rng = np.random.default_rng(0)
    others = unit(rng.standard_normal((64, 200)))
    looks = unit(rng.standard_normal((8, 8, 200)))
    looks[4, 4] = others[0]
    assert matched(looks, [(others, np.full((64, 2), 0.2, np.float32))])[2].max() == 0


def test_many_places_are_compared_in_parts_with_the_same_result(monkeypatch):
    rng = np.random.default_rng(0)
    others = unit(rng.standard_normal((64, 200)))
    looks = unit(others + 1.35 * unit(rng.standard_normal((64, 200)))).reshape(8, 8, 200)
    several = [(others, rng.uniform(-0.3, 0.3, (64, 2)).astype(np.float32))]
    whole = matched(looks, several)
    assert 0.1 < whole[2].mean() < 0.9
    monkeypatch.setattr(reference, "_ROWS", 7)
    assert matched(looks, several) == pytest.approx(whole, abs=1e-6)


def test_neighbors_vouch_for_a_place():
    rng = np.random.default_rng(0)
    others = unit(rng.standard_normal((64, 200)))
    looks = others.reshape(8, 8, 200).copy()
    looks[4, 4] = unit(rng.standard_normal(200))
    assert matched(looks, [(others, np.full((64, 2), 0.2, np.float32))])[2].min() > 0.9


def test_a_place_of_another_scene_has_no_say_however_alike_it_is():
    rng = np.random.default_rng(0)
    scene, others = unit(rng.standard_normal((64, 200))), unit(rng.standard_normal((64, 200)))
    looks = unit(scene + 0.5 * unit(rng.standard_normal((64, 200))))
    others[0] = looks[0]
    ours, theirs = (np.full((64, 2), value, np.float32) for value in (0.2, -0.2))
    known = matched(looks.reshape(8, 8, 200), [(scene, ours), (others, theirs)])
    assert known[:2, 0, 0] == pytest.approx(0.2, abs=1e-3)


def test_paths_contents_and_pictures_are_the_same_reference(model, coffee, tmp_path):
    picture, content = Image.fromarray(coffee), io.BytesIO()
    picture.save(content, "PNG")
    (tmp_path / "a.png").write_bytes(content.getvalue())
    digests = {
        References.read(model, [one]).digest
        for one in (picture, content.getvalue(), tmp_path / "a.png", str(tmp_path / "a.png"))
    }
    assert len(digests) == 1
    assert References.read(model, [picture, picture]).digest not in digests


def test_what_is_no_reference_is_refused_in_a_line(model, strong, coffee, camera, tmp_path):
    Image.fromarray(camera).save(tmp_path / "gray.png")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    for picture, message in (
        (tmp_path / "gray.png", r"gray\.png: is gray, and a reference lends its colors"),
        (Image.fromarray(camera), "the reference: is gray"),
        (tmp_path / "none.jpg", r"none\.jpg: "),
        (tmp_path / "broken.jpg", r"broken\.jpg: "),
        (b"text", "the reference: "),
    ):
        with pytest.raises(HintError, match=message) as caught:
            References.read(model, [picture])
        assert "\n" not in str(caught.value)
    with pytest.raises(HintError, match="no reference is named"):
        References.read(model, [])
    with pytest.raises(ModelError, match="strong has no features"):
        References.read(load(strong), [Image.fromarray(coffee)])


def test_hints_from_a_reference_are_for_the_photograph_and_can_be_saved(make_seeing, coffee, tmp_path):
    picture = Image.fromarray(coffee)
    picture.convert("L").save(tmp_path / "old.png")
    hints = Hints.from_reference(tmp_path / "old.png", picture, make_seeing())
    assert hints.are_for_one
    luma = np.asarray(picture.convert("L"), np.float32) / 255
    again = Hints.load(hints.save(tmp_path / "old.hints.json"))
    assert again.planes(luma) == pytest.approx(hints.planes(luma), abs=0.01)
    for sources in ([picture], (one for one in [picture])):
        assert Hints.from_reference(picture.convert("L"), sources, load(make_seeing())).digest == hints.digest
    with pytest.raises(PhotoError, match=r"none\.png"):
        Hints.from_reference(Path("none.png"), picture, make_seeing())


def test_a_detail_takes_its_colors_from_a_photograph_of_the_whole():
    rng = np.random.default_rng(0)
    others = unit(rng.standard_normal((256, 200)))
    chroma = rng.uniform(-0.3, 0.3, (256, 2)).astype(np.float32)
    known = matched(others[:64].reshape(8, 8, 200), [(others, chroma)])
    assert known[2].min() == 1
    found = known[:2].reshape(2, -1).T
    assert found == pytest.approx(chroma[:64], abs=1e-3)


def test_a_photograph_that_is_everywhere_like_one_place_of_the_reference_is_not_of_its_scene():
    rng = np.random.default_rng(0)
    others = unit(rng.standard_normal((400, 200)))
    looks = unit(others[0] + 1.1 * unit(rng.standard_normal((64, 200)))).reshape(8, 8, 200)
    chroma = np.full((400, 2), 0.2, np.float32)
    assert matched(looks, [(others[:1], chroma[:1])])[2].mean() > 0.5
    assert matched(looks, [(others, chroma)])[2].max() == 0


def test_references_are_hints_for_any_photograph_but_not_for_a_file(model, coffee, tmp_path):
    references = Hints((References.read(model, [Image.fromarray(coffee)]),))
    assert references
    assert not references.are_for_one
    assert (references + Hints.from_points([Point(0.5, 0.5, "red")])).are_for_one
    assert references.digest != Hints((References.read(model, [Image.fromarray(coffee[::-1])]),)).digest
    with pytest.raises(HintError, match=r"match them by `Hints\.from_reference`"):
        references.save(tmp_path / "a.json")
    several = np.stack([coffee.mean(axis=2).astype(np.uint8)] * 2)
    first, second = Colorizer(model).colorize(several, hints=references)
    assert np.array_equal(first, second)
    assert np.array_equal(first, Colorizer(model).colorize(several[0], hints=references))
    assert np.abs(first.astype(int) - several[0][..., None]).max() > 20


def test_points_below_a_reference_give_way_to_it_where_it_is_sure(model, coffee):
    picture = Image.fromarray(coffee)
    references = Hints((References.read(model, [picture]),))
    point = Hints.from_points([Point(0.5, 0.5, (0, 0, 255), 0.1)])
    colorize, middle = Colorizer(model).colorize, (coffee.shape[0] // 2, coffee.shape[1] // 2)
    gray = np.asarray(picture.convert("L"))
    above, below = (colorize(gray, hints=hints)[middle] for hints in (references + point, point + references))
    assert above[2] > max(above[:2])
    assert below[2] < max(below[:2])


def test_a_large_reference_is_looked_at_as_a_smaller_one(model, coffee):
    large = Image.fromarray(coffee.repeat(12, axis=0).repeat(12, axis=1))
    luma = rgb_to_luma(as_planes(coffee))[0]
    known = References.read(model, [large]).match(luma).planes
    assert known == pytest.approx(References.read(model, [Image.fromarray(coffee)]).match(luma).planes, abs=0.06)
    assert np.prod(reference._reduced(np.asarray(large).transpose(2, 0, 1), 64).shape[1:]) < 4 * 128**2


@pytest.mark.parametrize(("shape", "expected"), [((3, 20, 9000), (3, 7, 3000)), ((3, 100, 100), (3, 100, 100))])
def test_what_is_reduced_keeps_its_aspect(shape, expected):
    assert reference._reduced(np.zeros(shape, np.uint8), 64).shape == expected


def test_a_model_of_a_large_working_size_compares_photographs_at_a_smaller_one(model, coffee):
    large = replace(model, metadata=replace(model.metadata, working_size="4096"))
    luma = rgb_to_luma(as_planes(coffee))[0]
    known = References.read(large, [Image.fromarray(coffee)]).match(luma).planes
    assert known.shape[1] * known.shape[2] < 1.1 * (512 / 8) ** 2
    assert known[2].min() == 1
