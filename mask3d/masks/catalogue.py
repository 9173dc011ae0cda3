"""The catalogue of masks that ship: a design is a folder under ``meshes/``, not code.

A mask is a design in one of its colours: ``surgical_blue``.
"""

from __future__ import annotations

from functools import lru_cache

from mask3d.assets import asset_path
from mask3d.errors import BadMaskError, UnknownMaskError
from mask3d.masks.folder import preset_names, read_mask
from mask3d.masks.types import Mask


def list_masks() -> tuple[str, ...]:
    """Names of all masks that ship, sorted."""
    folders = [path.parent for path in asset_path("meshes").glob("*/mask.toml")]
    names = [f"{folder.name}_{name}" for folder in folders for name in preset_names(folder)]
    return tuple(sorted(names))


@lru_cache(maxsize=64)
def load_mask(name: str) -> Mask:
    """The mask called `name`.

    Raises
    ------
    UnknownMaskError
        There is none of that name.
    BadMaskError
        Its folder is incomplete.
    """
    if name not in list_masks():
        raise UnknownMaskError(f"no mask is called {name!r}", f"choose {', '.join(list_masks())}")
    folder = asset_path("meshes", name.rpartition("_")[0])
    try:
        return read_mask(folder, name.rpartition("_")[2])
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise BadMaskError(
            f"{folder} is no complete mask design: {error}", "reinstall mask3d, or run its script"
        ) from error
