"""A head of plain clay in soft light, to show masks on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import Camera
from mask3d.colour import linear_from_srgb, srgb_from_linear
from mask3d.composite import composite_over
from mask3d.drape import drape_worn
from mask3d.face import FaceFit
from mask3d.face_model import load_face_model, neck_sleeve
from mask3d.geometry import vertex_normals
from mask3d.lighting import Lighting
from mask3d.masks import Mask
from mask3d.material import opaque
from mask3d.mesh import Mesh
from mask3d.photo import Photo
from mask3d.recipe import Recipe
from mask3d.renderer import Renderer

CLAY = (212, 196, 185)  # sRGB, between grey and skin: favours no complexion and no mask
WALL_TOP, WALL_BOTTOM = (238, 239, 241), (206, 208, 212)
DISTANCE_MM = 1100.0
LOOKS_AT_MM = np.array([0.0, -14.0, 0.0])
SPAN_MM = 318.0  # of the face frame that the picture is wide and high
SHOULDER_Y_MM = -260.0  # the neck runs on to below the picture
SHOULDER_WIDENING = (1.7, 1.0, 1.0)  # tied ends hang free behind it
# Encoded irradiance, camera frame (y down, z away): a large soft window to the upper left.
LIGHT = np.array([0.70, -0.15, -0.20, -0.13])
WARMTH = np.array([1.01, 1.0, 0.985])
# The skin next to a mask sees less of the room: by this share at most, and so far away.
SHADE, SHADE_MM = 0.45, 9.0


def wearing_head(
    masks: tuple[Mask, ...], recipe: Recipe, yaw_deg: float, side_px: int, renderer: Renderer
) -> ByteArray:
    """Picture (side_px, side_px, 3) of the mean head with masks on; none leaves it bare."""
    fit = mannequin(yaw_deg, side_px)
    worn = drape_worn(masks, fit, recipe)
    layer = renderer.render((_clay(fit, worn), *worn), fit, _light())
    return composite_over(layer, Photo(_wall(side_px))).rgb


def mannequin(yaw_deg: float, side_px: int) -> FaceFit:
    """The mean head before a camera at the height of the mouth."""
    model = load_face_model()
    cam_from_face = np.eye(4)
    turned = Rotation.from_euler("y", -yaw_deg, degrees=True).as_matrix()
    cam_from_face[:3, :3] = np.diag([1.0, -1.0, -1.0]) @ turned
    cam_from_face[:3, 3] = [0.0, 0.0, DISTANCE_MM] - cam_from_face[:3, :3] @ LOOKS_AT_MM
    camera = Camera(
        side_px * DISTANCE_MM / SPAN_MM, np.full(2, (side_px - 1) / 2), (side_px, side_px)
    )
    still = np.zeros(len(model.identity_modes_mm)), np.zeros(len(model.expression_modes_mm))
    return FaceFit(model, camera, cam_from_face, *still, model.mean_mm, 0.0)


def _clay(fit: FaceFit, worn: Sequence[Mesh]) -> Mesh:
    """The head, its neck drawn out to below the picture, in the shade of what is worn."""
    rim, sleeve = neck_sleeve(fit.model)
    below_mm = fit.vertices_mm[rim] * SHOULDER_WIDENING
    below_mm[:, 1] = SHOULDER_Y_MM
    longer_mm = np.concatenate([fit.vertices_mm, below_mm])
    whole = np.concatenate([fit.model.faces, sleeve])
    return Mesh(
        vertices_mm=longer_mm,
        normals=vertex_normals(longer_mm, whole),
        faces=whole,
        uv=np.full((len(longer_mm), 2), 0.5),
        occlusion=_shade(longer_mm, worn),
        material=opaque(np.full((1, 1, 3), CLAY, np.uint8)),
    )


def _shade(points_mm: FloatArray, worn: Sequence[Mesh]) -> FloatArray:
    """Ambient factor (N,) of points near what is worn."""
    if not worn:
        return np.ones(len(points_mm))
    over_mm = np.concatenate([mesh.vertices_mm for mesh in worn])
    away_mm, _ = cKDTree(over_mm).query(points_mm)
    shade: FloatArray = 1.0 - SHADE * np.exp(-((away_mm / SHADE_MM) ** 2))
    return shade


def _light() -> Lighting:
    sh = np.zeros((9, 3))
    sh[: len(LIGHT)] = LIGHT[:, None] * WARMTH
    return Lighting(sh, np.ones(3))


def _wall(side_px: int) -> ByteArray:
    """A backdrop that darkens downwards, in linear light."""
    top, bottom = (linear_from_srgb(np.array(c) / 255.0) for c in (WALL_TOP, WALL_BOTTOM))
    share = np.linspace(0.0, 1.0, side_px)[:, None, None]
    rows = srgb_from_linear(top + share * (bottom - top))
    return np.round(255.0 * np.broadcast_to(rows, (side_px, side_px, 3))).astype(np.uint8)
