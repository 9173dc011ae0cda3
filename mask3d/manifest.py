"""What a run did, as JSON lines: one for every face and for every image without one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from math import atan2, degrees, isfinite
from pathlib import Path
from typing import Any, TextIO

import cv2
import numpy as np
import PIL

import mask3d
from mask3d.appearance import Appearance
from mask3d.colour import REC709_LUMA
from mask3d.errors import Mask3DError, UnwritableImageError
from mask3d.face import FaceFit, pose_deg
from mask3d.pipeline import FaceResult

MANIFEST_NAME = "manifest.jsonl"


def versions() -> dict[str, str]:
    """Versions of what decides the pixels of a result."""
    return {
        "mask3d": mask3d.__version__,
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "pillow": PIL.__version__,
    }


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """A line of the manifest; what is not known is None.

    Attributes
    ----------
    image : path relative to the folder of the run, with ``/``
    output : path of the masked photo relative to the output folder
    face : index in the photo
    status : ``ok`` or ``failed``
    code, message, remedy : why it failed, see `mask3d.errors`
    mask : as it was asked for; what is worn together is joined by ``+`` here and below
    design, colour : the design and the preset that it started from
    fabric, pattern, colours : what it is dressed in, as `Changes` takes them
    state, ear, drop_mm, shift_mm, tilt_deg, sag : see `Wearing`; `ear` for ``one_ear`` only
    seed : of the run
    box_px : x0, y0, x1, y1 of the face
    confidence, source : of the landmarks
    yaw_deg, pitch_deg, roll_deg : of the fitted head, or of the landmarks where there is no fit
    fit_residual : see `FaceFit`
    effects : names of the `Effects` that are on
    light_rgb : mean irradiance on the face, linear, 1 what makes white paper white
    light_azimuth_deg : from where in the picture the key light comes, 0 from its right, 90 from
        above
    light_confidence : 0..1, how far that direction is to be trusted
    blur_px : standard deviation of the blur that the mask was given
    grain : standard deviation of its noise, luma, in steps of 8 bits
    haze : linear luminance of its black
    in_front : share of the mask that gave way to what lies in front of it
    in_front_note : ``unsure`` where it covers what may be, ``too-much`` where that was unbelievable
    renderer : name of what drew the mask
    versions : name -> version
    """

    image: str
    output: str | None = None
    face: int | None = None
    status: str = "ok"
    code: str | None = None
    message: str | None = None
    remedy: str | None = None
    mask: str | None = None
    design: str | None = None
    colour: str | None = None
    fabric: str | None = None
    pattern: str | None = None
    colours: str | None = None
    state: str | None = None
    ear: str | None = None
    drop_mm: float | None = None
    shift_mm: float | None = None
    tilt_deg: float | None = None
    sag: float | None = None
    seed: int | None = None
    box_px: tuple[float, ...] | None = None
    confidence: float | None = None
    source: str | None = None
    yaw_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    fit_residual: float | None = None
    effects: tuple[str, ...] | None = None
    light_rgb: tuple[float, ...] | None = None
    light_azimuth_deg: float | None = None
    light_confidence: float | None = None
    blur_px: float | None = None
    grain: float | None = None
    haze: float | None = None
    in_front: float | None = None
    in_front_note: str | None = None
    renderer: str | None = None
    versions: dict[str, str] = field(default_factory=versions)

    def to_json(self) -> str:
        """JSON object on one line, keys in the order of the fields."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)


def image_line(image: str, error: Mask3DError, *, seed: int) -> ManifestLine:
    """Line of an image in which no face was reached."""
    return _failed(ManifestLine(image, seed=seed), error)


