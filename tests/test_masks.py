from __future__ import annotations

import numpy as np
import pytest

from mask3d.errors import UnknownMaskError
from mask3d.face_model import load_face_model
from mask3d.masks import bound_to_head, list_masks, load_mask

NAMED = (
    "cloth_black",
    "cloth_floral",
    "n95_white",
    "surgical_black",
    "surgical_blue",
    "surgical_green",
    "surgical_white",
)
LAYOUT = np.zeros((20, 30, 3), np.uint8)


def test_the_catalogue_is_sorted_and_holds_what_the_readme_names() -> None:
    assert set(NAMED) <= set(list_masks())
    assert list(list_masks()) == sorted(list_masks())


@pytest.mark.parametrize("name", list_masks())
def test_every_mask_loads_whole(name: str) -> None:
    mask = load_mask(name)
    assert mask.name == name == f"{mask.design_name}_{mask.colour}"
    assert len(mask.straps) == len(mask.rig.strap_ends)
    points, surface = len(mask.moulded_mm), mask.rig.surface
    assert surface.weights.shape == (len(surface.gap_of), points)
    np.testing.assert_allclose(surface.weights.sum(axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(np.asarray(surface.gaps.sum(axis=1)), 0.0, atol=1e-5)
    assert surface.faces.max() < 2 * len(surface.gap_of)
    assert (surface.uv >= 0).all() and (surface.uv <= 1).all()
    assert (mask.rig.strap_ends < points).all()
    if len(mask.rig.sheet.pairs):
        assert (mask.rig.sheet.bounds_mm[:, 0] <= mask.rig.sheet.bounds_mm[:, 1]).all()


@pytest.mark.parametrize("name", ["surgical_blue", "cloth_black", "n95_white"])
def test_the_surface_is_closed(name: str) -> None:
    """Every edge of a mask with thickness has a triangle on either side, or lies in a crease."""
    faces = load_mask(name).rig.surface.faces
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    directed = {(int(i), int(j)) for i, j in edges}
    assert len(directed) == len(edges)
    assert all((j, i) in directed for i, j in directed)


def test_an_unknown_mask_is_named_with_what_there_is() -> None:
    with pytest.raises(UnknownMaskError, match="surgical_blue"):
        load_mask("surgical_plaid")


def test_no_bit_of_a_wrapped_rim_goes_a_way_of_its_own() -> None:
    """A dropped jaw shoves the skin below the ears together; the rim slides over it."""
    mask = load_mask("bandana")
    model = load_face_model()
    jaw = model.expression_names.index("jaw_open")
    dropped = 2.0 * np.eye(len(model.expression_names))[jaw]
    head_mm = model.vertices_mm(np.zeros(len(model.identity_modes_mm)), dropped)
    for name, worn_mm in zip(mask.rig.pose_names, mask.rig.poses_mm, strict=True):
        rim = slice(0, 45)  # its upper edge
        fast = bound_to_head(worn_mm, model).on_head(model, head_mm) - worn_mm
        even = mask.poses[name].cage.on_head(model, head_mm) - worn_mm
        roughest_mm, evened_mm = (
            np.abs(np.diff(way[rim], 2, axis=0)).max() for way in (fast, even)
        )
        assert evened_mm < 0.5 * roughest_mm
