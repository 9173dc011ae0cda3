from __future__ import annotations

from dataclasses import replace

import numpy as np

from mask3d.contact import (
    ELEVATION_RAD,
    STEP_RAD,
    contact_map,
    push_out,
    radial_distance,
    skin_distance,
    skin_points,
)
from mask3d.face_model import neck_sleeve
from mask3d.range_map import SUNK_MM, cover
from tests.fitted_heads import depth_below_skin_mm, head_fit, random_head


def test_skin_points_lie_on_the_skin() -> None:
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    rng = np.random.default_rng(0)
    ray = np.stack([rng.uniform(-0.6, 0.6, 200), rng.uniform(-0.5, 0.3, 200), np.ones(200)], axis=1)
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    points_mm = skin_points(skin, ray)
    np.testing.assert_allclose(radial_distance(skin, points_mm), 0.0, atol=1e-9)
    assert np.median(np.abs(skin_distance(skin, points_mm + 2.0 * ray)[0])) > 1.0


def test_push_out_gives_the_clearance_asked_for_and_moves_nothing_else() -> None:
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    rng = np.random.default_rng(1)
    region = fit.vertices_mm[fit.model.regions["cheeks"]]
    points_mm = region + rng.normal(0.0, 3.0, region.shape)
    clearance_mm = rng.uniform(0.5, 2.0, len(points_mm))
    pushed_mm = push_out(skin, points_mm, clearance_mm)
    before_mm, _ = skin_distance(skin, points_mm)
    after_mm, _ = skin_distance(skin, pushed_mm)
    assert (after_mm >= clearance_mm - 0.2).all()
    far = before_mm >= clearance_mm
    assert far.any()
    np.testing.assert_array_equal(pushed_mm[far], points_mm[far])


def test_the_map_agrees_with_the_true_surface_in_the_mask_region() -> None:
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    rng = np.random.default_rng(2)
    for name in ("cheeks", "chin", "nose_bridge"):
        near_mm = fit.vertices_mm[fit.model.regions[name]] + rng.normal(
            0.0, 2.0, (len(fit.model.regions[name]), 3)
        )
        mapped_mm, _ = skin_distance(skin, near_mm)
        depth_mm = depth_below_skin_mm(fit, near_mm)
        off_mm = np.abs(np.maximum(-mapped_mm, 0.0) - depth_mm)
        assert np.percentile(off_mm, 90) < 0.7  # the rest lies about the open edge of the lips


def test_a_mirrored_head_has_a_mirrored_map() -> None:
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    off_mm = np.abs(skin.radius_mm - skin.radius_mm[:, ::-1])
    assert (off_mm > 0.05).mean() < 0.001  # a ray along the skin may hit either of two folds


def test_an_opening_in_the_surface_leaves_no_hole() -> None:
    fit = head_fit()
    around_mm = fit.vertices_mm - fit.model.landmarks_mm(fit.vertices_mm)[62]
    kept = (np.linalg.norm(around_mm, axis=1) > 12.0)[fit.model.faces].all(axis=1)
    opened = replace(fit.model, faces=fit.model.faces[kept])
    whole_mm = contact_map(fit.model, fit.vertices_mm).radius_mm
    closed_mm = contact_map(opened, fit.vertices_mm).radius_mm
    assert 0 < np.abs(whole_mm - closed_mm).max() < 20.0


def test_the_map_is_the_true_surface_all_round_the_head() -> None:
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    smooth = np.ones(len(fit.vertices_mm), np.bool_)
    for name in ("ears", "eyes", "eyeballs", "lips", "nostrils"):
        smooth[fit.model.regions[name]] = False
    corners_mm = fit.vertices_mm[fit.model.faces[smooth[fit.model.faces].all(axis=1)]]
    middles_mm = corners_mm.mean(axis=1)
    crown = (middles_mm[:, 1] > 90.0) & (np.hypot(middles_mm[:, 0], middles_mm[:, 2]) > 45.0)
    for name, part in (("back", middles_mm[:, 2] < -60.0), ("crown", crown)):
        off_mm, _ = skin_distance(skin, middles_mm[part])
        assert part.sum() > 100, name
        assert np.percentile(np.abs(off_mm), 95) < 0.5, name


def test_the_map_closes_behind_the_head() -> None:
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    np.testing.assert_array_equal(skin.radius_mm[:, 0], skin.radius_mm[:, -1])
    np.testing.assert_allclose(skin.normals[:, 0], skin.normals[:, -1], atol=1e-12)
    step_mm = np.array([1e-6, 0.0, 0.0])
    behind_mm = skin.centre_mm + np.array([0.0, 30.0, -150.0])
    (one, other), _ = skin_distance(skin, np.stack([behind_mm - step_mm, behind_mm + step_mm]))
    np.testing.assert_allclose(one, other, atol=1e-2)


