from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mask3d.arrays import ByteArray, Float32Array
from mask3d.errors import BadOccludersError
from mask3d.image_io import write_photo
from mask3d.mesh import Layer
from mask3d.occluders import GivenOccluders, Occluders, hide
from mask3d.occluders.certain import SURE, certain
from mask3d.occluders.edges import fit_to_edges
from mask3d.occluders.hidden import MAX_DOUBT, MAX_SHARE
from mask3d.occluders.region import CROP_PX, points_in_crop, points_of_fit, region_of_face
from mask3d.photo import Encoding, Photo
from tests.fitted_heads import head_fit
from tests.heads import head_photo


def _layer(alpha: float = 1.0, wh: tuple[int, int] = (8, 6)) -> Layer:
    """A grey layer at (20, 10)."""
    rgba = np.full((wh[1], wh[0], 4), 0.5, np.float32)
    rgba[..., 3] = alpha
    return Layer(rgba, (20, 10))


def _in_front(
    alpha: float, wh: tuple[int, int], origin_px: tuple[int, int], doubt: float = 0.0
) -> Occluders:
    return Occluders(np.full((wh[1], wh[0]), alpha, np.float32), origin_px, doubt)


def test_a_layer_loses_what_is_hidden_and_nothing_else() -> None:
    layer = _layer(0.8)
    hidden = hide(layer, _in_front(1.0, (3, 20), (21, 0)))
    np.testing.assert_array_equal(hidden.layer.rgba[:, 1:4], 0)
    np.testing.assert_array_equal(hidden.layer.rgba[:, 4:], layer.rgba[:, 4:])
    np.testing.assert_array_equal(hidden.layer.rgba[:, :1], layer.rgba[:, :1])
    np.testing.assert_allclose(hidden.share, 3 / 8)
    assert hidden.layer.origin_px == layer.origin_px


@pytest.mark.parametrize("origin_px", [(0, 0), (24, 12), (22, 11), (100, 100), (28, 16)])
@pytest.mark.parametrize("wh", [(2, 2), (40, 3), (3, 40), (60, 60)])
def test_rectangles_meet_at_the_same_pixels_of_the_photo(
    origin_px: tuple[int, int], wh: tuple[int, int]
) -> None:
    layer, whole = _layer(), np.zeros((120, 120), np.float32)
    occluders = _in_front(0.5, wh, origin_px)
    (x0, y0), (w, h) = origin_px, wh
    whole[y0 : y0 + h, x0 : x0 + w] = 0.5
    hidden = hide(layer, Occluders(occluders.alpha, origin_px, is_given=True))
    np.testing.assert_allclose(hidden.layer.rgba[..., 3], 1 - whole[10:16, 20:28])


@pytest.mark.parametrize("alpha", [0.25, 0.5])
def test_what_is_partly_in_front_hides_partly(alpha: float) -> None:
    hidden = hide(_layer(), _in_front(alpha, (8, 6), (20, 10)))
    np.testing.assert_allclose(hidden.layer.rgba, (1 - alpha) * _layer().rgba)
    np.testing.assert_allclose(hidden.share, alpha)


def test_too_much_that_was_found_is_not_believed_but_what_is_given_is() -> None:
    found = _in_front(MAX_SHARE + 0.01, (8, 6), (20, 10))
    hidden = hide(_layer(), found)
    np.testing.assert_array_equal(hidden.layer.rgba, _layer().rgba)
    assert (hidden.share, hidden.note) == (0.0, "too-much")
    given = hide(_layer(), Occluders(found.alpha, found.origin_px, is_given=True))
    np.testing.assert_allclose(given.share, MAX_SHARE + 0.01, atol=1e-6)
    assert given.note == ""


@pytest.mark.parametrize(("doubt", "note"), [(MAX_DOUBT - 0.01, ""), (MAX_DOUBT + 0.01, "unsure")])
def test_doubt_is_noted_and_the_mask_covers(doubt: float, note: str) -> None:
    hidden = hide(_layer(), _in_front(0.0, (0, 0), (0, 0), doubt=doubt))
    np.testing.assert_array_equal(hidden.layer.rgba, _layer().rgba)
    assert (hidden.share, hidden.note) == (0.0, note)


def test_a_layer_without_alpha_loses_nothing() -> None:
    assert hide(_layer(0.0), _in_front(1.0, (8, 6), (20, 10))).share == 0


def _chance(regions: list[tuple[int, int, int, float]]) -> Float32Array:
    """Squares of chance: x, y, side, chance."""
    chance = np.full((CROP_PX, CROP_PX), 0.02, np.float32)
    for x, y, side, value in regions:
        chance[y : y + side, x : x + side] = value
    return chance


def _face() -> ByteArray:
    face = np.zeros((CROP_PX, CROP_PX), np.uint8)
    face[20:76, 20:76] = 1
    return face


def test_only_regions_that_are_sure_somewhere_on_the_face_are_kept() -> None:
    sure, faint, beside, speck = (
        (30, 30, 14, 0.99),
        (55, 30, 14, SURE - 0.05),
        (2, 2, 12, 0.99),
        (40, 60, 2, 0.99),
    )
    kept = certain(_chance([sure, faint, beside, speck]), _face())
    assert kept.cover[32:42, 32:42].min() > 0.9
    assert kept.cover[32:42, 57:67].max() < 0.1
    assert kept.cover[4:12, 4:12].max() < 0.1
    assert kept.cover[60:62, 40:42].max() < 0.3
    np.testing.assert_allclose(kept.doubt, (14**2 + 2**2) / 56**2, rtol=1e-6)


