"""What ships is what the scripts make of the face model that ships."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from mask3d.assets import asset_path
from mask3d.face_model import load_face_model
from mask3d.masks import list_masks, load_mask
from mask3d.masks.picture import read_rgba
from scripts.build_masks import DESIGNS

TOLERANCE_MM = 0.01  # a thousand steps of cloth round differently on another processor


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_is_what_its_script_makes(name: str) -> None:
    folder = asset_path("meshes", name)
    design = tomllib.loads((folder / "mask.toml").read_text(encoding="utf-8"))
    made = DESIGNS[name].build(load_face_model(), design)
    shipped = load_mask(next(mask for mask in list_masks() if mask.startswith(f"{name}_")))
    assert shipped.rig.pose_names == made.rig.pose_names
    np.testing.assert_allclose(shipped.rig.poses_mm, made.rig.poses_mm, atol=TOLERANCE_MM)
    np.testing.assert_array_equal(shipped.faces, made.faces)
    np.testing.assert_array_equal(shipped.rig.sheet.pairs, made.rig.sheet.pairs)
    bounds_mm = made.rig.sheet.bounds_mm
    np.testing.assert_allclose(shipped.rig.sheet.bounds_mm, bounds_mm, atol=TOLERANCE_MM)
    np.testing.assert_array_equal(shipped.rig.surface.faces, made.rig.surface.faces)
    np.testing.assert_allclose(shipped.rig.surface.uv, made.rig.surface.uv, atol=1e-3)
    layout = read_rgba(folder / "layout.png").astype(int)
    assert np.percentile(np.abs(layout - made.layout), 99.9) <= 2
