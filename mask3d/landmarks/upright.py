"""Where the profile net looks, given the points of a face."""

from __future__ import annotations

from mask3d.arrays import FloatArray
from mask3d.landmarks.region import Region, region_around, upright_rad

SIDE_PER_BOX = 1.3  # side of the region over the longer side of the box of the 68 points
EYES, MOUTH = slice(36, 48), slice(48, 68)


def region_of_points(points_edge_px: FloatArray) -> Region:
    """Upright along the line from the eyes to the mouth, around the 68 points (68, 2 or 3).

    The line between the eyes would turn with every error of the far one in profile.
    """
    xy = points_edge_px[:, :2]
    eyes_to_mouth = xy[MOUTH].mean(axis=0) - xy[EYES].mean(axis=0)
    return region_around(xy, upright_rad(eyes_to_mouth), SIDE_PER_BOX)
