from __future__ import annotations

import numpy as np

from mask3d.contact import contact_map
from mask3d.fabric import plain_material
from mask3d.mesh import Mesh
from mask3d.straps import BAND_THICKNESS_MM, band, band_line, cord, ear_loop_line
from tests.fitted_heads import head_fit

LINE_MM = np.stack([np.linspace(0.0, 50.0, 20), np.zeros(20), np.zeros(20)], axis=1)


def _faces_outward(mesh: Mesh) -> bool:
    corners = mesh.vertices_mm[mesh.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outward = (corners.mean(axis=1) - mesh.vertices_mm.mean(axis=0)) * [0.0, 1.0, 1.0]
    return bool(((normals * outward).sum(axis=1) > 0).all())


def test_a_cord_has_its_radius_and_faces_outwards() -> None:
    mesh = cord(LINE_MM, 1.5, plain_material("white"))
    np.testing.assert_allclose(np.linalg.norm(mesh.vertices_mm[:, 1:], axis=1), 1.5)
    assert _faces_outward(mesh)


def test_a_band_has_its_width_and_thickness_and_lies_outside() -> None:
    around = np.linspace(0.0, np.pi, 40)
    half_circle_mm = 80.0 * np.stack([np.cos(around), np.zeros(40), -np.sin(around)], axis=1)
    mesh = band(half_circle_mm, np.array([0.0, 1.0, 0.0]), 4.0, 0.5, plain_material("white"))
    assert np.ptp(mesh.vertices_mm[:, 1]) == 4.0
    height_mm = np.linalg.norm(mesh.vertices_mm[:, [0, 2]], axis=1) - 80.0
    np.testing.assert_allclose(height_mm.min(), 0.5, atol=0.02)
    np.testing.assert_allclose(height_mm.max(), 0.5 + BAND_THICKNESS_MM, atol=0.02)
    normals = (mesh.normals * mesh.vertices_mm)[height_mm > 0.5 + 0.9 * BAND_THICKNESS_MM]
    assert (normals.sum(axis=1) > 0).all()


def test_a_loop_runs_from_end_to_end_by_way_of_the_ear() -> None:
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    root_mm = fit.model.ear_roots_mm(fit.vertices_mm)[0]
    upper_mm = root_mm[0] + [-10.0, -10.0, 40.0]
    lower_mm = root_mm[-1] + [-10.0, 0.0, 30.0]
    line_mm = ear_loop_line(upper_mm, lower_mm, root_mm, skin, 1.2)
    np.testing.assert_allclose(line_mm[[0, -1]], [upper_mm, lower_mm])
    for point_mm in root_mm[2:-2]:
        assert np.linalg.norm(line_mm - point_mm, axis=1).min() < 3.0


def test_a_loop_is_shorter_than_the_way_that_it_starts_from() -> None:
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    root_mm = fit.model.ear_roots_mm(fit.vertices_mm)[1]
    upper_mm, lower_mm = root_mm[0] + [0.0, 0.0, 45.0], root_mm[-1] + [0.0, 0.0, 35.0]
    line_mm = ear_loop_line(upper_mm, lower_mm, root_mm, skin, 1.2)
    length_mm = np.linalg.norm(np.diff(line_mm, axis=0), axis=1).sum()
    detour = np.concatenate([[upper_mm], root_mm, [lower_mm]])
    assert length_mm < 1.1 * np.linalg.norm(np.diff(detour, axis=0), axis=1).sum()


def test_a_band_is_taut_round_the_back_of_the_head() -> None:
    fit = head_fit()
    left_mm, right_mm = np.array([50.0, 0.0, 60.0]), np.array([-50.0, 0.0, 60.0])
    back = fit.vertices_mm[fit.vertices_mm[:, 2].argmin()]
    line_mm, plane = band_line(fit.vertices_mm, fit.model.faces, left_mm, right_mm, back)
    np.testing.assert_allclose((line_mm - left_mm) @ plane, 0.0, atol=1e-9)
    assert {tuple(line_mm[0].round(6)), tuple(line_mm[-1].round(6))} == {
        tuple(left_mm.round(6)),
        tuple(right_mm.round(6)),
    }
    assert line_mm[:, 2].min() < back[2] + 10.0
    turns = np.cross(np.diff(line_mm, axis=0)[:-1], np.diff(line_mm, axis=0)[1:]) @ plane
    assert (turns > -1e-6).all() or (turns < 1e-6).all()
