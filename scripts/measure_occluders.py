"""Measure what the search for occluders takes from masks on real photos.

    python -m scripts.measure_occluders --sheets DIR [--mask surgical_blue] [--limit 0.03]

Draws a mask on every face of ``../shared/faces/aflw2000_dev`` (by its labels) and of
``../shared/faces/wild`` (by the detector). Prints how many lose more of it than the
limit, with their names, and writes sheets: the photo, what was found, the mask behind it.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from tqdm import tqdm

from mask3d.arrays import ByteArray
from mask3d.composite import composite_over
from mask3d.drape import drape_worn
from mask3d.face import FaceFit, fit_face
from mask3d.image_io import Photo, list_images, read_photo, write_photo
from mask3d.landmarks import Landmarks, open_detector
from mask3d.lighting import estimate_lighting
from mask3d.masks import Mask, load_worn
from mask3d.mesh import Layer
from mask3d.occluders import Hidden, OccluderFinder, Occluders, hide
from mask3d.recipe import Recipe
from mask3d.renderer import Renderer, open_renderer
from tests.aflw2000 import AFLW2000_DIR, read_labels

WILD_DIR = AFLW2000_DIR.parent / "wild"
MIN_FACE_PX = 40.0  # shorter side of the box, of what is put on the sheets
TILE_PX, COLUMNS = 240, 4  # of a sheet; a face takes three tiles
MARK = (255, 0, 0)  # colour of what was found


class Shown(NamedTuple):
    """One face and what became of its mask."""

    name: str
    photo: Photo
    fit: FaceFit
    layer: Layer
    occluders: Occluders
    hidden: Hidden


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Measure what is taken from masks on photos.")
    parser.add_argument("--sheets", type=Path, required=True, help="folder for the sheets")
    parser.add_argument("--mask", default="surgical_blue")
    parser.add_argument("--limit", type=float, default=0.03, help="share of a mask")
    parser.add_argument("--photos", type=int, help="of each set at most")
    args = parser.parse_args()
    masks, renderer, finder = load_worn(args.mask), open_renderer("numba"), OccluderFinder()
    for name, faces in (("aflw2000_dev", aflw2000_faces()), ("wild", wild_faces())):
        shown, seconds = [], []
        for image, photo, landmarks in tqdm(list(faces)[: args.photos], name, disable=None):
            fit = fit_face(landmarks, photo.image_wh, focal_px=photo.focal_px)
            layer = drawn(photo, fit, masks, renderer)
            started = time.perf_counter()
            occluders = finder.find(photo.rgb, fit)
            hidden = hide(layer, occluders)
            seconds.append(time.perf_counter() - started)
            shown.append(Shown(image, photo, fit, layer, occluders, hidden))
        print(summary(name, shown, args.limit, 1000 * float(np.median(seconds))))
        chosen = [face for face in shown if face.hidden.share > 0] if name != "wild" else shown
        write_sheets(args.sheets, name, chosen)


def aflw2000_faces() -> Iterator[tuple[str, Photo, Landmarks]]:
    """The labelled faces."""
    for image, landmarks in read_labels(AFLW2000_DIR / "labels.json").items():
        yield image, read_photo(AFLW2000_DIR / image), landmarks


def wild_faces() -> Iterator[tuple[str, Photo, Landmarks]]:
    """The faces found that are not tiny."""
    detector = open_detector()
    for path in list_images(WILD_DIR):
        photo = read_photo(path)
        for number, landmarks in enumerate(detector.detect(photo.rgb)):
            x0, y0, x1, y1 = landmarks.box_px
            if min(x1 - x0, y1 - y0) >= MIN_FACE_PX and landmarks.confidence >= 0.5:
                yield f"{path.name}#{number}", photo, landmarks


def drawn(photo: Photo, fit: FaceFit, masks: tuple[Mask, ...], renderer: Renderer) -> Layer:
    """The mask on the face, before anything is taken from it."""
    lighting = estimate_lighting(photo.rgb, fit)
    return renderer.render(drape_worn(masks, fit, Recipe(masks[0].name)), fit, lighting)


def summary(name: str, shown: list[Shown], limit: float, milliseconds: float) -> str:
    """How many lose how much, and who."""
    losers = sorted((face for face in shown if face.hidden.share > limit), key=_lost)
    notes = Counter(face.hidden.note for face in shown)
    lines = [
        f"{name}: {len(losers)} of {len(shown)} faces lose more than {100 * limit:g} % of the mask"
        f" ({100 * len(losers) / max(len(shown), 1):.1f} %); {milliseconds:.1f} ms a face",
        f"  unsure: {notes['unsure']}, too much: {notes['too-much']}",
        *(f"  {face.name} {100 * face.hidden.share:.1f} %" for face in losers),
    ]
    return "\n".join(lines)


def write_sheets(folder: Path, name: str, shown: list[Shown]) -> None:
    """Pages of the faces: before, what was found, after."""
    rows = [tiles(face) for face in sorted(shown, key=_lost)]
    per_page = 5 * COLUMNS
    for page in range(0, len(rows), per_page):
        part = rows[page : page + per_page]
        part += [np.zeros_like(part[0])] * (-len(part) % COLUMNS)
        lines = [np.hstack(part[i : i + COLUMNS]) for i in range(0, len(part), COLUMNS)]
        sheet = Photo(np.vstack(lines))
        write_photo(sheet, folder / f"{name}_{page // per_page}.png")


def tiles(face: Shown) -> ByteArray:
    """Three pictures (240, 720, 3) of the surroundings of the mask."""
    marked = Photo(_marked(face.photo.rgb, face.occluders))
    after = composite_over(face.hidden.layer, Photo(face.photo.rgb))
    (x0, y0), (h, w) = face.layer.origin_px, face.layer.rgba.shape[:2]
    centre, half = np.array([x0 + w / 2, y0 + 0.4 * h]), 0.8 * max(w, h)
    low = np.maximum(np.round(centre - half), 0).astype(int)
    high = np.minimum(np.round(centre + half), face.photo.image_wh).astype(int)
    parts = [
        cv2.resize(
            photo.rgb[low[1] : high[1], low[0] : high[0]],
            (TILE_PX, TILE_PX),
            interpolation=cv2.INTER_AREA,
        )
        for photo in (face.photo, marked, after)
    ]
    text = f"{face.name} {100 * face.hidden.share:.1f} {face.hidden.note}"
    row = np.ascontiguousarray(np.hstack(parts))
    cv2.putText(row, text, (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 0), 1)
    return np.asarray(row, np.uint8)


def _marked(rgb: ByteArray, occluders: Occluders) -> ByteArray:
    marked = rgb.astype(np.float32)
    (x0, y0), (h, w) = occluders.origin_px, occluders.alpha.shape
    part = marked[y0 : y0 + h, x0 : x0 + w]
    part += 0.6 * occluders.alpha[..., None] * (np.array(MARK, np.float32) - part)
    return np.clip(marked, 0, 255).astype(np.uint8)


def _lost(face: Shown) -> float:
    return -face.hidden.share


if __name__ == "__main__":
    main()
