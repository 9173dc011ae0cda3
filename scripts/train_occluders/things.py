"""Objects and cloth before a face."""

from __future__ import annotations

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array, FloatArray
from scripts.train_occluders.shapes import (
    SIDE_PX,
    Generator,
    Relief,
    Thing,
    from_picture,
    plain,
    random_colour,
    shaded,
    smooth_noise,
    unit,
)
from scripts.train_occluders.wearer import Lent, Wearer


def draw_microphone(wearer: Wearer, _lent: Lent, draw: Generator) -> Thing:
    """A ball on a handle, most often before the mouth or the chin."""
    size, relief = wearer.size, Relief()
    head = _near_mouth(wearer, draw)
    radius = size * draw.uniform(0.08, 0.2)
    away = _outward(wearer, draw)
    relief.add_capsule(head, head + 3 * size * away, (0.6 * radius, 0.45 * radius))
    handle = relief.cover > 0
    relief.add_capsule(head, head + away * radius * draw.uniform(0, 1.2), (radius, radius))
    rgb = plain(random_colour(draw) if draw.random() < 0.3 else np.full(3, draw.uniform(0.02, 0.3)))
    grille = 0.5 * draw.random() * np.sign(smooth_noise(int(draw.integers(30, 90)), draw))
    rgb *= (1 + 0.5 * grille * (relief.height > radius * 0.2) * ~handle)[..., None]
    return _lit(rgb, relief, wearer, draw)


def draw_rod(wearer: Wearer, _lent: Lent, draw: Generator) -> Thing:
    """A cigarette, pen, straw, brush or pipe that starts near the mouth or crosses the face."""
    size, relief = wearer.size, Relief()
    start = _near_mouth(wearer, draw)
    radius = size * draw.uniform(0.008, 0.035)
    end = start + _outward(wearer, draw) * size * draw.uniform(0.25, 1.2)
    relief.add_capsule(start, end, (radius, radius * draw.uniform(0.7, 1.2)))
    rgb = plain(random_colour(draw))
    if draw.random() < 0.4:
        knob = size * draw.uniform(0.03, 0.1)
        relief.add_capsule(end, end, (knob, knob))
    return _lit(rgb, relief, wearer, draw)


