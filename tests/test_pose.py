from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from mask3d.arrays import FloatArray
from mask3d.pose import head_pose


def _viewer_from_face(yaw_deg: float, pitch_deg: float, roll_deg: float) -> FloatArray:
    """Roll about the nose axis, then yaw, then pitch; x right, y up, z to the viewer."""
    angles_deg = (-roll_deg, -yaw_deg, -pitch_deg)
    rotation: FloatArray = Rotation.from_euler("zyx", angles_deg, degrees=True).as_matrix()
    return rotation


@pytest.mark.parametrize("yaw_deg", [-120.0, -90.5, -89.5, -40.0, 0.0, 30.0, 89.0, 91.0, 135.0])
@pytest.mark.parametrize("pitch_deg", [-40.0, 0.0, 25.0])
@pytest.mark.parametrize("roll_deg", [-60.0, 0.0, 10.0])
def test_angles_come_back(yaw_deg: float, pitch_deg: float, roll_deg: float) -> None:
    rotation = _viewer_from_face(yaw_deg, pitch_deg, roll_deg)
    np.testing.assert_allclose(head_pose(rotation), (yaw_deg, pitch_deg, roll_deg), atol=1e-9)


def test_passing_profile_changes_the_angles_little() -> None:
    before = np.array(head_pose(_viewer_from_face(89.9, 5.0, 3.0)))
    after = np.array(head_pose(_viewer_from_face(90.1, 5.0, 3.0)))
    np.testing.assert_allclose(after - before, (0.2, 0.0, 0.0), atol=1e-6)
