"""pyrender's renderer with what a mask needs of its own: light, head, float colours.

Import after `headless_gl.start_gl` only, and use with a current context.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyrender
from OpenGL import GL
from pyrender.shader_program import ShaderProgramCache

from mask3d.arrays import Float32Array, FloatArray
from mask3d.camera import Camera
from mask3d.errors import RendererUnavailableError
from mask3d.lighting import ENCODING_GAMMA, MIN_ENCODED, Lighting
from mask3d.renderer.base import SHOULDER_END, SHOULDER_START
from mask3d.renderer.raster import SAMPLES, SAMPLES_SUB, SUB_PX
from mask3d.renderer.texture import TextureCache, TexturePyramid
from mask3d.renderer.view import Surface, View

SHADERS = Path(__file__).with_name("shaders")
SHADER_NUMBERS = {
    "MIN_ENCODED": MIN_ENCODED,
    "ENCODING_GAMMA": ENCODING_GAMMA,
    "SHOULDER_START": SHOULDER_START,
    "SHOULDER_END": SHOULDER_END,
    "SAMPLES": SAMPLES,
    "PATTERN_PX": ", ".join(f"vec2({x}, {y})" for x, y in (SAMPLES_SUB / SUB_PX).tolist()),
}
DEPTH_MARGIN = 0.01  # of the distance, left before the nearest and behind the farthest vertex


class MaskPass(pyrender.Renderer):  # type: ignore[misc]  # pyrender has no types
    """Draws a `View` in the current context."""

    _meshes: set[Any]
    _main_fb_dims: tuple[int, int]

    def __init__(self) -> None:
        super().__init__(1, 1)
        self.dpscale = 1  # pyrender doubles it on macOS, for windows
        self._program_cache = ShaderProgramCache(str(SHADERS))
        self._textures = TextureCache[PyramidTexture](make=PyramidTexture, free=_free)
        self._lighting: Lighting | None = None

    def draw(self, view: View, lighting: Lighting) -> Float32Array:
        """Layer (H, W, 4) of a view that is not empty."""
        self.viewport_width, self.viewport_height = view.camera.image_wh
        self._lighting = lighting
        scene = pyrender.Scene(bg_color=np.zeros(4), ambient_light=np.zeros(3))
        scene.add(PhotoCamera(view), name="camera")
        if len(view.head_faces):
            scene.add(_head_mesh(view), name="head")
        for surface in view.surfaces:
            if len(surface.faces):
                texture = self._textures.get(surface.material.albedo, lighting.is_monochrome)
                scene.add(_surface_mesh(surface, texture), name="mask")
        rgba: Float32Array = self.render(scene, pyrender.RenderFlags.OFFSCREEN)
        return rgba

    def delete(self) -> None:
        """Free what the context holds."""
        self._textures.clear()
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
        """The head first, so that it wins where depths are equal."""
        return sorted(scene.mesh_nodes, key=lambda node: node.name != "head")

    def _get_primitive_program(self, primitive: Any, flags: int, program_flags: int) -> Any:
        kind = "mask" if _texture_of(primitive) else "head"
        program = self._program_cache.get_program(
            f"{kind}.vert", f"{kind}.frag", defines=SHADER_NUMBERS
        )
        if not program._in_context():
            program._add_to_context()
        return program

    def _bind_lighting(self, scene: Any, program: Any, node: Any, flags: int) -> None:
        if self._lighting is None or node.name == "head":
            return
        # pyrender's set_uniform knows no arrays, and keeps errors to itself
        GL.glUniform3fv(_uniform(program, "sh"), 9, np.float32(self._lighting.sh))
        GL.glUniform3fv(_uniform(program, "gain"), 1, np.float32(self._lighting.gain))

    def _bind_and_draw_primitive(
        self, primitive: Any, pose: FloatArray, program: Any, flags: int
    ) -> None:
        texture = _texture_of(primitive)
        GL.glColorMask(*4 * [texture is not None])
        GL.glDisable(GL.GL_CULL_FACE)
        GL.glDisable(GL.GL_BLEND)
        if texture:
            GL.glActiveTexture(GL.GL_TEXTURE0)
            texture._bind()
            GL.glUniform1i(_uniform(program, "albedo"), 0)
            GL.glUniform1f(_uniform(program, "last_level"), texture.last_level)
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


class PyramidTexture(pyrender.Texture):  # type: ignore[misc]
    """A texture with the pyramid's own levels, in half floats of linear light."""

    def __init__(self, pyramid: TexturePyramid) -> None:
        super().__init__(source_channels="RGB", data_format=GL.GL_FLOAT)
        self.last_level = float(len(pyramid.levels) - 1)
        self._texid = GL.glGenTextures(1)
        self._bind()
        for number, (first, height, width) in enumerate(pyramid.levels.tolist()):
            texels = pyramid.texels[first : first + height * width]
            args = (number, GL.GL_RGB16F, width, height, 0, GL.GL_RGB, GL.GL_FLOAT, texels)
            GL.glTexImage2D(GL.GL_TEXTURE_2D, *args)
        for name, value in (
            (GL.GL_TEXTURE_MAX_LEVEL, len(pyramid.levels) - 1),
            (GL.GL_TEXTURE_MAG_FILTER, GL.GL_LINEAR),
            (GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR_MIPMAP_NEAREST),  # mask.frag blends levels
            (GL.GL_TEXTURE_WRAP_S, GL.GL_CLAMP_TO_EDGE),
            (GL.GL_TEXTURE_WRAP_T, GL.GL_CLAMP_TO_EDGE),
        ):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, value)


def _free(texture: PyramidTexture) -> None:
    texture.delete()


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


def _surface_mesh(surface: Surface, texture: PyramidTexture) -> Any:
    grey = np.repeat(surface.occlusion[:, None], 4, axis=1)
    primitive = pyrender.Primitive(
        positions=surface.vertices_cam_mm,
        normals=surface.normals_cam,
        texcoord_0=surface.uv,
        color_0=grey,
        indices=surface.faces,
        material=pyrender.MetallicRoughnessMaterial(baseColorTexture=texture),
    )
    return pyrender.Mesh([primitive])


def _texture_of(primitive: Any) -> PyramidTexture | None:
    texture: PyramidTexture | None = primitive.material.baseColorTexture
    return texture


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
