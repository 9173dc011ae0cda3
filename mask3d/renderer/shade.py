"""What colour every covered pixel has: numba kernels that follow `raster`.

The same formulas are in ``shaders/mask.frag``; a test holds the two together.
"""

from __future__ import annotations

from math import exp, log2, sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mask3d.arrays import Float32Array, FloatArray, IntArray
from mask3d.lighting import ENCODING_GAMMA, MIN_ENCODED
from mask3d.renderer.base import SHOULDER_END, SHOULDER_START
from mask3d.renderer.raster import SAMPLES, SAMPLES_SUB, SUB_PX, edges_of

ATTRIBUTES = 6  # per vertex: normal x, y, z, texture u, v, occlusion
GAMMA_32 = np.float32(ENCODING_GAMMA)  # the power in single precision takes half the time
Triple = tuple[float, float, float]


@njit(cache=True, nogil=True, error_model="numpy")
def shade(
    rgba: Float32Array,
    ids: IntArray,
    first_id: int,
    faces: IntArray,
    sub: NDArray[np.int64],
    inverse_z: FloatArray,
    attributes: FloatArray,
    texels: Float32Array,
    levels: IntArray,
    sh: FloatArray,
    gain: FloatArray,
) -> None:  # pragma: no cover
    """Add one surface to a layer: each of its triangles once a pixel, weighted by its samples.

    Parameters
    ----------
    rgba : (H, W, 4), linear light, premultiplied, updated in place
    ids : (H, W, SAMPLES), see `rasterise`
    first_id, faces, sub, inverse_z : as given to `rasterise`
    attributes : (V, ATTRIBUTES)
    texels : (N, 3), linear albedo, all levels of the pyramid behind each other
    levels : (L, 3), first texel, height and width of each
    sh, gain : (9, 3), (3,), see `Lighting`
    """
    for y in range(ids.shape[0]):
        for x in range(ids.shape[1]):
            for s in range(SAMPLES):
                f = ids[y, x, s] - first_id
                if f < 0 or f >= len(faces):
                    continue
                samples, sub_x, sub_y = _centroid(ids, y, x, s)
                if samples == 0:
                    continue
                sub_x += x * SUB_PX
                sub_y += y * SUB_PX
                radiance = _radiance(
                    sub_x, sub_y, f, faces, sub, inverse_z, attributes, texels, levels, sh, gain
                )
                share = samples / SAMPLES
                rgba[y, x, 0] += share * radiance[0]
                rgba[y, x, 1] += share * radiance[1]
                rgba[y, x, 2] += share * radiance[2]
                rgba[y, x, 3] += share


@njit(cache=True, nogil=True, error_model="numpy")
def _centroid(
    ids: IntArray, y: int, x: int, s: int
) -> tuple[int, float, float]:  # pragma: no cover
    """Number and mean place of the samples with the id of sample `s`, if it is their first.

    A mean of points inside a triangle is inside, so nothing is extrapolated.
    """
    samples, sub_x, sub_y = 0, 0.0, 0.0
    for other in range(SAMPLES):
        if ids[y, x, other] == ids[y, x, s]:
            if other < s:
                break
            samples += 1
            sub_x += SAMPLES_SUB[other, 0]
            sub_y += SAMPLES_SUB[other, 1]
    return samples, sub_x / max(samples, 1), sub_y / max(samples, 1)


@njit(cache=True, nogil=True, error_model="numpy")
def _radiance(
    sub_x: float,
    sub_y: float,
    f: int,
    faces: IntArray,
    sub: NDArray[np.int64],
    inverse_z: FloatArray,
    attributes: FloatArray,
    texels: Float32Array,
    levels: IntArray,
    sh: FloatArray,
    gain: FloatArray,
) -> Triple:  # pragma: no cover
    """Light that a triangle sends from a point of the screen to the camera."""
    a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
    ea, eb, ec = edges_of(sub, a, b, c)
    area = ea[2] + eb[2] + ec[2]
    # q / (qa + qb + qc) are the weights of the corners on the surface, in perspective
    za, zb, zc = inverse_z[a] / area, inverse_z[b] / area, inverse_z[c] / area
    qa = (ea[0] * sub_x + ea[1] * sub_y + ea[2]) * za
    qb = (eb[0] * sub_x + eb[1] * sub_y + eb[2]) * zb
    qc = (ec[0] * sub_x + ec[1] * sub_y + ec[2]) * zc
    scale = 1 / (qa + qb + qc)
    wa, wb, wc = qa * scale, qb * scale, qc * scale
    nx, ny, nz, u, v, occlusion = _mixed(attributes, a, b, c, wa, wb, wc)

    # how far texture coordinates move per pixel to the right and down
    step = SUB_PX * scale
    du_dx, dv_dx = _uv_step(
        attributes, a, b, c, ea[0] * za * step, eb[0] * zb * step, ec[0] * zc * step, u, v
    )
    du_dy, dv_dy = _uv_step(
        attributes, a, b, c, ea[1] * za * step, eb[1] * zb * step, ec[1] * zc * step, u, v
    )
    height, width = levels[0, 1], levels[0, 2]
    texels_per_px = sqrt(
        max(
            (du_dx * width) ** 2 + (dv_dx * height) ** 2,
            (du_dy * width) ** 2 + (dv_dy * height) ** 2,
        )
    )
    albedo = _sampled(texels, levels, u, v, log2(max(texels_per_px, 1.0)))

    side = 1.0 if area < 0 else -1.0  # counter-clockwise: seen from where the normals point
    length = sqrt(nx * nx + ny * ny + nz * nz)
    side /= max(length, 1e-12)
    light = _irradiance(nx * side, ny * side, nz * side, sh, gain)
    return (
        _toned(albedo[0] * light[0] * occlusion),
        _toned(albedo[1] * light[1] * occlusion),
        _toned(albedo[2] * light[2] * occlusion),
    )


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def _irradiance(
    x: float, y: float, z: float, sh: FloatArray, gain: FloatArray
) -> Triple:  # pragma: no cover
    """`Lighting.irradiance` of one normal."""
    return (
        gain[0] * np.float32(_encoded(x, y, z, sh, 0)) ** GAMMA_32,
        gain[1] * np.float32(_encoded(x, y, z, sh, 1)) ** GAMMA_32,
        gain[2] * np.float32(_encoded(x, y, z, sh, 2)) ** GAMMA_32,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _encoded(x: float, y: float, z: float, sh: FloatArray, k: int) -> float:  # pragma: no cover
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
    return float(max(value, MIN_ENCODED))


@njit(cache=True, nogil=True, error_model="numpy")
def _toned(light: float) -> float:  # pragma: no cover
    """Shoulder of the tone curve: what is brighter than SHOULDER_START nears SHOULDER_END."""
    if light < SHOULDER_START:
        return light
    room = SHOULDER_END - SHOULDER_START
    return SHOULDER_START + room * (1 - exp((SHOULDER_START - light) / room))
