"""What the designs that ship come in, and where they are printed with a logo."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.assets import asset_path
from mask3d.fabric import mask_material, read_outfit
from mask3d.image_io import write_photo
from mask3d.masks import Changes, list_designs, load_mask
from mask3d.masks.folder import read_shape
from mask3d.masks.spec import read_toml
from mask3d.photo import Photo

SIDE_MM = 112.0  # holds most repeats
LEAST_APART = 0.03  # of two outfits, where 1 is from black to white
CLOTH_AND_TRIM = np.full((224, 224, 3), (255, 128, 255), np.uint8)
CLOTH_AND_TRIM[:, :40, 0] = 0
PRINTED = [name for name in list_designs() if "logo" in read_toml(asset_path("meshes", name))]
LOGO_RGB = (255, 0, 255)


def look_of(preset: dict[str, object]) -> FloatArray:
    """Mean colours (2, 3) from 0 to 1 of the cloth and the trim."""
    material = mask_material(CLOTH_AND_TRIM, (SIDE_MM, SIDE_MM), read_outfit(preset))
    rgb = material.albedo[..., :3] * (material.albedo[..., 3:] / 255.0) / 255.0
    return np.stack([rgb[:, 40:].mean(axis=(0, 1)), rgb[:, :40].mean(axis=(0, 1))])


@pytest.mark.parametrize("name", list_designs())
def test_presets_of_a_design_can_be_told_apart_by_their_colours(name: str) -> None:
    presets = read_toml(asset_path("meshes", name))["presets"]
    looks = {preset: look_of(outfit) for preset, outfit in presets.items()}
    assert len(looks) >= 3
    for first, second in combinations(looks, 2):
        apart = np.abs(looks[first] - looks[second]).max()
        assert apart > LEAST_APART, f"{first} and {second}"


@pytest.mark.parametrize("name", list_designs())
def test_a_design_takes_what_its_presets_are_made_of(name: str) -> None:
    design = read_toml(asset_path("meshes", name))
    for outfit in map(read_outfit, design["presets"].values()):
        assert outfit.fabric in design.get("fabrics", [outfit.fabric])
        assert outfit.pattern in design.get("patterns", [outfit.pattern])


def test_all_that_is_made_of_cloth_is_printed() -> None:
    assert set(list_designs()) - set(PRINTED) == {"respirator", "shield"}


@pytest.mark.parametrize("name", PRINTED)
def test_a_logo_reads_from_left_to_right_where_it_is_seen(name: str) -> None:
    design = read_toml(asset_path("meshes", name))
    rig = read_shape(asset_path("meshes", name)).rig
    points_mm = rig.surface.weights @ rig.poses_mm[rig.pose_names.index("covered")]
    places_mm = rig.surface.uv[: len(points_mm)] * design["layout_mm"]
    away_mm = np.linalg.norm(places_mm - design["logo"]["centre_mm"], axis=1)
    near = away_mm < design["logo"]["width_mm"] / 2
    assert near.sum() > 8
    assert points_mm[near, 2].min() > 40.0  # on the front of the face
    turn = np.deg2rad(design["logo"].get("turn_deg", 0.0))
    along = places_mm[near] @ [np.cos(turn), -np.sin(turn)]  # of the logo, to its right
    below = places_mm[near] @ [np.sin(turn), np.cos(turn)]
    assert np.corrcoef(along, points_mm[near, 0])[0, 1] > 0.8  # the subject's left is seen right
    assert np.corrcoef(below, points_mm[near, 1])[0, 1] < -0.8


@pytest.mark.parametrize("name", PRINTED)
def test_a_logo_appears_at_its_place_whole_and_flat_on_the_cloth(name: str, tmp_path: Path) -> None:
    picture = np.full((20, 40, 3), LOGO_RGB, np.uint8)
    write_photo(Photo(picture), tmp_path / "logo.png")
    folder = asset_path("meshes", name)
    design, layout = read_toml(folder), read_shape(folder).layout
    printed = load_mask(name, changes=Changes(logo=tmp_path / "logo.png")).material.albedo
    plain = load_mask(name).material.albedo
    rows, columns = np.nonzero((printed != plain).any(axis=2))
    per_mm = layout.shape[1] / design["layout_mm"][0]
    middle_mm = [
        (columns.min() + columns.max()) / 2 / per_mm,
        (rows.min() + rows.max()) / 2 / per_mm,
    ]
    np.testing.assert_allclose(middle_mm, design["logo"]["centre_mm"], atol=1.0)
    width_mm = design["logo"]["width_mm"]
    assert len(rows) == pytest.approx(width_mm * width_mm / 2 * per_mm**2, rel=0.05)
    assert (layout[rows, columns, 0] == 255).all()  # none of it on the trim
    assert (layout[rows, columns, 3] == 128).mean() > 0.99  # nor over a seam
