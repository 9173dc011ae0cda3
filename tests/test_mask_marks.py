"""What is worked into a mask: stitches, welds, turned edges, and the layout that holds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.assets import asset_path
from mask3d.fabric.materials import RELIEF_STEP_MM
from mask3d.masks import list_designs
from mask3d.masks.picture import read_rgba
from scripts.build_masks import write_layout
from scripts.mask_designs import marks
from scripts.mask_designs.marks import Marks

STEP_MM = 0.05
ACROSS, ALONG = np.meshgrid(np.arange(-6.0, 6.0, STEP_MM), np.arange(0.0, 12.0, STEP_MM))
LINE, FAR = np.abs(ACROSS) < STEP_MM / 2, np.abs(ACROSS) > 4.0


def test_a_layout_holds_colour_shade_print_and_relief_in_this_order(tmp_path: Path) -> None:
    drawn = Marks(np.full((4, 6), 0.5), np.full((4, 6), 10 * RELIEF_STEP_MM))
    layout = marks.layout(np.ones((4, 6)), np.full((4, 6), 0.2), drawn)
    assert (layout == (255, 64, 51, 138)).all()
    write_layout(tmp_path / "layout.png", layout)
    np.testing.assert_array_equal(read_rgba(tmp_path / "layout.png"), layout)


@pytest.mark.parametrize("drawn", [marks.stitches(ACROSS, ALONG), marks.weld_dots(ACROSS, ALONG)])
def test_marks_repeat_along_their_line_and_leave_the_cloth_beside_it(drawn: Marks) -> None:
    assert np.ptp(drawn.relief_mm[LINE]) > 0.08
    np.testing.assert_allclose(drawn.relief_mm[FAR], 0.0, atol=1e-3)
    np.testing.assert_allclose(drawn.shade[FAR], 1.0, atol=1e-3)


def test_thread_lies_over_the_holes_that_it_goes_through() -> None:
    drawn = marks.stitches(ACROSS, ALONG)
    pitch = round(marks.STITCH_PITCH_MM / STEP_MM)
    line_mm = drawn.relief_mm[LINE][: 4 * pitch].reshape(4, pitch)
    assert (line_mm.argmin(axis=1) == 0).all()  # a hole at the end of each stitch
    assert (line_mm.min(axis=1) < -0.1).all()
    groove_mm = drawn.relief_mm[np.abs(np.abs(ACROSS) - 0.6) < STEP_MM / 2].max()
    assert (line_mm.max(axis=1) > groove_mm).all()
    assert drawn.shade.flat[drawn.relief_mm.argmin()] < 0.8  # and dark


def test_welds_sink_and_a_dash_is_longer_than_a_point() -> None:
    point = marks.weld_dots(ACROSS, ALONG, pitch_mm=3.0, radius_mm=0.5)
    dash = marks.weld_dots(ACROSS, ALONG, pitch_mm=3.0, radius_mm=0.5, length_mm=1.0)
    assert point.relief_mm.max() == 0.0
    pressed = [np.count_nonzero(m.relief_mm[LINE] < -0.045) * STEP_MM / 4 for m in (point, dash)]
    np.testing.assert_allclose(pressed, [1.0, 2.0], atol=0.1)


def test_a_second_layer_is_as_high_as_it_is_thick() -> None:
    drawn = marks.turned_edge(ACROSS, 0.2)
    np.testing.assert_allclose(drawn.relief_mm[ACROSS > 1.0], 0.2)
    np.testing.assert_allclose(drawn.relief_mm[ACROSS < -1.0], 0.0)
    assert drawn.shade.min() < 0.9
    assert ACROSS.flat[drawn.shade.argmin()] < 0.0  # the shadow falls on the lower layer


def test_marks_together_add_their_heights_and_multiply_their_shades() -> None:
    first = Marks(np.full((2, 2), 0.5), np.full((2, 2), 0.1))
    both = marks.joined(first, Marks(np.full((2, 2), 0.8), np.full((2, 2), -0.3)))
    np.testing.assert_allclose(both.shade, 0.4)
    np.testing.assert_allclose(both.relief_mm, -0.2)
    half = marks.kept(first, np.array([[1.0, 1.0], [0.0, 0.0]]))
    np.testing.assert_allclose(half.shade, [[0.5, 0.5], [1.0, 1.0]])
    np.testing.assert_allclose(half.relief_mm, [[0.1, 0.1], [0.0, 0.0]])


def test_places_know_how_far_from_a_line_and_along_it_they_lie() -> None:
    corner_mm = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 20.0]])
    places_mm = np.array([[4.0, 3.0], [12.0, 5.0], [-3.0, -4.0]])
    found = marks.by_line(places_mm, corner_mm)
    np.testing.assert_allclose(found.away_mm, [3.0, 2.0, 5.0], atol=0.01)
    np.testing.assert_allclose(found.way_mm, [4.0, 15.0, 0.0], atol=marks.LINE_STEP_MM)


def relief_of(name: str) -> FloatArray:
    layout = read_rgba(asset_path("meshes", name) / "layout.png")
    return (layout[..., 3].astype(float) - marks.NEUTRAL) * RELIEF_STEP_MM


@pytest.mark.parametrize("name", [name for name in list_designs() if name != "shield"])
def test_a_layout_is_level_but_for_its_marks(name: str) -> None:
    relief_mm = relief_of(name)
    assert np.median(relief_mm) == 0.0
    assert 0.05 < np.abs(relief_mm).max() < 0.5
    assert np.mean(np.abs(relief_mm) < 0.01) > 0.6


def test_a_visor_is_smooth() -> None:
    assert not relief_of("shield").any()
