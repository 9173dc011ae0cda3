"""What colour every covered pixel has: numba kernels that follow `raster`.

The same formulas are in ``shaders/mask.frag``; a test holds the two together.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import Float32Array, FloatArray, IntArray
from mask3d.jit import inlined, kernel
from mask3d.renderer.gloss import Gloss
from mask3d.renderer.light import Light, Triple, fresnel, highlight, irradiance, room, toned
from mask3d.renderer.pieces import Eye, Place, Triangles, group_of, let_through
from mask3d.renderer.relief import LEAST_LENGTH, bent
from mask3d.renderer.sampling import Picture, Quad, colour_at, level_of_detail, repeated, slopes_at

# What varies over a triangle goes on over its neighbours for so much of its size, where a pixel
# sees several: far enough for fine meshes, too near for one on edge to show what is not there.
BEYOND = 1.0
LEAST_OPACITY = 1e-6  # below it there is no colour to be had


class Finish(NamedTuple):
    """What a surface is made of, as `MaterialPyramids` and `Gloss` have it."""

    albedo: Picture
    slopes: Picture
    gloss: Gloss
    is_opaque: bool
    is_level: bool


@kernel
def shade(
    rgba: Float32Array,
    passing: Float32Array,
    ids: IntArray,
    eye: Eye,
    triangles: Triangles,
    finish: Finish,
    light: Light,
) -> None:  # pragma: no cover
    """Add one surface to a layer: what a pixel sees of it once, weighted by its samples.

    A fine mesh has several triangles in a pixel. Where they adjoin and face the
    same way their light is that of any of them, as all that varies over them is
    interpolated between the corners that they share.

    What lies in front of the surface has to be added before.

    Parameters
    ----------
    rgba : (H, W, 4), linear light, premultiplied, updated in place
    passing : (H, W, S), share of the light that comes through all in front, updated in place
    ids : (H, W, S), see `rasterise`
    eye : Eye
    triangles : Triangles
    finish : Finish
    light : Light
    """
    x0, y0, x1, y1 = triangles.box
    for y in range(y0, y1):
        for x in range(x0, x1):
            done = 0  # samples, a bit each
            for s in range(ids.shape[2]):
                f = ids[y, x, s] - triangles.first_id
                if f < 0 or f >= len(triangles.faces) or done >> s & 1:
                    continue
                group, place = group_of(ids, eye, triangles, y, x, s, done)
                done |= group
                red, green, blue, cover = _layer(place, f, eye, triangles, finish, light)
                share = let_through(passing, group, y, x, 1 - cover)
                rgba[y, x, 0] += share * red
                rgba[y, x, 1] += share * green
                rgba[y, x, 2] += share * blue
                rgba[y, x, 3] += share * cover


@inlined
def _layer(
    place: Place,
    f: int,
    eye: Eye,
    triangles: Triangles,
    finish: Finish,
    light: Light,
) -> Quad:  # pragma: no cover
    """Premultiplied light of a group of samples, the first of which sees `f`, and its cover."""
    sub_x, sub_y = place.sub_x, place.sub_y
    a, b, c = triangles.faces[f, 0], triangles.faces[f, 1], triangles.faces[f, 2]
    edges, attributes = triangles.edges, triangles.attributes
    area = edges[f, 0, 2] + edges[f, 1, 2] + edges[f, 2, 2]
    per_area = 1 / area
    # q / (qa + qb + qc) are the weights of the corners on the surface, in perspective
    za, zb, zc = triangles.inverse_z[a], triangles.inverse_z[b], triangles.inverse_z[c]
    qa = za * _weight(edges, f, 0, sub_x, sub_y, per_area)
    qb = zb * _weight(edges, f, 1, sub_x, sub_y, per_area)
    qc = zc * _weight(edges, f, 2, sub_x, sub_y, per_area)
    scale = 1 / (qa + qb + qc)
    wa, wb, wc = qa * scale, qb * scale, qc * scale
    u = _mixed(attributes, a, b, c, wa, wb, wc, 3)
    v = _mixed(attributes, a, b, c, wa, wb, wc, 4)
    occlusion = _mixed(attributes, a, b, c, wa, wb, wc, 5)

    # how far texture coordinates move per pixel to the right and down
    step = per_area * scale * eye.per_px
    za, zb, zc = za * step, zb * step, zc * step
    ga, gb, gc = edges[f, 0, 0] * za, edges[f, 1, 0] * zb, edges[f, 2, 0] * zc
    du_dx, dv_dx = _uv_step(attributes, a, b, c, ga, gb, gc, u, v)
    ga, gb, gc = edges[f, 0, 1] * za, edges[f, 1, 1] * zb, edges[f, 2, 1] * zc
    du_dy, dv_dy = _uv_step(attributes, a, b, c, ga, gb, gc, u, v)

    nx, ny, nz = _normal(attributes, a, b, c, wa, wb, wc)
    if not finish.is_level:
        lod = level_of_detail(finish.slopes, du_dx, dv_dx, du_dy, dv_dy)
        slope_u, slope_v = slopes_at(finish.slopes, repeated(u), repeated(v), lod)
        tangents = triangles.tangents
        tx = _mixed(tangents, a, b, c, wa, wb, wc, 0)
        ty = _mixed(tangents, a, b, c, wa, wb, wc, 1)
        tz = _mixed(tangents, a, b, c, wa, wb, wc, 2)
        turn = _mixed(tangents, a, b, c, wa, wb, wc, 3)
        nx, ny, nz = bent(nx, ny, nz, tx, ty, tz, turn, slope_u, slope_v)
    if area > 0:  # clockwise: the normals point to the other side
        nx, ny, nz = -nx, -ny, -nz
    lod = level_of_detail(finish.albedo, du_dx, dv_dx, du_dy, dv_dy)
    aside_u = place.aside_x * du_dx + place.aside_y * du_dy
    aside_v = place.aside_x * dv_dx + place.aside_y * dv_dy
    colour = _colour(finish.albedo, u, v, aside_u, aside_v, place.own, lod)
    red, green, blue = irradiance(nx, ny, nz, light)
    diffuse = (red * occlusion, green * occlusion, blue * occlusion)
    if finish.is_opaque and finish.gloss.reflectance == 0:
        return (
            toned(colour[0] * diffuse[0], light),
            toned(colour[1] * diffuse[1], light),
            toned(colour[2] * diffuse[2], light),
            1.0,
        )
    x_px, y_px = sub_x / eye.per_px - 0.5, sub_y / eye.per_px - 0.5
    ray = ((x_px - eye.x_px) / eye.focal_px, (y_px - eye.y_px) / eye.focal_px)
    return _glossy(nx, ny, nz, ray[0], ray[1], colour, diffuse, occlusion, finish, light)


@inlined
def _colour(
    albedo: Picture, u: float, v: float, aside_u: float, aside_v: float, own: float, lod: float
) -> Quad:  # pragma: no cover
    """Albedo where the share `own` of a group looks, aside of (u, v), mixed with the rest's.

    Light changes little within a pixel, but a print does.
    """
    first = colour_at(albedo, repeated(u + aside_u), repeated(v + aside_v), lod)
    if own == 1:
        return first
    rest = own / (1 - own)  # the rest is on the other side of the mean
    u, v = repeated(u - rest * aside_u), repeated(v - rest * aside_v)
    second = colour_at(albedo, u, v, lod)
    return (
        second[0] + own * (first[0] - second[0]),
        second[1] + own * (first[1] - second[1]),
        second[2] + own * (first[2] - second[2]),
        second[3] + own * (first[3] - second[3]),
    )


@inlined
def _weight(
    edges: NDArray[np.int64], f: int, corner: int, sub_x: float, sub_y: float, per_area: float
) -> float:  # pragma: no cover
    """Weight of a corner at a point of the screen, which may lie `BEYOND` the triangle."""
    line = edges[f, corner, 0] * sub_x + edges[f, corner, 1] * sub_y + edges[f, corner, 2]
    return float(max(line * per_area, -BEYOND))


@inlined
def _mixed(
    of: FloatArray, a: int, b: int, c: int, wa: float, wb: float, wc: float, column: int
) -> float:  # pragma: no cover
    return float(wa * of[a, column] + wb * of[b, column] + wc * of[c, column])


@inlined
def _normal(
    attributes: FloatArray, a: int, b: int, c: int, wa: float, wb: float, wc: float
) -> Triple:  # pragma: no cover
    x = _mixed(attributes, a, b, c, wa, wb, wc, 0)
    y = _mixed(attributes, a, b, c, wa, wb, wc, 1)
    z = _mixed(attributes, a, b, c, wa, wb, wc, 2)
    scale = 1 / max(sqrt(x * x + y * y + z * z), LEAST_LENGTH)
    return x * scale, y * scale, z * scale


@inlined
def _uv_step(
    attributes: FloatArray,
    a: int,
    b: int,
    c: int,
    ga: float,
    gb: float,
    gc: float,
    u: float,
    v: float,
) -> tuple[float, float]:  # pragma: no cover
    """Change of (u, v) where the unnormalised weights of the corners change by ga, gb, gc."""
    total = ga + gb + gc
    return (
        ga * attributes[a, 3] + gb * attributes[b, 3] + gc * attributes[c, 3] - total * u,
        ga * attributes[a, 4] + gb * attributes[b, 4] + gc * attributes[c, 4] - total * v,
    )


@inlined
def _glossy(
    nx: float,
    ny: float,
    nz: float,
    ray_x: float,
    ray_y: float,
    colour: Quad,
    diffuse: Triple,
    occlusion: float,
    finish: Finish,
    light: Light,
) -> Quad:  # pragma: no cover
    """Light of a surface, seen along (ray_x, ray_y, 1), that mirrors or lets through a part.

    The share of it that is opaque shows colour under gloss, the rest gloss alone.
    """
    scale = 1 / sqrt(ray_x * ray_x + ray_y * ray_y + 1)
    ix, iy, iz = ray_x * scale, ray_y * scale, scale
    gloss = finish.gloss
    cosine = min(max(-(nx * ix + ny * iy + nz * iz), 0.0), 1.0)
    mirrored = fresnel(cosine, gloss) if gloss.reflectance > 0 else 0.0
    spot = highlight(nx, ny, nz, ix, iy, iz, cosine, gloss)
    bounce = 2 * cosine
    x, y, z = ix + bounce * nx, iy + bounce * ny, iz + bounce * nz
    shine = mirrored * occlusion
    opacity = 1.0 if finish.is_opaque else colour[3]
    dim = (1 - mirrored) / max(opacity, LEAST_OPACITY)
    red = shine * (room(x, y, z, gloss, 0) + spot * gloss.strength[0])
    green = shine * (room(x, y, z, gloss, 1) + spot * gloss.strength[1])
    blue = shine * (room(x, y, z, gloss, 2) + spot * gloss.strength[2])
    return (
        _over(opacity, dim * colour[0] * diffuse[0], red, light),
        _over(opacity, dim * colour[1] * diffuse[1], green, light),
        _over(opacity, dim * colour[2] * diffuse[2], blue, light),
        opacity + (1 - opacity) * mirrored,
    )


@inlined
def _over(opacity: float, diffuse: float, shine: float, light: Light) -> float:  # pragma: no cover
    clear = toned(shine, light)
    return float(clear + opacity * (toned(diffuse + shine, light) - clear))
