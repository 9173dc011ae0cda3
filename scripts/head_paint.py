"""Paint a head: a texture with skin, lips, brows, eyes and short hair, placed by the 68 points."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike

from mask3d.arrays import ByteArray, FloatArray
from mask3d.face_model import FaceModel

TEXTURE_WH = (2048, 1024)
PX_PER_MM = 4.0  # of the texture, near enough at the front of the head
RIGHT_BROW, LEFT_BROW = slice(17, 22), slice(22, 27)  # rows of the 68 points, subject's sides
RIGHT_EYE, LEFT_EYE = slice(36, 42), slice(42, 48)
LIPS, MOUTH_LINE = slice(48, 60), slice(60, 65)
SCLERA, PUPIL, LID = (226, 219, 214), (22, 18, 18), (58, 40, 34)
IRIS_RADIUS_MM, PUPIL_RADIUS_MM = 5.5, 2.2
HAIRLINE = np.array(  # azimuth in degrees, height in mm in the face frame
    [[0, 98], [24, 96], [36, 88], [48, 70], [60, 46], [70, 30], [73, 0], [80, -2], [84, 33],
     [112, 33], [120, -20], [128, -55], [142, -78], [180, -84]], float
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Complexion:
    """sRGB albedo of the parts of a head."""

    skin: tuple[int, int, int]
    lips: tuple[int, int, int]
    hair: tuple[int, int, int]
    iris: tuple[int, int, int]


def head_uv(model: FaceModel, points_mm: FloatArray) -> FloatArray:
    """Texture coordinates (..., 2) of points near the mean head: azimuth about y, and height."""
    azimuth = np.arctan2(points_mm[..., 0], points_mm[..., 2])
    return _uv(model, azimuth, points_mm[..., 1])


def paint_head(model: FaceModel, complexion: Complexion, seed: int) -> ByteArray:
    """Texture (H, W, 3) for `head_uv`."""
    canvas = _Canvas(np.random.default_rng(seed), complexion.skin)
    points = head_uv(model, model.landmarks_mm(model.mean_mm)) * TEXTURE_WH  # (68, 2)
    canvas.grain(0.05, 40.0)
    canvas.fill(_hairline(model), complexion.hair, blur_mm=3.0)
    canvas.grain(0.03, 1.0)
    for eye in (RIGHT_EYE, LEFT_EYE):
        canvas.fill(points[eye], SCLERA, blur_mm=0.4)
        centre = points[eye].mean(axis=0)
        for radius_mm, colour in (
            (IRIS_RADIUS_MM, complexion.iris),
            (PUPIL_RADIUS_MM, PUPIL),
        ):
            canvas.disc(centre, radius_mm, colour, inside=points[eye])
        canvas.line(points[eye][:4], LID, width_mm=1.6, blur_mm=0.4)
    for brow in (RIGHT_BROW, LEFT_BROW):
        canvas.line(points[brow], complexion.hair, width_mm=5.0, blur_mm=1.2)
    canvas.fill(points[LIPS], complexion.lips, blur_mm=0.8)
    canvas.line(points[MOUTH_LINE], LID, width_mm=0.8, blur_mm=0.5)
    return canvas.rgb.clip(0, 255).round().astype(np.uint8)


class _Canvas:
    """A texture in the making, (H, W, 3) float."""

    def __init__(self, rng: np.random.Generator, colour: tuple[int, int, int]) -> None:
        self._rng = rng
        self.rgb = np.full((TEXTURE_WH[1], TEXTURE_WH[0], 3), colour, np.float64)

    def grain(self, strength: float, size_mm: float) -> None:
        """Vary the brightness by `strength` in spots of `size_mm`."""
        width, height = (max(int(side / (size_mm * PX_PER_MM)), 1) for side in TEXTURE_WH)
        spots = self._rng.normal(1.0, strength, (height, width))
        self.rgb *= cv2.resize(spots, TEXTURE_WH, interpolation=cv2.INTER_CUBIC)[..., None]

    def fill(self, outline: FloatArray, colour: tuple[int, int, int], *, blur_mm: float) -> None:
        """Fill a polygon (N, 2)."""
        self._blend(cv2.fillPoly(_blank(), [_pixels(outline)], 1.0), colour, blur_mm)

    def line(
        self, points: FloatArray, colour: tuple[int, int, int], *, width_mm: float, blur_mm: float
    ) -> None:
        """Draw a line through points (N, 2)."""
        width_px = max(round(width_mm * PX_PER_MM), 1)
        self._blend(
            cv2.polylines(_blank(), [_pixels(points)], False, 1.0, width_px), colour, blur_mm
        )

    def disc(
        self,
        centre: FloatArray,
        radius_mm: float,
        colour: tuple[int, int, int],
        *,
        inside: FloatArray,
    ) -> None:
        """Fill what of a circle lies inside a polygon (N, 2)."""
        x, y = _pixels(centre)
        disc = cv2.circle(_blank(), (int(x), int(y)), round(radius_mm * PX_PER_MM), 1.0, -1)
        self._blend(disc * cv2.fillPoly(_blank(), [_pixels(inside)], 1.0), colour, 0.3)

    def _blend(self, cover: MatLike, colour: tuple[int, int, int], blur_mm: float) -> None:
        soft = cv2.GaussianBlur(cover, (0, 0), blur_mm * PX_PER_MM)[..., None]
        self.rgb += soft * (np.array(colour) - self.rgb)


def _hairline(model: FaceModel) -> FloatArray:
    """Outline (N, 2) of the scalp in texture pixels."""
    azimuth_deg, height_mm = HAIRLINE.T
    azimuth = np.radians(np.concatenate([-azimuth_deg[:0:-1], azimuth_deg]))
    line = _uv(model, azimuth, np.concatenate([height_mm[:0:-1], height_mm]))
    outline = np.vstack([line, [[1.0, line[-1, 1]], [1.0, 0.0], [0.0, 0.0], [0.0, line[0, 1]]]])
    return outline * TEXTURE_WH


def _uv(model: FaceModel, azimuth: FloatArray, height_mm: FloatArray) -> FloatArray:
    low, high = model.mean_mm[:, 1].min(), model.mean_mm[:, 1].max()
    return np.stack([0.5 + azimuth / (2 * np.pi), (high - height_mm) / (high - low)], axis=-1)


def _blank() -> FloatArray:
    return np.zeros((TEXTURE_WH[1], TEXTURE_WH[0]))


def _pixels(points: FloatArray) -> FloatArray:
    return points.round().astype(np.int32)