def draw_box(wearer: Wearer, lent: Lent, draw: Generator) -> Thing:
    """A phone, a book, a card or a sheet of paper."""
    size = wearer.size
    centre = _near_face(wearer, draw)
    wh = size * draw.uniform(0.15, 0.6, 2)
    box = (centre.tolist(), wh.tolist(), float(draw.uniform(0, 180)))
    corners = cv2.boxPoints(box)
    cover = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    cv2.fillConvexPoly(cover, np.round(corners * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4)
    soft = float(size * draw.uniform(0.005, 0.04))
    cover = np.asarray(cv2.GaussianBlur(cover, (0, 0), soft) > 0.5, np.float32)
    rgb = _surface(lent.picture, draw)
    if draw.random() < 0.5:
        rim = [np.round(corners * 16).astype(np.int32)]
        colour = random_colour(draw).tolist()
        cv2.polylines(rgb, rim, True, colour, max(int(0.02 * size), 1), cv2.LINE_AA, 4)
    return Thing(_toned(rgb, draw), cover)


def draw_cup(wearer: Wearer, lent: Lent, draw: Generator) -> Thing:
    """A cup, glass, can or bottle at the mouth."""
    size = wearer.size
    top = _near_mouth(wearer, draw)
    axis = _outward(wearer, draw)
    across = np.array([-axis[1], axis[0]])
    length, width = size * draw.uniform(0.3, 1.0), size * draw.uniform(0.12, 0.3)
    taper = draw.uniform(0.6, 1.2)
    low = top + axis * length
    corners = np.array(
        [top - across * width, top + across * width, low + across * width * taper,
         low - across * width * taper]
    )  # fmt: skip
    cover = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    cv2.fillConvexPoly(cover, np.round(corners * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4)
    axes = (width, width * draw.uniform(0.1, 0.4))
    angle = float(np.degrees(np.arctan2(across[1], across[0])))
    rim = (tuple(top.tolist()), (2 * axes[0], 2 * axes[1]), angle)
    cv2.ellipse(cover, rim, 1.0, -1, cv2.LINE_AA)
    rgb = _surface(lent.picture, draw)
    x, y = np.meshgrid(np.arange(SIDE_PX), np.arange(SIDE_PX))
    round_by = ((x - top[0]) * across[0] + (y - top[1]) * across[1]) / max(width, 1)
    turn = 0.5 + 0.5 * np.sqrt(np.clip(1 - (round_by - draw.uniform(-0.5, 0.5)) ** 2, 0, 1))
    rgb *= turn[..., None].astype(np.float32)
    inside = random_colour(draw).tolist()
    cv2.ellipse(rgb, rim, inside, -1, cv2.LINE_AA)
    return Thing(_toned(rgb, draw), cover)


def draw_lump(wearer: Wearer, lent: Lent, draw: Generator) -> Thing:
    """Food, a flower, a toy: anything with an outline of its own."""
    size = wearer.size
    centre, radius = _near_face(wearer, draw), size * draw.uniform(0.06, 0.3)
    if draw.random() < 0.3:  # the head or the back of somebody nearer
        radius = size * draw.uniform(0.3, 0.6)
        centre = wearer.points[8] + wearer.down * radius + 0.3 * size * draw.standard_normal(2)
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    lobes = sum(
        draw.normal(0, 0.22 / k) * np.cos(k * angles + draw.uniform(0, 2 * np.pi))
        for k in range(1, int(draw.integers(3, 9)))
    )
    reach = radius * np.clip(1 + lobes, 0.3, 1.8) * draw.uniform(0.7, 1.4)
    outline = centre + reach[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    cover = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    cv2.fillPoly(cover, [np.round(outline * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    height = cv2.distanceTransform((cover > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    rgb = _surface(lent.picture, draw)
    if draw.random() < 0.6:
        rgb *= shaded(np.sqrt(height * radius), wearer.light(draw), 0.5)[..., None]
    return Thing(_toned(rgb, draw), cover)


def draw_cloth(wearer: Wearer, lent: Lent, draw: Generator) -> Thing:
    """A collar, scarf, blanket or towel up to the chin, the mouth or the nose, with folds."""
    size, down = wearer.size, wearer.down
    edge = [wearer.points[8], wearer.points[57], wearer.points[33]][
        int(draw.choice(3, p=[0.55, 0.3, 0.15]))
    ]
    edge = edge + down * size * draw.uniform(-0.06, 0.1)
    tilt = draw.normal(0, 0.35)
    normal = np.array(
        [down[0] * np.cos(tilt) - down[1] * np.sin(tilt),
         down[0] * np.sin(tilt) + down[1] * np.cos(tilt)]
    )  # fmt: skip
    x, y = np.meshgrid(np.arange(SIDE_PX), np.arange(SIDE_PX))
    below = (x - edge[0]) * normal[0] + (y - edge[1]) * normal[1]
    along = ((x - edge[0]) * normal[1] - (y - edge[1]) * normal[0]) / size
    sag = draw.normal(0.15, 0.3) * along**2 + draw.normal(0, 0.2) * along
    wave = 0.03 * draw.random() * smooth_noise(int(draw.integers(3, 10)), draw)
    depth = below / size + sag + wave
    if draw.random() < 0.25:  # one side of a collar only
        depth = np.minimum(depth, draw.choice([-1, 1]) * along + draw.uniform(-0.1, 0.2))
    cover = np.clip(depth * size + 0.5, 0, 1).astype(np.float32)
    stretch = int(draw.integers(3, 12))
    folds = size * 0.06 * draw.random() * smooth_noise(stretch, draw)
    brightness = shaded(np.asarray(folds, np.float32), wearer.light(draw), 0.4)
    rgb = _surface(lent.picture, draw) * brightness[..., None]
    return Thing(_toned(np.clip(rgb, 0, 1), draw), cover)


def _near_mouth(wearer: Wearer, draw: Generator) -> FloatArray:
    point = wearer.points[48:68].mean(axis=0) if draw.random() < 0.6 else wearer.points[8]
    near: FloatArray = point + 0.12 * wearer.size * draw.standard_normal(2)
    return near


def _near_face(wearer: Wearer, draw: Generator) -> FloatArray:
    near: FloatArray = wearer.middle + 0.32 * wearer.size * draw.standard_normal(2)
    return near


def _outward(wearer: Wearer, draw: Generator) -> FloatArray:
    """Mostly down or to a side, seldom up (2,)."""
    down = float(np.arctan2(wearer.down[1], wearer.down[0]))
    return unit(down + draw.normal(0, 0.9))


def _surface(picture: ByteArray, draw: Generator) -> Float32Array:
    """Plain, striped, or cut from another photo (S, S, 3)."""
    kind = draw.random()
    if kind < 0.45:
        return from_picture(picture, draw)
    rgb = plain(random_colour(draw))
    if kind < 0.65:
        x, y = np.meshgrid(np.arange(SIDE_PX), np.arange(SIDE_PX))
        across = unit(draw.uniform(0, np.pi))
        phase = (x * across[0] + y * across[1]) / draw.uniform(2, 20)
        rgb[np.sin(phase) > draw.uniform(-0.6, 0.6)] = random_colour(draw)
    return rgb * (1 + 0.08 * smooth_noise(int(draw.integers(4, 60)), draw)[..., None])


def _toned(rgb: Float32Array, draw: Generator) -> Float32Array:
    return np.asarray(np.clip(rgb * draw.uniform(0.6, 1.1), 0, 1), np.float32)


def _lit(rgb: Float32Array, relief: Relief, wearer: Wearer, draw: Generator) -> Thing:
    brightness = shaded(relief.height, wearer.light(draw), draw.uniform(0.3, 0.7))[..., None]
    gloss = draw.uniform(0, 0.5) * np.maximum(brightness - 0.85, 0) / 0.15
    return Thing(np.clip(rgb * brightness + gloss, 0, 1).astype(np.float32), relief.cover)
