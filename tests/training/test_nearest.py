from photochrom.training.nearest import nearest


def test_the_nearest_choice_is_named_and_a_far_one_is_not():
    assert nearest("widht", ["width", "weight_decay"]) == "; did you mean width?"
    assert nearest("x", ["width"]) == ""
    assert nearest("width", []) == ""
