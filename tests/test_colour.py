from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mask3d.arrays import FloatArray
from mask3d.colour import REC709_LUMA, linear_from_srgb, srgb_from_linear

encoded_values = arrays(np.float64, array_shapes(max_dims=3), elements=st.floats(-1.0, 2.0))


@given(encoded_values)
def test_encoding_undoes_decoding(encoded: FloatArray) -> None:
    np.testing.assert_allclose(srgb_from_linear(linear_from_srgb(encoded)), encoded, atol=2e-7)


def test_known_values() -> None:
    # half the light is encoded as 188 of 255; black and white are fixed points
    np.testing.assert_allclose(
        srgb_from_linear([0.0, 0.5, 1.0]) * 255, [0, 187.516, 255], atol=1e-3
    )


def test_curve_is_continuous_at_the_knee_and_rises() -> None:
    encoded = np.linspace(0.0, 1.0, 100_001)
    slope = np.diff(linear_from_srgb(encoded)) / 1e-5
    assert (slope > 1 / 12.93).all() and (slope < 2.4 / 1.055 + 1e-3).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_integers_stand_for_zero_to_one(dtype: type[np.unsignedinteger]) -> None:
    values = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)
    expected = linear_from_srgb(values / np.iinfo(dtype).max)
    linear = linear_from_srgb(values)
    assert linear.dtype == np.float32
    np.testing.assert_allclose(linear, expected, rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_keep_their_type(dtype: type[np.floating]) -> None:
    values = np.full((2, 3), 0.25, dtype)
    assert linear_from_srgb(values).dtype == srgb_from_linear(values).dtype == dtype


def test_integers_of_unknown_range_are_refused() -> None:
    with pytest.raises(ValueError, match="int64"):
        linear_from_srgb(np.array([1, 2]))
    with pytest.raises(ValueError, match="uint8"):
        srgb_from_linear(np.array([1, 2], np.uint8))


def test_luminance_of_grey_is_grey() -> None:
    assert REC709_LUMA.sum() == pytest.approx(1.0, abs=1e-12)
