"""The mean head as a file, to model a mask on."""

from __future__ import annotations

from pathlib import Path

from mask3d.errors import UnwritableImageError
from mask3d.face_model import load_face_model

HEADER = "# the mean head of mask3d: millimetres, x to the subject's left, y up, z out of the face"


def write_head(path: Path) -> None:
    """Write the head that masks are modelled on as Wavefront OBJ.

    Raises
    ------
    UnwritableImageError
        The disk refuses.
    """
    model = load_face_model()
    lines = [HEADER]
    lines += [f"v {x:.3f} {y:.3f} {z:.3f}" for x, y, z in model.mean_mm + 0.0]
    lines += [f"f {a} {b} {c}" for a, b, c in model.faces + 1]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
    except OSError as error:
        raise UnwritableImageError(
            f"cannot write {path}: {error.strerror}", "choose another place"
        ) from error
