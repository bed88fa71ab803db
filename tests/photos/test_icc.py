import numpy as np
import pytest

from photochrom.photos import icc

RAMP = np.arange(65536, dtype=np.uint16).reshape(256, 256)
P3 = ((0.3127, 0.3290), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060))


@pytest.mark.parametrize("exponent", [1.0, 1.8, 2.2, 3.0])
@pytest.mark.parametrize("primaries", [None, icc.SRGB_PRIMARIES, P3])
def test_a_profile_of_an_exponent_is_converted_to_srgb(exponent, primaries):
    samples = RAMP[..., None] if primaries is None else np.dstack([RAMP] * 3)
    converted = icc.deep_to_srgb(samples, icc.matrix_profile(exponent, primaries)) / 65535
    light = (RAMP / 65535) ** exponent
    expected = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    assert converted == pytest.approx(np.dstack([expected] * 3), abs=2e-4)


def test_srgb_itself_changes_nothing():
    samples = np.dstack([RAMP, RAMP[::-1], RAMP.T])
    converted = icc.deep_to_srgb(samples, icc.matrix_profile(None, icc.SRGB_PRIMARIES))
    assert np.abs(converted.astype(int) - samples).max() <= 40
    assert np.abs(converted.astype(int) - samples).mean() < 8


def test_primaries_are_adapted_to_the_white_of_profiles():
    # The matrix of Display P3 as its own profile states it.
    expected = [[0.5151, 0.2920, 0.1571], [0.2412, 0.6922, 0.0666], [-0.0011, 0.0419, 0.7841]]
    assert icc._to_d50(P3) == pytest.approx(np.array(expected), abs=2e-4)
