"""The landmark detectors by name."""

from __future__ import annotations

from pathlib import Path

from mask3d.landmarks.detector import LandmarkDetector
from mask3d.landmarks.embedded import EmbeddedDetector
from mask3d.landmarks.fan import FanDetector

DETECTORS = ("embedded", "face-alignment")
DEFAULT_DETECTOR = DETECTORS[0]


def open_detector(
    name: str = DEFAULT_DETECTOR, weights_dir: Path | None = None
) -> LandmarkDetector:
    """Load a detector; once a process is enough.

    Parameters
    ----------
    name : one of DETECTORS
    weights_dir : folder with the weights of face-alignment
        None searches where face-alignment keeps them. The embedded detector has its own.

    Raises
    ------
    ValueError
        No detector has that name.
    MissingWeightsError
        Weights, or the package that runs them, are missing.
    """
    match name:
        case "embedded":
            return EmbeddedDetector()
        case "face-alignment":
            return FanDetector(weights_dir)
    raise ValueError(f"no landmark detector is called {name!r}, expected one of {DETECTORS}")
