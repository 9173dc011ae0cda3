"""Any fabric, pattern and colour on any design that takes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mask3d.errors import BadMaskError, UnreadableImageError
from mask3d.fabric import Outfit
from mask3d.image_io import write_photo
from mask3d.masks import Changes, load_mask, load_worn
from mask3d.photo import Photo
from tests.own_designs import write_design

FLORAL = Outfit("cotton", "florals_small", ("white", "red"), trim="blue", strap="grey")


def test_no_change_is_what_is_sold() -> None:
    assert not Changes()
    assert Changes().dress(FLORAL, {}) is FLORAL
    assert load_mask("cloth_floral", changes=Changes()) is load_mask("cloth_floral")


@pytest.mark.parametrize(
    ("changes", "changed"),
    [
        (Changes(fabric="denim"), {"fabric": "denim"}),
        (Changes(pattern="dots"), {"pattern": "dots", "colours": ("white",)}),
        (Changes(colours=("#204080",)), {"colours": ("#204080",), "trim": None}),
        (
            Changes("denim", "stripes", ("#204080", "white")),
            {
                "fabric": "denim",
                "pattern": "stripes",
                "colours": ("#204080", "white"),
                "trim": None,
            },
        ),
    ],
)
def test_a_change_leaves_the_rest_as_it_is(changes: Changes, changed: dict[str, object]) -> None:
    dressed = changes.dress(FLORAL, {})
    names = ("fabric", "pattern", "colours", "trim", "strap")
    before = {name: getattr(FLORAL, name) for name in names}
    assert {name: getattr(dressed, name) for name in names} == before | changed


def test_a_mask_is_made_of_what_was_asked_for() -> None:
    red = load_mask("cloth_black", changes=Changes(colours=("red",)))
    assert red.outfit is not None
    assert red.outfit.colours == ("red",)
    middle = red.material.albedo[300:400, 400:500, :3].reshape(-1, 3).mean(axis=0)
    assert middle[0] > 150 and middle[1:].max() < 60
    assert load_mask("cloth_black").material.albedo[300:400, 400:500, :3].mean() < 60


def test_a_design_says_which_fabrics_and_patterns_it_takes() -> None:
    design = {"title": "Shield: clear", "fabrics": ["visor"], "patterns": ["plain"]}
    assert Changes("visor", "plain").dress(FLORAL, design).fabric == "visor"
    with pytest.raises(BadMaskError, match="Shield takes no fabric 'denim'; choose of visor"):
        Changes("denim").dress(FLORAL, design)
    with pytest.raises(BadMaskError, match="Shield takes no pattern 'dots'; choose of plain"):
        Changes(pattern="dots").dress(FLORAL, design)
    with pytest.raises(BadMaskError, match="takes no fabric 'denim'"):
        load_mask("shield", changes=Changes("denim"))


@pytest.mark.parametrize(
    "changes", [Changes("velour"), Changes(pattern="squids"), Changes(colours=("no colour",))]
)
def test_what_does_not_exist_is_named(changes: Changes) -> None:
    with pytest.raises(BadMaskError, match=r"velour|squids|no colour"):
        load_mask("cloth", changes=changes)


def test_changes_dress_the_inner_of_masks_worn_together() -> None:
    inner, outer = load_worn("cloth_black+shield", changes=Changes("denim"))
    assert inner.outfit is not None and outer.outfit is not None
    assert inner.outfit.fabric == "denim"
    assert outer is load_mask("shield")


def test_a_picture_gives_way_to_a_fabric_and_takes_no_logo(tmp_path: Path) -> None:
    folder = write_design(tmp_path / "sheet")
    plain, denim = (load_mask("sheet", [folder], c) for c in (Changes(), Changes("denim")))
    assert plain.outfit is None
    assert denim.outfit is not None
    assert denim.material.albedo.shape != plain.material.albedo.shape
    # 131 mm across the cheeks and 115 mm down, both bowed: the uv square is about as wide
    assert denim.rig.surface.uv.max() <= 1.0
    with pytest.raises(BadMaskError, match="not on a picture"):
        load_mask("sheet", [folder], Changes(logo=folder / "mask.png"))


def test_a_logo_that_is_no_picture_is_said_before_the_first_photo(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"no picture")
    with pytest.raises(UnreadableImageError):
        load_mask("cloth", changes=Changes(logo=tmp_path / "logo.png"))


def test_a_logo_keeps_its_colours_and_its_opacity(tmp_path: Path) -> None:
    alpha = np.tile(np.array([[0], [255]], np.uint8), (1, 3))
    picture = Photo(np.full((2, 3, 3), (9, 99, 199), np.uint8), alpha=alpha)
    write_photo(picture, tmp_path / "logo.png")
    logo = Changes(logo=tmp_path / "logo.png").dress(FLORAL, {}).logo
    assert logo is not None
    assert logo[1].tolist() == [[9, 99, 199, 255]] * 3
    assert logo[0, :, 3].tolist() == [0, 0, 0]
