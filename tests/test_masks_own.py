"""A folder with a mesh and a picture is a mask that drapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image

from mask3d.drape import drape
from mask3d.errors import BadMaskError, UnknownMaskError
from mask3d.face_model import load_face_model
from mask3d.geometry import vertex_normals
from mask3d.masks import list_masks, load_mask, load_worn
from mask3d.masks.__main__ import main
from mask3d.masks.coarse import coarse
from mask3d.masks.own_mesh import borders, read_own_mesh
from mask3d.recipe import Recipe
from tests.fitted_heads import depth_below_skin_mm, head_fit, random_head
from tests.own_designs import (
    COLUMNS,
    ROWS,
    sheet_faces,
    sheet_mm,
    sheet_uv,
    write_design,
    write_obj,
)


def test_an_own_design_is_in_the_catalogue_of_its_folder_only(tmp_path: Path) -> None:
    write_design(tmp_path / "sheet")
    assert "sheet_picture" in list_masks([tmp_path])
    assert list_masks([tmp_path / "sheet"]) == list_masks([tmp_path])
    assert "sheet_picture" not in list_masks()
    assert load_mask("sheet", [tmp_path]).name == "sheet_picture"
    with pytest.raises(UnknownMaskError, match="no mask is called 'sheet'"):
        load_mask("sheet")


def test_a_folder_without_designs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadMaskError, match="holds no mask design"):
        list_masks([tmp_path])


def test_a_broken_design_names_its_folder_and_what_to_do(tmp_path: Path) -> None:
    folder = write_design(tmp_path / "sheet")
    text = (folder / "mask.toml").read_text(encoding="utf-8")
    (folder / "mask.toml").write_text(text.replace("thickness_mm", "thick"), encoding="utf-8")
    with pytest.raises(BadMaskError, match=r"thickness_mm.*mask3d.masks check .*sheet"):
        load_mask("sheet", [tmp_path])


@pytest.mark.parametrize("stiff", [False, True])
def test_an_own_design_drapes_on_any_head(tmp_path: Path, stiff: bool) -> None:
    mask = load_mask("sheet", [write_design(tmp_path / "sheet", stiff=stiff)])
    for seed in range(3):
        fit = random_head(seed)
        sheet, *straps = drape(mask, fit, Recipe("sheet"))
        outer_mm = sheet.vertices_mm[: ROWS * COLUMNS]
        assert np.isfinite(sheet.vertices_mm).all()
        assert depth_below_skin_mm(fit, outer_mm).max() < 1.5
        assert len(straps) >= 2
        # it stays what it was: as wide and high, in front of the mouth
        grown = np.ptp(outer_mm, axis=0) / np.ptp(sheet_mm(), axis=0) - 1.0
        assert np.abs(grown[:2]).max() < 0.25
        mouth_mm = fit.model.landmarks_mm(fit.vertices_mm)[48:68].mean(axis=0)
        assert np.linalg.norm(outer_mm.mean(axis=0) - mouth_mm) < 40.0


def test_cloth_keeps_its_lengths_and_a_shell_its_shape(tmp_path: Path) -> None:
    fit = head_fit()
    edges = np.unique(np.sort(sheet_faces()[:, :2], axis=1), axis=0)

    def stretch(name: str, stiff: bool) -> float:
        mask = load_mask(name, [write_design(tmp_path / name, stiff=stiff)])
        draped_mm = drape(mask, fit, Recipe(name))[0].vertices_mm
        before, after = (
            np.linalg.norm(np.diff(points[edges], axis=1)[:, 0], axis=1)
            for points in (sheet_mm(), draped_mm)
        )
        return float(np.percentile(np.abs(after / before - 1.0), 90))

    assert stretch("cloth", stiff=False) < 0.06
    assert stretch("shell", stiff=True) < 0.15


def test_straps_are_fastened_where_the_design_says_on_both_sides(tmp_path: Path) -> None:
    mask = load_mask("sheet", [write_design(tmp_path / "sheet")])
    ((left_mm, right_mm),) = mask.moulded_mm[mask.rig.strap_ends]
    np.testing.assert_allclose(left_mm, [[65.7, -12.0, 48.0], [65.7, -63.0, 48.0]], atol=3.0)
    np.testing.assert_allclose(right_mm, left_mm * [-1.0, 1.0, 1.0], atol=1e-3)


def test_the_picture_lies_on_the_mesh_as_its_uv_says(tmp_path: Path) -> None:
    mask = load_mask("sheet", [write_design(tmp_path / "sheet")])
    assert mask.material.albedo.shape == (64, 128, 4)
    uv = mask.rig.surface.uv[: ROWS * COLUMNS].reshape(ROWS, COLUMNS, 2)
    np.testing.assert_allclose(uv[0, 0], [0.0, 0.0], atol=1e-4)  # top-left of the picture
    np.testing.assert_allclose(uv[-1, -1], [1.0, 1.0], atol=1e-4)


def test_a_cut_of_the_uv_neither_tears_the_cloth_nor_shows_a_rim(tmp_path: Path) -> None:
    """Both halves have their own points along the middle, at the same places."""
    folder = write_design(tmp_path / "sheet")
    middle = COLUMNS // 2
    points_mm, faces = sheet_mm(), sheet_faces().copy()
    seam = np.arange(ROWS) * COLUMNS + middle
    right = (faces % COLUMNS >= middle).all(axis=1)
    for number, point in enumerate(seam):
        faces[right] = np.where(faces[right] == point, len(points_mm) + number, faces[right])
    uv = sheet_uv()
    write_obj(
        folder / "mask.obj",
        np.concatenate([points_mm, points_mm[seam]]),
        faces,
        np.concatenate([uv, uv[seam]]),
    )
    whole = load_mask("whole", [write_design(tmp_path / "whole")])
    cut = load_mask("sheet", [folder])
    assert len(cut.moulded_mm) == len(whole.moulded_mm) == ROWS * COLUMNS
    assert len(cut.rig.surface.faces) == len(whole.rig.surface.faces)
    assert len(borders(cut.faces)) == 1


def test_a_fine_mesh_follows_a_coarse_cage_and_keeps_its_form() -> None:
    rows, columns = 60, 90
    points_mm, faces = sheet_mm(rows, columns), sheet_faces(rows, columns)
    cage = coarse(points_mm, faces, max_points=800)
    assert len(cage.points_mm) <= 800
    np.testing.assert_allclose(cage.weights.sum(axis=1), 1.0)
    on_cage_mm = cage.weights @ cage.points_mm
    normals = cage.weights @ vertex_normals(cage.points_mm, cage.faces)
    rebuilt_mm = on_cage_mm + normals * cage.height_mm[:, None]
    off_mm, left_mm = (
        np.linalg.norm(m - points_mm, axis=1).reshape(rows, columns)[3:-3, 3:-3].mean()
        for m in (on_cage_mm, rebuilt_mm)
    )
    assert left_mm < 0.3 * off_mm
    assert np.percentile(np.abs(cage.height_mm), 95) < 1.5
    np.testing.assert_allclose(coarse(points_mm, faces, 6000).points_mm, points_mm)


def test_the_mesh_may_be_a_glb_in_metres_that_brings_its_picture(tmp_path: Path) -> None:
    folder = write_design(tmp_path / "sheet")
    mesh = trimesh.Trimesh(sheet_mm() / 1000.0, sheet_faces(), process=False)
    visual: Any = trimesh.visual  # which has no types
    picture = visual.material.PBRMaterial(baseColorTexture=Image.new("RGB", (4, 4), (250, 10, 10)))
    mesh.visual = visual.TextureVisuals(uv=sheet_uv(), material=picture)
    mesh.export(folder / "mask.glb")
    read = read_own_mesh(folder / "mask.glb")
    np.testing.assert_allclose(read.points_mm, sheet_mm(), atol=1e-2)
    assert read.picture is not None
    assert read.picture.tolist() == [[[250, 10, 10, 255]] * 4] * 4
    assert read.uv is not None
    np.testing.assert_allclose(read.uv, sheet_uv() * [1, -1] + [0, 1], atol=1e-5)


def test_borders_run_round_the_rim_in_order() -> None:
    (loop,) = borders(sheet_faces())
    assert len(loop) == 2 * (ROWS + COLUMNS) - 4
    steps_mm = np.linalg.norm(np.diff(sheet_mm()[loop], axis=0), axis=1)
    assert steps_mm.max() < 25.0


def test_what_is_worn_together_may_be_an_own_design(tmp_path: Path) -> None:
    write_design(tmp_path / "sheet")
    inner, outer = load_worn("surgical_blue+sheet", [tmp_path])
    assert (inner.name, outer.name) == ("surgical_blue", "sheet_picture")


def test_the_head_to_model_on_is_the_mean_head(tmp_path: Path) -> None:
    assert main(["head", "--out", str(tmp_path / "new" / "head.obj")]) == 0
    head = trimesh.load_mesh(tmp_path / "new" / "head.obj", process=False, maintain_order=True)
    np.testing.assert_allclose(head.vertices, load_face_model().mean_mm, atol=1e-3)
    np.testing.assert_array_equal(head.faces, load_face_model().faces)
