import pytest
from hypothesis import given
from hypothesis import strategies as st

from photochrom.working_size import working_shape

any_side = st.integers(1, 40000)


@given(any_side, any_side, st.integers(32, 512), st.sampled_from([1, 8, 16, 32, 48, 64]))
def test_the_working_size_suits_the_network(height, width, size, multiple):
    shape = working_shape(height, width, size, multiple)
    smallest = -(-32 // multiple) * multiple
    assert all(side % multiple == 0 and side >= smallest for side in shape)
    assert max(shape) <= max(smallest, size * size / 32)
    # Rounding may add half a multiple to each side, and neither side may be below the smallest.
    assert shape[0] * shape[1] <= max(smallest**2, (size + multiple) ** 2, smallest * (max(shape) + multiple)) * 1.5


@given(any_side, any_side, st.integers(32, 512))
def test_the_working_size_turns_with_the_photograph(height, width, size):
    assert working_shape(height, width, size, 16) == working_shape(width, height, size, 16)[::-1]


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(1, 1, (128, 128)), (500, 500, (128, 128)), (400, 100, (256, 64)), (300, 400, (112, 144)), (30, 30000, (32, 512))],
)
def test_the_working_size_keeps_area_and_aspect(height, width, expected):
    assert working_shape(height, width, 128, 16) == expected
