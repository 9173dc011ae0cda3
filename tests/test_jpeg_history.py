"""Known truth: what OpenCV's own JPEG does to noise is foreseen, and read back from photos."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mask3d.arrays import ByteArray, Float32Array
from mask3d.bands import BLOCK_PX, CALM_PERCENTILE, CALM_READING, calm_bands, unrounded
from mask3d.composite import composite_over
from mask3d.develop import develop
from mask3d.jpeg_history import NO_JPEG, before_jpeg, jpeg_quality, through_jpeg
from mask3d.mesh import Layer
from mask3d.patches import Patch, ycc_of
from mask3d.photo import Photo
from mask3d.sensor import estimate_sensor
from tests.blurry_photos import FINER, fit_at, photo_of, tiles

SIDE_PX = 256
MIDDLE = fit_at((128.0, 128.0), (SIDE_PX, SIDE_PX), 1.4)


def as_jpeg(rgb: ByteArray, quality: int) -> ByteArray:
    data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]


def white_noise(level: float, shape: tuple[int, int] = (SIDE_PX, SIDE_PX)) -> Float32Array:
    return np.random.default_rng(1).normal(0.0, level, shape).astype(np.float32)


def patch_of(rgb: ByteArray) -> Patch:
    return Patch(ycc_of(rgb), np.ones(rgb.shape[:2], bool))


def bands_of(noise: Float32Array) -> list[float]:
    ycc = np.repeat(128.0 + noise[..., None], 3, axis=2).astype(np.float32)
    bands: list[float] = calm_bands([Patch(ycc, np.ones(noise.shape, bool))])[:, 0].tolist()
    return bands


@pytest.mark.parametrize("quality", [50, 75, 92])
def test_noise_comes_out_as_from_the_jpegs_of_opencv(quality: int) -> None:
    noise = white_noise(6.0)
    grey = np.repeat(np.round(128 + noise)[..., None], 3, axis=2).astype(np.uint8)
    written = as_jpeg(grey, quality)[..., 0] - 128.0
    away = np.abs(through_jpeg(grey[..., 0] - np.float32(128), quality) - written)
    assert np.median(away) < 0.6  # rounding to whole steps
    assert (away > 2.0).mean() < 0.05  # where a wave is as near to one step as to the next


def test_blocks_lie_where_those_of_the_photo_do() -> None:
    noise = white_noise(6.0, (64, 72))
    whole = through_jpeg(noise, 75)
    inner = through_jpeg(noise[16:48, 8:56], 75, (8, 16))
    np.testing.assert_allclose(inner, whole[16:48, 8:56], atol=1e-3)
    moved = through_jpeg(noise, 75, (3, 5))
    assert moved.shape == noise.shape
    assert np.abs(moved - whole).max() > 1.0
    np.testing.assert_allclose(
        through_jpeg(moved, 75, (3, 5))[3:59, 5:69], moved[3:59, 5:69], atol=1e-3
    )


@pytest.mark.parametrize("quality", [50, 65, 75, 85, 92])
@pytest.mark.parametrize("noise", [0.0, 5.0])
def test_the_quality_of_a_jpeg_is_read_back(quality: int, noise: float) -> None:
    photo = as_jpeg(photo_of(tiles(SIDE_PX), 0.7, noise), quality)
    assert jpeg_quality([patch_of(photo)]) == pytest.approx(quality, abs=1)


@pytest.mark.parametrize("noise", [0.0, 2.0, 8.0])
def test_what_never_was_a_jpeg_or_was_scaled_since_shows_none(noise: float) -> None:
    photo = photo_of(tiles(SIDE_PX), 0.7, noise)
    assert jpeg_quality([patch_of(photo)]) == NO_JPEG
    smaller = cv2.resize(as_jpeg(photo, 75), (200, 200), interpolation=cv2.INTER_AREA)
    assert jpeg_quality([patch_of(smaller.astype(np.uint8))]) == NO_JPEG


def test_nothing_to_look_at_is_no_jpeg() -> None:
    assert jpeg_quality([]) == NO_JPEG
    assert jpeg_quality([patch_of(np.full((5, 40, 3), 90, np.uint8))]) == NO_JPEG


@pytest.mark.parametrize("level", [3.5, 5.0, 9.0])
@pytest.mark.parametrize("quality", [60, 75, 90])
def test_the_level_before_the_jpeg_is_read_back(level: float, quality: int) -> None:
    bands = bands_of(through_jpeg(white_noise(level), quality))
    if bands[1] > 1.0:  # else the JPEG left hardly any
        assert before_jpeg(bands[0], bands[1], quality) == pytest.approx(level, rel=0.12)


def test_what_the_fine_band_lacks_is_no_noise() -> None:
    assert before_jpeg(0.7, 4.5, 75) > 4.5
    assert before_jpeg(0.0, 4.5, 75) < 3.0


def test_bands_are_the_diagonal_details_of_a_wavelet() -> None:
    """Against a plain product with the wavelet's matrix."""
    noise = white_noise(3.0, (64, 96))
    step = np.kron(np.eye(BLOCK_PX // 2), np.array([[1.0, -1.0]])) / np.sqrt(2)
    smooth = np.kron(np.eye(BLOCK_PX // 2), np.array([[1.0, 1.0]])) / np.sqrt(2)
    blocks = noise.reshape(4, BLOCK_PX, 6, BLOCK_PX).transpose(0, 2, 1, 3).reshape(-1, 16, 16)
    half = smooth @ blocks @ smooth.T
    energies = [(step @ blocks @ step.T) ** 2, (step[:4, :8] @ half @ step[:4, :8].T) ** 2]
    calm = [np.percentile(e.mean(axis=(1, 2)), CALM_PERCENTILE) for e in energies]
    np.testing.assert_allclose(bands_of(noise), np.sqrt(calm) / CALM_READING[:, 0], rtol=1e-4)


@pytest.mark.parametrize("noise", [4.0, 6.0])
def test_the_grain_of_a_jpeg_is_matched_and_outlives_its_writing(noise: float) -> None:
    photo = as_jpeg(photo_of(tiles(SIDE_PX), 0.6, noise), 75)
    sensor = estimate_sensor(photo, MIDDLE)
    assert sensor.jpeg_quality == 75
    rgba = np.full((160, 176, 4), (0.1, 0.1, 0.1, 1.0), np.float32)
    masked = composite_over(
        develop(Layer(rgba, (35, 43)), sensor, np.random.default_rng(3)), Photo(photo)
    )
    own = unrounded(calm_bands([patch_of(photo)]))[:, 0]
    for rgb in (masked.rgb, as_jpeg(masked.rgb, 75)):
        read = unrounded(calm_bands([patch_of(np.ascontiguousarray(rgb[48:192, 48:208]))]))[:, 0]
        assert (0.7 * own <= read).all() and (read <= 1.4 * own).all()


def test_blocks_that_were_cut_off_at_black_do_not_hide_the_jpeg() -> None:
    photo = photo_of(tiles(SIDE_PX), 0.7, 8.0)
    night = photo_of(np.full((SIDE_PX * FINER,) * 2, 3.0), 0.0, 12.0)
    photo[:, : SIDE_PX * 4 // 5] = night[:, : SIDE_PX * 4 // 5]
    assert jpeg_quality([patch_of(as_jpeg(photo, 75))]) == 75
