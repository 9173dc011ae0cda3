"""Photos made from numbers whose blur and grain are known, and a face in them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import Camera
from mask3d.face import FaceFit
from tests.ball_head import ball_fit

FINER = 8  # subpixels along each side of a pixel
RADIUS_PX = 56.0  # of the ball in the photo of `ball_fit`


def fit_at(
    centre_px: tuple[float, float], image_wh: tuple[int, int], scale: float = 1.0
) -> FaceFit:
    """The ball with its middle at a point of a photo, `RADIUS_PX` times `scale` large."""
    fit = ball_fit(image_wh, centre_px)
    camera = Camera(fit.camera.focal_px * scale, np.array(centre_px), image_wh)
    return replace(fit, camera=camera)


def tiles(side_px: int, seed: int = 0) -> FloatArray:
    """Grey rectangles (side * FINER, side * FINER) at any angle, sharp to the subpixel."""
    rng = np.random.default_rng(seed)
    canvas = np.full((side_px * FINER,) * 2, 110, np.uint8)
    for _ in range(side_px**2 // 900):
        box = (
            tuple(rng.uniform(0, side_px * FINER, 2)),
            tuple(rng.uniform(20, 60, 2) * FINER),
            rng.uniform(0, 180),
        )
        corners = cv2.boxPoints(box).round().astype(np.int32)
        cv2.fillConvexPoly(canvas, corners, float(rng.uniform(50, 200)))
    return canvas.astype(np.float64)


def photo_of(
    fine: FloatArray,
    sigma_px: float | tuple[float, float] = 0.0,
    noise: float = 0.0,
    noise_px2: float = 0.0,
    seed: int = 0,
) -> ByteArray:
    """Photo (H, W, 3), grey, of a subpixel picture: blurred (along x, y), averaged, noisy.

    The noise is that of single pixels after a discrete Gaussian of variance `noise_px2`, made
    from its transfer function.
    """
    x_px, y_px = (sigma_px, sigma_px) if isinstance(sigma_px, float) else sigma_px
    if x_px or y_px:
        sigmas = [max(sigma, 1e-3) * FINER for sigma in (x_px, y_px)]
        fine = np.asarray(cv2.GaussianBlur(fine, (0, 0), sigmas[0], sigmaY=sigmas[1]), np.float64)
    wh = (fine.shape[1] // FINER, fine.shape[0] // FINER)
    grey = np.asarray(cv2.resize(fine, wh, interpolation=cv2.INTER_AREA), np.float64)
    white = np.random.default_rng(seed).standard_normal(grey.shape)
    passed = [np.exp(noise_px2 * (np.cos(2 * np.pi * np.fft.fftfreq(n)) - 1)) for n in grey.shape]
    grain = np.fft.ifft2(np.fft.fft2(white) * np.outer(*passed)).real
    grey = grey + grain * (noise / grain.std())
    encoded = np.clip(np.round(grey), 0, 255).astype(np.uint8)
    return np.repeat(encoded[..., None], 3, axis=2)
