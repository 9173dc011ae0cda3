"""Scenes small enough to know what a renderer has to make of them.

The camera looks at the face frame's z = 0 plane so that 1 mm is 1 px there.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from mask3d.arrays import ByteArray, Float32Array, FloatArray, IntArray
from mask3d.camera import Camera
from mask3d.colour import srgb_from_linear
from mask3d.face import FaceFit
from mask3d.face_model import FaceModel
from mask3d.lighting import Lighting
from mask3d.material import Material, opaque
from mask3d.mesh import Layer, Mesh
from mask3d.renderer import Renderer, open_renderer

SIZE_PX = 32
LINEAR_TOLERANCE = 1e-3  # half floats of a graphics card
DEPTH_MM = 500.0
NO_HEAD = (np.zeros((0, 3)), np.zeros((0, 3), np.int32))
QUAD_FACES = np.array([[0, 3, 2], [0, 2, 1]], np.int32)  # from outside: counter-clockwise
WHITE_LIGHT = Lighting(sh=np.eye(9)[:, :1] * np.ones(3), gain=np.ones(3))
GREY = np.full((4, 4, 3), 120, np.uint8)
# encoded light from the subject's left, camera +x, only
FROM_THE_RIGHT = Lighting(
    np.array([0.6, 0, 0, 0.3, 0, 0, 0, 0, 0])[:, None] * np.ones(3), np.ones(3)
)
rng = np.random.default_rng(7)
SIDE_LIGHT = Lighting(
    sh=np.vstack([np.full((1, 3), 0.6), rng.normal(0, 0.06, (8, 3))]), gain=np.ones(3)
)
KEYED_LIGHT = replace(
    SIDE_LIGHT, key_towards=np.array([0.6, 0, -0.8]), key=np.array([0.3, 0.2, 0.1])
)


def flat_texture(*rgb: int) -> ByteArray:
    return np.full((4, 4, 3), rgb, np.uint8)


def quad(
    left: float, top: float, right: float, bottom: float, z: float = 0.0, texture: ByteArray = GREY
) -> Mesh:
    """A rectangle that faces the camera; mm of the face frame are px from the photo's centre."""
    corners = [[left, top, z], [right, top, z], [right, bottom, z], [left, bottom, z]]
    return Mesh(
        vertices_mm=np.array(corners, float),
        normals=np.tile([0.0, 0.0, 1.0], (4, 1)),
        faces=QUAD_FACES,
        uv=np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float),
        occlusion=np.ones(4),
        material=opaque(texture),
    )


def changed(mesh: Mesh, **changes: FloatArray | IntArray | Material) -> Mesh:
    names = ("vertices_mm", "normals", "faces", "uv", "occlusion", "material")
    return Mesh(**{name: changes.get(name, getattr(mesh, name)) for name in names})


def flat_material(*rgba: int, gloss: float = 0.0, roughness: float = 1.0) -> Material:
    return Material(np.full((4, 4, 4), rgba, np.uint8), gloss=gloss, roughness=roughness)


def tilted(slope_u: float, slope_v: float) -> Float32Array:
    """Slopes that are the same everywhere."""
    return np.full((1, 1, 2), (slope_u, slope_v), np.float32)


def fit_of(
    vertices_mm: FloatArray = NO_HEAD[0],
    faces: IntArray = NO_HEAD[1],
    shift_px: tuple[float, float] = (0, 0),
) -> FaceFit:
    """A fit whose head is any mesh, looked at from the front."""
    v = len(vertices_mm)
    model = FaceModel(
        mean_mm=vertices_mm,
        identity_modes_mm=np.zeros((0, v, 3), np.float32),
        expression_modes_mm=np.zeros((0, v, 3), np.float32),
        expression_names=(),
        faces=np.asarray(faces, np.int32),
        mirror=np.arange(v, dtype=np.int32),
        landmark_vertices=np.zeros((68, 3), np.int32),
        landmark_weights=np.zeros((68, 3)),
        ear_root_vertices=np.zeros((2, 0), np.int32),
        ear_root_offset_mm=np.zeros((2, 0, 3)),
        regions=MappingProxyType({}),
    )
    cam_from_face = np.diag([1.0, -1.0, -1.0, 1.0])
    cam_from_face[2, 3] = DEPTH_MM
    centre_px = np.array([SIZE_PX, SIZE_PX]) / 2 - 0.5 + shift_px
    camera = Camera(DEPTH_MM, centre_px, (SIZE_PX, SIZE_PX))
    return FaceFit(model, camera, cam_from_face, np.zeros(0), np.zeros(0), vertices_mm, 0.0)


