"""A coarse cover fitted to the edges of the photo."""

from __future__ import annotations

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array, FloatArray

MAX_WORK_PX = 384  # side of the picture that the filter is computed on; then it is enlarged
RADIUS = 0.03  # of the face's crop, over which colour and cover are compared
SMOOTHNESS = 0.02**2  # variance of encoded colour 0..1 below which there is no edge
SHARPEN = 3.0  # slope of the cover about a half: the filter leaves it softer than the photo


def fit_to_edges(
    rgb: ByteArray, cover: Float32Array, rectangle_from_crop: FloatArray
) -> Float32Array:
    """Alpha (h, w) of a rectangle (h, w, 3) of the photo.

    The guided filter (He, Sun and Tang 2013; its fast form, He and Sun 2015) on the
    luminance of the photo.

    Parameters
    ----------
    rgb : (h, w, 3)
    cover : (S, S) 0..1, of the crop
    rectangle_from_crop : affine (2, 3), by edges
    """
    h, w = rgb.shape[:2]
    scale = min(1.0, MAX_WORK_PX / max(h, w))
    work_wh = (max(round(w * scale), 1), max(round(h * scale), 1))
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32) / 255
    guide = np.asarray(cv2.resize(grey, work_wh, interpolation=cv2.INTER_AREA), np.float32)
    affine = np.diag([work_wh[0] / w, work_wh[1] / h]) @ rectangle_from_crop
    crop_px = float(np.sqrt(abs(np.linalg.det(affine[:, :2]))))
    affine[:, 2] += affine[:, :2] @ (0.5, 0.5) - 0.5  # OpenCV counts by centres
    coarse = np.asarray(cv2.warpAffine(cover, affine, work_wh), np.float32)
    window = 2 * max(round(RADIUS * crop_px * len(cover)), 1) + 1
    slope, offset = _line_through(guide, coarse, window)
    full = [cv2.resize(part, (w, h), interpolation=cv2.INTER_LINEAR) for part in (slope, offset)]
    fine = full[0] * grey + full[1]
    return np.asarray(np.clip(0.5 + SHARPEN * (fine - 0.5), 0, 1), np.float32)


def _line_through(
    guide: Float32Array, cover: Float32Array, window: int
) -> tuple[Float32Array, Float32Array]:
    """Slope and offset (h, w) of the line that gives the cover from the guide around a pixel."""
    mean_guide, mean_cover = _mean(guide, window), _mean(cover, window)
    variance = _mean(guide * guide, window) - mean_guide**2
    covariance = _mean(guide * cover, window) - mean_guide * mean_cover
    slope = covariance / (variance + SMOOTHNESS)
    return _mean(slope, window), _mean(mean_cover - slope * mean_guide, window)


def _mean(values: Float32Array, window: int) -> Float32Array:
    mean = cv2.blur(values, (window, window), borderType=cv2.BORDER_REFLECT)
    return np.asarray(mean, np.float32)
