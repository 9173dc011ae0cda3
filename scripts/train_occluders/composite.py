"""One training picture: a face, something in front of it, and the camera between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import ByteArray, Float32Array
from mask3d.occluders.region import CROP_PX
from scripts.train_landmarks.crops import BoolArray
from scripts.train_occluders.faces import Faces
from scripts.train_occluders.glasses import draw_glasses
from scripts.train_occluders.hands import draw_arm, draw_hand
from scripts.train_occluders.marks import mark
from scripts.train_occluders.shapes import FINE, Generator, Thing
from scripts.train_occluders.strands import draw_hair
from scripts.train_occluders.things import (
    draw_box,
    draw_cloth,
    draw_cup,
    draw_lump,
    draw_microphone,
    draw_rod,
)
from scripts.train_occluders.wearer import Lent, Wearer

Rows = NDArray[np.intp]


class Kind(NamedTuple):
    """Something that can be in front of a face."""

    share: float  # of the pictures; the rest of them have nothing in front
    draw: Callable[[Wearer, Lent, Generator], Thing]


DRAWN = {
    "hand": Kind(0.21, draw_hand),
    "arm": Kind(0.03, draw_arm),
    "microphone": Kind(0.04, draw_microphone),
    "rod": Kind(0.05, draw_rod),
    "box": Kind(0.04, draw_box),
    "cup": Kind(0.04, draw_cup),
    "lump": Kind(0.06, draw_lump),
    "cloth": Kind(0.07, draw_cloth),
    "hair": Kind(0.13, draw_hair),
    "glasses": Kind(0.11, draw_glasses),
}
NOTHING = "nothing"
SECOND = 0.15  # share with another thing
SCALE_SIGMA, SHIFT_SIGMA, TURN_DEG = 0.06, 0.025, 6.0  # how badly a face can be fitted
OTHER_SKIN = 0.3  # share of hands that are somebody else's
MIN_FACE_PX = 20.0  # of the box, before it is enlarged to the crop
COARSE, BLURRED, NOISY, CODED, GREY, DIM = 0.3, 0.25, 0.35, 0.5, 0.17, 0.06  # shares
LUMA = np.array([[0.299], [0.587], [0.114]])  # ITU-R BT.601
FILLED, BLACK = 0.75, 6  # share whose missing border is filled; levels of one that is missing


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """A picture and its truth.

    Attributes
    ----------
    rgb : (96, 96, 3) bytes
    cover : (96, 96) bytes, 255 where the face is hidden
    weight : (96, 96) bytes, 255 where the truth counts, 0 where it is not known
    face : (96, 96) 1 inside the outline of the face as it was fitted
    kind : of DRAWN, or NOTHING
    """

    rgb: ByteArray
    cover: ByteArray
    weight: ByteArray
    face: ByteArray
    kind: str


def compose(faces: Faces, row: int, others: Rows, draw: Generator) -> Composite:
    """Something random before the face `row`; textures and skin may come from `others` (M,)."""
    behind = faces.rgb[others[draw.integers(0, len(others))]]
    wearer, doubt = _placed(faces, row, behind, draw)
    scene = mark(np.asarray(wearer.rgb / 255, np.float32), wearer, draw)
    shares = [kind.share for kind in DRAWN.values()]
    kind = str(draw.choice([*DRAWN, NOTHING], p=[*shares, 1 - sum(shares)]))
    cover = np.zeros((CROP_PX, CROP_PX), np.float32)
    if kind != NOTHING:
        scene, cover = _put(scene, cover, _thing(kind, faces, wearer, others, draw), wearer, draw)
    if kind != NOTHING and draw.random() < SECOND:
        second = str(draw.choice(list(DRAWN)))
        scene, cover = _put(scene, cover, _thing(second, faces, wearer, others, draw), wearer, draw)
    weight = np.where(doubt & (cover < 0.5), 0.0, 1.0)
    rgb = photographed(scene, wearer.size / FINE, draw)
    return Composite(rgb, _bytes(cover), _bytes(weight), wearer.hull(), kind)


def _thing(kind: str, faces: Faces, wearer: Wearer, others: Rows, draw: Generator) -> Thing:
    """Draw one of `kind`."""
    other = int(others[draw.integers(0, len(others))])
    stranger = Wearer(faces.rgb[other], faces.points_px[other] * FINE, faces.yaw_deg[other])
    donor = stranger if draw.random() < OTHER_SKIN else wearer
    picture = faces.rgb[others[draw.integers(0, len(others))]]
    return DRAWN[kind].draw(wearer, Lent(donor.skin(), donor.hair(), picture), draw)


def _placed(faces: Faces, row: int, behind: ByteArray, draw: Generator) -> tuple[Wearer, BoolArray]:
    """The face as a fit that is a little off would cut it, `behind` where its crop ended."""
    rgb, points = faces.rgb[row], faces.points_px[row]
    doubt, yaw_deg = faces.doubt[row].astype(np.uint8), float(faces.yaw_deg[row])
    turn_deg = TURN_DEG * draw.standard_normal() * draw.choice([1, 3], p=[0.9, 0.1])
    scale = float(np.exp(SCALE_SIGMA * draw.standard_normal()))
    affine = cv2.getRotationMatrix2D((CROP_PX / 2, CROP_PX / 2), turn_deg, scale)
    affine[:, 2] = affine[:, 2] + SHIFT_SIGMA * CROP_PX * draw.standard_normal(2)
    wh = (CROP_PX, CROP_PX)
    rgb = np.asarray(cv2.warpAffine(rgb, affine, wh), np.uint8)
    if draw.random() < FILLED:
        rgb = np.where(_missing(rgb)[..., None], behind, rgb)
    nearest, replicate = cv2.INTER_NEAREST, cv2.BORDER_REPLICATE
    moved = cv2.warpAffine(doubt, affine, wh, flags=nearest, borderMode=replicate)
    points = points @ affine[:, :2].T + affine[:, 2]
    return Wearer(rgb, points * FINE, yaw_deg), moved > 0


def _missing(rgb: ByteArray) -> BoolArray:
    """Where (96, 96) the picture is black up to its border."""
    black = np.pad((rgb.max(axis=2) < BLACK).astype(np.uint8), 1, constant_values=1)
    cv2.floodFill(black, None, (0, 0), (2,))
    missing = cv2.dilate((black == 2).astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(missing[1:-1, 1:-1] > 0)


def _put(
    rgb: Float32Array, below: Float32Array, thing: Thing, wearer: Wearer, draw: Generator
) -> tuple[Float32Array, Float32Array]:
    """`thing` before the face, its shadow on it: the picture and what is hidden by now."""
    wh = (CROP_PX, CROP_PX)
    cover = cv2.resize(thing.cover, wh, interpolation=cv2.INTER_AREA)
    colour = cv2.resize(thing.rgb, wh, interpolation=cv2.INTER_AREA)
    cover = cv2.GaussianBlur(cover, (0, 0), draw.uniform(0.3, 0.9))
    far = wearer.size / FINE * draw.uniform(0.0, 0.08)
    shift = -wearer.light(draw)[:2] * far
    move = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
    shadow = cv2.GaussianBlur(
        cv2.warpAffine(cover, move, wh), (0, 0), 0.5 + far * draw.uniform(0.3, 1)
    )
    shaded = rgb * (1 - draw.uniform(0.0, 0.6) * np.clip(shadow, 0, 1))[..., None]
    mixed = shaded + cover[..., None] * (colour - shaded)
    hidden = 1 - (1 - below) * (1 - cover)
    return np.asarray(mixed, np.float32), np.asarray(hidden, np.float32)


def photographed(rgb: Float32Array, face_px: float, draw: Generator) -> ByteArray:
    """The scene (96, 96, 3) 0..1 as cameras of all sorts and their files show it."""
    scene: NDArray[Any] = _toned(rgb, draw)
    if draw.random() < BLURRED:
        scene = cv2.GaussianBlur(scene, (0, 0), draw.uniform(0.4, 1.5))
    side = CROP_PX
    if draw.random() < COARSE:
        share = np.exp(draw.uniform(np.log(MIN_FACE_PX / face_px), 0))
        side = int(np.clip(round(CROP_PX * share), 24, CROP_PX))
        scene = cv2.resize(scene, (side, side), interpolation=cv2.INTER_AREA)
    if draw.random() < NOISY:
        noise = draw.standard_normal(scene.shape) * draw.uniform(0, 0.05)
        scene = scene + (noise if draw.random() < 0.5 else noise[..., :1])
    levels = _bytes(scene)
    if draw.random() < CODED:
        levels = _coded(levels, int(draw.integers(20, 96)))
    return np.asarray(cv2.resize(levels, (CROP_PX, CROP_PX)), np.uint8)


def _coded(levels: ByteArray, quality: int) -> ByteArray:
    """A picture through a lossy file."""
    _, file = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)


def _toned(rgb: Float32Array, draw: Generator) -> Float32Array:
    """Exposure, contrast, cast, and no colour at all."""
    if draw.random() < GREY:
        rgb = np.repeat((rgb @ LUMA).astype(np.float32), 3, axis=2)
    curved = np.clip(rgb, 0, 1) ** np.exp(0.2 * draw.standard_normal())
    cast = np.exp(0.06 * draw.standard_normal(3)) * np.exp(0.15 * draw.standard_normal())
    if draw.random() < DIM:
        cast = cast * draw.uniform(0.2, 0.5)
    return np.asarray(np.clip(curved * cast + 0.04 * draw.standard_normal(), 0, 1), np.float32)


def _bytes(values: NDArray[Any]) -> ByteArray:
    return np.asarray(np.clip(np.rint(values * 255), 0, 255), np.uint8)
