"""What the light that a mask keeps from the skin, and sends to it, does to the photo."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array, FloatArray, freeze_fields
from mask3d.face import FaceFit
from mask3d.shadow.scene import LitScene
from mask3d.shadow.skin_view import SkinView, skin_likeness, skin_view

MOST = 1.1  # of the skin's light; above white masks that are really worn it is 4 to 8 % brighter

# What is nearer than this along a ray stands in nobody's way.
BIAS_MM = 0.5
HEAD_BIAS_MM = 5.0  # the head's own cells are as large


@dataclass(frozen=True, slots=True, eq=False)
class Shadow:
    """What a mask leaves of the light on the skin: a rectangle of the photo.

    Attributes
    ----------
    factor : (h, w, 3) float32, RGB, of linear light; 1 changes nothing
    origin_px : (x0, y0) of its top-left pixel in the photo
    """

    factor: Float32Array
    origin_px: tuple[int, int]

    def __post_init__(self) -> None:
        """Check and freeze the array."""
        freeze_fields(self, {"factor": ((None, None, 3), np.float32)})


NO_SHADOW = Shadow(np.ones((0, 0, 3), np.float32), (0, 0))


def cast_shadow(scene: LitScene, fit: FaceFit, rgb: ByteArray) -> Shadow:
    """Shadow of what is worn on the skin that the photo (H, W, 3) shows of the head.

    The head's own shadows are in the photo already, and change nothing. Nor
    does the mask where the photo shows no skin.
    """
    view = skin_view(scene.worn, fit)
    if view is None or not view.seen.any():
        return NO_SHADOW
    from_cam, origin_mm = fit.cam_from_face[:3, :3], fit.cam_from_face[:3, 3]
    points_mm = (view.points_cam_mm - origin_mm) @ from_cam  # the transpose takes them back
    light = scene.light_at(points_mm, view.normals_cam @ from_cam, BIAS_MM, HEAD_BIAS_MM)
    lit, bare = (light[:, k] + scene.indirect for k in (0, 1))  # skin lights skin
    change = np.minimum(lit / bare, MOST) - 1.0
    change *= skin_likeness(rgb, view, bare)[:, None]
    return Shadow(1 + _on_pixels(change, view), view.origin_px)


def _on_pixels(change: FloatArray, view: SkinView) -> Float32Array:
    """Change (h, w, 3) of the pixels from that (N, 3) of the cells.

    It is averaged over neighbours, which hides that there are so few rays, and
    goes on under the rim.
    """
    known, weight = np.zeros((*view.seen.shape, 3), np.float32), view.seen.astype(np.float32)
    known[view.seen] = change
    total = cv2.boxFilter(known, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    count = cv2.boxFilter(weight, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    beside = total / np.maximum(count, 1)[..., None]
    beside[~(view.seen | view.covered)] = 0.0
    pixels = cv2.resize(beside, view.wh_px, interpolation=cv2.INTER_LINEAR)
    return np.asarray(pixels, np.float32)
