"""Measure how every mask sits on random heads, in every way of wearing it.

    python -m scripts.measure_wardrobe [--designs a,b] [--states s,t] [--heads 100] [--seed 0]

Prints one line for each design and state; ``!`` marks what misses its limit (see
`scripts.wardrobe_measures.limits`), and then the exit status is 1. All distances
are to the head's true surface, in mm.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

import numpy as np
from tqdm import tqdm

from mask3d.face import FaceFit
from mask3d.masks import Mask, list_designs, load_mask
from mask3d.recipe import STATES, Choices, draw_recipe
from scripts.wardrobe_measures.heads import random_head
from scripts.wardrobe_measures.limits import Finding, findings
from scripts.wardrobe_measures.measures import OneHead, measure
from scripts.wardrobe_measures.true_skin import TrueSkin, true_skin

Head = tuple[FaceFit, TrueSkin]


def main() -> None:
    """Print the lines; exit with 1 if a limit is missed."""
    args = _arguments()
    fits = [random_head(args.seed, number) for number in range(args.heads)]
    heads = [(fit, true_skin(fit.vertices_mm, fit.model.faces)) for fit in fits]
    missed = 0
    for mask, state in _worn(args.designs, args.states):
        bar = tqdm(heads, desc=f"{mask.design_name} {state}", leave=False, disable=None)
        measured = list(measure_all(mask, state, args.seed, bar))
        found = findings(mask, state, measured)
        missed += sum(finding.missed for finding in found)
        tqdm.write(f"{mask.design_name:14s} {state:10s} {_line(found)}{_worst(measured)}")
    sys.exit(1 if missed else 0)


def measure_all(
    mask: Mask, state: str, seed: int, heads: Sequence[Head] | tqdm[Head]
) -> Iterator[OneHead]:
    """Measure a mask on each head, worn in `state` as the seed draws it."""
    choices = Choices({mask.name: [state]})
    for number, (fit, skin) in enumerate(heads):
        recipe = draw_recipe(choices, seed, "heads", number)
        yield measure(mask, fit, recipe, skin)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    designs = [*list_designs()]
    for option, known in (("--designs", designs), ("--states", [*STATES])):
        parser.add_argument(option, type=lambda text: text.split(","), default=known)
    parser.add_argument("--heads", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    for given, known in ((args.designs, designs), (args.states, [*STATES])):
        if unknown := set(given) - set(known):
            parser.error(f"unknown: {', '.join(sorted(unknown))}; choose of {', '.join(known)}")
    if args.heads < 1:
        parser.error("--heads must be at least 1")
    return args


def _worn(designs: Sequence[str], states: Sequence[str]) -> Iterator[tuple[Mask, str]]:
    """Each design, in one colour, with each state that it can be worn in."""
    for design in designs:
        mask = load_mask(design)  # colour changes nothing of the fit
        for state in mask.states:
            if state in states:
                yield mask, state


def _line(found: Sequence[Finding]) -> str:
    return " | ".join(
        f"{f.label} {f.value:.2f}{'!' if f.missed else ''}" for f in found if not np.isnan(f.value)
    )


def _worst(measured: Sequence[OneHead]) -> str:
    """Which heads to look at."""
    deepest = int(np.argmax([head.mask_depth_mm for head in measured]))
    crossed = int(np.argmax([head.crossings for head in measured]))
    return f" | deepest on head {deepest}, most crossings on head {crossed}"


if __name__ == "__main__":
    main()
