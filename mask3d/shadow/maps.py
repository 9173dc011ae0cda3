"""Depth maps from where the light comes, and the light that they let through to points.

Williams, Casting Curved Shadows on Curved Surfaces, 1978; the four cells
around a point are compared and blended (Reeves, Salesin and Cook, Rendering
Antialiased Shadows with Depth Maps, 1987), each with the plane that the point
lies in. Fine maps tell where a mask stands in the light, coarse ones where the
head does, and which side of the mask a point sees instead.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import Float32Array, FloatArray, IntArray
from mask3d.jit import inlined, kernel
from mask3d.shadow.rays import Rays, frame_of

# Cells: 2 to 3 and 5 to 6 mm for most masks. A ray of the room stands for light from so far around
# it that fine cells would tell no more.
SIDE, COARSE_SIDE = 72, 36
FAR_MM = 1e9
LEAST_COSINE = 0.2  # of a surface to its light: beyond, what lies a cell aside says nothing


class Blockers(NamedTuple):
    """What stands in the light, face frame.

    Attributes
    ----------
    vertices_mm : (V, 3)
    faces : (F, 3)
    normals : (V, 3) unit, on the outer side
    outside, inside : (V, 3) RGB light that the two sides send
    """

    vertices_mm: FloatArray
    faces: IntArray
    normals: FloatArray
    outside: FloatArray
    inside: FloatArray


class Maps(NamedTuple):
    """Orthographic maps for each ray, S by S cells and C by C coarse ones, face frame.

    Nearness is the way towards the light in mm.

    Attributes
    ----------
    rays : Rays
    plane : (D, 3, 4)
        Column, row and nearness of a point, all in mm, the first two from the first cell.
    cell_mm, coarse_mm : (D,)
    nearest_mm : (D, S, S) of the blockers, -FAR_MM where there is none
    head_mm : (D, C, C) of the head
    first, last : (D, C, C)
        Blockers' vertex that is nearest to the light, and farthest from it; nothing sends on the
        light of a lamp, whose maps have none.
    last_mm : (D, C, C) nearness of that
    """

    rays: Rays
    plane: FloatArray
    cell_mm: FloatArray
    coarse_mm: FloatArray
    nearest_mm: Float32Array
    head_mm: Float32Array
    first: IntArray
    last: IntArray
    last_mm: Float32Array


def draw_maps(rays: Rays, blockers: Blockers, head_mm: FloatArray) -> Maps:
    """Look at `blockers` and at the vertices (N, 3) of the head from where each ray comes."""
    maps = _empty_maps(rays, blockers.vertices_mm)
    _draw_triangles(maps.plane, maps.cell_mm, blockers.vertices_mm, blockers.faces, maps.nearest_mm)
    _draw_points(maps, blockers.vertices_mm, head_mm)
    return maps


def _empty_maps(rays: Rays, points_mm: FloatArray) -> Maps:
    """Maps that have room for points (N, 3)."""
    across, up = frame_of(rays.towards)
    plane = np.zeros((len(rays.towards), 3, 4))
    for k, axis in enumerate((across, up, rays.towards)):
        plane[:, k, :3] = axis
    places = np.stack([across, up]) @ points_mm.T  # (2, D, 3) @ (3, N)
    low, high = places.min(axis=2, initial=FAR_MM), places.max(axis=2, initial=-FAR_MM)
    extent_mm = np.maximum((high - low).max(axis=0), 1.0)
    coarse_mm = extent_mm / (COARSE_SIDE - 3)  # a cell is left free all round
    plane[:, :2, 3] = (coarse_mm - low).T
    fine = (len(rays.towards), SIDE, SIDE)
    coarse = (len(rays.towards), COARSE_SIDE, COARSE_SIDE)
    return Maps(
        rays=rays,
        plane=plane,
        cell_mm=coarse_mm * np.where(rays.spread > 0, 1.0, (COARSE_SIDE - 1) / (SIDE - 1)),
        coarse_mm=coarse_mm,
        nearest_mm=np.full(fine, -FAR_MM, np.float32),
        head_mm=np.full(coarse, -FAR_MM, np.float32),
        first=np.zeros(coarse, np.int32),
        last=np.zeros(coarse, np.int32),
        last_mm=np.full(coarse, FAR_MM, np.float32),
    )


@inlined
def _along(axis: FloatArray, x: float, y: float, z: float) -> float:  # pragma: no cover
    return float(axis[0] * x + axis[1] * y + axis[2] * z + axis[3])


@kernel
def _draw_points(
    maps: Maps, blockers_mm: FloatArray, head_mm: FloatArray
) -> None:  # pragma: no cover
    """Draw points (N, 3) and (M, 3) into the coarse cells that are nearest to them, in place."""
    first_mm = np.full(maps.head_mm.shape[1:], -FAR_MM, np.float32)
    for d in range(len(maps.plane)):
        across, up, towards = maps.plane[d, 0], maps.plane[d, 1], maps.plane[d, 2]
        first, last, last_mm, head = maps.first[d], maps.last[d], maps.last_mm[d], maps.head_mm[d]
        per_mm = 1 / maps.coarse_mm[d]
        first_mm[:] = -FAR_MM
        for i in range(len(blockers_mm) if maps.rays.spread[d] > 0 else 0):
            x, y, z = blockers_mm[i, 0], blockers_mm[i, 1], blockers_mm[i, 2]
            column = np.uint32(_along(across, x, y, z) * per_mm + 0.5)
            row = np.uint32(_along(up, x, y, z) * per_mm + 0.5)
            near = np.float32(_along(towards, x, y, z))
            if near > first_mm[row, column]:
                first_mm[row, column] = near
                first[row, column] = i
            if near < last_mm[row, column]:
                last_mm[row, column] = near
                last[row, column] = i
        for i in range(len(head_mm)):
            x, y, z = head_mm[i, 0], head_mm[i, 1], head_mm[i, 2]
            left, top = _along(across, x, y, z) * per_mm, _along(up, x, y, z) * per_mm
            if -0.5 < left < COARSE_SIDE - 0.5 and -0.5 < top < COARSE_SIDE - 0.5:
                column, row = np.uint32(left + 0.5), np.uint32(top + 0.5)
                near = np.float32(_along(towards, x, y, z))
                head[row, column] = max(near, head[row, column])


@kernel
def _draw_triangles(
    planes: FloatArray,
    cell_mm: FloatArray,
    vertices_mm: FloatArray,
    faces: IntArray,
    nearest_mm: Float32Array,
) -> None:  # pragma: no cover
    """Draw triangles, from either side, into fine maps, in place."""
    seen = np.zeros((len(vertices_mm), 3))
    for d in range(len(planes)):
        across, up, towards = planes[d, 0], planes[d, 1], planes[d, 2]
        nearest, per_mm = nearest_mm[d], 1 / cell_mm[d]
        for v in range(len(vertices_mm)):
            x, y, z = vertices_mm[v, 0], vertices_mm[v, 1], vertices_mm[v, 2]
            seen[v, 0] = _along(across, x, y, z) * per_mm
            seen[v, 1] = _along(up, x, y, z) * per_mm
            seen[v, 2] = _along(towards, x, y, z)
        for f in range(len(faces)):
            a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
            ax, ay = seen[a, 0], seen[a, 1]
            bx, by = seen[b, 0] - ax, seen[b, 1] - ay
            cx, cy = seen[c, 0] - ax, seen[c, 1] - ay
            low, high = min(bx, cx), max(bx, cx)
            x0, x1 = int(ax + min(low, 0.0)) + 1, int(ax + max(high, 0.0))
            if x0 > x1:
                continue
            low, high = min(by, cy), max(by, cy)
            y0, y1 = int(ay + min(low, 0.0)) + 1, int(ay + max(high, 0.0))
            area = bx * cy - cx * by
            if y0 > y1 or area == 0:
                continue
            per_area = 1 / area
            bx, by, cx, cy = bx * per_area, by * per_area, cx * per_area, cy * per_area
            rise_b, rise_c = seen[b, 2] - seen[a, 2], seen[c, 2] - seen[a, 2]
            for y in range(y0, y1 + 1):
                row = nearest[np.uint32(y)]  # unsigned: no check for counting from the end
                for x in range(x0, x1 + 1):
                    wb = (x - ax) * cy - cx * (y - ay)
                    wc = bx * (y - ay) - (x - ax) * by
                    if wb >= -1e-9 and wc >= -1e-9 and wb + wc <= 1 + 1e-9:
                        near = np.float32(seen[a, 2] + wb * rise_b + wc * rise_c)
                        row[np.uint32(x)] = max(near, row[np.uint32(x)])


@kernel
def light_at(
    maps: Maps,
    blockers: Blockers,
    indirect: FloatArray,
    points_mm: FloatArray,
    normals: FloatArray,
    bias_mm: float,
    head_bias_mm: float,
) -> FloatArray:  # pragma: no cover
    """Irradiance (N, 3, 3) RGB on points (N, 3) with unit normals (N, 3).

    Of each point there are three: what reaches it or is sent on by what is in
    between, what would if there were the head alone, and if there were nothing.
    """
    light = np.zeros((len(points_mm), 3, 3))
    for d in range(len(maps.plane)):
        across, up, towards = maps.plane[d, 0], maps.plane[d, 1], maps.plane[d, 2]
        fine, rough = maps.nearest_mm[d], maps.head_mm[d]
        cell_mm, rough_mm = maps.cell_mm[d], maps.coarse_mm[d]
        per_mm, per_rough_mm = 1 / cell_mm, 1 / rough_mm
        extent_mm = rough_mm * (COARSE_SIDE - 1)
        strength, spread = maps.rays.strength[d], maps.rays.spread[d]
        for i in range(len(points_mm)):
            nx, ny, nz = normals[i, 0], normals[i, 1], normals[i, 2]
            cosine = nx * towards[0] + ny * towards[1] + nz * towards[2]
            if cosine <= 0:
                continue
            for c in range(3):
                light[i, 2, c] += cosine * strength[c]
            x, y, z = points_mm[i, 0], points_mm[i, 1], points_mm[i, 2]
            u, v, near = _along(across, x, y, z), _along(up, x, y, z), _along(towards, x, y, z)
            if not (0 <= u < extent_mm and 0 <= v < extent_mm):
                continue
            steep = -1 / max(cosine, LEAST_COSINE)
            rise_u = steep * (nx * across[0] + ny * across[1] + nz * across[2])
            rise_v = steep * (nx * up[0] + ny * up[1] + nz * up[2])
            x, y, z = u * per_rough_mm, v * per_rough_mm, near + head_bias_mm
            shaded = _shaded(rough, x, y, z, rise_u * rough_mm, rise_v * rough_mm)
            x, y, z = u * per_mm, v * per_mm, near + bias_mm
            hidden = (1 - shaded) * _shaded(fine, x, y, z, rise_u * cell_mm, rise_v * cell_mm)
            if shaded > 0:
                for c in range(3):
                    light[i, 1, c] += cosine * shaded * (spread * indirect[c] - strength[c])
            if hidden > 0:
                seen, is_outer = _seen(
                    maps, blockers.normals, d, u * per_rough_mm, v * per_rough_mm, z
                )
                for c in range(3):
                    sent = blockers.outside[seen, c] if is_outer else blockers.inside[seen, c]
                    light[i, 0, c] += cosine * hidden * (spread * sent - strength[c])
    for i in range(len(light)):  # changes of what is beside them, until here
        for c in range(3):
            light[i, 1, c] += light[i, 2, c]
            light[i, 0, c] += light[i, 1, c]
    return light


@inlined
def _seen(
    maps: Maps, normals: FloatArray, d: int, x: float, y: float, near: float
) -> tuple[int, bool]:  # pragma: no cover
    """Blockers' vertex that a point sees where ray `d` comes from, and whether its outer side."""
    column, row, towards = np.uint32(x + 0.5), np.uint32(y + 0.5), maps.rays.towards[d]
    seen = maps.first[d, row, column]
    if near < maps.last_mm[d, row, column] < FAR_MM:
        seen = maps.last[d, row, column]
    n = normals[seen]
    return seen, n[0] * towards[0] + n[1] * towards[1] + n[2] * towards[2] < 0


