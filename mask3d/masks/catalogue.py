"""The catalogue of masks: a design is a folder, shipped under ``meshes/`` or the user's own.

A design comes in presets: ``surgical_blue``. Its bare name, ``surgical``, is
its first preset. What is worn together is joined, the inner one first:
``surgical_blue+shield``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mask3d.assets import asset_path
from mask3d.errors import BadMaskError, UnknownMaskError
from mask3d.masks.changes import AS_SOLD, Changes
from mask3d.masks.folder import preset_names, read_mask
from mask3d.masks.spec import DESIGN_FILE, read_toml
from mask3d.masks.types import Mask

CACHED_MASKS = 24  # a mask's material is some 10 MB, and a sweep makes hundreds


@dataclass(frozen=True, slots=True)
class Design:
    """What there is to know of a design before it is worn.

    Attributes
    ----------
    title : what it is, in words
    presets : what it comes in, the usual one first
    states : that it can be worn in, of `STATES`
    fabrics, patterns : that it takes; none named, all
    """

    title: str
    presets: tuple[str, ...]
    states: tuple[str, ...]
    fabrics: tuple[str, ...]
    patterns: tuple[str, ...]


def describe_design(name: str, folders: Sequence[Path] = ()) -> Design:
    """The design called `name`.

    Raises
    ------
    UnknownMaskError, BadMaskError
        As `load_mask`.
    """
    mask = load_mask(name, folders)
    folder = design_folders(tuple(folders))[mask.design_name]
    toml = read_toml(folder)
    return Design(
        title=mask.title,
        presets=_presets(folder),
        states=mask.states,
        fabrics=tuple(toml.get("fabrics", ())),
        patterns=tuple(toml.get("patterns", ())),
    )


def list_designs(folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """Names of all designs, sorted: those that ship, and those in `folders`."""
    return tuple(sorted(design_folders(tuple(folders))))


def list_masks(folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """Names of all masks, sorted: every design in every preset."""
    designs = design_folders(tuple(folders))
    return tuple(
        sorted(f"{name}_{preset}" for name in designs for preset in _presets(designs[name]))
    )


def load_worn(
    name: str, folders: Sequence[Path] = (), changes: Changes = AS_SOLD
) -> tuple[Mask, ...]:
    """The masks that are worn together under one name, the inner one first.

    The changes are the inner one's.

    Raises
    ------
    UnknownMaskError, BadMaskError
        As `load_mask`.
    """
    inner, *outer = name.split("+")
    return (load_mask(inner, folders, changes), *(load_mask(part, folders) for part in outer))


def load_mask(name: str, folders: Sequence[Path] = (), changes: Changes = AS_SOLD) -> Mask:
    """The mask called `name`: a design in one of its presets, or in its first.

    Parameters
    ----------
    name : ``surgical_blue``, or ``surgical``
    folders : with own designs, see `design_folders`
    changes : of its fabric, pattern, colours

    Raises
    ------
    UnknownMaskError
        There is none of that name.
    BadMaskError
        Its folder is incomplete, or it does not take the changes.
    """
    designs = design_folders(tuple(folders))
    design, preset = _parts(name, designs)
    return _load(designs[design], preset, changes)


def design_folders(folders: tuple[Path, ...] = ()) -> dict[str, Path]:
    """Design name -> its folder; an own design takes the place of a shipped one.

    Parameters
    ----------
    folders : each a design's folder, or a folder that holds such

    Raises
    ------
    BadMaskError
        One of `folders` holds no design.
    """
    found = {path.parent.name: path.parent for path in asset_path("meshes").glob("*/mask.toml")}
    for folder in folders:
        found |= {path.resolve().name: path.resolve() for path in own_designs(folder)}
    return found


def own_designs(folder: Path) -> tuple[Path, ...]:
    """The folders of the designs that a folder is or holds.

    Raises
    ------
    BadMaskError
        It is and holds none.
    """
    if (folder / DESIGN_FILE).exists():
        return (folder,)
    designs = tuple(path.parent for path in sorted(folder.glob(f"*/{DESIGN_FILE}")))
    if not designs:
        raise BadMaskError(
            f"{folder} holds no mask design", f"each is a folder with a {DESIGN_FILE} in it"
        )
    return designs


def _parts(name: str, designs: dict[str, Path]) -> tuple[str, str]:
    """Design and preset of a mask's name; a design's own name may hold a ``_`` too."""
    for design in sorted(designs, key=len, reverse=True):
        if name != design and not name.startswith(f"{design}_"):
            continue
        presets = _presets(designs[design])
        if name == design:
            return design, presets[0]
        if name.removeprefix(f"{design}_") in presets:
            return design, name.removeprefix(f"{design}_")
    masks = [f"{design}_{preset}" for design in designs for preset in _presets(designs[design])]
    raise UnknownMaskError(f"no mask is called {name!r}", f"choose {', '.join(sorted(masks))}")


def _presets(folder: Path) -> tuple[str, ...]:
    with _said_of(folder):
        return preset_names(folder)


@lru_cache(maxsize=CACHED_MASKS)
def _load(folder: Path, preset: str, changes: Changes) -> Mask:
    with _said_of(folder):
        return read_mask(folder, preset, changes)


@contextmanager
def _said_of(folder: Path) -> Iterator[None]:
    """Turn what a broken folder raises into a BadMaskError that names it."""
    try:
        yield
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise BadMaskError(
            f"{folder} is no complete mask design: {error}",
            f"see what python -m mask3d.masks check {folder} says",
        ) from error
