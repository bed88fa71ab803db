import pytest

from photochrom.web.films.orders import Failed, Made, Moved, Order, from_line, to_line


@pytest.mark.parametrize(
    "value",
    [
        Order("a.mp4", "b.mp4", 10, 0, "default", size=256, hints="hints", references=["album.jpg"]),
        Moved(1, 2, 2), Made(["a note\nof two lines"]), Failed("why", "trace\nback"),
    ],
)  # fmt: skip
def test_values_go_through_as_one_line(value):
    line = to_line(value)
    assert line.count(b"\n") == 1
    assert from_line(line) == value
