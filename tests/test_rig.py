from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np

from mask3d.masks import load_mask
from mask3d.rig import SEAM_MM, Surface, loose_cloth, read_rig, write_rig


def test_a_rig_comes_back_as_it_was_written(tmp_path: Path) -> None:
    rig = load_mask("surgical_blue").rig
    write_rig(rig, tmp_path / "rig.npz")
    again = read_rig(tmp_path / "rig.npz")
    for name, value in rig.sheet._asdict().items():
        np.testing.assert_array_equal(value, getattr(again.sheet, name))
    for field in fields(Surface):
        value, other = getattr(rig.surface, field.name), getattr(again.surface, field.name)
        if field.name in ("weights", "gaps"):
            assert abs(value - other).sum() == 0
        else:
            np.testing.assert_array_equal(value, other)
    np.testing.assert_array_equal(rig.strap_ends, again.strap_ends)


def test_the_same_rig_gives_the_same_bytes(tmp_path: Path) -> None:
    rig = load_mask("cloth_black").rig
    write_rig(rig, tmp_path / "a.npz")
    write_rig(rig, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_the_poses_in_which_cloth_clings_come_back(tmp_path: Path) -> None:
    write_rig(load_mask("gaiter").rig, tmp_path / "rig.npz")
    again = read_rig(tmp_path / "rig.npz")
    assert again.clinging == ("under_chin",)
    assert again.evenings == load_mask("gaiter").rig.evenings > 0


def test_pleats_and_valves_are_not_loose_and_doubled_vertices_go_together() -> None:
    for design in ("surgical", "cloth_filter"):
        rig = load_mask(design).rig
        cloth, surface = loose_cloth(rig), rig.surface
        used = np.unique(cloth.faces)
        assert (surface.gap_of[used] < 0).all()
        assert surface.relief_mm[used].max() <= SEAM_MM
        assert len(cloth.faces) > 1000
        places_mm = surface.weights @ rig.poses_mm[0]
        np.testing.assert_allclose(places_mm, places_mm[cloth.first])
        np.testing.assert_array_equal(surface.gap_of, surface.gap_of[cloth.first])
        doubled = cloth.first != np.arange(len(places_mm))
        assert doubled.sum() > 20
        assert not np.isin(used, np.flatnonzero(doubled)).any()
