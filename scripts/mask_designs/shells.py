"""What the scripts of stiff designs share: lines on the skin, soft rims, poses, the rig."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline, LinearNDInterpolator
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from mask3d.arrays import ByteArray, FloatArray, IntArray
from mask3d.contact import ContactMap, contact_map, skin_points
from mask3d.face_model import FaceModel
from mask3d.recipe import CREASE_SETS
from mask3d.rig import Rig, Surface
from mask3d.sheet import Sheet
from mask3d.shell import hang_shell
from scripts.mask_designs.design import Spec
from scripts.mask_designs.grid import spline_matrix
from scripts.mask_designs.marks import Marks, layout

PX_PER_MM = 4
FINE_MM = 1.0  # step of the lines that distances are measured to
SWATCH_MM = 12.0  # corner of a layout with the colours of a design's parts, light to dark
DARKEST = 0.15  # at the end of the swatch


class Fine(NamedTuple):
    """The vertices of a visible surface on the mean head.

    Attributes
    ----------
    points_mm : (n, 3)
    flat_mm : (n, 2) place on the layout, from its middle, v down
    edge_mm : (n,) distance to the rim
    """

    points_mm: FloatArray
    flat_mm: FloatArray
    edge_mm: FloatArray


def curve(points: ArrayLike, at: FloatArray) -> FloatArray:
    """Spline through control points (P, D), sampled at shares (n,) of its length."""
    control = np.array(points, dtype=float)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(control, axis=0), axis=1))])
    spline = CubicSpline(way / way[-1], control)
    fine = np.linspace(0.0, 1.0, 400)
    steps = np.linalg.norm(np.diff(spline(fine), axis=0), axis=1)
    lengths = np.concatenate([[0.0], np.cumsum(steps)])
    sampled: FloatArray = spline(np.interp(at, lengths / lengths[-1], fine))
    return sampled


def on_skin(skin: ContactMap, points_mm: FloatArray) -> FloatArray:
    """Points (N, 3) moved in depth until they lie on the skin."""
    placed_mm = points_mm.copy()
    for _ in range(10):
        ray = placed_mm - skin.centre_mm
        found_mm = skin_points(skin, ray / np.linalg.norm(ray, axis=1, keepdims=True))
        placed_mm[:, 2] = found_mm[:, 2]
    return placed_mm


def distance_mm(points_mm: FloatArray, line_mm: FloatArray) -> FloatArray:
    """Distance (n,) of points (n, 3) to a line (P, 3)."""
    steps = np.linalg.norm(np.diff(line_mm, axis=0), axis=1)
    way = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.arange(0.0, way[-1] + FINE_MM, FINE_MM)
    fine_mm = np.stack([np.interp(at, way, line_mm[:, k]) for k in range(3)], axis=1)
    return np.asarray(cKDTree(fine_mm).query(points_mm)[0])


def closed(line: FloatArray) -> FloatArray:
    """A closed line (P, D) with its first point again at the end."""
    return np.concatenate([line, line[:1]])


def creased(count: int, per_span: int, folds: Sequence[int]) -> tuple[FloatArray, list[int]]:
    """Spline weights (m, count) that do not smooth over folds, and the first row after each."""
    ends = [0, *folds, count - 1]
    blocks: list[FloatArray] = []
    torn: list[int] = []
    for first, last in pairwise(ends):
        torn.append(sum(len(block) for block in blocks))
        block = spline_matrix(last - first + 1, per_span)
        blocks.append(np.pad(block, ((0, 0), (first, count - 1 - last))))
    return np.concatenate(blocks), torn[1:]


def ridge(away_mm: FloatArray, width_mm: float) -> FloatArray:
    """1 on a line, falling to 0 within about `width_mm`."""
    hill: FloatArray = np.exp(-((away_mm / width_mm) ** 2))
    return hill


def step(value: FloatArray, width: float) -> FloatArray:
    """Smooth step from 0 below -width to 1 above width."""
    share = np.clip(value / (2 * width) + 0.5, 0.0, 1.0)
    return share * share * (3 - 2 * share)


def dents(shape: tuple[int, int], spread: float, seed: int) -> FloatArray:
    """Dents (CREASE_SETS, n) of handling over a grid that closes round, 1 rms high."""
    rng = np.random.default_rng(seed)
    sets = []
    for _ in range(CREASE_SETS):
        waves = gaussian_filter(rng.standard_normal(shape), spread, mode=("nearest", "wrap"))
        sets.append((waves / waves.std()).ravel())
    return np.array(sets)


def shell_rig(
    model: FaceModel,
    spec: Spec,
    cage_mm: FloatArray,
    surface: Surface,
    rim: IntArray,
    strap_ends: Sequence[Any],
    shut_mm: FloatArray | None = None,
) -> Rig:
    """Rig of a shell whose cage (N, 3) is `cage_mm` on the mean head, `shut_mm` folded shut.

    Its ``mask.toml`` says how far from the rim it gives way (`soft_mm`), how much it
    gives beyond (`least_softness`) and how it is worn (a table a pose).
    """
    skin = contact_map(model, model.mean_mm)
    wearing: dict[str, dict[str, Any]] = spec.get("wearing", {})
    poses = {"covered": cage_mm}
    for name, how in wearing.items():
        shape_mm = shut_mm if how.get("shut") and shut_mm is not None else cage_mm
        poses[name] = hang_shell(_turned(shape_mm, how), skin)
    return Rig(
        sheet=_no_links(),
        surface=surface,
        softness=_softness(cage_mm, rim, spec["soft_mm"], spec["least_softness"]),
        rim=rim,
        strap_ends=np.array(strap_ends, np.int32),
        pose_names=tuple(poses),
        poses_mm=np.array(list(poses.values())),
        pulls=np.zeros((len(poses), 0)),
        pulled_to_mm=np.zeros((0, 3)),
        sealing=("covered", *(name for name, how in wearing.items() if how.get("seals"))),
    )


def _softness(cage_mm: FloatArray, rim: IntArray, soft_mm: float, least: float) -> FloatArray:
    away_mm = distance_mm(cage_mm, closed(cage_mm[rim]))
    give: FloatArray = least + (1 - least) * np.clip(1.0 - away_mm / soft_mm, 0.0, 1.0) ** 2
    give[rim] = 1.0
    return give


def _turned(cage_mm: FloatArray, how: dict[str, Any]) -> FloatArray:
    """Cage (N, 3) turned about its middle and moved, as a table of ``mask.toml`` says."""
    centre_mm = cage_mm.mean(axis=0)
    turn = Rotation.from_euler("zxy", how["roll_pitch_yaw_deg"], degrees=True)
    turned_mm: FloatArray = turn.apply(cage_mm - centre_mm) + centre_mm + np.array(how["move_mm"])
    return turned_mm


def _no_links() -> Sheet:
    none = np.zeros(0, np.int32)
    pairs = np.zeros((0, 2), np.int32)
    return Sheet(pairs, np.zeros((0, 2)), np.zeros(0), none, none, none, pairs, 0)


def layout_uv(flat_mm: FloatArray, layout_mm: Sequence[float]) -> FloatArray:
    """Texture coordinates (n, 2) of places on a layout of `layout_mm` (width, height)."""
    uv: FloatArray = flat_mm / np.array(layout_mm) + 0.5
    return uv


def layout_places(fine: Fine, layout_mm: Sequence[float]) -> Fine:
    """What lies at each pixel (H, W) of a layout; off the surface the nearest vertex."""
    width_px, height_px = (round(side * PX_PER_MM) for side in layout_mm)
    u_mm = (np.arange(width_px) + 0.5) / PX_PER_MM - layout_mm[0] / 2
    v_mm = (np.arange(height_px) + 0.5) / PX_PER_MM - layout_mm[1] / 2
    flat_mm = np.stack(np.meshgrid(u_mm, v_mm), axis=2)
    known = np.concatenate([fine.points_mm, fine.edge_mm[:, None]], axis=1)
    found = LinearNDInterpolator(fine.flat_mm, known)(flat_mm)
    off = np.isnan(found[..., 0])
    found[off] = known[cKDTree(fine.flat_mm).query(flat_mm[off])[1]]
    return Fine(found[..., :3], flat_mm, found[..., 3])


def layout_picture(main: FloatArray, shown: FloatArray, drawn: Marks) -> ByteArray:
    """Layout (H, W, 4), see `marks.layout`, with the swatches of parts."""
    px = round(SWATCH_MM * PX_PER_MM)
    main, shown = main.copy(), shown.copy()
    shade, relief_mm = drawn.shade.copy(), drawn.relief_mm.copy()
    shown[:px, : 2 * px] = 0.0
    main[:px, :px], main[:px, px : 2 * px] = 0.0, 1.0
    shade[:px, : 2 * px] = np.linspace(1.0, DARKEST, px)[:, None]
    relief_mm[:px, : 2 * px] = 0.0
    return layout(main, shown, Marks(shade, relief_mm))


def swatch_uv(dark: FloatArray, layout_mm: Sequence[float], *, main: bool = False) -> FloatArray:
    """Texture coordinates (n, 2) of a part's colour, `dark` (n,) from 0 to 1."""
    across = np.full(len(dark), (1.5 if main else 0.5) * SWATCH_MM)
    down = np.clip(dark, 0.03, 0.97) * SWATCH_MM
    uv: FloatArray = np.stack([across, down], axis=1) / np.array(layout_mm)
    return uv