@inlined
def _shaded(
    nearest_mm: Float32Array, x: float, y: float, near: float, rise_x: float, rise_y: float
) -> float:  # pragma: no cover
    """Share of the four cells around (x, y) that are nearer to the light than a plane there.

    The plane rises by so many mm a cell.
    """
    last = len(nearest_mm) - 1
    share = 0.0
    if 0 <= x < last and 0 <= y < last:
        column, row = np.uint32(x), np.uint32(y)  # unsigned: no check for counting from the end
        above, below = nearest_mm[row], nearest_mm[row + np.uint32(1)]
        right = column + np.uint32(1)
        a, b, c, d = above[column], above[right], below[column], below[right]
        if max(a, b, c, d) > near:
            fx, fy = x - column, y - row
            left_mm, right_mm = -fx * rise_x, (1 - fx) * rise_x
            up_mm, down_mm = -fy * rise_y, (1 - fy) * rise_y
            share += (1 - fx) * (1 - fy) * (a > near + max(left_mm + up_mm, 0.0))
            share += fx * (1 - fy) * (b > near + max(right_mm + up_mm, 0.0))
            share += (1 - fx) * fy * (c > near + max(left_mm + down_mm, 0.0))
            share += fx * fy * (d > near + max(right_mm + down_mm, 0.0))
    return share
