from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mask3d
from mask3d.fit import build_parser as fit_parser
from mask3d.image_io import write_photo
from mask3d.landmarks import DEFAULT_DETECTOR, DETECTORS
from mask3d.landmarks.__main__ import build_parser as landmarks_parser
from mask3d.masks.__main__ import build_parser as masks_parser
from mask3d.photo import Photo
from mask3d.render import build_parser, main
from tests.heads import head_photo

README = Path(__file__).resolve().parents[1] / "README.md"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    write_photo(Photo(np.zeros((8, 8, 3), np.uint8)), tmp_path / "faces" / "a.png")
    return tmp_path / "faces"


def status_of(*arguments: object) -> int:
    """Exit status, whether it is returned or raised."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--in {in} --out {out}", "--mask"),
        ("--in {in} --mask surgical_blue", "--out"),
        ("--in {in}/none --out {out} --mask surgical_blue", "does not exist"),
        ("--in {in} --out {in} --mask surgical_blue", "must not be overwritten"),
        ("--in {in} --out {in}/.. --mask surgical_blue", "must not be overwritten"),
        ("--in {in}/a.png --out {in} --mask surgical_blue", "must not be overwritten"),
        ("--in {in} --out {in}/a.png --mask surgical_blue", "is no folder"),
        ("--in {empty} --out {out} --mask surgical_blue", "holds no image"),
        ("--in {in} --out {out} --mask surgical_squid", "surgical_squid"),
        ("--in {in} --out {out} --mask ,", "--list-masks"),
        ("--in {in} --out {out} --mask surgical+crown", "no mask is called 'crown'"),
        ("--in {in} --out {out} --mask surgical --masks {empty}", "holds no mask design"),
        ("--in {in} --out {out} --mask surgical --state nose", "'nose' is none of covered"),
        ("--in {in} --out {out} --mask n95 --state mouth_out", "cannot be worn mouth_out"),
        ("--in {in} --out {out} --mask surgical --nose-coverage top", "none of high, medium, low"),
        ("--in {in} --out {out} --mask cloth --fabric velour", "velour"),
        ("--in {in} --out {out} --mask cloth --pattern squids", "squids"),
        ("--in {in} --out {out} --mask cloth --color blueish", "blueish"),
        ("--in {in} --out {out} --mask cloth --logo {in}/none.png", "none.png"),
        ("--in {in} --out {out} --mask cloth,shield --fabric denim", "takes no fabric 'denim'"),
        ("--in {in} --out {out} --mask surgical --nose-coverage 900", "--nose-coverage"),
        ("--in {in} --out {out} --mask surgical_blue --seed -1", "--seed"),
        ("--in {in} --out {out} --mask surgical_blue --min-confidence 2", "--min-confidence"),
        ("--in {in} --out {out} --mask surgical_blue --max-fit-error nan", "--max-fit-error"),
        ("--in {in} --out {out} --mask surgical_blue --landmarks {in}/no.jsonl", "no.jsonl"),
        ("--in {in} --out {out} --mask surgical_blue --renderer opengl", "--renderer"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(
    photos: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: str,
    message: str,
) -> None:
    (tmp_path / "empty").mkdir()
    places = {"in": photos, "out": tmp_path / "out", "empty": tmp_path / "empty"}
    assert status_of(*(part.format(**places) for part in arguments.split())) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_photo_without_a_face_ends_with_1(photos: Path, tmp_path: Path) -> None:
    assert status_of("--in", photos, "--out", tmp_path / "out", "--mask", "surgical_blue") == 1


def test_list_masks_needs_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("--list-masks") == 0
    names = capsys.readouterr().out.split()
    assert names == list(mask3d.list_masks())
    assert {"surgical_blue", "n95_white", "cloth_floral"} <= set(names)


def test_help_states_the_limits_that_hold() -> None:
    limits = mask3d.Limits()
    text = " ".join(build_parser().format_help().split())
    for value in (limits.min_face_px, limits.min_confidence, limits.max_fit_error):
        assert f"(default: {value:g})" in text


def test_help_offers_the_detectors_that_exist() -> None:
    actions = {action.dest: action for action in build_parser()._actions}
    assert actions["landmarks_from"].choices == DETECTORS
    assert actions["landmarks_from"].default == DEFAULT_DETECTOR


def test_help_answers_without_loading_what_it_does_not_need() -> None:
    code = "import sys, mask3d.render as r; r.build_parser().format_help(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"cv2", "numba", "scipy", "pyrender", "PIL"} & set(loaded)


def test_the_readme_states_the_millimetres_of_the_nose_coverage() -> None:
    text = README.read_text(encoding="utf-8")
    for name, drop_mm in mask3d.NOSE_COVERAGE_DROP_MM.items():
        assert f"`{name}`" in text
        assert drop_mm == 0.0 or f"`{name}` ({drop_mm:g} mm lower)" in text


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Long options of a parser and of its commands."""
    own = {option for action in parser._actions for option in action.option_strings} - {"-h"}
    commands = [a.choices for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return own.union(*(options_of(command) for found in commands for command in found.values()))


@pytest.mark.parametrize(
    "parser",
    [build_parser(), fit_parser(), landmarks_parser(), masks_parser()],
    ids=["render", "fit", "landmarks", "masks"],
)
def test_the_readme_documents_every_option(parser: argparse.ArgumentParser) -> None:
    documented = set(re.findall(r"`(--[a-z0-9-]+)", README.read_text(encoding="utf-8")))
    assert options_of(parser) - {"--help"} <= documented


def test_the_readme_documents_no_option_that_does_not_exist() -> None:
    rows = re.findall(r"^\| `(--[a-z0-9-]+)", README.read_text(encoding="utf-8"), re.MULTILINE)
    parsers = (build_parser(), fit_parser(), landmarks_parser(), masks_parser())
    assert set(rows) <= set().union(*map(options_of, parsers))


def blocks_of(language: str) -> list[str]:
    text = README.read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands_of(module: str) -> list[str]:
    lines = "".join(blocks_of("sh")).splitlines()
    return [line for line in lines if line.startswith(f"python -m {module} ")]


@pytest.mark.parametrize("line", commands_of("mask3d.render"))
def test_the_commands_of_the_readme_parse_and_name_masks_that_exist(line: str) -> None:
    words = shlex.split(line)[3:]
    if "--list-masks" not in words:
        names = build_parser().parse_args(words).mask
        known = {*mask3d.list_masks(), *mask3d.list_designs()}
        assert {part for name in names for part in name.split("+")} <= known


@pytest.mark.parametrize("line", commands_of("mask3d.masks"))
def test_the_commands_of_the_readme_for_the_wardrobe_parse(line: str) -> None:
    masks_parser().parse_args(line.split()[3:])


@pytest.mark.parametrize("line", commands_of("mask3d.landmarks"))
def test_the_commands_of_the_readme_for_landmarks_parse(line: str) -> None:
    landmarks_parser().parse_args(line.split()[3:])


@pytest.mark.parametrize("line", commands_of("mask3d.fit"))
def test_the_commands_of_the_readme_for_fits_parse(line: str) -> None:
    fit_parser().parse_args(line.split()[3:])


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = blocks_of("python")
    photo, _ = head_photo()
    write_photo(photo, tmp_path / "me.jpg")
    monkeypatch.chdir(tmp_path)
    exec(compile(block, str(README), "exec"), {})
    assert (mask3d.read_photo(Path("me_masked.jpg")).rgb != photo.rgb).any()


def test_the_readme_states_the_limits_that_hold() -> None:
    limits = mask3d.Limits()
    text = README.read_text(encoding="utf-8")
    for value in (limits.min_face_px, limits.min_confidence, limits.max_fit_error):
        assert f"default {value:g} |" in text


@pytest.mark.parametrize("column", ["code", "field"])
def test_the_readme_documents_every_code_and_field(column: str) -> None:
    text = README.read_text(encoding="utf-8")
    if column == "code":
        known = {error.code for error in mask3d.Mask3DError.__subclasses__()}
    else:
        known = set(mask3d.ManifestLine.__dataclass_fields__)
    assert known <= set(re.findall(r"`([a-z0-9_-]+)`", text))
