"""The renderer for graphics cards: pyrender, headless."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mask3d.arrays import Float32Array
from mask3d.camera import Camera
from mask3d.colour import linear_from_srgb
from mask3d.errors import RendererUnavailableError
from mask3d.face import FaceFit
from mask3d.lighting import Lighting
from mask3d.material import opaque
from mask3d.mesh import Layer, Mesh
from mask3d.renderer.headless_gl import REMEDY, start_gl
from mask3d.renderer.view import Surface, View, view_of

WALL = opaque(np.full((2, 2, 3), 128, np.uint8))
PROBE_TOLERANCE = 0.01  # linear light


class PyrenderRenderer:
    """One OpenGL context, used for every face and freed by `close`.

    Create it in the process that uses it: a fork after this can hang.

    Parameters
    ----------
    hardware_only : bool, default False
        Take a graphics card or nothing.

    Attributes
    ----------
    name : ``pyrender``
    device : name of the graphics card or of the software

    Raises
    ------
    RendererUnavailableError
        No OpenGL was found, or it does not draw what it should.
    """

    name = "pyrender"

    def __init__(self, hardware_only: bool = False) -> None:
        started = start_gl(hardware_only)
        # imports OpenGL, which may not be before a library is started
        from mask3d.renderer.mask_pass import MaskPass  # noqa: PLC0415

        self.device = started.device
        self._gl = started.library
        self._context = self._gl.create_context()
        self._make_current()
        self._pass = MaskPass()
        try:
            self._probe()
        except RendererUnavailableError:
            self.close()
            raise

    def render(self, meshes: Sequence[Mesh], fit: FaceFit, lighting: Lighting) -> Layer:
        """See `Renderer.render`."""
        view = view_of(meshes, fit)
        width, height = view.camera.image_wh
        rgba = np.zeros((height, width, 4), np.float32)
        return Layer(
            rgba=self._drawn(view, lighting) if rgba.size else rgba, origin_px=view.origin_px
        )

    def close(self) -> None:
        """See `Renderer.close`."""
        if self._context:
            self._make_current()
            self._pass.delete()
            self._gl.destroy_context(self._context)
            self._context = 0

    def _drawn(self, view: View, lighting: Lighting) -> Float32Array:
        from OpenGL.error import Error  # noqa: PLC0415  see __init__

        self._make_current()
        try:
            return self._pass.draw(view, lighting)
        except (Error, RuntimeError) as error:  # RuntimeError: a shader does not compile
            first_line = str(error).partition("\n")[0]
            raise RendererUnavailableError(f"{self.device}: {first_line}", REMEDY) from error

    def _make_current(self) -> None:
        if not self._context or not self._gl.make_current(self._context):
            raise RendererUnavailableError(f"{self.device} gave no OpenGL context", REMEDY)

    def _probe(self) -> None:
        """Draw a grey wall and look at it: a driver can start and yet draw nothing."""
        rgba = self._drawn(_wall_view(), Lighting(sh=np.eye(9)[:, [0, 0, 0]], gain=np.ones(3)))
        expected = np.append(linear_from_srgb(WALL.albedo[0, 0, :3]), 1)
        if np.abs(rgba - expected).max() > PROBE_TOLERANCE:
            raise RendererUnavailableError(
                f"{self.device} draws {rgba[0, 0].round(3)} instead of {expected.round(3)}", REMEDY
            )


def _wall_view() -> View:
    """A wall that fills 4 x 4 px."""
    corners_mm = np.array([[-99, -99, 99], [99, -99, 99], [99, 99, 99], [-99, 99, 99]], float)
    wall = Surface(
        vertices_cam_mm=corners_mm,
        normals_cam=np.tile([0.0, 0.0, -1.0], (4, 1)),
        faces=np.array([[0, 3, 2], [0, 2, 1]], np.int32),
        uv=np.zeros((4, 2)),
        occlusion=np.ones(4),
        material=WALL,
        tangents_cam=np.zeros((4, 4)),
    )
    camera = Camera(focal_px=4.0, principal_px=np.full(2, 1.5), image_wh=(4, 4))
    return View(camera, (0, 0), (wall,), np.zeros((0, 3)), np.zeros((0, 3), np.int32))
