import numpy as np

REFUSAL = """
  const { readLayer } = await import("/engines/browser/hints/layers.js");
  try { readLayer(pixels); return ""; } catch (error) { return error.message; }
"""


def test_a_photograph_saved_with_what_was_painted_on_it_is_no_layer(run, pictures):
    painted = pictures["gray"].copy()
    painted[10:20, 10:40, 0] = 255
    assert "without the photograph" in run(REFUSAL, pixels=painted)
    painted[0, 0, 3] = 254  # something shines through: a layer
    assert run(REFUSAL, pixels=painted) == ""
    assert run(REFUSAL, pixels=pictures["noise"]) == ""


def test_a_layer_of_another_aspect_is_refused(run):
    reasons = run(
        """
        const { Hints } = await import("/engines/browser/hints/hints.js");
        const { Painting } = await import("/engines/browser/hints/layers.js");
        const hints = new Hints([new Painting(layer)]);
        return cases.map(([height, width]) => {
          try { hints.check(height, width); return ""; } catch (error) { return error.message; }
        });
        """,
        layer=np.zeros((30, 40, 4), np.uint8),
        cases=[[300, 400], [3000, 4040], [400, 300], [300, 430]],
    )
    assert [bool(reason) for reason in reasons] == [False, False, True, True]
    assert "another aspect" in reasons[2]
