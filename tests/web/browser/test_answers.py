import numpy as np
import pytest

from photochrom.answers import added_hints
from photochrom.hints import Hints, Point
from photochrom.model import load
from photochrom.upsampling import resize

ADDED = """
  const { addedHints } = await import("/engines/browser/answers.js");
  const { Hints } = await import("/engines/browser/hints/hints.js");
  const { Point } = await import("/engines/browser/hints/points.js");
  const added = await addedHints(model, luma, count, new Hints(points.map((one) => new Point(one))));
  return added.map(({ known }) => known.map(({ row }) => row));
"""


def added(run, model, luma, count, points=()):
    rows = [{"x": one.x, "y": one.y, "color": list(one.rgb)} for one in points]
    answers = run(ADDED, model=model, luma=luma, count=count, points=rows)
    return [Hints.from_points(Point(**{**row, "color": tuple(row["color"])}) for row in rows) for rows in answers]


@pytest.mark.parametrize("name", ["astronaut", "motorcycle_left"])
def test_the_default_models_answers_are_those_that_python_chooses(run, default, photographs, name):
    luma = resize(photographs[name].mean(axis=2).astype(np.float32) / 255, 96, 96, 3)
    expected = added_hints(default, luma, 4, Hints())
    assert len(expected) > 1, "a photograph of which the model is sure tests nothing"
    assert added(run, default, luma, 4) == expected


def test_answers_add_to_what_is_known(run, unsure, camera):
    model, luma, known = load(unsure), camera.astype(np.float32) / 255, [Point(0.1, 0.9, "red")]
    assert added(run, model, luma, 4, known) == added_hints(model, luma, 4, Hints.from_points(known))


def test_one_answer_asks_the_network_for_nothing(run, unsure):
    assert added(run, load(unsure), np.zeros((32, 32), np.float32), 1) == [Hints()]


def test_the_search_can_be_given_up_before_each_run_of_the_network(run, unsure, camera):
    runs = run(
        ADDED.split("const added")[0]
        + """
        let runs = 0;
        const goOn = async () => { if (runs++ === 3) throw new Error(`given up after ${runs}`); };
        return addedHints(model, luma, 4, new Hints(), goOn).then(() => "", (error) => error.message);
        """,
        model=load(unsure),
        luma=camera.astype(np.float32) / 255,
    )
    assert runs == "given up after 4"
