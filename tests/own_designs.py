"""A design of the user's own, made from numbers: a bowed sheet before the lower face."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.image_io import write_photo
from mask3d.photo import Photo

ROWS, COLUMNS = 17, 25
TOML = """
title = "Striped sheet"
stiff = {stiff}
mesh = "mask.obj"
texture = "mask.png"
thickness_mm = 0.8

[[straps]]
kind = "ear_loop"
width_mm = 3.0
ends_mm = [[65.7, -12.0, 48.0], [65.7, -63.0, 48.0]]
"""


def sheet_mm(rows: int = ROWS, columns: int = COLUMNS) -> FloatArray:
    """Points (rows * columns, 3) of the sheet, row by row from the top, x rising."""
    across, down = np.meshgrid(np.linspace(-1.0, 1.0, columns), np.linspace(0.0, 1.0, rows))
    side = np.abs(across) ** 1.5
    y_mm = (15.0 - 25.0 * side) * (1.0 - down) + (35.0 * side - 100.0) * down
    bow = 0.72 + 0.28 * (1.0 - ((y_mm + 40.0) / 110.0) ** 2)
    x_mm, z_mm = 72.0 * np.sin(1.15 * across), 8.0 + 100.0 * np.cos(1.15 * across) * bow
    return np.stack([x_mm, y_mm, z_mm], axis=-1).reshape(-1, 3)


def sheet_uv(rows: int = ROWS, columns: int = COLUMNS) -> FloatArray:
    """Texture coordinates of the sheet as .obj counts them, v from the bottom."""
    u, v = np.meshgrid(np.linspace(0.0, 1.0, columns), np.linspace(1.0, 0.0, rows))
    return np.stack([u, v], axis=-1).reshape(-1, 2)


def sheet_faces(rows: int = ROWS, columns: int = COLUMNS) -> IntArray:
    """Triangles (F, 3) of the sheet, counter-clockwise from outside."""
    at = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    a, b, c, d = at[:-1, :-1].ravel(), at[1:, :-1].ravel(), at[1:, 1:].ravel(), at[:-1, 1:].ravel()
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])


def write_obj(
    path: Path, points_mm: FloatArray, faces: IntArray, uv: FloatArray | None = None
) -> None:
    """Write a mesh as .obj."""
    corner = "{0}" if uv is None else "{0}/{0}"
    lines = [f"v {x:.4f} {y:.4f} {z:.4f}" for x, y, z in points_mm]
    lines += [] if uv is None else [f"vt {u:.5f} {v:.5f}" for u, v in uv]
    lines += ["f " + " ".join(corner.format(i + 1) for i in face) for face in faces]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def write_design(folder: Path, *, stiff: bool = False) -> Path:
    """A design without fault: striped red and white, left half of the picture darker."""
    folder.mkdir(parents=True)
    write_obj(folder / "mask.obj", sheet_mm(), sheet_faces(), sheet_uv())
    picture = np.full((64, 128, 3), (240, 240, 240), np.uint8)
    picture[:, ::8] = picture[:, 1::8] = (200, 30, 30)
    write_photo(Photo(picture), folder / "mask.png")
    (folder / "mask.toml").write_text(TOML.format(stiff=str(stiff).lower()), encoding="utf-8")
    return folder
