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
from mask3d.renderer.light import Light, Triple, decoded, fresnel, toned
from mask3d.renderer.relief import LEAST_LENGTH, bent
from mask3d.renderer.sampling import Picture, Quad, colour_at, level_of_detail, repeated, slopes_at

LEAST_OPACITY = 1e-6  # below it there is no colour to be had


class Eye(NamedTuple):
    """Where pixels and their samples lie.

    Attributes
    ----------
    places : (S, 2) samples in a pixel, in steps of which `per_px` make one
    focal_px, x_px, y_px : of the camera
    """

    places: NDArray[np.int64]
    per_px: int
    focal_px: float
    x_px: float
    y_px: float


class Triangles(NamedTuple):
    """A surface as `rasterise` drew it, with what varies over it.

    Attributes
    ----------
    first_id, faces, edges, inverse_z : see `rasterise`
    attributes : (V, 6) normal x, y, z, texture u, v, occlusion
    tangents : (V, 4), see `tangents_of`
    """

    first_id: int
    faces: IntArray
    edges: NDArray[np.int64]
    inverse_z: FloatArray
    attributes: FloatArray
    tangents: FloatArray


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
    """Add one surface to a layer: each of its triangles once a pixel, weighted by its samples.

    What lies in front of it has to be added before.

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
    for y in range(ids.shape[0]):
        for x in range(ids.shape[1]):
            for s in range(ids.shape[2]):
                f = ids[y, x, s] - triangles.first_id
                if f < 0 or f >= len(triangles.faces):
                    continue
                seen, sub_x, sub_y = _centroid(ids, eye, y, x, s)
                if seen == 0:
                    continue
                sub_x += x * eye.per_px
                sub_y += y * eye.per_px
                red, green, blue, cover = _layer(sub_x, sub_y, f, eye, triangles, finish, light)
                share = _let_through(passing, ids, y, x, s, 1 - cover)
                rgba[y, x, 0] += share * red
                rgba[y, x, 1] += share * green
                rgba[y, x, 2] += share * blue
                rgba[y, x, 3] += share * cover


@inlined
def _centroid(
    ids: IntArray, eye: Eye, y: int, x: int, s: int
) -> tuple[int, float, float]:  # pragma: no cover
    """Number and mean place of the samples with the id of sample `s`, 0 if it is not the first.

    A mean of points inside a triangle is inside, so nothing is extrapolated.
    """
    seen, sub_x, sub_y = 0, 0.0, 0.0
    for other in range(ids.shape[2]):
        if ids[y, x, other] == ids[y, x, s]:
            if other < s:
                break
            seen += 1
            sub_x += eye.places[other, 0]
            sub_y += eye.places[other, 1]
    return seen, sub_x / max(seen, 1), sub_y / max(seen, 1)


@inlined
def _let_through(
    passing: Float32Array, ids: IntArray, y: int, x: int, s: int, share: float
) -> float:  # pragma: no cover
    """Mean of what passes at the samples with the id of `s`, which then let through a `share`."""
    total = 0.0
    for other in range(s, ids.shape[2]):
        if ids[y, x, other] == ids[y, x, s]:
            total += passing[y, x, other]
            passing[y, x, other] *= share
    return float(total / ids.shape[2])


@inlined
def _layer(
    sub_x: float,
    sub_y: float,
    f: int,
    eye: Eye,
    triangles: Triangles,
    finish: Finish,
    light: Light,
) -> Quad:  # pragma: no cover
    """Premultiplied light that triangle `f` sends from a point of the screen, and its cover."""
    a, b, c = triangles.faces[f, 0], triangles.faces[f, 1], triangles.faces[f, 2]
    edges, attributes = triangles.edges, triangles.attributes
    area = edges[f, 0, 2] + edges[f, 1, 2] + edges[f, 2, 2]
    za = triangles.inverse_z[a] / area
    zb = triangles.inverse_z[b] / area
    zc = triangles.inverse_z[c] / area
    # q / (qa + qb + qc) are the weights of the corners on the surface, in perspective
    qa = (edges[f, 0, 0] * sub_x + edges[f, 0, 1] * sub_y + edges[f, 0, 2]) * za
    qb = (edges[f, 1, 0] * sub_x + edges[f, 1, 1] * sub_y + edges[f, 1, 2]) * zb
    qc = (edges[f, 2, 0] * sub_x + edges[f, 2, 1] * sub_y + edges[f, 2, 2]) * zc
    scale = 1 / (qa + qb + qc)
    wa, wb, wc = qa * scale, qb * scale, qc * scale
    u = _mixed(attributes, a, b, c, wa, wb, wc, 3)
    v = _mixed(attributes, a, b, c, wa, wb, wc, 4)
    occlusion = _mixed(attributes, a, b, c, wa, wb, wc, 5)

    # how far texture coordinates move per pixel to the right and down
    za, zb, zc = za * scale * eye.per_px, zb * scale * eye.per_px, zc * scale * eye.per_px
    ga, gb, gc = edges[f, 0, 0] * za, edges[f, 1, 0] * zb, edges[f, 2, 0] * zc
    du_dx, dv_dx = _uv_step(attributes, a, b, c, ga, gb, gc, u, v)
    ga, gb, gc = edges[f, 0, 1] * za, edges[f, 1, 1] * zb, edges[f, 2, 1] * zc
    du_dy, dv_dy = _uv_step(attributes, a, b, c, ga, gb, gc, u, v)

    u, v = repeated(u), repeated(v)
    nx, ny, nz = _normal(attributes, a, b, c, wa, wb, wc)
    if not finish.is_level:
        lod = level_of_detail(finish.slopes, du_dx, dv_dx, du_dy, dv_dy)
        slope_u, slope_v = slopes_at(finish.slopes, u, v, lod)
        tangents = triangles.tangents
        tx = _mixed(tangents, a, b, c, wa, wb, wc, 0)
        ty = _mixed(tangents, a, b, c, wa, wb, wc, 1)
        tz = _mixed(tangents, a, b, c, wa, wb, wc, 2)
        turn = _mixed(tangents, a, b, c, wa, wb, wc, 3)
        nx, ny, nz = bent(nx, ny, nz, tx, ty, tz, turn, slope_u, slope_v)
    if area > 0:  # clockwise: the normals point to the other side
        nx, ny, nz = -nx, -ny, -nz
    lod = level_of_detail(finish.albedo, du_dx, dv_dx, du_dy, dv_dy)
    colour = colour_at(finish.albedo, u, v, lod)
    r, g, b_ = decoded(nx, ny, nz, light.sh, light)
    diffuse = (r * occlusion, g * occlusion, b_ * occlusion)
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
    cosine = min(max(-(nx * ix + ny * iy + nz * iz), 0.0), 1.0)
    mirrored = fresnel(cosine, finish.gloss) if finish.gloss.reflectance > 0 else 0.0
    bounce = 2 * cosine
    r, g, b = decoded(ix + bounce * nx, iy + bounce * ny, iz + bounce * nz, finish.gloss.sh, light)
    shine = mirrored * occlusion
    opacity = 1.0 if finish.is_opaque else colour[3]
    dim = (1 - mirrored) / max(opacity, LEAST_OPACITY)
    return (
        _over(opacity, dim * colour[0] * diffuse[0], shine * r, light),
        _over(opacity, dim * colour[1] * diffuse[1], shine * g, light),
        _over(opacity, dim * colour[2] * diffuse[2], shine * b, light),
        opacity + (1 - opacity) * mirrored,
    )


@inlined
def _over(opacity: float, diffuse: float, shine: float, light: Light) -> float:  # pragma: no cover
    clear = toned(shine, light)
    return float(clear + opacity * (toned(diffuse + shine, light) - clear))
