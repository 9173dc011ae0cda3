"""Light that a mask keeps from itself and from the skin around it.

The light of the photo is taken apart into rays. Along each a mask, its straps
and the head may stand in the way (`lit_scene`). What is left of the light on
the mask goes into its occlusion (`self_shadowed`), what is left of it on the
skin is the `Shadow` that it casts (`cast_shadow`). A blocked ray is not dark:
a lit white mask sends light to the skin beside it, and a thin one lets some
through.
"""

from mask3d.shadow.cast import NO_SHADOW, Shadow, cast_shadow
from mask3d.shadow.scene import LitScene, lit_scene
from mask3d.shadow.worn import self_shadowed

__all__ = ["NO_SHADOW", "LitScene", "Shadow", "cast_shadow", "lit_scene", "self_shadowed"]
