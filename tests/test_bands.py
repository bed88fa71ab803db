import numpy as np
import pytest

from photochrom import bands
from photochrom.bands import in_bands


@pytest.mark.parametrize("shape", [(1, 1), (1, 999), (999, 1), (50, 40)])
@pytest.mark.parametrize("threads", [1, 3, 100])
def test_every_row_is_worked_on_once(shape, threads, monkeypatch):
    monkeypatch.setattr(bands, "_BAND", 100)
    seen = np.zeros(shape, int)

    def work(rows, memory):
        assert memory.dtype == np.float32
        assert memory.shape == (4, *seen[rows].shape)
        seen[rows] += 1

    in_bands(threads, 4, *shape, work)
    assert (seen == 1).all()


def test_what_goes_wrong_in_a_thread_is_raised():
    def work(rows, memory):
        raise MemoryError

    with pytest.raises(MemoryError):
        in_bands(2, 1, 9, 9, work)
