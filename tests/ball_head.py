"""A ball for a head: every pixel's normal is known, so photos of it are made from numbers."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import trimesh

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import Camera
from mask3d.colour import srgb_from_linear
from mask3d.face import FaceFit
from mask3d.face_model import FaceModel
from mask3d.skin import NOT_SKIN_REGIONS, SKIN_REGIONS

RADIUS_MM = 80.0
DISTANCE_MM = 2000.0
FOCAL_PX = 1400.0
BACKDROP = 0.5  # linear, all channels
SKIN = np.array([0.36, 0.215, 0.15])


def ball_model() -> FaceModel:
    """Ball in the face frame: the front is skin, with lips and a chin."""
    ball = trimesh.creation.icosphere(subdivisions=4, radius=RADIUS_MM)
    vertices_mm = np.array(ball.vertices)
    v = len(vertices_mm)
    front, height_mm = vertices_mm[:, 2] > 0, vertices_mm[:, 1]
    regions = {
        "forehead": np.flatnonzero(front & (height_mm > RADIUS_MM / 3)),
        "cheeks": np.flatnonzero(front & (height_mm > -RADIUS_MM / 2)),
        "lips": np.flatnonzero(front & (np.abs(height_mm + 0.55 * RADIUS_MM) < RADIUS_MM / 20)),
        "chin": np.flatnonzero(front & (height_mm < -0.6 * RADIUS_MM)),
    }
    none = np.zeros(0, np.int64)
    nothing = dict.fromkeys([*SKIN_REGIONS, *NOT_SKIN_REGIONS], none)
    return FaceModel(
        mean_mm=vertices_mm,
        identity_modes_mm=np.zeros((0, v, 3), np.float32),
        expression_modes_mm=np.zeros((0, v, 3), np.float32),
        expression_names=(),
        faces=np.array(ball.faces, np.int32),
        mirror=np.arange(v, dtype=np.int32),
        landmark_vertices=np.zeros((68, 3), np.int32),
        landmark_weights=np.zeros((68, 3)),
        ear_root_vertices=np.zeros((2, 1), np.int32),
        ear_root_offset_mm=np.zeros((2, 1, 3)),
        regions=MappingProxyType(
            {name: np.array(ids, np.int32) for name, ids in {**nothing, **regions}.items()}
        ),
    )


def ball_fit(
    image_wh: tuple[int, int] = (160, 160),
    principal_px: tuple[float, float] = (75.0, 82.0),
    yaw_deg: float = 0.0,
) -> FaceFit:
    """The ball seen by a camera; yaw > 0 turns it to image left."""
    model = ball_model()
    c, s = np.cos(np.deg2rad(yaw_deg)), np.sin(np.deg2rad(yaw_deg))
    cam_from_face = np.eye(4)
    cam_from_face[:3, :3] = np.array([[c, 0, -s], [0, -1, 0], [-s, 0, -c]])
    cam_from_face[2, 3] = DISTANCE_MM
    camera = Camera(FOCAL_PX, np.array(principal_px), image_wh)
    none = np.zeros(0)
    return FaceFit(model, camera, cam_from_face, none, none, model.mean_mm, 0.0)


def ball_normals(fit: FaceFit) -> FloatArray:
    """Camera-frame normal (H, W, 3) of the ball at every pixel, NaN beside it."""
    width, height = fit.camera.image_wh
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    offsets_px = np.stack([columns, rows], axis=-1) - fit.camera.principal_px
    rays = np.dstack([offsets_px / fit.camera.focal_px, np.ones((height, width))])
    rays /= np.linalg.norm(rays, axis=2, keepdims=True)
    along_mm = rays[..., 2] * DISTANCE_MM
    inside = RADIUS_MM**2 - DISTANCE_MM**2 + along_mm**2  # squared half chord
    half_chord_mm = np.sqrt(np.where(inside >= 0, inside, np.nan))
    points_mm = rays * (along_mm - half_chord_mm)[..., None]
    normals: FloatArray = (points_mm - [0.0, 0.0, DISTANCE_MM]) / RADIUS_MM
    return normals


def ball_photo(fit: FaceFit, irradiance: FloatArray, albedo: FloatArray = SKIN) -> ByteArray:
    """Photo (H, W, 3) of the ball under linear irradiance (H, W, 3), before a grey wall."""
    linear = np.where(np.isnan(irradiance), BACKDROP, albedo * irradiance)
    encoded = srgb_from_linear(np.clip(linear, 0.0, 1.0))
    photo: ByteArray = np.round(encoded * 255).astype(np.uint8)
    return photo


def lit_from(fit: FaceFit, direction_cam: FloatArray, ambient: float = 0.3) -> FloatArray:
    """Irradiance (H, W, 3) of one white light of strength 1 and of ambient light."""
    towards = np.asarray(direction_cam, float) / np.linalg.norm(direction_cam)
    shading = ambient + np.maximum(ball_normals(fit) @ towards, 0.0)
    return np.repeat(shading[..., None], 3, axis=2)
