"""Where the files that mask3d ships lie."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def asset_path(*parts: str) -> Path:
    """Path of a shipped file or folder, e.g. ``asset_path("meshes", "face")``.

    A wheel holds the assets in ``mask3d/_assets``; a checkout holds them
    beside the package.

    Raises
    ------
    FileNotFoundError
        Neither place has it.
    """
    for root in (_PACKAGE / "_assets", _PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"mask3d ships no {'/'.join(parts)}; the installation is incomplete")


def weights_path(name: str) -> Path:
    """Path of an embedded weight file in ``mask3d/weights``."""
    return _PACKAGE / "weights" / name
