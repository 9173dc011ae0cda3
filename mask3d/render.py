"""Put masks on the faces of photos: ``python -m mask3d.render --in faces/ --out masked/ --mask …``.

Exit status: 0 every face was masked, 1 some were left alone (the manifest says
why), 2 wrong usage or nothing could start, 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

import mask3d
from mask3d.arrays import ByteArray

SHEET_NAME = "contact_sheet.jpg"
EXIT_OK, EXIT_SOME_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 0, 1, 2, 130


class _ListMasks(argparse.Action):
    """Print the names of the masks and leave, whatever else is on the command line."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(*mask3d.list_masks(), sep="\n")
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m mask3d.render",
        description="Put textured 3D masks on the faces of photos.",
        epilog="Exit status: 0 all faces masked, 1 some left alone, 2 wrong usage.",
    )
    files = parser.add_argument_group("files")
    files.add_argument(
        "--in",
        dest="source",
        type=Path,
        required=True,
        metavar="PATH",
        help="a photo, or a folder of photos with its sub-folders",
    )
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
    masks.add_argument(
        "--mask",
        type=_names,
        required=True,
        metavar="NAME[,NAME]",
        help="the mask; of several, the seed draws one for each face",
    )
    masks.add_argument(
        "--list-masks", action=_ListMasks, nargs=0, help="print the names of the masks and leave"
    )
    masks.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="same seed, same result (default: 0)"
    )
    faces = parser.add_argument_group("faces")
    faces.add_argument(
        "--landmarks",
        type=Path,
        metavar="PATH",
        help="use the points of this file, or of the files in this folder, instead of detecting "
        "faces: .jsonl of python -m mask3d.landmarks, 300-W .pts, NTUST .csv, .npy, .npz",
    )
    faces.add_argument(
        "--landmarks-from",
        choices=("facemesh", "face-alignment"),
        default="facemesh",
        help="what detects faces: facemesh is built in (default), face-alignment an extra",
    )
    faces.add_argument(
        "--weights-dir", type=Path, metavar="FOLDER", help="where the weights of face-alignment lie"
    )
    faces.add_argument(
        "--min-face-px",
        type=_number(0),
        metavar="PX",
        help="leave faces alone whose box is narrower or lower (default: 12)",
    )
    faces.add_argument(
        "--min-confidence",
        type=_number(0, 1),
        metavar="C",
        help="leave faces alone whose landmarks are trusted less, 0..1 (default: 0.5)",
    )
    faces.add_argument(
        "--max-fit-error",
        type=_number(0),
        metavar="E",
        help="leave faces alone that the head fits worse, as a fraction of the "
        "face size (default: 0.06)",
    )
    parser.add_argument(
        "--renderer",
        choices=("auto", "pyrender", "numba"),
        default="auto",
        help="auto takes pyrender where a graphics card draws, else numba (default: auto)",
    )
    parser.add_argument("--version", action="version", version=f"mask3d {mask3d.__version__}")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = build_parser()
    args = parser.parse_args(argv)
    try:
        return _run(parser, args)
    except mask3d.Mask3DError as error:  # before the first photo; later ones are in the manifest
        parser.exit(EXIT_USAGE, f"{parser.prog}: error: {error}\n")
    except KeyboardInterrupt:
        manifest = args.out / mask3d.MANIFEST_NAME
        print(f"\ninterrupted; what was finished is in {manifest}", file=sys.stderr)
        return EXIT_INTERRUPTED


def _run(parser: argparse.ArgumentParser, args: argparse.Namespace) -> int:
    folder, images = _inputs(parser, args.source, args.out)
    find_faces = _face_finder(args)
    lines: list[mask3d.ManifestLine] = []
    with (
        mask3d.open_masker(
            args.mask, renderer=args.renderer, seed=args.seed, limits=_limits(args)
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
    return EXIT_OK if all(line.status == "ok" for line in lines) else EXIT_SOME_FAILED


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
    if not source.exists():
        parser.error(f"--in {source} does not exist")
    folder, target = (source if source.is_dir() else source.parent).resolve(), out.resolve()
    if target == folder or target in folder.parents:
        parser.error(f"--out {out} holds --in {source}, whose photos must not be overwritten")
    if target.exists() and not target.is_dir():
        parser.error(f"--out {out} is no folder")
    paths = mask3d.list_images(folder) if source.is_dir() else [folder / source.name]
    # The output folder may lie in the input folder: a second run does not mask the first one's.
    images = [path for path in paths if not path.is_relative_to(target)]
    if not images:
        parser.error(f"--in {source} holds no image")
    return folder, [path.relative_to(folder).as_posix() for path in images]


def _face_finder(args: argparse.Namespace) -> mask3d.FindFaces:
    if args.landmarks is not None:
        return mask3d.faces_from_table(mask3d.read_landmarks(args.landmarks))
    return mask3d.faces_from_detector(mask3d.open_detector(args.landmarks_from, args.weights_dir))


def _limits(args: argparse.Namespace) -> mask3d.Limits:
    given = {
        "min_face_px": args.min_face_px,
        "min_confidence": args.min_confidence,
        "max_fit_error": args.max_fit_error,
    }
    return replace(
        mask3d.Limits(), **{name: value for name, value in given.items() if value is not None}
    )


def _summary(lines: Sequence[mask3d.ManifestLine], out: Path) -> str:
    """One line on the whole run, with the counts by code."""
    counts = Counter(line.code for line in lines if line.code)
    failed = ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))
    masked = len(lines) - counts.total()
    photos = len({line.image for line in lines})
    left_alone = f"; left alone: {failed}" if failed else ""
    return f"{masked} faces masked in {photos} photos{left_alone}; see {out / mask3d.MANIFEST_NAME}"


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise argparse.ArgumentTypeError("no name; --list-masks prints them all")
    return names


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number >= 0")
    return int(text)


def _number(low: float, high: float = float("inf")) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not within {low:g} to {high:g}")
        return value

    return number


if __name__ == "__main__":
    sys.exit(main())
