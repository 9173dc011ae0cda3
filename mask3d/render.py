"""Put masks on the faces of photos: ``python -m mask3d.render --in faces/ --out masked/ --mask …``.

Exit status: 0 every face was masked, 1 some were left alone (the manifest says
why), 2 wrong usage or nothing could start, 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

import mask3d
from mask3d import options
from mask3d.arrays import ByteArray

SHEET_NAME = "contact_sheet.jpg"


class _ListMasks(argparse.Action):
    """Print the names of the masks and leave, whatever else follows on the command line."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, *_: object
    ) -> None:
        print(*mask3d.list_masks(namespace.masks), sep="\n")
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m mask3d.render",
        description="Put textured 3D masks on the faces of photos.",
        epilog="Exit status: 0 all faces masked, 1 some left alone, 2 wrong usage.",
    )
    files = parser.add_argument_group("files")
    options.add_source(files)
    files.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="where masked photos (same paths and names) and manifest.jsonl go",
    )
    files.add_argument(
        "--contact-sheet",
        action="store_true",
        help=f"also write {SHEET_NAME}, before and after side by side",
    )
    masks = parser.add_argument_group("masks")
    options.add_masks(masks)
    masks.add_argument(
        "--list-masks", action=_ListMasks, nargs=0, help="print the names of the masks and leave"
    )
    options.add_dress(parser)
    options.add_wearing(parser)
    options.add_effects(parser)
    masks.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="same seed, same result (default: 0)"
    )
    options.add_faces(parser)
    parser.add_argument(
        "--renderer",
        choices=("auto", "pyrender", "numba"),
        default="auto",
        help="auto takes pyrender where a graphics card draws, else numba (default: auto)",
    )
    options.add_version(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = build_parser()
    args = parser.parse_args(argv)
    try:
        return _run(parser, args)
    except mask3d.Mask3DError as error:  # before the first photo; later ones are in the manifest
        parser.exit(options.EXIT_USAGE, f"{parser.prog}: error: {error}\n")
    except KeyboardInterrupt:
        manifest = args.out / mask3d.MANIFEST_NAME
        print(f"\ninterrupted; what was finished is in {manifest}", file=sys.stderr)
        return options.EXIT_INTERRUPTED


def _run(parser: argparse.ArgumentParser, args: argparse.Namespace) -> int:
    folder, images = _inputs(parser, args.source, args.out)
    find_faces = options.face_finder(args)
    lines: list[mask3d.ManifestLine] = []
    with (
        mask3d.open_masker(
            args.mask,
            states=args.state,
            drop_mm=args.nose_coverage,
            exact=args.exact,
            changes=options.changes(args),
            effects=options.effects(args),
            occluders=args.occluders,
            folders=args.masks,
            renderer=args.renderer,
            seed=args.seed,
            limits=options.limits(args),
        ) as masker,
        mask3d.open_manifest(args.out) as add_line,
    ):
        batch = mask3d.Batch(folder, args.out, find_faces, masker)
        for image in tqdm(images, unit="photo", disable=None):
            for line in batch.mask_file(image):
                add_line(line)
                lines.append(line)
    if args.contact_sheet:
        mask3d.write_contact_sheet(
            _before_and_after(folder, args.out, lines), args.out / SHEET_NAME
        )
    print(_summary(lines, args.out), file=sys.stderr)
    return (
        options.EXIT_OK if all(line.status == "ok" for line in lines) else options.EXIT_SOME_FAILED
    )


def _before_and_after(
    folder: Path, out: Path, lines: Sequence[mask3d.ManifestLine]
) -> Iterator[tuple[ByteArray, ByteArray, str]]:
    masks: dict[str, list[str]] = {}
    for line in lines:
        if line.status == "ok":
            masks.setdefault(line.image, []).append(f"{line.mask}")
    for image, worn in masks.items():
        before, after = (mask3d.read_photo(root / image).rgb for root in (folder, out))
        yield before, after, f"{image}: {', '.join(worn)}"


def _inputs(parser: argparse.ArgumentParser, source: Path, out: Path) -> tuple[Path, list[str]]:
    """Folder and relative paths of the images; leaves with status 2 where there are none."""
    folder, paths = options.input_images(parser, source)
    target = out.resolve()
    if target == folder or target in folder.parents:
        parser.error(f"--out {out} holds --in {source}, whose photos must not be overwritten")
    if target.exists() and not target.is_dir():
        parser.error(f"--out {out} is no folder")
    # The output folder may lie in the input folder: a second run does not mask the first one's.
    images = [path for path in paths if not path.is_relative_to(target)]
    if not images:
        parser.error(f"--in {source} holds no image")
    return folder, [path.relative_to(folder).as_posix() for path in images]


def _summary(lines: Sequence[mask3d.ManifestLine], out: Path) -> str:
    """One line on the whole run, with the counts by code."""
    codes = [line.code for line in lines if line.code]
    masked, left_alone = len(lines) - len(codes), options.left_alone(codes)
    photos = len({line.image for line in lines})
    return f"{masked} faces masked in {photos} photos{left_alone}; see {out / mask3d.MANIFEST_NAME}"


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number >= 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
