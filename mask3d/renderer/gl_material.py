"""A material in the memory of a graphics card.

Import after `headless_gl.start_gl` only, and use with a current context.
"""

from __future__ import annotations

import pyrender
from OpenGL import GL

from mask3d.renderer.texture import MaterialPyramids, Pyramid


class PyramidTexture(pyrender.Texture):  # type: ignore[misc]  # pyrender has no types
    """A texture with the pyramid's own levels, in half floats."""

    def __init__(self, pyramid: Pyramid) -> None:
        channels, stored, given = {
            2: ("RG", GL.GL_RG16F, GL.GL_RG),
            4: ("RGBA", GL.GL_RGBA16F, GL.GL_RGBA),
        }[pyramid.texels.shape[1]]
        super().__init__(source_channels=channels, data_format=GL.GL_FLOAT)
        self.last_level = float(len(pyramid.levels) - 1)
        self._texid = GL.glGenTextures(1)
        self._bind()
        for number, (first, height, width) in enumerate(pyramid.levels.tolist()):
            texels = pyramid.texels[first : first + height * width]
            args = (number, stored, width, height, 0, given, GL.GL_FLOAT, texels)
            GL.glTexImage2D(GL.GL_TEXTURE_2D, *args)
        for name, value in (
            (GL.GL_TEXTURE_MAX_LEVEL, len(pyramid.levels) - 1),
            (GL.GL_TEXTURE_MAG_FILTER, GL.GL_LINEAR),
            (GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR_MIPMAP_NEAREST),  # mask.frag blends levels
            (GL.GL_TEXTURE_WRAP_S, GL.GL_CLAMP_TO_EDGE),
            (GL.GL_TEXTURE_WRAP_T, GL.GL_CLAMP_TO_EDGE),
        ):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, value)


class GlMaterial:
    """The textures of a material.

    Attributes
    ----------
    albedo, slopes : PyramidTexture, see `MaterialPyramids`
    is_opaque : bool
    """

    def __init__(self, pyramids: MaterialPyramids) -> None:
        self.albedo = PyramidTexture(pyramids.albedo)
        self.slopes = PyramidTexture(pyramids.slopes)
        self.is_opaque = pyramids.is_opaque

    def bind(self) -> None:
        """Make them the textures of units 0 and 1."""
        for unit, texture in ((GL.GL_TEXTURE0, self.albedo), (GL.GL_TEXTURE1, self.slopes)):
            GL.glActiveTexture(unit)
            texture._bind()

    def delete(self) -> None:
        """Free them."""
        self.albedo.delete()
        self.slopes.delete()
