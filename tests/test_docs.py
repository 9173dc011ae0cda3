"""What the pages in docs/ say is so: their examples run, their tables are complete."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from mask3d.drape import drape
from mask3d.masks import load_mask
from mask3d.masks.__main__ import build_parser as masks_parser
from mask3d.masks.__main__ import main as masks_main
from mask3d.masks.check import KEYS
from mask3d.recipe import NOSE_COVERAGE_DROP_MM, STATES, Recipe
from mask3d.render import build_parser as render_parser
from scripts import wardrobe_page
from tests.fitted_heads import head_fit

DOCS = Path(__file__).resolve().parents[1] / "docs"
OWN = (DOCS / "own_masks.md").read_text(encoding="utf-8")


def blocks_of(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def commands_of(page: str) -> list[str]:
    return [line for block in blocks_of(page, "sh") for line in block.splitlines()]


@pytest.fixture
def wave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example of the page on own masks, as it writes itself."""
    monkeypatch.chdir(tmp_path)
    (example,) = blocks_of(OWN, "python")
    exec(compile(example, "own_masks.md", "exec"), {})
    folder = tmp_path / "my_masks" / "wave"
    (folder / "mask.toml").write_text(blocks_of(OWN, "toml")[0], encoding="utf-8")
    return folder


def test_the_example_of_an_own_mask_is_without_fault_and_drapes(
    wave: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert masks_main(["check", "my_masks"]) == 0
    assert "wave: fine" in capsys.readouterr().out
    mask = load_mask("wave", [wave.parent])
    assert len(drape(mask, head_fit(), Recipe("wave"))) == 3


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_the_commands_of_a_page_parse(page: Path) -> None:
    parsers = {"mask3d.masks": masks_parser(), "mask3d.render": render_parser()}
    commands = commands_of(page.read_text(encoding="utf-8"))
    assert commands
    for command in commands:
        _, _, module, *words = shlex.split(command)
        parsers[module].parse_args(words)


def test_the_keys_of_a_mask_toml_are_all_explained() -> None:
    explained = set(re.findall(r"`\[?\[?([a-z_]+)", OWN))
    assert set(KEYS) | {"texture", "mesh", "ends_mm", "via_mm", "width_mm"} <= explained


def test_the_page_of_the_wardrobe_is_what_ships() -> None:
    """Write it anew by python -m scripts.wardrobe_page where this fails."""
    assert (DOCS / "wardrobe.md").read_text(encoding="utf-8") == wardrobe_page.page()


def test_the_page_of_the_wardrobe_names_every_state_and_height() -> None:
    page = wardrobe_page.page()
    assert all(f"| `{state}` |" in page for state in STATES)
    drops = [f"{drop_mm:g}" for drop_mm in NOSE_COVERAGE_DROP_MM.values()]
    assert f"{drops[0]}, {drops[1]} or {drops[2]} mm" in " ".join(page.split())