def test_without_ears_the_skull_is_as_it_was_and_the_ears_stand_off_it() -> None:
    fit = head_fit()
    whole = contact_map(fit.model, fit.vertices_mm)
    skull = contact_map(fit.model, fit.vertices_mm, ears=False)
    before = np.abs(np.arange(len(whole.radius_mm[0])) - len(whole.radius_mm[0]) // 2) < 60
    np.testing.assert_array_equal(skull.radius_mm[:, before], whole.radius_mm[:, before])
    ears_mm = fit.vertices_mm[fit.model.regions["ears"]]
    height_mm, _ = skin_distance(skull, ears_mm)
    assert np.percentile(height_mm, 90) > 8.0
    assert np.percentile(height_mm, 10) > -4.0


def test_below_its_cut_the_neck_goes_on_straight_down_all_round() -> None:
    for seed in range(3):
        fit = random_head(seed)
        skin = contact_map(fit.model, fit.vertices_mm)
        rim, sleeve = neck_sleeve(fit.model)
        ends = sleeve[: len(rim), :2]  # of its edges
        outline_mm = fit.vertices_mm[ends][..., ::2] - skin.centre_mm[::2]
        azimuth = (np.arange(288) - 144) * STEP_RAD
        reach_mm = skin.radius_mm[0, :-1] * np.cos(ELEVATION_RAD[0])
        ring_mm = reach_mm[:, None] * np.stack([np.sin(azimuth), np.cos(azimuth)], axis=1)
        start_mm, along_mm = outline_mm[:, 0], outline_mm[:, 1] - outline_mm[:, 0]
        from_start_mm = ring_mm[:, None] - start_mm
        share = (from_start_mm * along_mm).sum(axis=2) / (along_mm**2).sum(axis=1)
        away_mm = from_start_mm - share.clip(0.0, 1.0)[..., None] * along_mm
        assert np.linalg.norm(away_mm, axis=2).min(axis=1).max() < 0.2


def test_nothing_of_the_face_sticks_out_of_the_map() -> None:
    """Not the wing of the nose either, which the rays only graze."""
    for seed in range(4):
        fit = random_head(seed)
        skin = contact_map(fit.model, fit.vertices_mm)
        part = np.zeros(len(fit.vertices_mm), np.bool_)
        for name in ("nose_tip", "nose_sides", "nostrils", "philtrum", "chin", "jaw"):
            part[fit.model.regions[name]] = True
        corners_mm = fit.vertices_mm[fit.model.faces[part[fit.model.faces].all(axis=1)]]
        middles_mm = corners_mm.mean(axis=1)
        out_mm, _ = skin_distance(skin, np.concatenate([fit.vertices_mm[part], middles_mm]))
        assert out_mm.max() < 0.4


def test_throat_and_nape_do_not_stick_out_of_the_map_down_to_its_cut() -> None:
    for seed in range(3):
        fit = random_head(seed)
        skin = contact_map(fit.model, fit.vertices_mm)
        out_mm, _ = skin_distance(skin, fit.vertices_mm[fit.model.regions["neck"]])
        assert out_mm.max() < 0.4


def test_a_covered_point_is_read_where_it_lies_and_raises_no_cell_beyond_it() -> None:
    directions = np.zeros((9, 17))
    radius_mm = np.full_like(directions, 100.0)
    radius_mm[4:] = 110.0
    step_rad = 2 * np.pi / 16
    row, column, reach_mm = 3.5, 6.25, 109.0
    elevation, azimuth = (row - 4) * step_rad, (column - 8) * step_rad
    flat_mm = reach_mm * np.cos(elevation)
    point_mm = np.array(
        [flat_mm * np.sin(azimuth), reach_mm * np.sin(elevation), flat_mm * np.cos(azimuth)]
    )
    before_mm = radius_mm.copy()
    cover(point_mm[None], np.zeros((1, 3), np.int32), -4 * step_rad, radius_mm)
    (near, next_to), (far, next_far) = radius_mm[3:5, 6:8]
    read_mm = 0.5 * (0.75 * near + 0.25 * next_to) + 0.5 * (0.75 * far + 0.25 * next_far)
    np.testing.assert_allclose(read_mm, reach_mm - SUNK_MM, atol=1e-4)
    changed = radius_mm != before_mm
    assert changed.sum() == 2
    assert radius_mm[changed].max() <= reach_mm
