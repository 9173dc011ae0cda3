"""Find the landmarks of photos: ``python -m mask3d.landmarks --in faces/ --out landmarks.jsonl``.

Exit status: 0 every photo has a face, 1 some have none or cannot be read (stderr
says which), 2 wrong usage or nothing could start, 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from mask3d.errors import Mask3DError, NoFaceError
from mask3d.image_io import list_images, read_photo
from mask3d.landmarks import (
    DEFAULT_DETECTOR,
    DETECTORS,
    LandmarkDetector,
    Landmarks,
    open_detector,
    write_landmarks,
)

EXIT_OK, EXIT_SOME_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 0, 1, 2, 130


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m mask3d.landmarks",
        description="Find the 68 landmarks of every face in the photos of a folder.",
        epilog="Exit status: 0 every photo has a face, 1 some have none, 2 wrong usage.",
    )
    parser.add_argument(
        "--in",
        dest="source",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="folder of photos, with its sub-folders",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="the landmarks, JSON Lines: a line a face, for render --landmarks",
    )
    parser.add_argument(
        "--landmarks-from",
        choices=DETECTORS,
        default=DEFAULT_DETECTOR,
        help=f"what finds the landmarks (default: {DEFAULT_DETECTOR})",
    )
    parser.add_argument(
        "--weights-dir",
        type=Path,
        metavar="FOLDER",
        help="where the weights of face-alignment lie (default: where it keeps them itself)",
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = build_parser()
    args = parser.parse_args(argv)
    if not args.source.is_dir():
        parser.error(f"--in {args.source} is no folder")
    images = list_images(args.source)
    if not images:
        parser.error(f"--in {args.source} holds no image")
    try:
        detector = open_detector(args.landmarks_from, args.weights_dir)
        faces, failures = _detect_all(detector, args.source, images)
        write_landmarks(args.out, faces)
    except Mask3DError as error:
        parser.exit(EXIT_USAGE, f"{parser.prog}: error: {error}\n")
    except KeyboardInterrupt:
        print("\ninterrupted; nothing was written", file=sys.stderr)
        return EXIT_INTERRUPTED
    print(_summary(faces, failures, args.out), file=sys.stderr)
    return EXIT_SOME_FAILED if failures else EXIT_OK


def _detect_all(
    detector: LandmarkDetector, folder: Path, images: Sequence[Path]
) -> tuple[dict[str, list[Landmarks]], Counter[str]]:
    """Faces by relative path, and the number of images without any, by code."""
    faces: dict[str, list[Landmarks]] = {}
    failures: Counter[str] = Counter()
    for path in tqdm(images, unit="photo", disable=None):
        image = path.relative_to(folder).as_posix()
        try:
            faces[image] = _detect(detector, path)
        except Mask3DError as error:
            failures[error.code] += 1
            tqdm.write(f"{image}: {error.code}: {error}", file=sys.stderr)
    return faces, failures


def _detect(detector: LandmarkDetector, path: Path) -> list[Landmarks]:
    faces = detector.detect(read_photo(path).rgb)
    if not faces:
        raise NoFaceError("no face was found", "write its points by hand if there is one")
    return faces


def _summary(faces: dict[str, list[Landmarks]], failures: Counter[str], out: Path) -> str:
    """One line on the whole run, with the counts by code."""
    failed = ", ".join(f"{code} {n}" for code, n in sorted(failures.items()))
    without = f"; without: {failed}" if failed else ""
    return f"{sum(map(len, faces.values()))} faces in {len(faces)} photos{without}; see {out}"


if __name__ == "__main__":
    sys.exit(main())
