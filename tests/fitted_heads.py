"""Fits of random heads of the face model, and the true depth below their skin."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from mask3d.arrays import FloatArray
from mask3d.camera import Camera
from mask3d.face import FaceFit
from mask3d.face_model import load_face_model
from mask3d.geometry import vertex_normals

IMAGE_PX = 256
DISTANCE_MM = 1000.0
SAMPLES_PER_FACE = 16


def head_fit(
    yaw_deg: float = 0.0,
    identity: FloatArray | None = None,
    expression: FloatArray | None = None,
) -> FaceFit:
    """Fit of a head whose nose points to image left for yaw > 0."""
    model = load_face_model()
    identity = np.zeros(len(model.identity_modes_mm)) if identity is None else identity
    expression = np.zeros(len(model.expression_modes_mm)) if expression is None else expression
    angle = np.deg2rad(-yaw_deg)
    turn = np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    )
    cam_from_face = np.eye(4)
    cam_from_face[:3, :3] = np.diag([1.0, -1.0, -1.0]) @ turn
    cam_from_face[:3, 3] = cam_from_face[:3, :3] @ [0.0, 30.0, 0.0] + [0.0, 0.0, DISTANCE_MM]
    middle_px = np.full(2, (IMAGE_PX - 1) / 2)
    camera = Camera(DISTANCE_MM, middle_px, (IMAGE_PX, IMAGE_PX))
    vertices_mm = model.vertices_mm(identity, expression)
    return FaceFit(model, camera, cam_from_face, identity, expression, vertices_mm, 0.0)


def random_head(seed: int, yaw_deg: float = 0.0) -> FaceFit:
    """Head of random identity, every second one with its jaw dropped."""
    rng = np.random.default_rng(seed)
    model = load_face_model()
    expression = np.zeros(len(model.expression_modes_mm))
    expression[model.expression_names.index("jaw_open")] = 1.5 * (seed % 2)
    return head_fit(yaw_deg, rng.standard_normal(len(model.identity_modes_mm)), expression)


def depth_below_skin_mm(fit: FaceFit, points_mm: FloatArray) -> FloatArray:
    """How deep points (N, 3) lie inside a head, mm; 0 outside of it.

    The surface is sampled densely. Where the nearest sample's normal points away
    from a point, folds such as nostrils are ruled out by the winding number.
    """
    rng = np.random.default_rng(0)
    corners = fit.vertices_mm[fit.model.faces]  # (F, 3, 3)
    share = rng.dirichlet(np.ones(3), (len(corners), SAMPLES_PER_FACE))  # (F, S, 3)
    surface_mm = np.einsum("fsc,fcd->fsd", share, corners).reshape(-1, 3)
    corner_normals = vertex_normals(fit.vertices_mm, fit.model.faces)[fit.model.faces]
    normals = np.einsum("fsc,fcd->fsd", share, corner_normals).reshape(-1, 3)
    _, nearest = cKDTree(surface_mm).query(points_mm)
    height_mm = np.einsum("nd,nd->n", points_mm - surface_mm[nearest], normals[nearest])
    depth_mm: FloatArray = np.maximum(-height_mm, 0.0)
    below = np.flatnonzero(depth_mm > 0.0)
    depth_mm[below[winding_number(corners, points_mm[below]) < 0.5]] = 0.0
    return depth_mm


def winding_number(corners_mm: FloatArray, points_mm: FloatArray) -> FloatArray:
    """How often triangles (F, 3, 3) wind round each point (N, 3): 1 inside, 0 outside.

    Solid angles after Van Oosterom and Strackee, IEEE Trans. Biomed. Eng. 1983.
    """
    turns = np.zeros(len(points_mm))
    for k, point_mm in enumerate(points_mm):
        a, b, c = np.moveaxis(corners_mm - point_mm, 1, 0)
        la, lb, lc = (np.linalg.norm(v, axis=1) for v in (a, b, c))
        volume = np.einsum("fd,fd->f", a, np.cross(b, c))
        flat = (
            la * lb * lc
            + np.einsum("fd,fd->f", a, b) * lc
            + np.einsum("fd,fd->f", b, c) * la
            + np.einsum("fd,fd->f", c, a) * lb
        )
        turns[k] = np.arctan2(volume, flat).sum() / (2 * np.pi)
    return turns
