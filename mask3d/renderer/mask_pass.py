"""pyrender's renderer with what a mask needs of its own: light, head, float colours.

Import after `headless_gl.start_gl` only, and use with a current context.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyrender
from OpenGL import GL
from pyrender.shader_program import ShaderProgramCache

from mask3d.arrays import Float32Array, FloatArray
from mask3d.camera import Camera
from mask3d.errors import RendererUnavailableError
from mask3d.key_light import key_light
from mask3d.lighting import ENCODING_GAMMA, MIN_ENCODED, Lighting
from mask3d.renderer.base import SHOULDER_END, SHOULDER_START
from mask3d.renderer.gl_material import GlMaterial
from mask3d.renderer.gloss import Gloss, gloss_of
from mask3d.renderer.raster import SAMPLES, SAMPLES_SUB, SUB_PX
from mask3d.renderer.relief import LEAST_LENGTH
from mask3d.renderer.shade import LEAST_OPACITY
from mask3d.renderer.texture import MaterialCache
from mask3d.renderer.view import Surface, View

SHADERS = Path(__file__).with_name("shaders")
SHADER_NUMBERS = {
    "MIN_ENCODED": MIN_ENCODED,
    "ENCODING_GAMMA": ENCODING_GAMMA,
    "SHOULDER_START": SHOULDER_START,
    "SHOULDER_END": SHOULDER_END,
    "LEAST_LENGTH": LEAST_LENGTH,
    "LEAST_OPACITY": LEAST_OPACITY,
    "SAMPLES": SAMPLES,
    "PATTERN_PX": ", ".join(f"vec2({x}, {y})" for x, y in (SAMPLES_SUB / SUB_PX).tolist()),
}
DEPTH_MARGIN = 0.01  # of the distance, left before the nearest and behind the farthest vertex


class Stage(NamedTuple):
    """How a group of meshes is drawn, after the ones before it.

    Attributes
    ----------
    is_seen : colours are written, not depth alone
    hidden : GL_FRONT or GL_BACK, the side that is left out
    is_blended : over what is there, and where the stage before wrote its depth
    """

    is_seen: bool
    hidden: int | None = None
    is_blended: bool = False


# Rows run downwards, so that to OpenGL the side that faces the camera is the back.
OPAQUE_STAGES = ("opaque",)
CLEAR_STAGES = ("far depth", "far", "near depth", "near")
STAGES = {
    "head": Stage(is_seen=False),  # first, so that it wins where depths are equal
    "opaque": Stage(is_seen=True),
    "far depth": Stage(is_seen=False, hidden=GL.GL_BACK),
    "far": Stage(is_seen=True, hidden=GL.GL_BACK, is_blended=True),
    "near depth": Stage(is_seen=False, hidden=GL.GL_FRONT),
    "near": Stage(is_seen=True, hidden=GL.GL_FRONT, is_blended=True),
}
STAGE_ORDER = tuple(STAGES)


class MaskPass(pyrender.Renderer):  # type: ignore[misc]  # pyrender has no types
    """Draws a `View` in the current context."""

    _meshes: set[Any]
    _main_fb_dims: tuple[int, int]

    def __init__(self) -> None:
        super().__init__(1, 1)
        self.dpscale = 1  # pyrender doubles it on macOS, for windows
        self._program_cache = ShaderProgramCache(str(SHADERS))
        self._materials = MaterialCache[GlMaterial](make=GlMaterial, free=GlMaterial.delete)
        self._lighting: Lighting | None = None

    def draw(self, view: View, lighting: Lighting) -> Float32Array:
        """Layer (H, W, 4) of a view that is not empty."""
        self.viewport_width, self.viewport_height = view.camera.image_wh
        self._lighting = lighting
        scene = pyrender.Scene(bg_color=np.zeros(4), ambient_light=np.zeros(3))
        scene.add(PhotoCamera(view), name="camera")
        if len(view.head_faces):
            scene.add(_head_mesh(view), name="head")
        key = key_light(lighting)
        for surface in view.surfaces:
            if len(surface.faces):
                material = self._materials.get(surface.material, lighting.is_monochrome)
                mesh = SurfaceMesh(surface, material, gloss_of(surface.material, key))
                for stage in OPAQUE_STAGES if material.is_opaque else CLEAR_STAGES:
                    scene.add(mesh, name=stage)
        rgba: Float32Array = self.render(scene, pyrender.RenderFlags.OFFSCREEN)
        return rgba

    def delete(self) -> None:
        """Free what the context holds."""
        self._materials.clear()
        super().delete()

    def __del__(self) -> None:
        """Free nothing: `delete` did, or another context is current whose objects it would hit."""

    # what follows replaces methods of pyrender.Renderer, under their names

    def _update_context(self, scene: Any, flags: int) -> None:
        """Exchange the meshes; textures stay, which pyrender would load again for each face."""
        for mesh in self._meshes:
            for primitive in mesh.primitives:
                primitive.delete()
        for mesh in scene.meshes:
            for primitive in mesh.primitives:
                primitive._add_to_context()
        self._meshes = set(scene.meshes)

    def _sorted_mesh_nodes(self, scene: Any) -> list[Any]:
        return sorted(scene.mesh_nodes, key=lambda node: STAGE_ORDER.index(node.name))

    def _get_primitive_program(self, primitive: Any, flags: int, program_flags: int) -> Any:
        kind = "mask" if primitive.texcoord_0 is not None else "head"
        program = self._program_cache.get_program(
            f"{kind}.vert", f"{kind}.frag", defines=SHADER_NUMBERS
        )
        if not program._in_context():
            program._add_to_context()
        return program

    def _bind_lighting(self, scene: Any, program: Any, node: Any, flags: int) -> None:
        """Set all that a node needs besides its triangles; pyrender has no better place."""
        _begin(STAGES[node.name])
        if self._lighting is not None and isinstance(node.mesh, SurfaceMesh):
            node.mesh.bind(program, self._lighting)

    def _bind_and_draw_primitive(
        self, primitive: Any, pose: FloatArray, program: Any, flags: int
    ) -> None:
        primitive._bind()
        GL.glDrawElements(GL.GL_TRIANGLES, primitive.indices.size, GL.GL_UNSIGNED_INT, None)
        primitive._unbind()

    def _configure_main_framebuffer(self) -> None:
        """Half-float colours, as 8 bits of linear light show bands in the dark."""
        size = (self.viewport_width, self.viewport_height)
        if self._main_fb_dims == size:
            return
        limit_px = GL.glGetIntegerv(GL.GL_MAX_RENDERBUFFER_SIZE)
        if max(size) > limit_px:
            raise RendererUnavailableError(
                f"the mask covers {size[0]} x {size[1]} px, this OpenGL draws {limit_px} at most",
                "use --renderer numba",
            )
        self._delete_main_framebuffer()
        self._main_fb, self._main_cb, self._main_db = _framebuffer(size, samples=0)
        self._main_fb_ms, self._main_cb_ms, self._main_db_ms = _framebuffer(size, SAMPLES)
        self._main_fb_dims = size

    def _read_main_framebuffer(self, scene: Any, flags: int) -> Float32Array:
        """Mean of the samples, rows from the top: the projection already turned them."""
        width, height = self._main_fb_dims
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self._main_fb_ms)
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, self._main_fb)
        rectangle = (0, 0, width, height)
        GL.glBlitFramebuffer(*rectangle, *rectangle, GL.GL_COLOR_BUFFER_BIT, GL.GL_NEAREST)
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self._main_fb)
        rgba = np.zeros((height, width, 4), np.float32)
        GL.glReadPixels(*rectangle, GL.GL_RGBA, GL.GL_FLOAT, array=rgba)
        return rgba


class PhotoCamera(pyrender.Camera):  # type: ignore[misc]
    """The camera of a view; unlike pyrender's it looks along +z with y down, as `Camera` does."""

    def __init__(self, view: View) -> None:
        near_mm, far_mm = _depths_mm(view)
        super().__init__(znear=near_mm * (1 - DEPTH_MARGIN), zfar=far_mm * (1 + DEPTH_MARGIN))
        self._camera: Camera = view.camera

    def get_projection_matrix(self, width: int, height: int) -> FloatArray:
        """(4, 4) from camera millimetres to clip space, the top row of the photo first."""
        focal_px = self._camera.focal_px
        # half a pixel: OpenGL counts from the corner of the first pixel, not from its centre
        x, y = self._camera.principal_px + 0.5
        near_mm, far_mm = self.znear, self.zfar
        depth_mm = far_mm - near_mm
        return np.array(
            [
                [2 * focal_px / width, 0, 2 * x / width - 1, 0],
                [0, 2 * focal_px / height, 2 * y / height - 1, 0],
                [0, 0, (far_mm + near_mm) / depth_mm, -2 * far_mm * near_mm / depth_mm],
                [0, 0, 1, 0],
            ]
        )


