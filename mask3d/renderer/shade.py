"""What colour every covered pixel has: numba kernels that follow `raster`.

The same formulas are in ``shaders/mask.frag``; a test holds the two together.
"""

from __future__ import annotations

from math import exp, log2, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import Float32Array, FloatArray, IntArray
from mask3d.jit import inlined, kernel

Triple = tuple[float, float, float]


class Samples(NamedTuple):
    """Where the samples of a pixel lie: (S, 2), in steps of which `per_px` make a pixel."""

    places: NDArray[np.int64]
    per_px: int


class Triangles(NamedTuple):
    """A surface as `rasterise` drew it, with what varies over it.

    Attributes
    ----------
    first_id, faces, edges, inverse_z : see `rasterise`
    attributes : (V, 6) normal x, y, z, texture u, v, occlusion
    """

    first_id: int
    faces: IntArray
    edges: NDArray[np.int64]
    inverse_z: FloatArray
    attributes: FloatArray


class Light(NamedTuple):
    """Numbers of `Lighting` and of the tone curve.

    Attributes
    ----------
    sh, gain : (9, 3), (3,)
    least, power : MIN_ENCODED, ENCODING_GAMMA
    shoulder_start, shoulder_end : linear light
    """

    sh: FloatArray
    gain: FloatArray
    least: float
    power: np.float32
    shoulder_start: float
    shoulder_end: float


@kernel
def shade(
    rgba: Float32Array,
    ids: IntArray,
    samples: Samples,
    triangles: Triangles,
    texels: Float32Array,
    levels: IntArray,
    light: Light,
) -> None:  # pragma: no cover
    """Add one surface to a layer: each of its triangles once a pixel, weighted by its samples.

    Parameters
    ----------
    rgba : (H, W, 4), linear light, premultiplied, updated in place
    ids : (H, W, S), see `rasterise`
    samples : Samples
    triangles : Triangles
    texels, levels : see `TexturePyramid`
    light : Light
    """
    for y in range(ids.shape[0]):
        for x in range(ids.shape[1]):
            for s in range(ids.shape[2]):
                f = ids[y, x, s] - triangles.first_id
                if f < 0 or f >= len(triangles.faces):
                    continue
                seen, sub_x, sub_y = _centroid(ids, samples, y, x, s)
                if seen == 0:
                    continue
                radiance = _radiance(
                    sub_x + x * samples.per_px,
                    sub_y + y * samples.per_px,
                    samples.per_px,
                    f,
                    triangles,
                    texels,
                    levels,
                    light,
                )
                share = seen / ids.shape[2]
                rgba[y, x, 0] += share * radiance[0]
                rgba[y, x, 1] += share * radiance[1]
                rgba[y, x, 2] += share * radiance[2]
                rgba[y, x, 3] += share


