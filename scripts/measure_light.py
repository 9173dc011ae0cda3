"""Measure `estimate_lighting` on photos of heads whose light is known.

    python -m scripts.measure_light [--heads 300] [--seed 0]

Shapes, poses, lights, skins, backgrounds and exposures are random; the head
model is fitted to jittered points first, as in life. Parameters are chosen on
other seeds than 0, which is for the score. ``!`` marks what misses its limit,
and then the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import numpy as np
from tqdm import tqdm

from mask3d.arrays import FloatArray
from mask3d.lighting import estimate_lighting
from scripts.light_truth.complexion import TONES
from scripts.light_truth.lights import KINDS
from scripts.light_truth.photo import true_photo
from scripts.light_truth.score import Score, score

MAX_AZIMUTH_DEG, MAX_SHADING, MAX_COLOUR_DEG, MAX_INTENSITY = 7.0, 0.065, 2.0, 0.30
TONE_BIAS = (0.6, 1.5)


def main() -> None:
    """Print the table; exit with 1 if a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heads", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    if args.heads < 1:
        parser.error("--heads must be at least 1")
    bar = tqdm(range(args.heads), leave=False, disable=None)
    lines, missed = report([measured(args.seed, number) for number in bar])
    print("\n".join(lines))
    sys.exit(1 if missed else 0)


def measured(seed: int, number: int) -> Score:
    """Score of one photo."""
    photo = true_photo(seed, number)
    return score(photo, estimate_lighting(photo.rgb, photo.fit))


def report(scores: Sequence[Score]) -> tuple[list[str], int]:
    """Lines of the table, and how many limits are missed."""
    one = [s for s in scores if s.kind == "one"]
    limits = [
        ("azimuth of one-sided light, deg", _column(one, "azimuth_deg"), MAX_AZIMUTH_DEG, 1.0),
        ("shading over the mask, % RMS", _column(scores, "shading"), MAX_SHADING, 100.0),
        ("colour of the light, deg", _column(scores, "colour_deg"), MAX_COLOUR_DEG, 1.0),
        ("intensity, %", np.abs(_column(scores, "intensity") - 1.0), MAX_INTENSITY, 100.0),
    ]
    lines, missed = [f"{'':34s} median    p90  limit"], 0
    for label, errors, limit, unit in limits:
        median, p90 = np.nanmedian(errors), np.nanpercentile(errors, 90)
        missed += int(median > limit)
        mark = "!" if median > limit else " "
        lines.append(f"{label:34s} {unit * median:6.2f}{mark}{unit * p90:6.1f} {unit * limit:6.1f}")
    lines.append("by kind:     azimuth deg, shading %, colour deg, intensity %, bias x")
    lines += [_row(k, [s for s in scores if s.kind == k]) for k in KINDS]
    lines.append(f"by skin, light to dark (bias within {TONE_BIAS[0]} to {TONE_BIAS[1]}):")
    for tone in range(TONES):
        of_tone = [s for s in scores if s.tone == tone]
        outside = bool(of_tone) and not TONE_BIAS[0] <= _bias(of_tone) <= TONE_BIAS[1]
        missed += int(outside)
        lines.append(_row(str(tone), of_tone) + ("!" if outside else ""))
    return lines, missed


def _column(scores: Sequence[Score], name: str) -> FloatArray:
    return np.array([getattr(s, name) for s in scores], float).reshape(-1)


def _bias(scores: Sequence[Score]) -> float:
    return float(np.median(_column(scores, "intensity")))


def _row(label: str, scores: Sequence[Score]) -> str:
    if not scores:
        return f"  {label:8s} -"
    azimuth = _column(scores, "azimuth_deg")
    azimuth_deg = np.median(azimuth[~np.isnan(azimuth)]) if not np.isnan(azimuth).all() else np.nan
    shading, colour_deg = (np.median(_column(scores, n)) for n in ("shading", "colour_deg"))
    off = np.median(np.abs(_column(scores, "intensity") - 1.0))
    return (
        f"  {label:8s} {azimuth_deg:8.1f} {100 * shading:8.1f} {colour_deg:8.1f}"
        f" {100 * off:8.0f} {_bias(scores):8.2f}"
    )


if __name__ == "__main__":
    main()
