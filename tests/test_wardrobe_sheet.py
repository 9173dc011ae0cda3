from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

import mask3d
from mask3d import mannequin
from mask3d.image_io import read_photo
from mask3d.mannequin import wearing_head
from mask3d.masks import load_mask, load_worn
from mask3d.masks.__main__ import main
from mask3d.material import opaque
from mask3d.mesh import Mesh
from mask3d.recipe import Recipe, Wearing
from mask3d.renderer import NumbaRenderer
from mask3d.wardrobe_sheet import PAPER, Panel, draw_wardrobe
from tests.own_designs import write_design

SIDE_PX = 64


def test_the_head_stands_in_the_middle_and_is_as_wide_on_both_sides() -> None:
    bare = wearing_head((), Recipe("none"), 0.0, SIDE_PX, NumbaRenderer()).astype(float)
    wall = bare[:, :1]
    head = np.abs(bare - wall).sum(axis=2) > 20
    assert 0.3 < head.mean() < 0.7
    assert (head != head[:, ::-1]).mean() < 0.02
    assert head[-1].any() and not head[0].any()  # the neck runs out of the picture, the crown not


def test_only_what_is_worn_and_its_shade_change_the_picture() -> None:
    renderer, mask = NumbaRenderer(), load_mask("cloth_black")
    bare = wearing_head((), Recipe("none"), 0.0, SIDE_PX, renderer).astype(int)
    masked = wearing_head((mask,), Recipe("a"), 0.0, SIDE_PX, renderer).astype(int)
    changed = np.abs(masked - bare).max(axis=2) > 2
    assert not changed[: SIDE_PX // 4].any()  # the forehead
    assert changed[SIDE_PX // 2 : SIDE_PX * 2 // 3, SIDE_PX // 2].all()  # the mouth
    assert (masked <= bare + 2).all()  # black cloth and shade only darken


def test_the_neck_hides_what_hangs_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    renderer = NumbaRenderer()
    bare = wearing_head((), Recipe("none"), 0.0, SIDE_PX, renderer)
    end_mm = np.array([[-9.0, -156, -110], [9, -156, -110], [9, -168, -110], [-9, -168, -110]])
    end = Mesh(
        vertices_mm=end_mm,
        normals=np.tile([0.0, 0.0, 1.0], (4, 1)),
        faces=np.array([[0, 2, 1], [0, 3, 2]], np.int32),
        uv=np.zeros((4, 2)),
        occlusion=np.ones(4),
        material=opaque(np.zeros((1, 1, 3), np.uint8)),
    )
    monkeypatch.setattr(mannequin, "drape_worn", lambda *_: (end,))
    hung = wearing_head((), Recipe("a"), 0.0, SIDE_PX, renderer)
    assert (hung == bare).all()


def test_a_panel_shows_its_views_side_by_side_over_its_caption() -> None:
    worn = load_worn("surgical_blue")
    both = draw_wardrobe([Panel("a", "note", worn, yaws_deg=(0.0, 90.0))], view_px=SIDE_PX)
    one = draw_wardrobe([Panel("a", "note", worn, yaws_deg=(0.0,))], view_px=SIDE_PX)
    gap = (both.shape[1] - 2 * SIDE_PX) // 2
    view = np.s_[gap : gap + SIDE_PX, gap : gap + SIDE_PX]
    assert (both[view] == one[view]).all()
    caption = both[gap + SIDE_PX : -gap]
    assert (caption != PAPER).any(axis=2).mean() > 0.01


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 2, 1), (3, 2, 2), (4, 4, 1)])
def test_panels_fill_rows(
    monkeypatch: pytest.MonkeyPatch, count: int, columns: int, rows: int
) -> None:
    monkeypatch.setattr(mannequin, "drape_worn", lambda *_: ())
    panels = [Panel(str(number), "", (), yaws_deg=(0.0,)) for number in range(count)]
    single = draw_wardrobe(panels[:1], columns=1, view_px=SIDE_PX)
    sheet = draw_wardrobe(panels, columns=columns, view_px=SIDE_PX)
    gap = (single.shape[1] - SIDE_PX) // 2
    assert sheet.shape[0] - gap == rows * (single.shape[0] - gap)
    assert sheet.shape[1] - gap == min(count, columns) * (single.shape[1] - gap)
    wanted = [number < count for number in range(rows * min(count, columns))]  # row by row
    high, wide = single.shape[0] - gap, single.shape[1] - gap
    filled = [
        bool((sheet[y + gap : y + high, x + gap : x + wide] != PAPER).any())
        for y in range(0, rows * high, high)
        for x in range(0, min(count, columns) * wide, wide)
    ]
    assert filled == wanted


