"""Options of the command lines: which photos, whose faces, which to leave, which masks, how."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import mask3d

LEFT_OUT = {
    "light": "light the mask evenly, not from where the face is lit",
    "self_shadow": "leave folds, rims and the side away from the light undarkened",
    "shadow": "let no shadow of the mask fall on the skin",
    "sharpness": "leave the mask sharp in a blurred photo",
    "grain": "leave the mask clean in a noisy photo",
    "tone": "leave the mask's contrast as it is in a hazy or clipped photo",
    "occluders": "draw the mask over hands, hair, glasses and objects before the face",
}
SENSOR_MATCH = ("sharpness", "grain", "tone")
MAX_DROP_MM = 60.0  # from the bridge of the nose to the mouth
EXIT_OK, EXIT_SOME_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 0, 1, 2, 130


def add_source(parser: argparse._ActionsContainer) -> None:
    """Add ``--in``."""
    parser.add_argument(
        "--in",
        dest="source",
        type=Path,
        required=True,
        metavar="PATH",
        help="a photo, or a folder of photos with its sub-folders",
    )


def add_faces(parser: argparse.ArgumentParser) -> None:
    """Add where the faces come from, and the limits under which they are left alone."""
    faces = parser.add_argument_group("faces")
    faces.add_argument(
        "--landmarks",
        type=Path,
        metavar="PATH",
        help="use the points of this file, or of the files in this folder, instead of detecting "
        "faces: .jsonl of python -m mask3d.landmarks, 300-W .pts, NTUST .csv, .npy, .npz",
    )
    faces.add_argument(
        "--landmark-outline",
        choices=("contour3d", "visible"),
        default="contour3d",
        help="what the jaw points of --landmarks follow: contour3d the jaw itself, through the "
        "face where it is hidden (default; AFLW2000-3D, 300W-LP), visible the outline that is "
        "seen (dlib, 300-W)",
    )
    faces.add_argument(
        "--landmarks-from",
        choices=("embedded", "face-alignment"),
        default="embedded",
        help="what detects faces: embedded is built in (default), face-alignment an extra",
    )
    faces.add_argument(
        "--weights-dir", type=Path, metavar="FOLDER", help="where the weights of face-alignment lie"
    )
    faces.add_argument(
        "--min-face-px",
        type=number(0),
        metavar="PX",
        help="leave faces alone whose box is narrower or lower (default: 12)",
    )
    faces.add_argument(
        "--min-confidence",
        type=number(0, 1),
        metavar="C",
        help="leave faces alone whose landmarks are trusted less, 0..1 (default: 0.5)",
    )
    faces.add_argument(
        "--max-fit-error",
        type=number(0),
        metavar="E",
        help="leave faces alone that the head fits worse, as a fraction of the "
        "face size (default: 0.06)",
    )


def add_masks(masks: argparse._ActionsContainer) -> None:
    """Add which masks are worn."""
    masks.add_argument(
        "--mask",
        type=_names,
        required=True,
        metavar="NAME[,NAME]",
        help="the mask; of several, the seed draws one for each face; surgical+shield wears the "
        "second over the first",
    )
    masks.add_argument(
        "--masks",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="also offer your own designs in this folder; may be given several times",
    )


def add_dress(parser: argparse.ArgumentParser) -> None:
    """Add what the masks are made of, instead of what their presets say."""
    dress = parser.add_argument_group("what it is made of")
    dress.add_argument("--fabric", metavar="NAME", help="cotton, denim, jersey, …")
    dress.add_argument("--pattern", metavar="NAME", help="stripes, tartan, florals_roses, …, plain")
    dress.add_argument(
        "--color",
        type=_names,
        default=(),
        metavar="COLOR[,COLOR]",
        help='CSS names or hex, the ground first: "#204080,white"',
    )
    dress.add_argument(
        "--logo", type=Path, metavar="FILE", help="picture to print where the mask has its place"
    )


def changes(args: argparse.Namespace) -> mask3d.Changes:
    """What is changed of the presets, as `add_dress` was answered."""
    return mask3d.Changes(args.fabric, args.pattern, args.color, args.logo)


def add_wearing(parser: argparse.ArgumentParser) -> None:
    """Add how the masks are worn."""
    wearing = parser.add_argument_group("how it is worn")
    wearing.add_argument(
        "--state",
        type=_states,
        default=("covered",),
        metavar="NAME[,NAME]",
        help=f"{', '.join(mask3d.STATES)}, or all; of several, the seed draws one for each face "
        "of those that the mask can be in (default: covered)",
    )
    wearing.add_argument(
        "--nose-coverage",
        type=_drop_mm,
        default=0.0,
        metavar="HEIGHT",
        help="high, medium, low, or how many millimetres lower than usual it sits (default: high)",
    )
    wearing.add_argument(
        "--exact",
        action="store_true",
        help="wear it without the small random shift, tilt, sag and creases",
    )


def add_effects(parser: argparse.ArgumentParser) -> None:
    """Add what of the photo a mask does not take on."""
    effects = parser.add_argument_group("how it belongs in the photo")
    for name, text in LEFT_OUT.items():
        effects.add_argument(f"--no-{name.replace('_', '-')}", action="store_true", help=text)
    effects.add_argument(
        "--occluders",
        type=Path,
        metavar="FOLDER",
        help="take what lies in front of faces from pictures of the same names in this folder, "
        "white in front, black free, instead of looking for it",
    )
    effects.add_argument(
        "--no-sensor-match",
        action="store_true",
        help=f"the same as {', '.join(f'--no-{name}' for name in SENSOR_MATCH)}",
    )


def effects(args: argparse.Namespace) -> mask3d.Effects:
    """What a mask takes on of the photo, as `add_effects` was answered."""
    wanted = {name: not getattr(args, f"no_{name}") for name in LEFT_OUT}
    if args.no_sensor_match:
        wanted |= dict.fromkeys(SENSOR_MATCH, False)
    return mask3d.Effects(**wanted)


def add_version(parser: argparse.ArgumentParser) -> None:
    """Add ``--version``."""
    parser.add_argument("--version", action="version", version=f"mask3d {mask3d.__version__}")


def input_images(parser: argparse.ArgumentParser, source: Path) -> tuple[Path, list[Path]]:
    """The folder of ``--in`` and the photos in it; leaves with status 2 where there are none."""
    if not source.exists():
        parser.error(f"--in {source} does not exist")
    folder = (source if source.is_dir() else source.parent).resolve()
    paths = mask3d.list_images(folder) if source.is_dir() else [folder / source.name]
    if not paths:
        parser.error(f"--in {source} holds no image")
    return folder, paths


def face_finder(args: argparse.Namespace) -> mask3d.FindFaces:
    """What finds the faces of a photo, as `add_faces` was answered."""
    if args.landmarks is not None:
        table = mask3d.read_landmarks(args.landmarks, args.landmark_outline)
        return mask3d.faces_from_table(table)
    return mask3d.faces_from_detector(mask3d.open_detector(args.landmarks_from, args.weights_dir))


def limits(args: argparse.Namespace) -> mask3d.Limits:
    """When a face is left alone, as `add_faces` was answered."""
    given = {
        "min_face_px": args.min_face_px,
        "min_confidence": args.min_confidence,
        "max_fit_error": args.max_fit_error,
    }
    return replace(
        mask3d.Limits(), **{name: value for name, value in given.items() if value is not None}
    )


def left_alone(codes: Iterable[str]) -> str:
    """End of a summary: how many faces were left alone, by code; empty where none was."""
    counts = sorted(Counter(codes).items())
    return f"; left alone: {', '.join(f'{code} {n}' for code, n in counts)}" if counts else ""


def number(low: float, high: float = float("inf")) -> Callable[[str], float]:
    """Type of an option that is a number within a range."""

    def number(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not within {low:g} to {high:g}")
        return value

    return number


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise argparse.ArgumentTypeError(f"no name in {text!r}; --list-masks prints those of masks")
    return names


def _states(text: str) -> tuple[str, ...]:
    if text == "all":
        return mask3d.STATES
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in mask3d.STATES:
            raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(mask3d.STATES)}, all")
    return names


def _drop_mm(text: str) -> float:
    named = mask3d.NOSE_COVERAGE_DROP_MM
    if text in named:
        return named[text]
    try:
        return number(-MAX_DROP_MM, MAX_DROP_MM)(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is none of {', '.join(named)} and no number of millimetres"
        ) from error