def test_what_only_touches_the_outline_of_the_face_lies_behind_it() -> None:
    touching, reaching = (10, 30, 14, 0.99), (62, 40, 20, 0.99)
    cover = certain(_chance([touching, reaching]), _face()).cover
    assert cover[32:42, 12:22].max() < 0.1
    assert cover[42:58, 64:80].min() > 0.9


def test_a_region_reaches_as_far_as_it_is_likely_and_fades_out() -> None:
    chance = _chance([(30, 30, 20, 0.85), (32, 32, 16, 0.99)])
    cover = certain(chance, _face()).cover
    assert cover[40, 30] > 0.8
    row = cover[40, 50:60]
    assert (np.diff(row) <= 0).all()
    assert row[-1] < 0.02


def _edge_photo(side: int, at: float) -> ByteArray:
    """Dark left of `at` (a share of the side), bright right of it."""
    x = (np.arange(side) + 0.5) / side
    row = np.where(x < at, 60, 190).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (side, side, 3)))


@pytest.mark.parametrize("side", [96, 300, 1000])
def test_a_coarse_cover_moves_to_the_edge_of_the_photo(side: int) -> None:
    """The cover ends a pixel of the crop before the edge: alpha ends at the edge."""
    cover = np.zeros((CROP_PX, CROP_PX), np.float32)
    cover[:, :48] = 1
    photo = _edge_photo(side, 49 / CROP_PX)
    rectangle_from_crop = np.array([[1.0, 0, 0], [0, 1, 0]]) * side / CROP_PX
    alpha = fit_to_edges(photo, cover, rectangle_from_crop)
    assert alpha.shape == (side, side)
    middle = alpha[side // 2]
    crossing = np.flatnonzero(middle < 0.5)[0] / side * CROP_PX
    assert abs(crossing - 49) < 0.6
    assert middle[: side // 3].min() > 0.98
    assert middle[2 * side // 3 :].max() < 0.02


def test_the_region_follows_the_fitted_head() -> None:
    fit = head_fit(30.0)
    points_px = points_of_fit(fit)
    region = region_of_face(points_px)
    inside = points_in_crop(points_px, region)
    centre = (inside.min(axis=0) + inside.max(axis=0)) / 2
    np.testing.assert_allclose(centre, CROP_PX / 2, atol=1e-6)
    np.testing.assert_allclose(np.ptp(inside, axis=0).max(), CROP_PX / 1.5)
    back_px = region.to_photo(np.column_stack([inside, np.zeros(68)]), CROP_PX)[:, :2] - 0.5
    np.testing.assert_allclose(back_px, points_px)


def test_the_points_of_a_fit_are_those_of_the_photo() -> None:
    fit = head_fit()
    assert np.ptp(points_of_fit(fit), axis=0).min() > 60
    photo, landmarks = head_photo()
    assert photo.rgb.shape[2] == 3
    assert landmarks.points_px.shape == (68, 3)


def _write(path: Path, pixels: object, grey: bool = False) -> None:
    array = np.asarray(pixels)
    array = array if array.ndim == 3 else np.repeat(array[..., None], 3, axis=2)
    formats = {".png": "PNG", ".tif": "TIFF", ".bmp": "BMP"}
    encoding = Encoding(formats[path.suffix])  # type: ignore[arg-type]
    write_photo(Photo(array, None, grey, encoding), path)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp"])
@pytest.mark.parametrize("image", ["a.jpg", "sub/a.b.jpg"])
def test_a_given_segmentation_is_alpha_as_it_is(tmp_path: Path, suffix: str, image: str) -> None:
    levels = np.array([[0, 51, 255], [128, 255, 0]], np.uint8)
    _write((tmp_path / image).with_suffix(suffix), levels, grey=suffix != ".bmp")
    occluders = GivenOccluders(tmp_path).read(image, (3, 2))
    np.testing.assert_allclose(occluders.alpha, levels / 255, atol=1e-6)
    assert occluders.is_given
    assert occluders.origin_px == (0, 0)


def test_16_bits_of_a_segmentation_count(tmp_path: Path) -> None:
    _write(tmp_path / "a.png", np.array([[0, 1000, 65535]], np.uint16), grey=True)
    alpha = GivenOccluders(tmp_path).read("a.png", (3, 1)).alpha
    np.testing.assert_allclose(alpha, [[0, 1000 / 65535, 1]], atol=1e-6)


def test_the_name_of_the_photo_itself_comes_first(tmp_path: Path) -> None:
    _write(tmp_path / "a.png", np.zeros((2, 2), np.uint8))
    _write(tmp_path / "a.tif", np.full((2, 2), 255, np.uint8))
    given = GivenOccluders(tmp_path)
    assert given.read("a.tif", (2, 2)).alpha.min() == 1
    assert given.read("a.png", (2, 2)).alpha.max() == 0


def test_faults_of_the_users_segmentations_have_a_code_and_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadOccludersError, match=r"nowhere is no folder; .*--occluders"):
        GivenOccluders(tmp_path / "nowhere")
    given = GivenOccluders(tmp_path)
    with pytest.raises(BadOccludersError, match=r"no segmentation for a\.jpg; add a\.png"):
        given.read("a.jpg", (3, 2))
    _write(tmp_path / "a.png", np.zeros((2, 3), np.uint8))
    with pytest.raises(BadOccludersError, match="is 3 x 2, the photo 6 x 4 pixels") as caught:
        given.read("a.jpg", (6, 4))
    assert caught.value.code == "bad-occluders"
    (tmp_path / "b.png").write_bytes(b"no picture")
    with pytest.raises(BadOccludersError, match="cannot decode"):
        given.read("b.jpg", (3, 2))
