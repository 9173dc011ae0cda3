"""The yardstick of the wardrobe, on shapes whose measures are known."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from mask3d.arrays import FloatArray, IntArray
from mask3d.masks import load_mask
from mask3d.material import opaque
from mask3d.mesh import Mesh
from mask3d.sheet import Sheet
from scripts.wardrobe_measures.crossings import crossing_pairs
from scripts.wardrobe_measures.ear_loops import loop_distance_mm
from scripts.wardrobe_measures.heads import random_head
from scripts.wardrobe_measures.limits import Finding, findings
from scripts.wardrobe_measures.measures import OneHead
from scripts.wardrobe_measures.outer_side import OuterSide, outer_side, rim_edges
from scripts.wardrobe_measures.penetration import behind_ear, depth_mm, probes_mm
from scripts.wardrobe_measures.rim import (
    CHEEKS,
    CHIN,
    NOSE,
    SIDES,
    RimGaps,
    median_gap_mm,
    rim_gaps,
    rim_zones,
)
from scripts.wardrobe_measures.strain import strain_pct
from scripts.wardrobe_measures.triangle_tree import closest, triangle_tree
from scripts.wardrobe_measures.true_skin import TrueSkin, encloses, height_mm, true_skin
from tests.fitted_heads import depth_below_skin_mm

RADIUS_MM = 80.0
FACET_MM = 0.1  # how far the facets of the ball lie inside the sphere


def _ball(radius_mm: float = RADIUS_MM) -> tuple[FloatArray, IntArray]:
    ball = trimesh.creation.icosphere(subdivisions=4, radius=radius_mm)
    return np.array(ball.vertices), np.array(ball.faces, np.int32)


def _skin() -> TrueSkin:
    return true_skin(*_ball())


def _mesh(vertices_mm: FloatArray, faces: IntArray) -> Mesh:
    n = len(vertices_mm)
    material = opaque(np.zeros((1, 1, 3), np.uint8))
    return Mesh(vertices_mm, np.zeros((n, 3)), faces, np.zeros((n, 2)), np.ones(n), material)


def _sheet_of(points: int) -> tuple[FloatArray, IntArray]:
    """A flat square grid of points 1 mm apart, and its triangles."""
    x, y = np.meshgrid(np.arange(points, dtype=float), np.arange(points, dtype=float))
    index = np.arange(points * points).reshape(points, points)
    a, b, c, d = (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1])
    faces = np.concatenate([np.stack(t, axis=2).reshape(-1, 3) for t in ((a, b, c), (a, c, d))])
    return np.stack([x, y, 0 * x], axis=2).reshape(-1, 3), faces.astype(np.int32)


def test_the_tree_finds_what_a_search_of_all_triangles_finds() -> None:
    vertices_mm, faces = _ball()
    faces = faces[::7]  # with holes, so that edges and corners are nearest too
    points_mm = np.random.default_rng(0).normal(0.0, RADIUS_MM, (300, 3))
    _, _, nearest_mm = closest(triangle_tree(vertices_mm, faces), points_mm)
    for point_mm, found_mm in zip(points_mm, nearest_mm, strict=True):
        found_away_mm = np.linalg.norm(found_mm - point_mm)
        assert _away_mm(vertices_mm[faces], point_mm) == pytest.approx(found_away_mm, abs=1e-9)


def _away_mm(triangles_mm: FloatArray, point_mm: FloatArray) -> float:
    """Distance of a point to the nearest of triangles (F, 3, 3), by least squares on each."""
    a, b, c = np.moveaxis(triangles_mm - point_mm, 1, 0)
    best = np.inf
    for start, end in ((a, b), (b, c), (c, a)):
        along = end - start
        share = -np.einsum("fd,fd->f", start, along) / np.einsum("fd,fd->f", along, along)
        best = min(
            best, np.linalg.norm(start + np.clip(share, 0, 1)[:, None] * along, axis=1).min()
        )
    basis = np.stack([b - a, c - a], axis=2)  # (F, 3, 2)
    place = np.linalg.pinv(basis) @ -a[..., None]
    inside = (place[:, 0, 0] > 0) & (place[:, 1, 0] > 0) & (place.sum(axis=1)[:, 0] < 1)
    flat = np.linalg.norm((basis @ place)[..., 0] + a, axis=1)[inside]
    return float(min(best, np.min(flat, initial=np.inf)))


def test_height_over_a_ball_is_the_radius_over_its_own() -> None:
    points_mm = np.random.default_rng(1).normal(0.0, RADIUS_MM / 2, (500, 3))
    expected_mm = np.linalg.norm(points_mm, axis=1) - RADIUS_MM
    assert expected_mm.min() < 0 < expected_mm.max()
    np.testing.assert_allclose(height_mm(_skin(), points_mm), expected_mm, atol=FACET_MM)


def test_a_needle_has_an_inside_even_where_faces_meet_at_a_sharp_edge() -> None:
    """The normal of the nearest face alone errs there: the pseudonormal does not."""
    vertices_mm = np.array([[0, 0, 0], [10, 1, 0], [10, -1, 0], [10, 0, 1.0]])
    faces = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]], np.int32)
    skin = true_skin(vertices_mm, faces)
    around_mm = np.random.default_rng(2).uniform(-4.0, 14.0, (1000, 3))
    within = np.array([encloses(skin, point_mm) for point_mm in around_mm])
    np.testing.assert_array_equal(height_mm(skin, around_mm) < 0, within)
    assert height_mm(skin, np.array([[8.0, 0.0, 0.3]]))[0] < 0


def test_a_ball_in_a_ball_is_as_deep_as_their_radii_differ() -> None:
    skin = _skin()
    assert depth_mm(skin, probes_mm(_mesh(*_ball(77.0)))) == pytest.approx(3.0, abs=2 * FACET_MM)
    assert depth_mm(skin, probes_mm(_mesh(*_ball(83.0)))) == 0.0


def test_a_face_can_sink_though_its_corners_do_not() -> None:
    corners_mm = (RADIUS_MM + 1.0) * np.eye(3)
    mesh = _mesh(corners_mm, np.array([[0, 1, 2]], np.int32))
    assert height_mm(_skin(), corners_mm).min() > 0
    expected_mm = RADIUS_MM - (RADIUS_MM + 1.0) / np.sqrt(3)
    assert depth_mm(_skin(), probes_mm(mesh)) == pytest.approx(expected_mm, abs=FACET_MM)


def test_behind_an_inverted_pocket_of_the_skin_is_not_inside() -> None:
    """The surface does not wind round a point there, whatever the nearest normal says."""
    ball_mm, faces = _ball()
    pocket_mm, pocket = _ball(5.0)
    both_mm = np.concatenate([ball_mm, pocket_mm + np.array([0.0, 0.0, 100.0])])
    skin = true_skin(both_mm, np.concatenate([faces, pocket[:, ::-1] + len(ball_mm)]))
    at_mm = np.array([[0.0, 0.0, 106.0]])
    assert height_mm(skin, at_mm)[0] < 0
    assert depth_mm(skin, at_mm) == 0.0


def test_depth_agrees_with_samples_of_the_heads_surface() -> None:
    fit = random_head(0, 1)
    rng = np.random.default_rng(3)
    region = fit.model.regions["cheeks"]
    points_mm = fit.vertices_mm[region] + rng.normal(0.0, 3.0, (len(region), 3))
    skin = true_skin(fit.vertices_mm, fit.model.faces)
    off_mm = np.maximum(-height_mm(skin, points_mm), 0.0) - depth_below_skin_mm(fit, points_mm)
    assert np.percentile(np.abs(off_mm), 98) < 0.3  # the samples err next to folds


def test_only_the_crease_behind_the_ear_is_behind_the_ear() -> None:
    root_mm = np.array([[75, 20, 10], [74, 10, -12], [72, -10, -10], [70, -20, 8.0]])
    roots_mm = np.stack([root_mm, root_mm * [-1, 1, 1]])
    points_mm = np.array([[74, 8, -12], [-74, 8, -12], [75, 20, 14], [60, 0, -80], [0, 0, 100.0]])
    assert behind_ear(points_mm, roots_mm).tolist() == [True, True, False, False, False]


def test_a_flat_sheet_does_not_cross_itself_and_a_folded_one_does() -> None:
    points_mm, faces = _sheet_of(9)
    assert len(crossing_pairs(points_mm, faces)) == 0
    angle = points_mm[:, 0] / 8 * 2.5 * np.pi  # rolled up by more than a turn, ever tighter
    radius_mm = 3.0 - 0.2 * points_mm[:, 0]
    rolled_mm = np.stack(
        [radius_mm * np.cos(angle), points_mm[:, 1], radius_mm * np.sin(angle)], axis=1
    )
    assert len(crossing_pairs(rolled_mm, faces)) == 0
    through_mm = points_mm.copy()
    row = points_mm[:, 0] == 8.0  # the last column is turned back through the middle of the sheet
    through_mm[row] += [-4.4, 0.3, -0.7]
    through_mm[points_mm[:, 0] == 7.0] += [-2.4, 0.3, 0.7]
    pairs = crossing_pairs(through_mm, faces)
    assert len(pairs) > 0
    assert all(not set(faces[i]) & set(faces[j]) for i, j in pairs)


def test_a_corner_pushed_through_another_part_of_its_sheet_crosses_it() -> None:
    """Two triangles and, far off, two more that join them to one sheet."""
    faces = np.array([[0, 1, 2], [3, 4, 5], [2, 6, 7], [7, 4, 6]], np.int32)
    still_mm = np.array([[0, 0, 0], [4, 0, 0], [0, 4, 0.0]])
    needle_mm = np.array([[1, 1, 1], [1.5, 1, 4], [1, 1.5, 4.0]])
    joint_mm = np.array([[0, 9, 2], [2, 9, 2.0]])
    for depth, joined, apart in ((0.5, 0, 0), (1.5, 1, 0), (9.0, 0, 0)):
        points_mm = np.concatenate([still_mm, needle_mm - [0, 0, depth], joint_mm])
        assert len(crossing_pairs(points_mm, faces)) == joined
        assert len(crossing_pairs(points_mm, faces[:2])) == apart  # two pieces may touch


def test_doubled_vertices_are_one_point_of_the_sheet() -> None:
    points_mm, faces = _sheet_of(5)
    beside_mm = np.concatenate([points_mm, points_mm + np.array([4.0, 0.0, 0.0])])
    both = np.concatenate([faces, faces + len(points_mm)])
    inner_mm = beside_mm - np.array([0.0, 0.0, 1.0])
    side = outer_side(_mesh(np.concatenate([beside_mm, inner_mm]), both))
    assert len(rim_edges(both)) == 2 * 16
    assert len(rim_edges(side.faces)) == 2 * 16 - 2 * 4


def _cap(gap_mm: float, around: FloatArray) -> OuterSide:
    """A square on the ball round a direction, its inner side `gap_mm` off the facets."""
    points_mm, faces = _sheet_of(9)
    along = np.cross([0.0, 1.0, 0.0], around)
    flat = around + 0.03 * (
        (points_mm[:, :1] - 4) * along + (points_mm[:, 1:2] - 4) * np.cross(around, along)
    )
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    inner_mm = flat * (RADIUS_MM + gap_mm)
    return OuterSide(inner_mm * 1.01, inner_mm, faces)


@pytest.mark.parametrize("gap_mm", [0.0, 1.0, 4.0])
def test_the_gap_of_a_cap_is_its_height_over_the_ball(gap_mm: float) -> None:
    landmarks_mm = np.zeros((68, 3))
    landmarks_mm[[30, 48, 54], 1] = -200.0  # all of the rim lies above the mouth
    gaps = rim_gaps(_cap(gap_mm, np.array([0.0, 0.0, 1.0])), _skin(), landmarks_mm)
    assert gaps.gap_mm == pytest.approx(np.full(32, gap_mm), abs=2 * FACET_MM)


def test_the_rim_has_a_zone_for_nose_cheeks_sides_and_chin() -> None:
    x_mm, y_mm = np.array([[0, 40, 60, 40, 0, 5], [60, 50, 0, -50, -60, -60]], float)
    middle_mm = np.stack([x_mm, y_mm, np.zeros(6)], axis=1)
    along_mm = np.array(
        [[1, 0, 0], [1, -0.5, 0], [0, -1, 0.2], [0.5, 0.1, -1], [1, 0, 0], [0, 1, 0]]
    )
    landmarks_mm = np.zeros((68, 3))
    landmarks_mm[[48, 54], 1] = -25.0
    zones = rim_zones(middle_mm, along_mm, landmarks_mm)
    assert zones.tolist() == [NOSE, CHEEKS, SIDES, CHIN, CHIN, SIDES]


def test_a_median_gap_counts_length() -> None:
    gaps = RimGaps(np.array([1.0, 9.0, 5.0]), np.array([6.0, 2.0, 3.0]), np.array([0, 0, 0]))
    assert median_gap_mm(gaps, 0) == 1.0
    assert np.isnan(median_gap_mm(gaps, 1))


def _links(bounds_mm: FloatArray, compliance: FloatArray) -> Sheet:
    pairs = np.array([[k, k + 1] for k in range(len(bounds_mm))], np.int32)
    none = np.zeros(0, np.int32)
    return Sheet(pairs, bounds_mm, compliance, none, none, none, pairs[:0], 0)


def test_strain_is_how_far_a_thread_is_beyond_its_bounds() -> None:
    along_mm = np.cumsum([0.0, 5.0, 5.5, 4.5, 12.0, 5.5])
    cage_mm = np.stack([along_mm, 0 * along_mm, 0 * along_mm], axis=1)
    bounds_mm = np.array([[5, 5], [5, 5], [5, 5], [5, 20], [5, 5.0]])
    sheet = _links(bounds_mm, np.array([0, 0.02, 0, 0, 60.0]))  # the last one is a bend
    np.testing.assert_allclose(strain_pct(cage_mm, sheet), [0, 10, 10, 0], atol=1e-9)


def _root_mm() -> FloatArray:
    """Half a circle behind an ear, from its top to its bottom."""
    angle = np.linspace(0.5, 1.5, 12) * np.pi
    return 20.0 * np.stack([np.zeros(12), np.sin(angle), np.cos(angle)], axis=1)


def test_a_loop_is_as_far_from_the_ear_as_its_farthest_place_behind_it() -> None:
    root_mm, ends_mm = _root_mm(), np.array([[0.0, 15.0, 60.0], [0.0, -15.0, 60.0]])
    loop_mm = root_mm + np.array([3.0, 0.0, 0.0])
    assert loop_distance_mm(loop_mm, root_mm, ends_mm) == pytest.approx(3.0)
    assert loop_distance_mm(loop_mm[:6], root_mm, ends_mm) > 10.0


def test_a_loop_need_not_follow_the_ear_where_its_ends_draw_it_away() -> None:
    root_mm, ends_mm = _root_mm(), np.array([[0.0, -100.0, 20.0], [0.0, -100.0, -20.0]])
    assert loop_distance_mm(root_mm[:7], root_mm, ends_mm) < 5.0  # hangs straight down
    assert loop_distance_mm(root_mm[7:], root_mm, ends_mm) > 10.0


def _one_head(depth: float = 0.0, gap_mm: float = 0.5, strain: float = 0.0) -> OneHead:
    zones = np.array([NOSE, CHEEKS, SIDES, CHIN])
    gaps = RimGaps(np.full(4, gap_mm), np.ones(4), zones)
    return OneHead(depth, 0.0, 0.0, gaps, np.full(10, strain), 0, 1.0, True)


def _missed(found: list[Finding]) -> list[str]:
    return [finding.label for finding in found if finding.missed]


def test_a_limit_is_missed_by_the_worst_head_only_where_there_is_one() -> None:
    mask = load_mask("surgical_blue")
    assert _missed(findings(mask, "covered", [_one_head(), _one_head(0.4)])) == []
    assert _missed(findings(mask, "covered", [_one_head(), _one_head(0.6)])) == ["mask depth mm"]
    assert _missed(findings(mask, "covered", [_one_head(strain=6.0)])) == ["p95 %"]
    assert _missed(findings(mask, "covered", [_one_head(gap_mm=4.0)])) == ["nose mm", "cheeks mm"]
    assert _missed(findings(mask, "nose_out", [_one_head(gap_mm=4.0)])) == []
    shell = load_mask("n95_white")
    assert len(_missed(findings(shell, "covered", [_one_head(gap_mm=4.0)]))) == 4


def test_heads_differ_and_the_same_number_is_the_same_head() -> None:
    heads = [random_head(0, number) for number in range(3)]
    jaw = heads[0].model.expression_names.index("jaw_open")
    assert heads[1].expression[jaw] > 0 == heads[0].expression[jaw]
    assert np.abs(heads[0].vertices_mm - heads[2].vertices_mm).max() > 3.0
    np.testing.assert_array_equal(heads[1].vertices_mm, random_head(0, 1).vertices_mm)
    assert np.abs(heads[1].vertices_mm - random_head(1, 1).vertices_mm).max() > 3.0
