"""Score the shipped net on the ears of faces held out.

    python -m scripts.train_ears.evaluate --data DIR

How far the fitted lobe is from the labelled one, before and after the net moves it; and
how well ears that are seen are told from those that are not, by the net and by colour alone.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.stats import rankdata
from tqdm import tqdm

from mask3d.arrays import ByteArray, FloatArray
from mask3d.ears import Ear, EarFinder, ear_region, ear_vertices, to_crop
from mask3d.face import FaceFit, pose_deg
from mask3d.lighting import estimate_lighting
from mask3d.skin import seen_head
from mask3d.tuck import MIN_EAR, SURE, skin_below
from scripts.train_ears.faces import IMAGE_WH, Faces, read_faces
from scripts.train_ears.prepare import MM_PER_PX, LabelledEars, read_ears
from scripts.train_landmarks.crops import BoolArray

NOT_FOUND = Ear(0.0, np.zeros(2))  # where it was not looked for
YAW_EDGES_DEG = (-45, 0, 15, 30, 45, 60, 75, 120)  # > 0: the ear is on the near side


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Score the net on faces held out.")
    parser.add_argument("--data", type=Path, required=True, help="folder that prepare wrote")
    args = parser.parse_args()
    faces, ears = read_faces(args.data / "faces.npz"), read_ears(args.data / "held_out.npz")
    yaw_deg, chance, skin, left_mm = look(faces, ears)
    before_mm, after_mm = np.hypot(*ears.offset_mm.T), np.hypot(*left_mm.T)
    print(
        "yaw of the ear  seen of ears  lobe off, median (90 %) mm: fitted  found  AUC: net  colour"
    )
    for low, high in [*pairwise(YAW_EDGES_DEG), (-180, 180)]:
        rows = (yaw_deg >= low) & (yaw_deg < high)
        seen = rows & ears.is_visible
        off_mm = "  ".join(
            f"{np.median(mm[seen]):.1f} ({np.percentile(mm[seen], 90):.1f})"
            for mm in (before_mm, after_mm)
        )
        judged = rows & np.isfinite(skin)
        areas = "  ".join(
            f"{auc(score[judged], ears.is_visible[judged]):.3f}" for score in (chance, skin)
        )
        print(f"{low:4d} to {high:3d}  {seen.sum()} of {rows.sum()}  {off_mm}  {areas}")
    bare = chance >= SURE
    print(
        f"held to be bare: {100 * bare[ears.is_visible].mean():.0f} % of those that are seen, "
        f"{100 * bare[~ears.is_visible].mean():.0f} % of the others"
    )


def look(faces: Faces, ears: LabelledEars) -> tuple[FloatArray, ...]:
    """Yaw, chance of the net, skin by colour (N,), NaN out of sight; offset left in mm (N, 2)."""
    finder = EarFinder()
    columns = []
    for i, row in enumerate(tqdm(ears.face, "looking", disable=None)):
        fit, side = faces.fit(row), int(ears.side[i])
        region = ear_region(fit, side)
        found = finder.find(faces.rgb[row], fit)[side] or NOT_FOUND
        middle_px = region.centre_px - 0.5
        moved = to_crop(middle_px + found.offset_px, side, region) - to_crop(
            middle_px, side, region
        )
        yaw_deg = pose_deg(fit).yaw_deg * (1, -1)[side]
        skin = skin_of_ear(faces.rgb[row], fit, side)
        columns.append((yaw_deg, found.bare, skin, ears.offset_mm[i] - moved * MM_PER_PX))
    return tuple(np.array(column) for column in zip(*columns, strict=True))


def skin_of_ear(rgb: ByteArray, fit: FaceFit, side: int) -> float:
    """How much of an ear has the colour of skin; NaN where it is out of sight."""
    head = seen_head(fit, IMAGE_WH)
    vertices = ear_vertices(fit.model, side)
    seen_px = head.points_px[vertices[head.is_seen[vertices]]]
    if len(seen_px) < MIN_EAR:
        return float("nan")
    return float(skin_below(seen_px, fit, head, rgb, estimate_lighting(rgb, fit)).mean())


def auc(score: FloatArray, is_true: BoolArray) -> float:
    """Chance that a true one scores higher than a false one (area under the ROC curve)."""
    true, false = int(is_true.sum()), int((~is_true).sum())
    above = rankdata(score)[is_true].sum() - true * (true + 1) / 2
    return float(above / (true * false)) if true and false else float("nan")


if __name__ == "__main__":
    main()
