"""Laws of ear loops in a photo: they end where hair or the ear hides them."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import transform
from mask3d.drape import drape_worn
from mask3d.ears import Ear
from mask3d.face import FaceFit
from mask3d.harmonics import sh_basis
from mask3d.lighting import Lighting
from mask3d.masks import load_worn
from mask3d.mesh import Mesh
from mask3d.recipe import CREASE_SETS, Recipe, Wearing
from mask3d.tuck import TOP_MM, tucked
from tests.fitted_heads import IMAGE_PX, head_fit

SKIN, HAIR = (200, 150, 130), (40, 28, 20)
EVEN = Lighting(np.eye(9)[:, :1].repeat(3, axis=1) / sh_basis(np.eye(3)[:1])[0, 0], np.ones(3))
YAW_DEG = 60.0  # the subject's left ear is seen
FRONT_OF_EAR_MM, BEHIND_MM = 15.0, -60.0


@cache
def fitted(yaw_deg: float = YAW_DEG) -> FaceFit:
    return head_fit(yaw_deg)


AS_USUAL = Wearing()


def worn(name: str = "surgical", wearing: Wearing = AS_USUAL) -> tuple[Mesh, ...]:
    recipe = Recipe(name, (0.0,) * CREASE_SETS, wearing=wearing)
    return drape_worn(load_worn(name), fitted(), recipe)


def in_photo(points_mm: FloatArray, yaw_deg: float = YAW_DEG) -> FloatArray:
    fit = fitted(yaw_deg)
    return fit.camera.project(transform(fit.cam_from_face, points_mm))


def ear_px(yaw_deg: float = YAW_DEG) -> FloatArray:
    model = fitted().model
    ears = model.regions["ears"]
    return in_photo(fitted().vertices_mm[ears[model.mean_mm[ears, 0] > 0]], yaw_deg)


def portrait(*hair_mm: tuple[float, float]) -> ByteArray:
    """Bare skin all over; hair between planes that lie so far before the left ear canal."""
    photo = np.full((IMAGE_PX, IMAGE_PX, 3), SKIN, np.uint8)
    for front_mm, back_mm in hair_mm:
        photo[:, column(front_mm) : column(back_mm)] = HAIR
    return photo


def column(before_ear_mm: float) -> int:
    return int(in_photo(np.array([[70.0, 0.0, before_ear_mm]]))[0, 0])


def left_loop(meshes: tuple[Mesh, ...]) -> list[Mesh]:
    return [mesh for mesh in meshes if mesh.is_loop and mesh.vertices_mm[:, 0].mean() > 0]


def right_loop(meshes: tuple[Mesh, ...]) -> list[Mesh]:
    return [mesh for mesh in meshes if mesh.is_loop and mesh.vertices_mm[:, 0].mean() < 0]


def seen_px(meshes: tuple[Mesh, ...]) -> FloatArray:
    """What is left of the left loop, in the photo."""
    return np.concatenate(
        [np.zeros((0, 2)), *(in_photo(m.vertices_mm[m.faces].mean(1)) for m in left_loop(meshes))]
    )


def halves_px(meshes: tuple[Mesh, ...]) -> tuple[FloatArray, FloatArray]:
    """What is left of the upper and of the lower half of the left loop, in the photo."""
    (loop,) = left_loop(meshes)
    along = loop.uv[loop.faces, 0].mean(axis=1)
    is_upper = along < np.unique(loop.uv[:, 0]).mean()
    points_px = in_photo(loop.vertices_mm[loop.faces].mean(axis=1))
    return points_px[is_upper], points_px[~is_upper]


def nearest_px(some_px: FloatArray, others_px: FloatArray) -> float:
    return float(np.linalg.norm(some_px[:, None] - others_px, axis=2).min())


def test_a_loop_ends_at_an_ear_that_is_bare() -> None:
    upper_px, lower_px = halves_px(tucked(worn(), fitted(), portrait(), EVEN))
    top_mm = fitted().model.ear_roots_mm(fitted().vertices_mm)[0, 0]
    assert nearest_px(upper_px, in_photo((top_mm + TOP_MM)[None])) < 3.0
    assert upper_px[:, 0].max() < in_photo((top_mm + TOP_MM)[None])[0, 0] + 3.0
    hull = cv2.convexHull(ear_px().astype(np.float32))
    assert max(cv2.pointPolygonTest(hull, point, True) for point in lower_px) < 2.0
    assert nearest_px(lower_px, ear_px()) < 3.0
    for half_px in (upper_px, lower_px):
        assert np.ptp(half_px[:, 0]) > 20.0  # from the mask


def test_a_loop_ends_where_hair_begins() -> None:
    before = seen_px(worn())
    left_px = seen_px(tucked(worn(), fitted(), portrait((FRONT_OF_EAR_MM, BEHIND_MM)), EVEN))
    border_px = column(FRONT_OF_EAR_MM)
    assert before[:, 0].max() > border_px + 15
    assert left_px[:, 0].max() < border_px + 4
    assert left_px[:, 0].max() > border_px - 8
    assert left_px[:, 0].min() == before[:, 0].min()  # still held by the mask


def test_hair_before_a_bare_ear_lies_below_the_loop() -> None:
    photo = portrait((FRONT_OF_EAR_MM, FRONT_OF_EAR_MM - 6))
    np.testing.assert_array_equal(
        seen_px(tucked(worn(), fitted(), photo, EVEN)),
        seen_px(tucked(worn(), fitted(), portrait(), EVEN)),
    )


def test_nothing_is_left_of_a_loop_under_hair_that_reaches_the_mask() -> None:
    meshes = tucked(worn(), fitted(), portrait((80.0, BEHIND_MM)), EVEN)
    assert not left_loop(meshes)
    assert len(meshes) == len(worn()) - 1


@pytest.mark.parametrize("brightness", [0.1, 0.5])
def test_dim_light_is_no_hair(brightness: float) -> None:
    dim = Lighting(EVEN.sh, np.full(3, brightness))
    photo = np.asarray(portrait() * brightness ** (1 / 2.2), np.uint8)
    np.testing.assert_array_equal(
        seen_px(tucked(worn(), fitted(), photo, dim)),
        seen_px(tucked(worn(), fitted(), portrait(), EVEN)),
    )


def test_a_loop_does_not_come_back_in_a_gap_of_the_hair() -> None:
    behind = (FRONT_OF_EAR_MM, BEHIND_MM)
    np.testing.assert_array_equal(
        seen_px(tucked(worn(), fitted(), portrait((34.0, 24.0), behind), EVEN)),
        seen_px(tucked(worn(), fitted(), portrait((34.0, BEHIND_MM)), EVEN)),
    )


@pytest.mark.parametrize("is_bare", [False, True])
def test_an_ear_out_of_sight_is_as_bare_as_the_other(*, is_bare: bool) -> None:
    photo = portrait() if is_bare else portrait((FRONT_OF_EAR_MM, BEHIND_MM))
    far_px = in_photo(right_loop(worn())[0].vertices_mm)
    photo[:, int(far_px[:, 0].min()) - 2 : int(far_px[:, 0].min()) + 10] = HAIR
    (whole,), (left_over,) = right_loop(worn()), right_loop(tucked(worn(), fitted(), photo, EVEN))
    assert (len(left_over.faces) == len(whole.faces)) == is_bare


@pytest.mark.parametrize("name", ["n95", "bandana", "surgical_tie", "gaiter"])
def test_sheets_and_knots_lie_over_hair(name: str) -> None:
    meshes = worn(name)
    left_over = tucked(meshes, fitted(), portrait((80.0, BEHIND_MM)), EVEN)
    no_strap = [m for m in meshes if not (m.is_band or m.is_bow)]
    assert [m for m in left_over if not (m.is_band or m.is_bow)] == no_strap


def test_a_loop_that_hangs_free_lies_over_hair() -> None:
    meshes = worn(wearing=Wearing("one_ear", ear="right"))
    assert not left_loop(meshes)
    assert sum(mesh.is_loop for mesh in meshes) == 1


SEEN_AWAY_PX = (6.0, -4.0)


def ears(bare: float, offset_px: tuple[float, float] = (0.0, 0.0)) -> tuple[Ear, Ear]:
    return Ear(bare, np.array(offset_px)), Ear(bare, np.array(offset_px))


def ends_px(meshes: tuple[Mesh, ...]) -> FloatArray:
    """Where both halves of the left loop end (2, 2)."""
    return np.array(
        [half[half[:, 0] > half[:, 0].max() - 1.0].mean(axis=0) for half in halves_px(meshes)]
    )


def test_a_loop_runs_to_the_ear_that_the_photo_shows() -> None:
    fitted_at = tucked(worn(), fitted(), portrait(), EVEN, ears(1.0))
    seen_at = tucked(worn(), fitted(), portrait(), EVEN, ears(1.0, SEEN_AWAY_PX))
    moved_px = ends_px(seen_at) - ends_px(fitted_at)
    np.testing.assert_allclose(moved_px, [SEEN_AWAY_PX] * 2, atol=1.5)
    held = seen_px(fitted_at)[:, 0].argmin()
    np.testing.assert_allclose(seen_px(seen_at)[held], seen_px(fitted_at)[held], atol=0.5)


def test_a_moved_loop_slides_along_the_head() -> None:
    (before,) = left_loop(worn())
    (after,) = left_loop(tucked(worn(), fitted(), portrait(), EVEN, ears(1.0, SEEN_AWAY_PX)))
    kept = np.unique(after.faces)
    moved_mm = (after.vertices_mm - before.vertices_mm)[kept]
    aside_mm, up_mm, back_mm = np.abs(moved_mm).max(axis=0)
    assert aside_mm < 0.4 * max(up_mm, back_mm)


def test_the_net_knows_better_than_the_colour_whether_an_ear_is_bare() -> None:
    strand = portrait((FRONT_OF_EAR_MM, FRONT_OF_EAR_MM - 12))
    bare, hidden = (tucked(worn(), fitted(), strand, EVEN, ears(chance)) for chance in (1.0, 0.0))
    np.testing.assert_array_equal(
        seen_px(bare), seen_px(tucked(worn(), fitted(), portrait(), EVEN, ears(1.0)))
    )
    assert seen_px(hidden)[:, 0].max() < column(FRONT_OF_EAR_MM) + 4


def test_hair_over_the_top_of_an_ear_leaves_its_lobe_bare() -> None:
    photo = portrait((FRONT_OF_EAR_MM, BEHIND_MM))
    upper_px, lower_px = halves_px(tucked(worn(), fitted(), photo, EVEN, ears(1.0)))
    assert upper_px[:, 0].max() < column(FRONT_OF_EAR_MM) + 4
    np.testing.assert_array_equal(
        lower_px, halves_px(tucked(worn(), fitted(), portrait(), EVEN, ears(1.0)))[1]
    )


def test_a_loop_to_a_hidden_ear_ends_at_the_fitted_one_at_the_latest() -> None:
    hidden = tucked(worn(), fitted(), portrait(), EVEN, ears(0.0, SEEN_AWAY_PX))
    np.testing.assert_array_equal(
        seen_px(hidden), seen_px(tucked(worn(), fitted(), portrait(), EVEN, ears(0.0)))
    )
    hull = cv2.convexHull(ear_px().astype(np.float32))
    assert max(cv2.pointPolygonTest(hull, point, True) for point in seen_px(hidden)) < 2.0