class SurfaceMesh(pyrender.Mesh):  # type: ignore[misc]
    """A surface as pyrender draws it."""

    def __init__(self, surface: Surface, material: GlMaterial, gloss: Gloss) -> None:
        primitive = pyrender.Primitive(
            positions=surface.vertices_cam_mm,
            normals=surface.normals_cam,
            tangents=surface.tangents_cam,
            texcoord_0=surface.uv,
            color_0=np.repeat(surface.occlusion[:, None], 4, axis=1),
            indices=surface.faces,
        )
        super().__init__([primitive])
        self._is_level, self._textures, self._gloss = surface.material.is_level, material, gloss

    def bind(self, program: Any, lighting: Lighting) -> None:
        """Hand the shader the light and the material."""
        albedo, slopes = self._textures.albedo, self._textures.slopes
        self._textures.bind()
        # pyrender's set_uniform knows no arrays, and keeps errors to itself
        GL.glUniform1i(_uniform(program, "albedo"), 0)
        GL.glUniform1i(_uniform(program, "slopes"), 1)
        GL.glUniform1i(_uniform(program, "is_level"), self._is_level)
        GL.glUniform2f(_uniform(program, "last_level"), albedo.last_level, slopes.last_level)
        GL.glUniform2f(_uniform(program, "gloss"), self._gloss.reflectance, self._gloss.grazing)
        GL.glUniform1f(_uniform(program, "key_width"), self._gloss.width)
        for name, count, values in (
            ("sh", 9, lighting.sh),
            ("gain", 1, lighting.gain),
            ("lamp_towards", 1, lighting.key_towards),
            ("lamp", 1, lighting.key),
            ("key_towards", 1, self._gloss.towards),
            ("key_strength", 1, self._gloss.strength),
            ("room", 4, self._gloss.room),
        ):
            GL.glUniform3fv(_uniform(program, name), count, np.float32(values))


