from __future__ import annotations

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.camera import transform
from mask3d.contact import contact_map, skin_distance
from mask3d.drape import drape
from mask3d.face import FaceFit
from mask3d.lighting import Lighting
from mask3d.masks import list_designs, load_mask
from mask3d.recipe import CREASE_SETS, Recipe
from mask3d.renderer import open_renderer
from scripts.wardrobe_measures.penetration import depth_mm
from scripts.wardrobe_measures.true_skin import true_skin
from tests.fitted_heads import head_fit, random_head

DESIGNS = ("cloth_black", "n95_white", "surgical_blue")
CREASED = (0.6,) * CREASE_SETS
MAX_DEPTH_MM = 0.5


def _outer_mm(name: str, fit: FaceFit) -> FloatArray:
    """Outer vertices of a mask on a head."""
    surface = drape(load_mask(name), fit, Recipe(name))[0]
    return surface.vertices_mm[: len(surface.vertices_mm) // 2]


@pytest.mark.parametrize("name", DESIGNS)
def test_no_vertex_sinks_into_any_of_fifty_heads(name: str) -> None:
    mask = load_mask(name)
    for seed in range(50):
        fit = random_head(seed)
        surface = drape(mask, fit, Recipe(name, CREASED))[0]
        assert np.isfinite(surface.vertices_mm).all()
        assert (
            depth_mm(true_skin(fit.vertices_mm, fit.model.faces), surface.vertices_mm)
            <= MAX_DEPTH_MM
        )


@pytest.mark.parametrize("name", DESIGNS)
def test_it_covers_nose_lips_and_chin_in_profile(name: str) -> None:
    """The silhouette of the lower face is the mask's own."""
    for seed in range(10):
        fit = random_head(seed)
        mask_mm = _outer_mm(name, fit)
        points_mm = fit.model.landmarks_mm(fit.vertices_mm)
        for landmark in (30, 33, 51, 57, 8):
            y, z = points_mm[landmark, 1:]
            beside = np.abs(mask_mm[:, 1] - y) < 4.0
            middle = np.abs(mask_mm[:, 0] - points_mm[landmark, 0]) < 6.0
            assert mask_mm[beside & middle, 2].max() > z


@pytest.mark.parametrize("name", DESIGNS)
def test_it_touches_the_bridge_of_the_nose_and_reaches_below_the_chin(name: str) -> None:
    fit = head_fit()
    mask_mm = _outer_mm(name, fit)
    distance_mm, _ = skin_distance(contact_map(fit.model, fit.vertices_mm), mask_mm)
    points_mm = fit.model.landmarks_mm(fit.vertices_mm)
    bridge_mm = np.linalg.norm(mask_mm - (points_mm[27] + points_mm[28]) / 2, axis=1)
    assert distance_mm[bridge_mm < 10.0].min() < 3.0
    assert mask_mm[np.abs(mask_mm[:, 0]) < 15.0, 1].min() < points_mm[8, 1]


def test_it_follows_the_jaw() -> None:
    model = head_fit().model
    dropped = np.zeros(len(model.expression_names))
    dropped[model.expression_names.index("jaw_open")] = 2.0
    hems, chins = [], []
    for fit in (head_fit(), head_fit(expression=dropped)):
        mask_mm = _outer_mm("surgical_blue", fit)
        hems.append(mask_mm[np.abs(mask_mm[:, 0]) < 15.0, 1].min())
        chins.append(fit.model.landmarks_mm(fit.vertices_mm)[8, 1])
    assert chins[1] < chins[0] - 5.0
    assert hems[1] < hems[0] - 1.0  # the pleats open first, then the hem gives way
    assert hems[1] < chins[1]


@pytest.mark.parametrize("name", ["cloth_black", "surgical_blue"])
def test_loops_reach_behind_the_ears(name: str) -> None:
    for seed in range(5):
        fit = random_head(seed)
        loops = drape(load_mask(name), fit, Recipe(name))[1:]
        for loop, root_mm in zip(loops, fit.model.ear_roots_mm(fit.vertices_mm), strict=True):
            behind_mm = root_mm[len(root_mm) // 2]
            assert np.linalg.norm(loop.vertices_mm - behind_mm, axis=1).min() < 5.0


def test_a_mirrored_head_wears_the_mirrored_mask() -> None:
    fit = random_head(4)
    turned = (fit.vertices_mm * [-1.0, 1.0, 1.0])[fit.model.mirror]
    mirrored = FaceFit(
        fit.model, fit.camera, fit.cam_from_face, fit.identity, fit.expression, turned, 0.0
    )
    for name in DESIGNS:
        there = _outer_mm(name, fit)
        back = _outer_mm(name, mirrored) * [-1.0, 1.0, 1.0]
        # the order of the cloth's links is not symmetric: equal within a weave, not to the bit
        away_mm = np.linalg.norm(there[:, None] - back[None, ::5], axis=2).min(axis=0)
        assert np.percentile(away_mm, 95) < 3.0


def test_creases_are_the_recipes_doing() -> None:
    fit, mask = head_fit(), load_mask("surgical_blue")
    smooth = drape(mask, fit, Recipe("surgical_blue"))[0].vertices_mm
    creased = drape(mask, fit, Recipe("surgical_blue", CREASED))[0].vertices_mm
    assert 0.2 < np.linalg.norm(creased - smooth, axis=1).max() < 6.0
    again = drape(mask, fit, Recipe("surgical_blue", CREASED))[0].vertices_mm
    assert again.tobytes() == creased.tobytes()


def test_creases_together_pile_up_no_higher_than_one_pattern_at_its_strongest() -> None:
    fit, mask = head_fit(), load_mask("surgical_blue")
    all_mm, half_mm, less_mm = (
        drape(mask, fit, Recipe("surgical_blue", (weight,) * CREASE_SETS))[0].vertices_mm
        for weight in (1.0, CREASE_SETS**-0.5, 0.4)
    )
    np.testing.assert_allclose(all_mm, half_mm, atol=1e-9)
    assert np.abs(half_mm - less_mm).max() > 0.1


@pytest.mark.parametrize("name", list_designs())
@pytest.mark.parametrize("yaw_deg", [-90, -45, 0, 45, 90])
def test_every_design_renders_at_every_yaw(name: str, yaw_deg: float) -> None:
    fit = head_fit(yaw_deg)
    sh = np.zeros((9, 3))
    sh[0] = 0.7
    mask = load_mask(name)
    meshes = drape(mask, fit, Recipe(name, CREASED))
    layer = open_renderer("numba").render(meshes, fit, Lighting(sh, np.ones(3)))
    alpha = layer.rgba[..., 3]
    covered = fit.model.landmarks_mm(fit.vertices_mm)[[30, 33, 51, 57]]
    points_px = fit.camera.project(transform(fit.cam_from_face, covered)).round().astype(int)
    columns, rows = (points_px - layer.origin_px).T
    least = mask.material.albedo[..., 3].min() / 255  # a visor is clear
    assert (alpha[rows, columns] >= least).all()
    assert np.isfinite(layer.rgba).all()
    most = 0.35 if least == 1 else 0.7  # and hangs from the forehead to below the chin
    assert 0.04 < (alpha >= least / 2).sum() / (256 * 256) < most
