"""Write the heads fitted to faces: ``python -m mask3d.fit --in faces/ --out fits.npz``.

Exit status: 0 every face was fitted, 1 some were not (the file and stderr say
which), 2 wrong usage or nothing could start, 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

import mask3d
from mask3d import options


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m mask3d.fit",
        description="Fit the 3D head to the faces of photos and write pose, shape and camera.",
        epilog="Exit status: 0 all faces fitted, 1 some not, 2 wrong usage.",
    )
    files = parser.add_argument_group("files")
    options.add_source(files)
    files.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="the fits, arrays of numpy (.npz) with a row a face",
    )
    files.add_argument(
        "--vertices",
        action="store_true",
        help="also write every fitted head in camera millimetres, and its triangles: 42 kB a face",
    )
    options.add_faces(parser)
    options.add_version(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = build_parser()
    args = parser.parse_args(argv)
    try:
        return _run(parser, args)
    except mask3d.Mask3DError as error:  # before the first photo, or while writing
        parser.exit(options.EXIT_USAGE, f"{parser.prog}: error: {error}\n")
    except KeyboardInterrupt:
        print("\ninterrupted; nothing was written", file=sys.stderr)
        return options.EXIT_INTERRUPTED


def _run(parser: argparse.ArgumentParser, args: argparse.Namespace) -> int:
    folder, paths = options.input_images(parser, args.source)
    if args.out.is_dir():
        parser.error(f"--out {args.out} is a folder, expected a file")
    find_faces, limits = options.face_finder(args), options.limits(args)
    rows: list[mask3d.FitRow] = []
    failures: list[mask3d.FitFailure] = []
    for path in tqdm(paths, unit="photo", disable=None):
        image = path.relative_to(folder).as_posix()
        for face, found in _fit_all(path, image, find_faces, limits):
            if isinstance(found, mask3d.FaceFit):
                rows.append(mask3d.fit_row(image, face, found, with_vertices=args.vertices))
            else:
                failures.append(mask3d.FitFailure(image, face, found.code))
                tqdm.write(f"{image}: {found.code}: {found}", file=sys.stderr)
    mask3d.write_fits(args.out, rows, failures, mask3d.load_face_model())
    print(_summary(rows, failures, args.out), file=sys.stderr)
    return options.EXIT_SOME_FAILED if failures else options.EXIT_OK


def _fit_all(
    path: Path, image: str, find_faces: mask3d.FindFaces, limits: mask3d.Limits
) -> Iterator[tuple[int, mask3d.FaceFit | mask3d.Mask3DError]]:
    """Number and fit of every face of a photo, or why there is none."""
    try:
        photo = mask3d.read_photo(path)
        faces = find_faces(image, photo.rgb)
    except mask3d.Mask3DError as error:
        yield mask3d.NO_FACE, error
        return
    for face, landmarks in enumerate(faces):
        try:
            yield face, mask3d.fit_within(limits, landmarks, photo)
        except mask3d.Mask3DError as error:
            yield face, error


def _summary(
    rows: Sequence[mask3d.FitRow], failures: Sequence[mask3d.FitFailure], out: Path
) -> str:
    """One line on the whole run, with the counts by code."""
    left_alone = options.left_alone(failure.code for failure in failures)
    photos = len({row.image for row in rows})
    return f"{len(rows)} faces fitted in {photos} photos{left_alone}; see {out}"


if __name__ == "__main__":
    sys.exit(main())
