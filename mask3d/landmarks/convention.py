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
# ends of an edge. The places follow from the markup alone: corners, peaks and middles where it
# names them, else equal lengths along the line on the canonical mesh of FaceMesh, to the nearest
# vertex or middle of an edge. The jaw is the oval of the mesh from the temple, level with the eye,
# to the chin: the surface of the head, as in 300W-LP and AFLW2000-3D, not the outline of the photo.
# fmt: off
FACE_MESH_VERTICES: IntArray = frozen_array(
    [
        # jaw, from the right ear over the chin to the left
        (127, 127), (93, 234), (93, 132), (132, 58), (172, 172), (136, 136),
        (149, 150), (176, 176), (152, 152), (400, 400), (378, 379), (365, 365),
        (397, 397), (361, 288), (323, 361), (323, 454), (356, 356),
        # right brow, left brow: between the upper and the lower edge
        (46, 70), (53, 63), (52, 105), (65, 66), (55, 107),
        (285, 336), (295, 296), (282, 334), (283, 293), (276, 300),
        # ridge of the nose from between the eyes to the tip, then its base from wing to wing
        (168, 168), (6, 197), (195, 5), (4, 4), (98, 98), (97, 97),
        (2, 2), (326, 326), (327, 327),
        # right eye, left eye: corners and thirds of the lids
        (33, 33), (160, 160), (158, 158), (133, 133), (153, 153), (144, 144),
        (362, 362), (385, 385), (387, 387), (263, 263), (373, 373), (380, 380),
        # outer lips: corners, peaks, the halfway between them, and sixths of the lower edge
        (61, 61), (39, 40), (37, 37), (0, 0), (267, 267), (269, 270),
        (291, 291), (321, 321), (314, 405), (17, 17), (84, 181), (91, 91),
        # inner lips: corners and quarters
        (78, 78), (80, 81), (13, 13), (310, 311), (308, 308), (318, 402),
        (14, 14), (88, 178),
    ],
    (68, 2),
    np.int32,
    name="FACE_MESH_VERTICES",
)
# fmt: on
