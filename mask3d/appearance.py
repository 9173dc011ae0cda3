"""How a draped mask looks in its photo: in its light, through its lens, with its shadow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mask3d.arrays import ByteArray
from mask3d.develop import develop
from mask3d.ears import NOT_LOOKED
from mask3d.face import FaceFit
from mask3d.lighting import Lighting, estimate_lighting
from mask3d.mesh import Layer, Mesh
from mask3d.occluders import Occluders, hide
from mask3d.recipe import Recipe
from mask3d.renderer import Renderer
from mask3d.sensor import Sensor, estimate_sensor
from mask3d.shadow import NO_SHADOW, Shadow, cast_shadow, lit_scene, self_shadowed
from mask3d.tuck import tucked

EVEN = np.eye(9)[:, :1].repeat(3, axis=1)  # harmonics of the same light from everywhere


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """What the photo shows of one mask.

    Attributes
    ----------
    layer : Layer, to be laid over the photo
    shadow : Shadow on the skin, below the layer
    lighting : Lighting that the mask was drawn in
    sensor : Sensor that it was developed with
    in_front : share of the mask that gave way to what lies in front of it
    in_front_note : see `Hidden`
    """

    layer: Layer
    shadow: Shadow
    lighting: Lighting
    sensor: Sensor
    in_front: float = 0.0
    in_front_note: str = ""


def appear(
    meshes: Sequence[Mesh],
    fit: FaceFit,
    rgb: ByteArray,
    recipe: Recipe,
    renderer: Renderer,
    occluders: Occluders | None = None,
) -> Appearance:
    """Draw `meshes` (face frame) as the photo (H, W, 3) would have shown them.

    The effects of the recipe that are off are left out, each on its own.
    `occluders` lie in front of the face.
    """
    effects = recipe.effects
    lighting = estimate_lighting(rgb, fit)
    if effects.occluders and not (occluders and occluders.is_given):
        meshes = tucked(meshes, fit, rgb, lighting, occluders.ears if occluders else NOT_LOOKED)
    lighting = lighting if effects.light else replace(lighting, sh=EVEN, key=np.zeros(3))
    shadow = NO_SHADOW
    if effects.shadow or effects.self_shadow:
        scene = lit_scene(meshes, fit, lighting)
        shadow = cast_shadow(scene, fit, rgb) if effects.shadow else NO_SHADOW
        meshes = self_shadowed(scene, fit, meshes) if effects.self_shadow else meshes
    sensor = estimate_sensor(rgb, fit, effects)
    layer = renderer.render(meshes, fit, lighting)
    developed = develop(layer, sensor, np.random.default_rng(recipe.grain_seed))
    appearance = Appearance(developed, shadow, lighting, sensor)
    if occluders is None:
        return appearance
    layer, share, note = hide(developed, occluders)
    return replace(appearance, layer=layer, in_front=share, in_front_note=note)
