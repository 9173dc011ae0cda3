"""How blurred a photo is, from the gradients of its edges at two scales."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import Float32Array, FloatArray
from mask3d.gaussian import autocorrelation
from mask3d.grain import Grain
from mask3d.jit import kernel
from mask3d.patches import Patch, block_means, percentile

BLOCK_PX = 4  # the kernel counts on it
WINDOW = np.array([0.25, 0.5, 0.25], np.float32)  # of blocks, that an edge is looked at through
WINDOW_PX2 = BLOCK_PX**2 / 2 + (BLOCK_PX**2 - 1) / 12
# Each image is smoothed before it is differentiated; a Gaussian edge of variance v, smoothed by s,
# has gradients of energy 1 / sqrt(v + s) across it.
FINE_PX2, COARSE_PX2 = 0.36, 1.36
DIFFERENCE_PX2 = 1 / 3  # what the difference of the two neighbours of a pixel smooths by
MIN_INSIDE = 0.5  # share of a block
STRONGEST = 0.2  # share of the blocks of a direction that count as edges
MIN_EDGES = 8  # of a direction
MIN_ENERGY = 1.0  # steps of 8 bits a pixel, squared
MIN_SIGNAL = 8.0  # of an edge's energy over that of the grain
MAX_ACROSS = 0.15  # energy along an edge over that across: what has more is a corner
# Of the edges: the sharpest may be thin lines, and the softest are soft in the world. Sharp photos
# blurred by 0.5, 1, 2 and 3 px read 0.5, 1.0, 1.8 and 2.5 px.
EDGE_PERCENTILE = 40.0
# Many edges of a painted or softly lit face are soft in the world. Where a fifth of them is by so
# much sharper than such a blur, the lens was sharp.
SHARP_PERCENTILE, SHARP_SHARE, SOFT_PX2 = 20.0, 0.25, 1.0
# Faces have softer edges in some directions without any motion: this much of the mean, and px².
UNEQUAL_SHARE, UNEQUAL_PX2 = 0.35, 0.25
HALVE_FROM_PX2 = 1.3**2  # a wider blur is read at half the size
# At a smaller size, of all directions: where few edges are left, soft shading passes for them.
MIN_SMALL_EDGES = 20
LEVELS = 4
MIN_PICTURE_PX = 24


BLURS_PX2 = np.linspace(0.0, 4.0, 300)  # that a ratio of energies is looked up among


def energy_across(smoothed_px2: FloatArray) -> FloatArray:
    """Energy of the gradients (N,) in the window, of a step that was smoothed by variances (N,)."""
    width_px2 = smoothed_px2 + DIFFERENCE_PX2
    energy: FloatArray = 1 / np.sqrt(width_px2 * (1 + width_px2 / (2 * WINDOW_PX2)))
    return energy


RATIOS = energy_across(BLURS_PX2 + FINE_PX2) / energy_across(BLURS_PX2 + COARSE_PX2)


class Edges(NamedTuple):
    """Blocks of an image with one edge each.

    Attributes
    ----------
    direction : (N,) 0..3, times 45 degrees from x to y: that of the gradient
    energy : (N,) of the gradient
    variance_px2 : (N,) of the blur across the edge
    """

    direction: FloatArray
    energy: FloatArray
    variance_px2: FloatArray


class Picture(NamedTuple):
    """Luma (h, w) of a piece of a photo, the share (h, w) of the face in it, and its noise.

    The noise has a standard deviation in steps of 8 bits and comes from a
    Gaussian of a variance in px².
    """

    luma: Float32Array
    inside: Float32Array
    noise: float
    noise_px2: float

    def halved(self) -> Picture:
        """The same at half the size."""
        luma, inside = block_means(self.luma, 2), block_means(self.inside, 2)
        alone, beside = autocorrelation(self.noise_px2, 2)
        return Picture(luma, inside, self.noise * (1 + beside / alone) / 2, self.noise_px2 / 4)


def measure_blur(patches: Sequence[Patch], grain: Grain) -> FloatArray:
    """Covariance (2, 2), px², of the Gaussian that blurs the photo; zero if it shows no edge.

    The grain says how much of the gradients is not the edges'.
    """
    noise, noise_px2 = float(grain.level[0]), float(grain.variance_px2[0])
    pictures = [
        Picture(p.ycc[..., 0], p.inside.astype(np.float32), noise, noise_px2) for p in patches
    ]
    blur = np.zeros((2, 2))
    for halvings in range(LEVELS):
        pictures = [p for p in pictures if min(p.luma.shape) >= MIN_PICTURE_PX]
        edges = [edges_of(picture) for picture in pictures]
        if not edges:
            break
        found = strongest(Edges(*map(np.concatenate, zip(*edges, strict=True))))
        if len(found.direction) < (MIN_SMALL_EDGES if halvings else 1):
            break
        covariance = _covariance(found)
        scale = 4.0**halvings
        found_px2 = covariance * scale - np.eye(2) * (scale - 1) / 12  # of averaging the pixels
        blur = max(blur, found_px2, key=np.trace)
        if np.trace(covariance) / 2 < HALVE_FROM_PX2:
            break
        pictures = [picture.halved() for picture in pictures]
    return blur


def edges_of(picture: Picture) -> Edges:
    """The blocks with a clear edge."""
    noise_fine, noise_coarse = (noise_energy(picture, s) for s in (FINE_PX2, COARSE_PX2))
    fine, coarse = (_gradient_energy(picture, s) for s in (FINE_PX2, COARSE_PX2))
    mean, cosine, sine = coarse
    contrast = np.maximum(np.hypot(cosine, sine), np.finfo(np.float32).tiny)
    across, along = mean + contrast - noise_coarse, mean - contrast - noise_coarse
    clear = across > max(MIN_ENERGY, MIN_SIGNAL * noise_coarse)
    clear &= along < MAX_ACROSS * across
    fine_across = fine[0] + (fine[1] * cosine + fine[2] * sine) / contrast - noise_fine
    ratio = fine_across[clear] / across[clear]
    direction = np.rint(np.arctan2(sine[clear], cosine[clear]) / (np.pi / 2)) % 4
    return Edges(direction, across[clear], np.interp(-ratio, -RATIOS, BLURS_PX2))


def noise_energy(picture: Picture, smoothing_px2: float) -> float:
    """What the noise adds to the energy of the gradient in any direction."""
    alone, _, two_apart = autocorrelation(picture.noise_px2 + smoothing_px2, 3)
    (before,) = autocorrelation(picture.noise_px2, 1)
    return float(picture.noise**2 * alone * (alone - two_apart) / 2 / before**2)


def _gradient_energy(picture: Picture, smoothing_px2: float) -> FloatArray:
    """Energy of the gradients about each block inside, as (3, N).

    In the direction at an angle a to x it is the first number, plus the others
    times the cosine and the sine of 2 a.
    """
    smooth = cv2.GaussianBlur(picture.luma, (0, 0), np.sqrt(smoothing_px2))
    blocks = _block_energies(np.asarray(smooth, np.float32))
    windows = cv2.sepFilter2D(blocks, -1, WINDOW, WINDOW, borderType=cv2.BORDER_REFLECT_101)
    inside = block_means(picture.inside, BLOCK_PX) >= MIN_INSIDE
    energy: FloatArray = windows[inside].T.astype(np.float64)
    return energy


@kernel
def _block_energies(smooth: Float32Array) -> Float32Array:  # pragma: no cover
    """Mean energies (h // 4, w // 4, 3) of the gradients of an image (h, w), 0 at its border."""
    height, width = smooth.shape
    energies = np.zeros((height // 4, width // 4, 3), np.float32)
    for row in range(height // 4):
        for column in range(width // 4):
            xx, yy, xy = np.float32(0), np.float32(0), np.float32(0)
            for y in range(max(4 * row, 1), min(4 * row + 4, height - 1)):
                for x in range(max(4 * column, 1), min(4 * column + 4, width - 1)):
                    gx = smooth[y, x + 1] - smooth[y, x - 1]
                    gy = smooth[y + 1, x] - smooth[y - 1, x]
                    xx += gx * gx
                    yy += gy * gy
                    xy += gx * gy
            energies[row, column, 0] = (xx + yy) / 128  # 16 pixels, 2 apart, mean of both
            energies[row, column, 1] = (xx - yy) / 128
            energies[row, column, 2] = xy / 64
    return energies


def strongest(edges: Edges) -> Edges:
    """The strongest edges of each direction that has enough of them."""
    chosen = [np.zeros(0, np.int64)]
    for direction in range(4):
        along = np.flatnonzero(edges.direction == direction)
        if len(along) >= MIN_EDGES:
            count = max(round(STRONGEST * len(along)), MIN_EDGES)
            chosen.append(along[np.argsort(edges.energy[along])[-count:]])
    kept = np.concatenate(chosen)
    return Edges(edges.direction[kept], edges.energy[kept], edges.variance_px2[kept])


def _covariance(edges: Edges) -> FloatArray:
    """Covariance (2, 2) that edges, at least one, speak for."""
    counts, blurs_px2 = np.zeros(4, np.int64), np.zeros(4)
    for direction in range(4):
        variance_px2 = edges.variance_px2[edges.direction == direction]
        if len(variance_px2):
            counts[direction] = len(variance_px2)
            blurs_px2[direction] = percentile(variance_px2, EDGE_PERCENTILE)
    sharp_px2 = float(percentile(edges.variance_px2, SHARP_PERCENTILE))
    mean_px2 = float(percentile(edges.variance_px2, EDGE_PERCENTILE))
    if mean_px2 > SOFT_PX2 and sharp_px2 < SHARP_SHARE * mean_px2:
        mean_px2 = sharp_px2
    return mean_px2 * np.eye(2) + _unequal(blurs_px2, counts, mean_px2)


def _unequal(blurs_px2: FloatArray, counts: NDArray[np.int64], mean_px2: float) -> FloatArray:
    """What motion adds to the covariance: the differences between directions at right angles."""
    along_x, diagonal = (
        (blurs_px2[k] - blurs_px2[k + 2]) / 2 if counts[k] and counts[k + 2] else 0.0
        for k in (0, 1)
    )
    size_px2 = max(float(np.hypot(along_x, diagonal)), np.finfo(float).tiny)
    beyond_px2 = size_px2 - UNEQUAL_SHARE * mean_px2 - UNEQUAL_PX2
    trusted = min(max(beyond_px2, 0.0), mean_px2) / size_px2
    return trusted * np.array([[along_x, diagonal], [diagonal, -along_x]])