def face_line(
    image: str, output: str | None, result: FaceResult, *, seed: int, renderer: str
) -> ManifestLine:
    """Line of one face; `output` is None where the photo was not written."""
    landmarks = result.landmarks
    pose = (landmarks.yaw_deg, landmarks.pitch_deg, landmarks.roll_deg)
    yaw_deg, pitch_deg, roll_deg = pose if result.fit is None else pose_deg(result.fit)
    wearing = result.recipe.wearing
    outfits = [mask.outfit for mask in result.masks if mask.outfit is not None]
    line = ManifestLine(
        image,
        output,
        result.face,
        mask=result.recipe.mask,
        design=_joined(mask.design_name for mask in result.masks),
        colour=_joined(mask.colour for mask in result.masks),
        fabric=_joined(outfit.fabric for outfit in outfits),
        pattern=_joined(outfit.pattern for outfit in outfits),
        colours=_joined(",".join(outfit.colours) for outfit in outfits),
        state=wearing.state,
        ear=wearing.ear if wearing.state == "one_ear" else None,
        drop_mm=round(wearing.drop_mm, 2),
        shift_mm=round(wearing.shift_mm, 2),
        tilt_deg=round(wearing.tilt_deg, 2),
        sag=round(wearing.sag, 3),
        seed=seed,
        box_px=tuple(round(float(edge), 2) for edge in landmarks.box_px),
        confidence=round(landmarks.confidence, 4),
        source=landmarks.source,
        yaw_deg=round(yaw_deg, 2),
        pitch_deg=round(pitch_deg, 2),
        roll_deg=round(roll_deg, 2),
        fit_residual=_finite(result.fit),
        renderer=renderer,
        effects=tuple(name for name, is_on in asdict(result.recipe.effects).items() if is_on),
        **_photographed(result.appearance),
    )
    return line if result.error is None else _failed(line, result.error)


@contextmanager
def open_manifest(folder: Path) -> Iterator[Callable[[ManifestLine], None]]:
    """Write the manifest of a run; the block gets a function that adds a line.

    Lines go to ``manifest.jsonl.partial`` at once, and this file takes the
    place of an older manifest when the block ends, by an error or Ctrl-C too:
    whatever was finished is on record, and no line is ever cut in half.

    Raises
    ------
    UnwritableImageError
        The folder cannot be made or written to.
    """
    path = folder / MANIFEST_NAME
    partial = path.with_name(f"{MANIFEST_NAME}.partial")
    with _open_for_lines(partial) as file:
        try:
            yield lambda line: _write(file, line)
        finally:
            file.close()  # Windows replaces no open file
            partial.replace(path)


def _open_for_lines(path: Path) -> TextIO:
    """Open a new file that has every line on disk as soon as it is written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # backslashreplace turns what UTF-8 cannot hold (half a surrogate pair in a
        # broken file name) into \udcXX, which is how JSON writes it.
        return path.open(
            "w", encoding="utf-8", errors="backslashreplace", newline="\n", buffering=1
        )
    except OSError as error:
        raise UnwritableImageError(
            f"cannot write {path}: {error.strerror}", "choose another output folder"
        ) from error


def _write(file: TextIO, line: ManifestLine) -> None:
    file.write(line.to_json() + "\n")


def _photographed(appearance: Appearance | None) -> dict[str, Any]:
    """What the photo was found to be like; nothing where that was not reached."""
    if appearance is None:
        return {}
    lighting, sensor = appearance.lighting, appearance.sensor
    x, y, _ = lighting.key_towards.tolist()
    return {
        "light_rgb": tuple(round(channel, 4) for channel in lighting.gain.tolist()),
        "light_azimuth_deg": round(degrees(atan2(-y, x)), 1),
        "light_confidence": round(lighting.key_confidence, 3),
        "blur_px": round(float(np.sqrt(np.trace(sensor.blur_px2) / 2)), 3),
        "grain": round(float(sensor.grain.level[0]), 2),
        "haze": round(float(sensor.tone.floor @ REC709_LUMA), 4),
        "in_front": round(appearance.in_front, 4),
        "in_front_note": appearance.in_front_note or None,
    }


def _joined(names: Iterable[str]) -> str | None:
    """Names of what is worn together; None where there are none."""
    return "+".join(names) or None


def _finite(fit: FaceFit | None) -> float | None:
    """Residual of a fit; None without one, and where the points have no extent."""
    return round(fit.residual, 5) if fit is not None and isfinite(fit.residual) else None


def _failed(line: ManifestLine, error: Mask3DError) -> ManifestLine:
    return replace(
        line, status="failed", code=error.code, message=error.message, remedy=error.remedy
    )