def print_text(
    shade: FloatArray,
    text: str,
    at_mm: tuple[float, float],
    height_mm: float,
    ink: float,
    level_mm: FloatArray | None = None,
) -> None:
    """Print a line of text on a layout's shade (H, W), in place.

    Parameters
    ----------
    at_mm : its lower left, from the layout's middle, right and down
    ink : factor of the colour
    level_mm : (H, W, 2) where the layout's pixels lie on the plane that the text is
        straight on, right and down; the layout itself by default
    """
    picture = np.zeros(shade.shape, np.uint8)
    size = height_mm * PX_PER_MM / 21.0  # the font's capitals are 21 px high
    middle_px = np.array(shade.shape[::-1]) / 2
    place = tuple(round(mm * PX_PER_MM + px) for mm, px in zip(at_mm, middle_px, strict=True))
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, 255, 2, cv2.LINE_AA)
    if level_mm is not None:
        at_px = (level_mm * PX_PER_MM + middle_px - 0.5).astype(np.float32)
        picture[:] = cv2.remap(picture, at_px[..., 0], at_px[..., 1], cv2.INTER_LINEAR)
    shade *= 1.0 - (1.0 - ink) * picture / 255.0


def index_grid(rows: int, columns: int) -> IntArray:
    """Cage point of each row and column."""
    return np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
