"""Fitted heads as one ``.npz`` of arrays, a row a face."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from mask3d.arrays import Float32Array, FloatArray
from mask3d.camera import transform
from mask3d.face import FaceFit
from mask3d.face_model import FaceModel
from mask3d.image_io import write_bytes

NO_FACE = -1
"""Number of the face where a photo failed before a face was reached."""


@dataclass(frozen=True, slots=True, eq=False)
class FitRow:
    """What is kept of a fit; a `FaceFit` is fifty times as large.

    Attributes
    ----------
    image : path relative to the folder of the run, with ``/``
    face : index in the photo
    image_wh, focal_px, principal_px : of the camera
    cam_from_face, identity, expression, residual : as in `FaceFit`
    vertices_cam_mm : (V, 3) head in the camera frame, or None
    """

    image: str
    face: int
    image_wh: tuple[int, int]
    focal_px: float
    principal_px: FloatArray
    cam_from_face: FloatArray
    identity: FloatArray
    expression: FloatArray
    residual: float
    vertices_cam_mm: Float32Array | None


@dataclass(frozen=True, slots=True)
class FitFailure:
    """A face that was left alone, or a photo in which none was reached (`NO_FACE`), and why."""

    image: str
    face: int
    code: str


def fit_row(image: str, face: int, fit: FaceFit, *, with_vertices: bool) -> FitRow:
    """The row of one fit."""
    vertices_cam_mm = None
    if with_vertices:
        vertices_cam_mm = transform(fit.cam_from_face, fit.vertices_mm).astype(np.float32)
    return FitRow(
        image,
        face,
        fit.camera.image_wh,
        fit.camera.focal_px,
        fit.camera.principal_px,
        fit.cam_from_face,
        fit.identity,
        fit.expression,
        fit.residual,
        vertices_cam_mm,
    )


def write_fits(
    path: Path, rows: Sequence[FitRow], failures: Sequence[FitFailure], model: FaceModel
) -> None:
    """Write the rows and failures of a run; the same ones give the same bytes.

    The arrays are the fields of `FitRow` (N, …), ``expression_names`` (E,),
    and ``failed_image``, ``failed_face``, ``failed_code`` (M,). Where the rows
    have vertices, ``vertices_cam_mm`` (N, V, 3) and ``triangles`` (F, 3) too.

    Raises
    ------
    UnwritableImageError
        The disk refuses; the file is then as it was.
    """
    stream = io.BytesIO()
    arrays = _of_rows(rows, model) | _of_failures(failures)
    if rows and rows[0].vertices_cam_mm is not None:
        arrays["vertices_cam_mm"] = np.array([row.vertices_cam_mm for row in rows])
        arrays["triangles"] = model.faces
    np.savez(stream, allow_pickle=False, **arrays)
    write_bytes(stream.getvalue(), path)


def _of_rows(rows: Sequence[FitRow], model: FaceModel) -> dict[str, NDArray[Any]]:
    identities, expressions = len(model.identity_modes_mm), len(model.expression_modes_mm)
    return {
        "image": _column([row.image for row in rows], np.str_),
        "face": _column([row.face for row in rows], np.int32),
        "image_wh": _column([row.image_wh for row in rows], np.int32, 2),
        "focal_px": _column([row.focal_px for row in rows]),
        "principal_px": _column([row.principal_px for row in rows], np.float64, 2),
        "cam_from_face": _column([row.cam_from_face for row in rows], np.float64, 4, 4),
        "identity": _column([row.identity for row in rows], np.float64, identities),
        "expression": _column([row.expression for row in rows], np.float64, expressions),
        "residual": _column([row.residual for row in rows]),
        "expression_names": np.array(model.expression_names, np.str_),
    }


def _of_failures(failures: Sequence[FitFailure]) -> dict[str, NDArray[Any]]:
    return {
        "failed_image": _column([failure.image for failure in failures], np.str_),
        "failed_face": _column([failure.face for failure in failures], np.int32),
        "failed_code": _column([failure.code for failure in failures], np.str_),
    }


def _column(values: ArrayLike, dtype: DTypeLike = np.float64, *shape: int) -> NDArray[Any]:
    """One entry of `shape` a row; of the right shape without any row too."""
    return np.array(values, dtype).reshape(-1, *shape)
