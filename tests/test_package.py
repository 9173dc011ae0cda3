from __future__ import annotations

import ast
import importlib.metadata
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import mask3d

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "mask3d"

FLOW = [  # a module imports from before it only
    "arrays", "assets", "errors", "jit", "colour", "recipe",
    "camera",
    "pose", "geometry", "material", "mesh", "photo",
    "tiff", "image_16bit", "exif", "image_io",
    "face_model", "landmarks",
    "face_fit_head", "face_fit_outline", "face_fit_pose", "face_fit_solver", "face", "fits",
    "ears", "occluders",
    "tone", "skin", "skin_colour", "illuminant", "harmonics", "shading", "lighting", "key_light",
    "gaussian", "patches", "bands", "jpeg_history", "grain", "sharpness", "tone_curve", "sensor",
    "range_map", "contact", "clearance",
    "sheet", "cloth", "shell", "straps", "fabric", "rig", "masks", "layers", "drape",
    "strap_line", "hair", "tuck", "shadow", "renderer", "develop",
    "composite", "contact_sheet", "mannequin", "wardrobe_sheet",
    "appearance", "pipeline", "manifest", "batch", "options", "fit", "render",
]  # fmt: skip

PUBLIC = [
    "Batch",
    "Changes",
    "Choices",
    "Design",
    "Effects",
    "FaceFit",
    "FaceModel",
    "FaceResult",
    "FindFaces",
    "FitFailure",
    "FitRow",
    "GivenOccluders",
    "Hidden",
    "LandmarkDetector",
    "Landmarks",
    "Layer",
    "Lighting",
    "Limits",
    "LitScene",
    "MANIFEST_NAME",
    "ManifestLine",
    "Mask",
    "Mask3DError",
    "MaskedPhoto",
    "Masker",
    "Material",
    "Mesh",
    "NOSE_COVERAGE_DROP_MM",
    "NO_FACE",
    "OccluderFinder",
    "Occluders",
    "Outfit",
    "Panel",
    "Photo",
    "Recipe",
    "Renderer",
    "STATES",
    "Sensor",
    "Shadow",
    "Wearing",
    "cast_shadow",
    "check_design",
    "choices_of",
    "composite_over",
    "darkened",
    "describe_design",
    "draw_recipe",
    "draw_wardrobe",
    "estimate_lighting",
    "estimate_sensor",
    "faces_from_detector",
    "faces_from_table",
    "fit_face",
    "fit_row",
    "fit_within",
    "hide",
    "list_designs",
    "list_fabrics",
    "list_images",
    "list_masks",
    "list_patterns",
    "lit_scene",
    "load_face_model",
    "load_mask",
    "load_worn",
    "open_detector",
    "open_manifest",
    "open_masker",
    "open_renderer",
    "own_designs",
    "pose_deg",
    "read_landmarks",
    "read_photo",
    "self_shadowed",
    "write_contact_sheet",
    "write_fits",
    "write_head",
    "write_landmarks",
    "write_photo",
    "write_wardrobe",
]


def unit_of(path: Path) -> str:
    """Name of the module in FLOW that a file belongs to; a sub-package is one."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports_of(path: Path) -> set[str]:
    """Units of mask3d that a file imports, at its top or inside of a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("mask3d.")}
    return found & set(FLOW)


SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if unit_of(path) != "__init__"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_against_the_flow_of_the_data_only(path: Path) -> None:
    unit = unit_of(path)
    assert unit in FLOW, "give the new module its place in FLOW"
    later = set(FLOW[FLOW.index(unit) + 1 :])
    assert not imports_of(path) & later


def test_the_public_names_are_these_and_all_of_them_import() -> None:
    assert sorted(vars(mask3d)["__all__"]) == PUBLIC
    assert all(getattr(mask3d, name) is not None for name in PUBLIC)


def test_no_public_name_is_hidden_by_a_module_of_the_same_name() -> None:
    assert not set(PUBLIC) & set(FLOW)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, unpacked as an installer does."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run_from(folder: Path, wheel: Path, *arguments: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(wheel), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_wheel_brings_its_masks_head_and_weights_to_any_folder(
    wheel: Path, tmp_path: Path
) -> None:
    code = """
import mask3d
print(mask3d.__file__)
print(len(mask3d.load_face_model().faces))
print([mask3d.load_mask(name).design_name for name in mask3d.list_designs()])
mask3d.open_detector()
"""
    place, faces, designs = run_from(tmp_path, wheel, "-c", code).splitlines()
    assert Path(place).is_relative_to(wheel)
    assert int(faces) == len(mask3d.load_face_model().faces)
    assert designs == str(list(mask3d.list_designs()))


@pytest.mark.parametrize("folder", ["meshes", "textures"])
def test_a_wheel_brings_every_file_of_the_masks(wheel: Path, folder: str) -> None:
    assets = wheel / "mask3d" / "_assets" / folder
    shipped = {path.relative_to(assets) for path in assets.rglob("*") if path.is_file()}
    made = {path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*.*")}
    assert made <= shipped


def test_the_command_of_a_wheel_answers_in_any_folder(wheel: Path, tmp_path: Path) -> None:
    printed = run_from(tmp_path, wheel, "-m", "mask3d.render", "--list-masks")
    assert printed.split() == list(mask3d.list_masks())


def test_a_wheel_carries_the_licences_of_what_it_ships(wheel: Path) -> None:
    names = {path.relative_to(wheel).as_posix() for path in wheel.rglob("*") if path.is_file()}
    assert {"mask3d/weights/NOTICE", "mask3d/py.typed", "mask3d/__init__.pyi"} <= names
    assert any(name.endswith("licenses/NOTICE") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert importlib.metadata.version("mask3d") == mask3d.__version__
