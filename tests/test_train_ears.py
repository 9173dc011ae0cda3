from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.camera import transform
from mask3d.ears import CROP_PX, LEFT, RIGHT, SIGN, ear_region, lobe_mm, upright_ear
from mask3d.face import FaceFit
from scripts.train_ears.evaluate import auc
from scripts.train_ears.faces import IMAGE_WH, Faces, fit_crops
from scripts.train_ears.prepare import LabelledEars, cut_ears
from scripts.train_landmarks.crops import Crops
from tests.fitted_heads import head_fit
from tests.portraits import hopper, placed

YAWS_DEG = (55.0, -55.0, 0.0)
BACK_MM, DOWN_MM = 7.0, 3.0  # the lobe is labelled so far beside the fitted one
NOISE = np.random.default_rng(0).integers(0, 256, (3, *IMAGE_WH, 3), np.uint8)


def labels_px(fit: FaceFit, side: int) -> FloatArray:
    """Beside the fitted lobe, to the back and down as the photo shows it."""
    lobe_cam_mm = transform(fit.cam_from_face, lobe_mm(fit, side))
    return fit.camera.project(np.add(lobe_cam_mm, (SIGN[side] * BACK_MM, DOWN_MM, 0.0)))


@cache
def faces() -> Faces:
    fits = [head_fit(yaw_deg) for yaw_deg in YAWS_DEG]
    unlabelled = Faces(
        NOISE,
        np.full(len(fits), 600.0),
        np.array([fit.cam_from_face for fit in fits]),
        np.array([fit.identity for fit in fits]),
        np.array([fit.expression for fit in fits]),
        np.full((len(fits), 2, 2), np.nan),
        np.zeros(len(fits), bool),
    )
    lobes_px = [[labels_px(unlabelled.fit(k), side) for side in (LEFT, RIGHT)] for k in range(3)]
    lobes_px[1][LEFT] = lobes_px[2][RIGHT] = np.full(2, np.nan)
    return replace(unlabelled, lobes_px=np.array(lobes_px))


@cache
def cut() -> LabelledEars:
    return cut_ears(faces(), np.arange(3))


def test_ears_that_are_turned_away_are_left_out() -> None:
    assert list(zip(cut().face, cut().side, strict=True)) == [
        (0, LEFT),
        (1, RIGHT),
        (2, LEFT),
        (2, RIGHT),
    ]
    assert cut().is_visible.tolist() == [True, True, True, False]


def test_offsets_lead_to_the_back_and_down_on_either_side() -> None:
    seen = cut().offset_mm[cut().is_visible]
    np.testing.assert_allclose(seen, [(BACK_MM, DOWN_MM)] * 3, rtol=0.05)


@pytest.mark.parametrize("row", range(4))
def test_the_middle_of_a_picture_is_the_crop_that_the_net_sees(row: int) -> None:
    ears = cut()
    fit, side = faces().fit(ears.face[row]), int(ears.side[row])
    crop, outline = upright_ear(NOISE[ears.face[row]], fit, side, ear_region(fit, side))
    np.testing.assert_array_equal(ears.outline[row], outline)
    margin = (ears.rgb.shape[1] - CROP_PX) // 2
    middle = ears.rgb[row, margin:-margin, margin:-margin].astype(float)
    assert np.abs(middle - crop).mean() < 4.0


def test_faces_are_fitted_where_the_detector_finds_the_labelled_one() -> None:
    middle_px, side_px = np.array([256.0, 190.0]), 330.0
    scale = IMAGE_WH[0] / side_px
    affine = np.column_stack([np.eye(2) * scale, (side_px / 2 - middle_px) * scale])
    rgb = np.array([placed(hopper(), IMAGE_WH, affine)] * 2)
    points_px = np.full((2, 21, 2), np.nan)
    points_px[:, 14] = IMAGE_WH[0] / 2
    points_px[1, 14] = 0.0  # the label of another face
    crops = Crops(rgb, points_px, np.zeros(2))
    faces = fit_crops(crops, np.arange(2), np.array([True, False]))
    assert faces.held_out.tolist() == [True]
    fit = faces.fit(0)
    nose_px = fit.camera.project(
        transform(fit.cam_from_face, fit.model.landmarks_mm(fit.vertices_mm)[30])
    )
    assert np.linalg.norm(nose_px - IMAGE_WH[0] / 2) < 20


def test_the_area_below_the_curve_is_the_chance_to_rank_a_pair_rightly() -> None:
    assert auc(np.array([0.1, 0.2, 0.3, 0.4]), np.array([False, False, True, True])) == 1.0
    assert auc(np.array([0.1, 0.2, 0.3, 0.4]), np.array([True, False, True, False])) == 0.25
    assert auc(np.array([0.5, 0.5, 0.5]), np.array([True, False, True])) == 0.5
    assert np.isnan(auc(np.array([0.5]), np.array([True])))