def _begin(stage: Stage) -> None:
    GL.glColorMask(*4 * [stage.is_seen])
    _switch(GL.GL_CULL_FACE, stage.hidden is not None)
    _switch(GL.GL_BLEND, stage.is_blended)
    GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA)
    GL.glDepthFunc(GL.GL_EQUAL if stage.is_blended else GL.GL_LESS)
    if stage.hidden is not None:
        GL.glCullFace(stage.hidden)


def _switch(feature: int, is_on: bool) -> None:
    (GL.glEnable if is_on else GL.glDisable)(feature)


def _depths_mm(view: View) -> tuple[float, float]:
    parts = [(s.vertices_cam_mm, s.faces) for s in view.surfaces]
    depths_mm = [
        vertices_cam_mm[faces, 2].ravel()
        for vertices_cam_mm, faces in [*parts, (view.head_cam_mm, view.head_faces)]
    ]
    return float(min(d.min(initial=np.inf) for d in depths_mm)), float(
        max(d.max(initial=0) for d in depths_mm)
    )


def _head_mesh(view: View) -> Any:
    return pyrender.Mesh([pyrender.Primitive(view.head_cam_mm, indices=view.head_faces)])


def _uniform(program: Any, name: str) -> int:
    location: int = GL.glGetUniformLocation(program._program_id, name)
    return location


def _framebuffer(size: tuple[int, int], samples: int) -> tuple[int, int, int]:
    """Framebuffer, colour buffer and depth buffer of `size` (w, h)."""
    framebuffer = GL.glGenFramebuffers(1)
    colour, depth = (int(name) for name in GL.glGenRenderbuffers(2))
    GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, framebuffer)
    for buffer, content, place in (
        (colour, GL.GL_RGBA16F, GL.GL_COLOR_ATTACHMENT0),
        (depth, GL.GL_DEPTH_COMPONENT24, GL.GL_DEPTH_ATTACHMENT),
    ):
        GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, buffer)
        GL.glRenderbufferStorageMultisample(GL.GL_RENDERBUFFER, samples, content, *size)
        GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, place, GL.GL_RENDERBUFFER, buffer)
    return framebuffer, colour, depth
