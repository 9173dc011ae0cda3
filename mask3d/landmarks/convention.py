"""The iBUG-68 order, and where its points lie on the FaceMesh surface."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import IntArray, frozen_array

# The point on the other side of the face.
MIRROR_68: IntArray = frozen_array(
    [
        *range(16, -1, -1),  # jaw
        *range(26, 16, -1),  # brows
        *range(27, 31),  # bridge of the nose
        *range(35, 30, -1),  # its wings
        *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),  # eyes
        *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),  # outer lips
        *(64, 63, 62, 61, 60, 67, 66, 65),  # inner lips
    ],
    (68,),
    np.int32,
    name="MIRROR_68",
)

# The landmark lies halfway between these two of the mesh's 478 vertices: one vertex twice, or the
# ends of an edge. The jaw follows the surface of the head, as in 300W-LP and AFLW2000-3D, not the
# outline of the photo. Chosen among the vertices and edges nearby, the same left and right, by the
# mean distance to such annotations on 149 photos below 55 degrees of yaw.
# fmt: off
FACE_MESH_VERTICES: IntArray = frozen_array(
    [
        # jaw, from the right ear over the chin to the left
        (127, 127), (93, 234), (93, 132), (132, 58), (58, 172), (136, 136),
        (149, 150), (176, 176), (152, 152), (400, 400), (378, 379), (365, 365),
        (288, 397), (361, 288), (323, 361), (323, 454), (356, 356),
        # right brow, left brow
        (46, 70), (53, 63), (52, 52), (65, 66), (55, 65),
        (285, 295), (295, 296), (282, 282), (283, 293), (276, 300),
        # bridge of the nose, then its wings
        (168, 6), (197, 195), (5, 5), (1, 4), (97, 98), (97, 97),
        (2, 2), (326, 326), (326, 327),
        # right eye, left eye
        (7, 33), (160, 160), (158, 158), (155, 173), (153, 153), (144, 144),
        (382, 398), (385, 385), (387, 387), (249, 263), (373, 373), (380, 380),
        # outer lips
        (61, 61), (39, 40), (37, 37), (0, 0), (267, 267), (269, 270),
        (291, 291), (321, 404), (314, 314), (17, 17), (84, 84), (91, 180),
        # inner lips
        (78, 78), (82, 82), (13, 13), (312, 312), (308, 308), (317, 317),
        (14, 14), (87, 87),
    ],
    (68, 2),
    np.int32,
    name="FACE_MESH_VERTICES",
)
# fmt: on
