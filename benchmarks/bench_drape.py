"""Time of draping each design over a head, and of each of its stages.

python -m benchmarks.bench_drape [--rounds 30] [--designs a,b]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

import cv2

from benchmarks.timing import frontal_fit, median_ms, photo
from mask3d.contact import contact_map
from mask3d.drape import drape, settled_cage, surface_mesh
from mask3d.masks import list_designs, load_mask
from mask3d.recipe import CREASE_SETS, Recipe
from mask3d.straps import StrappedHead, worn_straps

CREASES = (0.5,) * CREASE_SETS


def main() -> None:
    """Print one line for each design: all of it, over decoding a JPEG, and the stages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--designs", type=lambda text: text.split(","), default=[*list_designs()])
    args = parser.parse_args()
    jpeg = cv2.imencode(".jpg", photo())[1]
    decode_ms = median_ms(lambda: cv2.imdecode(jpeg, cv2.IMREAD_COLOR), args.rounds)
    print(f"reference: decoding a 450-px JPEG takes {decode_ms:.2f} ms")
    for design in args.designs:
        times_ms = {name: median_ms(act, args.rounds) for name, act in stages(design).items()}
        whole_ms = times_ms.pop("whole")
        parts = ", ".join(f"{name} {ms:.2f}" for name, ms in times_ms.items())
        print(f"{design:14s} {whole_ms:6.2f} ms {whole_ms / decode_ms:6.1f} times   {parts}")


def stages(design: str) -> Mapping[str, Callable[[], object]]:
    """What `drape` does with a design, in its order, each stage by itself."""
    mask, fit, recipe = load_mask(design), frontal_fit(), Recipe(design, CREASES)
    pose = mask.pose(recipe.wearing)
    skin = contact_map(fit.model, fit.vertices_mm)
    cage_mm = settled_cage(mask, fit, recipe.wearing, skin)
    head = StrappedHead(fit.model, fit.vertices_mm, skin)
    ends_mm = cage_mm[mask.rig.strap_ends]
    return {
        "whole": lambda: drape(mask, fit, recipe),
        "contact map": lambda: contact_map(fit.model, fit.vertices_mm),
        "carry": lambda: pose.cage.on_head(fit.model, fit.vertices_mm),
        "carry and settle": lambda: settled_cage(mask, fit, recipe.wearing, skin),
        "surface": lambda: surface_mesh(mask, cage_mm, skin, recipe),
        "straps": lambda: worn_straps(mask.straps, ends_mm, head, recipe.wearing),
    }


if __name__ == "__main__":
    main()
