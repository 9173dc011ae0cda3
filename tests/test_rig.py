from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np

from mask3d.masks import load_mask
from mask3d.rig import Surface, read_rig, write_rig


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