def test_nothing_to_draw_is_an_error() -> None:
    with pytest.raises(ValueError, match="no panel"):
        draw_wardrobe([])
    with pytest.raises(ValueError, match="columns 0"):
        draw_wardrobe([], columns=0)


def test_the_sheet_of_some_designs_in_all_states_is_written(tmp_path: Path) -> None:
    write_design(tmp_path / "sheet")
    out = tmp_path / "new" / "sheet.png"
    options = ["--designs", "sheet", "--states", "--masks", str(tmp_path), "--view-px", "40"]
    assert main(["sheet", "--out", str(out), *options]) == 0
    assert read_photo(out).rgb.shape[1] > 3 * 40


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ([], [("surgical_blue", "covered"), ("n95", "covered")]),
        (
            ["--states"],
            [
                *(("surgical_blue", state) for state in load_mask("surgical_blue").states),
                *(("n95", state) for state in load_mask("n95").states),
            ],
        ),
    ],
)
def test_masks_are_drawn_covered_or_in_every_state(
    monkeypatch: pytest.MonkeyPatch, options: list[str], shown: list[tuple[str, str]]
) -> None:
    drawn: list[tuple[str, str]] = []

    def note(panels: Iterable[Panel], *_: object) -> None:
        drawn.extend((panel.name, panel.wearing.state) for panel in panels)

    monkeypatch.setattr(mask3d, "write_wardrobe", note)
    main(["sheet", "--out", "sheet.png", "--designs", "surgical_blue,n95", *options])
    assert drawn == shown


def test_swatches_show_a_mask_in_every_fabric_and_pattern_that_it_takes(tmp_path: Path) -> None:
    folder = write_design(tmp_path / "sheet")
    with (folder / "mask.toml").open("r+", encoding="utf-8") as file:
        text = file.read()
        file.seek(0)
        file.write('fabrics = ["denim", "satin"]\npatterns = ["plain", "dots", "stars"]\n' + text)
    out = tmp_path / "swatches.png"
    options = ["--fabrics", "sheet", "--masks", str(tmp_path), "--view-px", "40"]
    assert main(["sheet", "--out", str(out), *options, "--columns", "5"]) == 0
    sheet = read_photo(out).rgb
    assert sheet.shape[1] > 5 * 40 and sheet.shape[0] < 2 * 40
    views = [sheet[2:42, x : x + 40] for x in range(2, sheet.shape[1] - 40, 42)]
    assert len(views) == 5
    assert all((views[0] != view).any() for view in views[1:])


def test_a_mask_worn_in_a_state_is_drawn_in_it() -> None:
    worn = load_worn("surgical_blue")
    usual, other = (
        draw_wardrobe([Panel("a", "", worn, Wearing(state), (0.0,))], view_px=SIDE_PX)
        for state in ("covered", "under_chin")
    )
    assert (usual != other).any(axis=2).mean() > 0.05


def test_an_unknown_design_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["sheet", "--out", str(tmp_path / "a.png"), "--designs", "crown"])
    assert "no mask is called 'crown'" in capsys.readouterr().err


def test_the_list_names_every_design_with_its_presets_and_states(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_design(tmp_path / "sheet")
    assert main(["list", "--masks", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "sheet: Striped sheet\n  presets   sheet_picture\n  states    covered\n" in printed
    assert "surgical: " in printed
