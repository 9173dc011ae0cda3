"""How heads differ: the mean of a population of target weights, and its principal modes.

The population is described by its covariance, which is known in closed form, so nothing is drawn
at random: every combination of ancestry, sex and age is equally frequent, and every other pair of
opposite targets has an independent, normally distributed weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from scripts.face_model.mirror_parts import even_part, odd_part
from scripts.face_model.source import Source

ANCESTRIES = ("african", "asian", "caucasian")
SEXES = ("female", "male")
# Share of the target "old" (90 years), the rest being "young" (25 years): 25, 45 and 65 years.
OLD_SHARES = (0.0, 0.3, 0.6)
# How far one person lies from the mean of all groups toward the stylised head of one group.
GROUP_PURITY = 0.7

# Standard deviations of the slider weights, of which 1 is the end of the slider. With these the
# spread of face width, face length, head breadth and lip length is that of the survey in frame.py.
BUILD_SIGMA = 0.4
LOCAL_SIGMA = {
    "cheek": 0.25, "chin": 0.15, "ears": 0.2, "eyebrows": 0.25, "eyes": 0.25, "forehead": 0.25,
    "head": 0.2, "mouth": 0.22, "neck": 0.2, "nose": 0.25,
}  # fmt: skip
ODD_SHARE = 0.3  # people are mostly symmetric
# The first of the pair is the negative end of the slider.
OPPOSITES = (
    ("decr", "incr"), ("down", "up"), ("in", "out"), ("backward", "forward"),
    ("concave", "convex"), ("compress", "uncompress"), ("pointed", "triangle"), ("round", "square"),
)  # fmt: skip
MODE_COUNT = 50


def mean_head(source: Source) -> FloatArray:
    """Mean (N, 3) of the population, on the whole base mesh."""
    groups = [_group_mm(source, *group) for group in product(ANCESTRIES, SEXES, OLD_SHARES)]
    return np.asarray(source.base.vertices_mm + np.mean(groups, axis=0))


def deviations(source: Source, kept: IntArray) -> Iterator[FloatArray]:
    """Displacements (V, 3) whose outer products sum to the covariance of the population."""
    groups = [_group_mm(source, *group)[kept] for group in product(ANCESTRIES, SEXES, OLD_SHARES)]
    for group_mm in groups:
        yield GROUP_PURITY * (group_mm - np.mean(groups, axis=0)) / np.sqrt(len(groups))
    for kind in ("muscle", "weight"):
        yield BUILD_SIGMA * _build_mm(source, kind)[kept]
    for sigma, name, opposite in _local_pairs(source):
        yield sigma * (source.target_mm(opposite) - source.target_mm(name))[kept] / 2


def identity_modes(
    moved_mm: FloatArray, mean_mm: FloatArray, face: IntArray, mirror: IntArray
) -> FloatArray:
    """Principal modes (MODE_COUNT, V, 3), one standard deviation each, largest first.

    Parameters
    ----------
    moved_mm : (D, V, 3), see `deviations`
    mean_mm : (V, 3)
    face : vertices that stay where they are: rigid motion of the face is not identity
    mirror : (V,)
    """
    still_mm = without_rigid_motion(moved_mm, mean_mm, face)
    even = _principal(even_part(still_mm, mirror))
    odd = _principal(ODD_SHARE * odd_part(still_mm, mirror))
    modes = np.concatenate([even, odd])
    variances = (modes**2).sum(axis=(1, 2))
    largest = np.argsort(-variances, kind="stable")[:MODE_COUNT]
    return np.asarray(modes[largest])


def without_rigid_motion(moved_mm: FloatArray, mean_mm: FloatArray, face: IntArray) -> FloatArray:
    """Take out of displacements (D, V, 3) the turn and shift that best explains the face's."""
    centred_mm = mean_mm - mean_mm[face].mean(axis=0)
    shifts = np.broadcast_to(np.eye(3)[:, None], (3, *mean_mm.shape))
    turns = np.cross(np.eye(3)[:, None], centred_mm[None])
    motions = np.concatenate([shifts, turns])  # (6, V, 3)
    on_face = motions[:, face].reshape(6, -1).T
    amounts = np.linalg.lstsq(on_face, moved_mm[:, face].reshape(len(moved_mm), -1).T)[0]
    return np.asarray(moved_mm - np.einsum("md,mvc->dvc", amounts, motions))


def _principal(moved_mm: FloatArray) -> FloatArray:
    """Principal modes of displacements (D, V, 3), at the length of one standard deviation."""
    flat = moved_mm.reshape(len(moved_mm), -1)
    variances, mixes = np.linalg.eigh(flat @ flat.T)
    modes = np.asarray(mixes.T @ flat)[::-1]
    modes = modes[variances[::-1] > 1e-6 * variances[-1]].reshape(-1, *moved_mm.shape[1:])
    return np.stack([_upright(mode) for mode in modes])


def _upright(mode: FloatArray) -> FloatArray:
    """Fix the sign, which an eigenvector leaves open: the largest coordinate is positive."""
    flat = mode.ravel()
    # Ties between mirrored vertices go to the first of them, whatever the last bits say.
    largest = int(np.argmax(np.round(np.abs(flat), 6)))
    return np.asarray(mode * np.sign(flat[largest]))


def _group_mm(source: Source, ancestry: str, sex: str, old_share: float) -> FloatArray:
    folder = f"macrodetails/{ancestry}-{sex}"
    young_mm = source.target_mm(f"{folder}-young")
    return (1 - old_share) * young_mm + old_share * source.target_mm(f"{folder}-old")


def _build_mm(source: Source, kind: str) -> FloatArray:
    """Half the way from least to most muscle or weight, mean of both sexes, at 25 years."""
    ends = []
    for sex, end in product(SEXES, ("max", "min")):
        muscle = end if kind == "muscle" else "average"
        weight = end if kind == "weight" else "average"
        name = f"universal-{sex}-young-{muscle}muscle-{weight}weight"
        ends.append(source.target_mm(f"macrodetails/{name}") * (1 if end == "max" else -1))
    return np.asarray(np.sum(ends, axis=0) / (2 * len(SEXES)))


def _local_pairs(source: Source) -> Iterator[tuple[float, str, str]]:
    """Standard deviation and names of opposite local targets.

    Of a left and a right one only the left is used, twice as strong: its even part moves both.
    """
    for folder, sigma in LOCAL_SIGMA.items():
        names = [n for n in source.target_names(folder) if not n.startswith(f"{folder}/r-")]
        for name in names:
            stem, _, end = name.rpartition("-")
            sides = 2 if name.startswith(f"{folder}/l-") else 1
            for negative, positive in OPPOSITES:
                opposite = f"{stem}-{positive}"
                if end == negative and opposite in names:
                    yield sides * sigma, name, opposite