@inlined
def _centroid(
    ids: IntArray, samples: Samples, y: int, x: int, s: int
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
            sub_x += samples.places[other, 0]
            sub_y += samples.places[other, 1]
    return seen, sub_x / max(seen, 1), sub_y / max(seen, 1)


@inlined
def _radiance(
    sub_x: float,
    sub_y: float,
    sub_per_px: int,
    f: int,
    triangles: Triangles,
    texels: Float32Array,
    levels: IntArray,
    light: Light,
) -> Triple:  # pragma: no cover
    """Light that triangle `f` sends from a point of the screen to the camera."""
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
    nx, ny, nz, u, v, occlusion = _mixed(attributes, a, b, c, qa * scale, qb * scale, qc * scale)

    # how far texture coordinates move per pixel to the right and down
    za, zb, zc = za * scale * sub_per_px, zb * scale * sub_per_px, zc * scale * sub_per_px
    ga, gb, gc = edges[f, 0, 0] * za, edges[f, 1, 0] * zb, edges[f, 2, 0] * zc
    du_dx, dv_dx = _uv_step(attributes, a, b, c, ga, gb, gc, u, v)
    ga, gb, gc = edges[f, 0, 1] * za, edges[f, 1, 1] * zb, edges[f, 2, 1] * zc
    du_dy, dv_dy = _uv_step(attributes, a, b, c, ga, gb, gc, u, v)
    height, width = levels[0, 1], levels[0, 2]
    texels_per_px_squared = max(
        (du_dx * width) ** 2 + (dv_dx * height) ** 2,
        (du_dy * width) ** 2 + (dv_dy * height) ** 2,
    )
    albedo = _sampled(texels, levels, u, v, 0.5 * log2(max(texels_per_px_squared, 1.0)))

    side = 1.0 if area < 0 else -1.0  # counter-clockwise: seen from where the normals point
    side /= max(sqrt(nx * nx + ny * ny + nz * nz), 1e-12)
    r, g, b = _irradiance(nx * side, ny * side, nz * side, light)
    return (
        _toned(albedo[0] * r * occlusion, light),
        _toned(albedo[1] * g * occlusion, light),
        _toned(albedo[2] * b * occlusion, light),
    )


@inlined
def _mixed(
    attributes: FloatArray, a: int, b: int, c: int, wa: float, wb: float, wc: float
) -> tuple[float, float, float, float, float, float]:  # pragma: no cover
    return (
        wa * attributes[a, 0] + wb * attributes[b, 0] + wc * attributes[c, 0],
        wa * attributes[a, 1] + wb * attributes[b, 1] + wc * attributes[c, 1],
        wa * attributes[a, 2] + wb * attributes[b, 2] + wc * attributes[c, 2],
        wa * attributes[a, 3] + wb * attributes[b, 3] + wc * attributes[c, 3],
        wa * attributes[a, 4] + wb * attributes[b, 4] + wc * attributes[c, 4],
        wa * attributes[a, 5] + wb * attributes[b, 5] + wc * attributes[c, 5],
    )


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
def _sampled(
    texels: Float32Array, levels: IntArray, u: float, v: float, lod: float
) -> Triple:  # pragma: no cover
    """Albedo between the two levels next to `lod`."""
    lod = min(lod, len(levels) - 1.0)
    level = int(lod)
    blend = lod - level
    fine = _bilinear(texels, levels, level, u, v)
    if blend == 0:
        return fine
    coarse = _bilinear(texels, levels, level + 1, u, v)
    return (
        fine[0] + blend * (coarse[0] - fine[0]),
        fine[1] + blend * (coarse[1] - fine[1]),
        fine[2] + blend * (coarse[2] - fine[2]),
    )


@inlined
def _bilinear(
    texels: Float32Array, levels: IntArray, level: int, u: float, v: float
) -> Triple:  # pragma: no cover
    """Albedo at (u, v) in one level; the border texels go on outside."""
    first, height, width = levels[level, 0], levels[level, 1], levels[level, 2]
    x = min(max(u * width - 0.5, 0.0), width - 1.0)
    y = min(max(v * height - 0.5, 0.0), height - 1.0)
    x0, y0 = int(x), int(y)
    fx, fy = x - x0, y - y0
    right, down = min(x0 + 1, width - 1) - x0, (min(y0 + 1, height - 1) - y0) * width
    p = first + y0 * width + x0
    w00, w10, w01, w11 = (1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy
    p10, p01, p11 = p + right, p + down, p + down + right
    return (
        w00 * texels[p, 0] + w10 * texels[p10, 0] + w01 * texels[p01, 0] + w11 * texels[p11, 0],
        w00 * texels[p, 1] + w10 * texels[p10, 1] + w01 * texels[p01, 1] + w11 * texels[p11, 1],
        w00 * texels[p, 2] + w10 * texels[p10, 2] + w01 * texels[p01, 2] + w11 * texels[p11, 2],
    )


@inlined
def _irradiance(x: float, y: float, z: float, light: Light) -> Triple:  # pragma: no cover
    """`Lighting.irradiance` of one normal; the power in single precision takes half the time."""
    return (
        light.gain[0] * np.float32(_encoded(x, y, z, light, 0)) ** light.power,
        light.gain[1] * np.float32(_encoded(x, y, z, light, 1)) ** light.power,
        light.gain[2] * np.float32(_encoded(x, y, z, light, 2)) ** light.power,
    )


@inlined
def _encoded(x: float, y: float, z: float, light: Light, k: int) -> float:  # pragma: no cover
    sh = light.sh
    value = (
        sh[0, k]
        + sh[1, k] * y
        + sh[2, k] * z
        + sh[3, k] * x
        + sh[4, k] * x * y
        + sh[5, k] * y * z
        + sh[6, k] * (3 * z * z - 1)
        + sh[7, k] * x * z
        + sh[8, k] * (x * x - y * y)
    )
    return float(max(value, light.least))


@inlined
def _toned(value: float, light: Light) -> float:  # pragma: no cover
    """Shoulder of the tone curve: what is brighter than its start nears its end."""
    if value < light.shoulder_start:
        return value
    room = light.shoulder_end - light.shoulder_start
    return light.shoulder_start + room * (1 - exp((light.shoulder_start - value) / room))
