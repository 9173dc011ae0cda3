"""The wardrobe: ``python -m mask3d.masks list``, ``check``, ``sheet`` or ``head``.

Exit status: 0 done, 1 a design has faults, 2 wrong usage or nothing could start.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import mask3d

EXIT_OK, EXIT_FAULTY, EXIT_USAGE = 0, 1, 2
MASKS_IN_A_ROW, SWATCHES_IN_A_ROW = 2, 6
SWATCH_YAW_DEG = 25.0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m mask3d.masks",
        description="List, check and draw the designs of the wardrobe.",
        epilog="Exit status: 0 done, 1 a design has faults, 2 wrong usage.",
    )
    parser.add_argument("--version", action="version", version=f"mask3d {mask3d.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_list(commands)
    _add_check(commands)
    _add_sheet(commands)
    _add_head(commands)
    return parser


def _add_list(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listing = commands.add_parser("list", help="designs with presets, states and fabrics")
    _add_masks(listing)
    listing.set_defaults(run=_list)


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser("check", help="say what is wrong with your own designs")
    check.add_argument(
        "folder", type=Path, metavar="FOLDER", help="a design's folder, or one that holds several"
    )
    check.set_defaults(run=_check)


def _add_sheet(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sheet = commands.add_parser("sheet", help="draw the wardrobe on a plain head")
    sheet.add_argument("--out", type=Path, required=True, metavar="FILE", help=".jpg or .png")
    sheet.add_argument(
        "--designs",
        metavar="NAME[,NAME]",
        help="masks to draw, by names as --mask of mask3d.render takes them (default: all designs)",
    )
    sheet.add_argument(
        "--states", action="store_true", help="draw each in every state that it can be worn in"
    )
    sheet.add_argument(
        "--fabrics",
        metavar="NAME",
        help="draw this mask in every fabric and every pattern instead",
    )
    sheet.add_argument(
        "--columns", type=int, metavar="N", help="masks in a row (default: 2, of --fabrics 6)"
    )
    sheet.add_argument(
        "--view-px", type=int, default=320, metavar="PX", help="side of a view (default: 320)"
    )
    _add_masks(sheet)
    sheet.set_defaults(run=_sheet)


def _add_head(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    head = commands.add_parser("head", help="write the mean head, to model a mask on")
    head.add_argument("--out", type=Path, required=True, metavar="FILE", help=".obj, millimetres")
    head.set_defaults(run=_head)


def _add_masks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--masks",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="also your own designs in this folder; may be given several times",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = build_parser()
    args = parser.parse_args(argv)
    try:
        status: int = args.run(args)
    except mask3d.Mask3DError as error:
        parser.exit(EXIT_USAGE, f"{parser.prog}: error: {error}\n")
    return status


def _list(args: argparse.Namespace) -> int:
    for name in mask3d.list_designs(args.masks):
        design = mask3d.describe_design(name, args.masks)
        print(f"{name}: {design.title}")
        print(f"  presets   {', '.join(f'{name}_{preset}' for preset in design.presets)}")
        print(f"  states    {', '.join(design.states)}")
        print(f"  fabrics   {', '.join(design.fabrics) or 'all'}")
        print(f"  patterns  {', '.join(design.patterns) or 'all'}")
    return EXIT_OK


def _check(args: argparse.Namespace) -> int:
    faulty = False
    for folder in mask3d.own_designs(args.folder):
        faults = mask3d.check_design(folder)
        faulty |= bool(faults)
        count = f"{len(faults)} fault{'s' * (len(faults) > 1)}"
        print(f"{folder}: {count if faults else 'fine'}")
        for fault in faults:
            print(f"  {fault}")
    return EXIT_FAULTY if faulty else EXIT_OK


def _head(args: argparse.Namespace) -> int:
    mask3d.write_head(args.out)
    return EXIT_OK


def _sheet(args: argparse.Namespace) -> int:
    panels = _swatches(args) if args.fabrics else _panels(args)
    columns = args.columns or (SWATCHES_IN_A_ROW if args.fabrics else MASKS_IN_A_ROW)
    mask3d.write_wardrobe(panels, args.out, columns, args.view_px)
    return EXIT_OK


def _panels(args: argparse.Namespace) -> Iterator[mask3d.Panel]:
    names = args.designs.split(",") if args.designs else mask3d.list_designs(args.masks)
    for name in names:
        worn = mask3d.load_worn(name, args.masks)
        for state in worn[0].states if args.states else ("covered",):
            note = state if args.states else worn[0].title
            yield mask3d.Panel(name, note, worn, mask3d.Wearing(state))


def _swatches(args: argparse.Namespace) -> Iterator[mask3d.Panel]:
    """One mask in every fabric, then in every pattern, that it takes."""
    design = mask3d.describe_design(args.fabrics, args.masks)
    changes = [mask3d.Changes(fabric=name) for name in design.fabrics or mask3d.list_fabrics()]
    changes += [mask3d.Changes(pattern=name) for name in design.patterns or mask3d.list_patterns()]
    for change in changes:
        worn = mask3d.load_worn(args.fabrics, args.masks, change)
        yield mask3d.Panel(
            f"{change.fabric or change.pattern}", "", worn, yaws_deg=(SWATCH_YAW_DEG,)
        )


if __name__ == "__main__":
    sys.exit(main())