def on_photo(layer: Layer) -> FloatArray:
    """The layer in its place on an empty photo (SIZE_PX, SIZE_PX, 4)."""
    photo = np.zeros((SIZE_PX, SIZE_PX, 4))
    x0, y0 = layer.origin_px
    height, width = layer.rgba.shape[:2]
    photo[y0 : y0 + height, x0 : x0 + width] = layer.rgba
    return photo


def drawn(
    renderer: Renderer, *meshes: Mesh, fit: FaceFit | None = None, lighting: Lighting = WHITE_LIGHT
) -> FloatArray:
    return on_photo(renderer.render(meshes, fit or fit_of(), lighting))


def ball(radius_mm: float, texture: ByteArray, rings: int = 24) -> Mesh:
    """A sphere without its poles."""
    turn, rise = np.meshgrid(
        np.linspace(0, 2 * np.pi, 2 * rings), np.linspace(-1.3, 1.3, rings), indexing="xy"
    )
    normals = np.stack(
        [np.cos(rise) * np.sin(turn), np.sin(rise), np.cos(rise) * np.cos(turn)], axis=-1
    ).reshape(-1, 3)
    at = np.arange(len(normals)).reshape(turn.shape)
    a, b, c, d = (at[i, j].ravel() for i, j in _quad_corners())
    return Mesh(
        vertices_mm=radius_mm * normals,
        normals=normals,
        faces=np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]),
        uv=np.stack([turn / (2 * np.pi), 0.5 - rise / 2.6], axis=-1).reshape(-1, 2),
        occlusion=np.ones(len(normals)),
        material=opaque(texture),
    )


def _quad_corners() -> list[tuple[slice, slice]]:
    here, there = slice(None, -1), slice(1, None)
    return [(here, here), (here, there), (there, there), (there, here)]


def noisy_texture() -> ByteArray:
    coarse = np.random.default_rng(3).integers(0, 256, (16, 16, 3))
    return np.kron(coarse, np.ones((8, 8, 1))).astype(np.uint8)


def mirrored(mesh: Mesh) -> Mesh:
    flip = np.array([-1.0, 1.0, 1.0])
    return changed(
        mesh,
        vertices_mm=mesh.vertices_mm * flip,
        normals=mesh.normals * flip,
        faces=mesh.faces[:, ::-1],
    )


def check_that_it_draws_like_numba(renderer: Renderer, material: Material) -> None:
    """Mean difference of at most 2 of 255, and coverage within a sample at 99 % of the edge."""
    head = ball(10, GREY)
    shell = changed(ball(11.5, GREY), material=material)
    front = shell.vertices_mm[shell.faces].mean(axis=1) @ [0.5, 0.2, 1.0] > 2
    mask = changed(shell, faces=shell.faces[front])  # its back lies behind the head
    fit = fit_of(head.vertices_mm * [1, 1, 1.1], head.faces)
    here = drawn(renderer, mask, fit=fit, lighting=KEYED_LIGHT)
    numba = drawn(open_renderer("numba"), mask, fit=fit, lighting=KEYED_LIGHT)
    inside = (here[..., 3] > 0) & (numba[..., 3] > 0)
    encoded = [srgb_from_linear(p[inside][:, :3] / p[inside][:, 3:]) * 255 for p in (here, numba)]
    assert inside.sum() > 200
    assert np.abs(encoded[0] - encoded[1]).mean() <= 2
    assert np.abs(here - numba)[inside, 3].mean() <= 2 / 255
    edge = ((here[..., 3] % 1) > 0) | ((numba[..., 3] % 1) > 0)
    assert edge.sum() > 30
    assert (np.abs(here - numba)[edge, 3] <= 0.25).mean() >= 0.99
