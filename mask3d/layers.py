"""How high cloth may stand and lie double over a sheet that is bent.

Where a sheet bends towards what lies on it, its normals come together: at the
radius of the bend they meet, and what lies higher has passed through itself.
"""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.jit import kernel

FILLED = 0.7  # share of the radius of a bend that layers reach at most
FLAT = 1e-9
TINY = 1e-12


def bend_per_mm(points_mm: FloatArray, normals: FloatArray, faces: IntArray) -> FloatArray:
    """How tightly a sheet bends towards its normals at each point, (N,): 1 over the radius.

    Parameters
    ----------
    points_mm, normals : (N, 3)
    faces : (F, 3)

    Returns
    -------
    (N,)
        Of the tightest bend along an edge at the point; 0 where all bend away.

    Examples
    --------
    >>> valley_mm = np.array([[-4.0, 0, 1], [0, 0, 0], [4, 0, 1]])
    >>> normals = np.array([[0.4, 0, 0.9], [0, 0, 1], [-0.4, 0, 0.9]])
    >>> bend_per_mm(valley_mm, normals, np.array([[0, 1, 2]], dtype=np.int32)).round(2)
    array([0.1, 0.1, 0.1])
    """
    bend = np.zeros(len(points_mm))
    _take_tightest(points_mm, normals, faces, bend)
    return bend


def room_share(reach_mm: FloatArray, bend: FloatArray) -> FloatArray:
    """Share (n,) of their height at which layers that reach up to (n,) fit into a bend (n,).

    One and the same for all layers at a place, so that none changes its order.

    Examples
    --------
    >>> room_share(np.array([3.0, 3.0, 3.0]), np.array([0.0, 0.05, 0.5])).round(2)
    array([1.  , 0.98, 0.45])
    """
    filled = (reach_mm * bend / FILLED).clip(min=FLAT)
    share: FloatArray = np.tanh(filled) / filled
    return share


@kernel
def _take_tightest(
    points_mm: FloatArray, normals: FloatArray, faces: IntArray, bend: FloatArray
) -> None:
    for face in faces:
        for k in range(3):
            i, j = face[k], face[(k + 1) % 3]
            along2, closing = TINY, 0.0
            for d in range(3):
                way_mm = points_mm[j, d] - points_mm[i, d]
                along2 += way_mm * way_mm
                closing += way_mm * (normals[i, d] - normals[j, d])
            bend[i] = max(bend[i], closing / along2)
            bend[j] = max(bend[j], closing / along2)
