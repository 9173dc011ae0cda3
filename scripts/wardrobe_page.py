"""Write the tables of docs/wardrobe.md from the catalogue, and draw docs/wardrobe.jpg.

    python -m scripts.wardrobe_page [--text-only]

Run it again after a design, a fabric or a pattern has changed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import mask3d
from mask3d.masks.spec import read_toml

DOCS = Path(__file__).resolve().parent.parent / "docs"
VIEW_PX = 300
SHOWN = {"cloth": "cloth_floral"}  # presets that tell designs apart better than their first
TOGETHER = "surgical_blue+shield"
FIRST_TABLE = "## Designs"  # what stands above it in the page is written by hand


def main() -> None:
    """Write the page and the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text-only", action="store_true", help="leave the picture as it is")
    (DOCS / "wardrobe.md").write_text(page(), encoding="utf-8")
    if not parser.parse_args().text_only:
        mask3d.write_wardrobe(panels(), DOCS / "wardrobe.jpg", view_px=VIEW_PX)


def panels() -> Iterator[mask3d.Panel]:
    """Every design, then two worn together."""
    for name in mask3d.list_designs():
        worn = mask3d.load_worn(SHOWN.get(name, name))
        yield mask3d.Panel(name, worn[0].title, worn)
    yield mask3d.Panel(TOGETHER, "worn together", mask3d.load_worn(TOGETHER))


def page() -> str:
    """The page, its tables as they should be."""
    written, _, _ = (DOCS / "wardrobe.md").read_text(encoding="utf-8").partition(FIRST_TABLE)
    return written + "\n".join([*_designs(), "", *_fabrics(), ""])


def _designs() -> Iterator[str]:
    yield FIRST_TABLE
    yield ""
    yield "| design | what it is | presets | states | takes |"
    yield "|---|---|---|---|---|"
    sources = []
    for name in mask3d.list_designs():
        design = mask3d.describe_design(name)
        presets = _coded(f"{name}_{preset}" for preset in design.presets)
        yield (
            f"| `{name}` | {design.title} | {presets} | {_coded(design.states)} "
            f"| {_taken(design)} |"
        )
        sources.append(f"| `{name}` | {_source(name)} |")
    yield ""
    yield "| design | dimensions from |"
    yield "|---|---|"
    yield from sources


def _fabrics() -> Iterator[str]:
    fabrics, patterns = mask3d.list_fabrics(), mask3d.list_patterns()
    yield "## Fabrics and patterns"
    yield ""
    yield "All are drawn by `python -m scripts.build_textures`, tile without a seam and keep their"
    yield "size in millimetres on every design."
    yield ""
    yield f"**Fabrics** ({len(fabrics)}): {_coded(fabrics)}."
    yield ""
    yield f"**Patterns** ({len(patterns)}): {_coded(patterns)}."


def _coded(names: Iterator[str] | Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _taken(design: mask3d.Design) -> str:
    fabrics = _coded(design.fabrics) if design.fabrics else "any fabric"
    return f"{fabrics}; {_coded(design.patterns) if design.patterns else 'any pattern'}"


def _source(name: str) -> str:
    folder = Path(__file__).resolve().parent.parent / "meshes" / name
    return str(read_toml(folder)["source"])


if __name__ == "__main__":
    main()
