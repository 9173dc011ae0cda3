"""Albedo of each pixel of a head: skin with spots, lips, brows, eyes, hair, beard, glasses."""

from __future__ import annotations

import cv2
import numpy as np

from mask3d.arrays import FloatArray
from mask3d.face import FaceFit
from mask3d.face_model import FaceModel
from scripts.head_paint import HAIRLINE, LEFT_EYE, RIGHT_EYE
from scripts.light_truth.complexion import Complexion
from scripts.light_truth.surface import Surface

SPOTS = ((0.045, 3), (0.04, 12))  # 6 % in all: strength, and size in px
SCLERA, IRIS = np.array([0.50, 0.45, 0.42]), np.array([0.04, 0.03, 0.025])
HAIR_EDGE_MM = 4.0
BEARD_SHARE, GLASSES_SHARE = 0.15, 0.15
BEARD_REGIONS = ("chin", "jaw", "philtrum", "under_chin")
STROKES = (0, 4)  # of hair across the face
RIMS = np.array([0.02, 0.02, 0.02])
GLASSES_OFFSET_MM = np.array([0.0, -4.0, 12.0])  # of the rims from the eyes, face frame


def painted(
    head: FaceFit, surface: Surface, complexion: Complexion, rng: np.random.Generator
) -> FloatArray:
    """Linear albedo (N, 3) of the head's pixels."""
    mean_mm = surface.of_vertices(head.model.mean_mm)
    albedo = np.tile(complexion.skin, (len(mean_mm), 1))
    albedo *= _spots(surface.seen.shape, rng)[surface.seen][:, None]
    _blend(albedo, _cover(head.model, surface, "lips"), complexion.lips)
    _blend(albedo, 0.85 * _cover(head.model, surface, "brows"), complexion.hair)
    _blend(albedo, _cover(head.model, surface, "eyeballs"), SCLERA)
    _blend(albedo, _irises(head.model, mean_mm), IRIS)
    if rng.random() < BEARD_SHARE:
        beard = sum(_cover(head.model, surface, region) for region in BEARD_REGIONS)
        _blend(albedo, rng.uniform(0.4, 0.9) * np.asarray(beard), complexion.hair)
    _blend(albedo, _scalp(mean_mm), complexion.hair)
    drawn = _strokes(surface.seen.shape, rng)
    _blend(albedo, drawn[surface.seen], complexion.hair)
    if rng.random() < GLASSES_SHARE:
        _blend(albedo, _glasses(head)[surface.seen], RIMS)
    return albedo


def _blend(albedo: FloatArray, cover: FloatArray, colour: FloatArray) -> None:
    albedo += cover.clip(0.0, 1.0)[:, None] * (colour - albedo)


def _cover(model: FaceModel, surface: Surface, region: str) -> FloatArray:
    """How much (N,) of each pixel belongs to a region."""
    inside = np.zeros(len(model.mean_mm))
    inside[model.regions[region]] = 1.0
    return surface.of_vertices(inside)


def _irises(model: FaceModel, mean_mm: FloatArray) -> FloatArray:
    """Discs of 12 mm before the middles of the eyeballs."""
    points_mm = model.landmarks_mm(model.mean_mm)
    middles_mm = [points_mm[eye].mean(axis=0) for eye in (RIGHT_EYE, LEFT_EYE)]
    nearest_mm = np.min([np.linalg.norm(mean_mm - m, axis=1) for m in middles_mm], axis=0)
    disc: FloatArray = (nearest_mm < 6.0) * 1.0
    return disc


def _scalp(mean_mm: FloatArray) -> FloatArray:
    """The hair of the head, soft at the hairline."""
    azimuth_deg = np.degrees(np.abs(np.arctan2(mean_mm[:, 0], mean_mm[:, 2])))
    above_mm = mean_mm[:, 1] - np.interp(azimuth_deg, HAIRLINE[:, 0], HAIRLINE[:, 1])
    cover: FloatArray = (0.5 + above_mm / HAIR_EDGE_MM).clip(0.0, 1.0)
    return cover


def _spots(shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
    """Factors (H, W): freckles, pores, flushes."""
    factor = np.ones(shape)
    for strength, size_px in SPOTS:
        coarse = rng.normal(0.0, 1.0, [side // size_px + 2 for side in shape])
        fine = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
        factor *= 1.0 + strength * fine
    return factor


def _strokes(shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
    """Strands of hair (H, W) that hang over the face."""
    canvas = np.zeros(shape)
    for _ in range(rng.integers(*STROKES)):
        start = rng.uniform(0.25, 0.75) * shape[1], 0.2 * shape[0]
        end = start[0] + rng.normal(0.0, 40.0), rng.uniform(0.4, 0.75) * shape[0]
        bend = (np.add(start, end) / 2 + rng.normal(0.0, 15.0, 2)).tolist()
        line = np.array([start, bend, end]).round().astype(np.int32)
        cv2.polylines(canvas, [line], False, 1.0, int(rng.integers(2, 6)), cv2.LINE_AA)
    return canvas.clip(0.0, 1.0)


def _glasses(head: FaceFit) -> FloatArray:
    """Rims (H, W) round the eyes and a bridge."""
    width, height = head.camera.image_wh
    canvas = np.zeros((height, width))
    points_mm = head.model.landmarks_mm(head.vertices_mm) + GLASSES_OFFSET_MM
    points_cam_mm = points_mm @ head.cam_from_face[:3, :3].T + head.cam_from_face[:3, 3]
    points_px = head.camera.project(points_cam_mm)
    middles = [points_px[eye].mean(axis=0) for eye in (RIGHT_EYE, LEFT_EYE)]
    radius_px = 0.38 * float(np.linalg.norm(middles[1] - middles[0]))
    for middle in middles:
        axes = round(radius_px), round(0.8 * radius_px)
        cv2.ellipse(canvas, middle.round().astype(int), axes, 0, 0, 360, 1.0, 2, cv2.LINE_AA)
    inner = [
        m + s * (middles[1] - middles[0]) * 0.38 for m, s in zip(middles, (1, -1), strict=True)
    ]
    bridge = np.array(inner).round().astype(np.int32)
    cv2.polylines(canvas, [bridge], False, 1.0, 2, cv2.LINE_AA)
    return canvas
