"""Build the tileable fabrics and patterns in ``textures/`` from numbers.

    python -m scripts.build_textures

A fabric is a grey shade, 128 leaves the colour as it is. A pattern is a colour
with alpha, printed over the main colour. ``textures.toml`` gives their size.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from mask3d.arrays import ByteArray, FloatArray

TEXTURES = Path(__file__).resolve().parent.parent / "textures"
TILE_PX = 512


def noise(seed: int, sigma: tuple[float, float]) -> FloatArray:
    """Tileable smooth noise (TILE_PX, TILE_PX), mean 0, deviation 1."""
    white = np.random.default_rng(seed).standard_normal((TILE_PX, TILE_PX))
    smooth = gaussian_filter(white, sigma, mode="wrap")
    standard: FloatArray = (smooth - smooth.mean()) / smooth.std()
    return standard


def shade(relative: FloatArray) -> ByteArray:
    """8-bit shade of a factor about 1."""
    return np.round(np.clip(128.0 * relative, 0, 255)).astype(np.uint8)


def nonwoven() -> ByteArray:
    """Spun-bonded fibres, cloudy, with fine bonding points; 32 mm a tile."""
    fibres = noise(3, (0.8, 4.0)) + noise(4, (4.0, 0.8)) + 1.4 * noise(5, (5.0, 5.0))
    y, x = np.mgrid[:TILE_PX, :TILE_PX] * (32.0 / TILE_PX)
    bonds = np.cos(2 * np.pi * (x + y) / 1.6) * np.cos(2 * np.pi * (x - y) / 1.6)
    return shade(1.0 + 0.022 * fibres - 0.05 * np.clip(bonds - 0.55, 0, 1))


def cotton() -> ByteArray:
    """Plain weave, 20 threads a centimetre, slightly uneven; 16 mm a tile."""
    y, x = np.mgrid[:TILE_PX, :TILE_PX] * (16.0 / TILE_PX)
    warp, weft = np.cos(2 * np.pi * x / 0.5), np.cos(2 * np.pi * y / 0.5)
    over = np.where(np.cos(np.pi * x / 0.5) * np.cos(np.pi * y / 0.5) > 0, warp, weft)
    return shade(0.99 + 0.06 * over + 0.025 * noise(6, (0.8, 9.0)) + 0.025 * noise(7, (9.0, 0.8)))


def felt() -> ByteArray:
    """Pressed fibre shell of a cup, matt and faintly mottled; 32 mm a tile."""
    return shade(1.0 + 0.012 * noise(8, (1.2, 1.2)) + 0.012 * noise(9, (5.0, 5.0)))


def floral() -> ByteArray:
    """Five-petalled flowers and leaves in three colours, RGBA; 60 mm a tile."""
    rng = np.random.default_rng(10)
    scale = 4
    size = TILE_PX * scale
    picture = np.zeros((size, size, 4), np.uint8)
    petals = ((196, 64, 84), (226, 158, 64), (92, 120, 190))
    for place, centre in enumerate(_scattered(rng, 30, size, size * 0.135)):
        turn = rng.uniform(0, 2 * np.pi)
        radius = rng.uniform(0.036, 0.058) * size
        for k in range(2):
            _leaf(picture, centre, turn + 2.1 + k * 2.4, radius * 1.9, (72, 118, 82))
        for k in range(5):
            _leaf(picture, centre, turn + k * 2 * np.pi / 5, radius * 1.3, petals[place % 3], 0.42)
        _disc(picture, centre, radius * 0.32, (240, 208, 120))
    small = cv2.resize(picture, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8)


def _scattered(
    rng: np.random.Generator, count: int, size: int, apart: float
) -> list[tuple[float, float]]:
    """Points on a torus that keep their distance."""
    points: list[tuple[float, float]] = []
    for _ in range(4000):
        point = rng.uniform(0, size, 2)
        away = [np.abs((point - q + size / 2) % size - size / 2) for q in points]
        if all(np.hypot(*a) > apart for a in away):
            points.append((float(point[0]), float(point[1])))
        if len(points) == count:
            break
    return points


def _leaf(
    picture: ByteArray,
    centre: tuple[float, float],
    angle: float,
    length: float,
    colour: tuple[int, int, int],
    roundness: float = 0.22,
) -> None:
    """Ellipse from `centre` outwards, drawn in every tile that it reaches."""
    middle = (
        centre[0] + np.cos(angle) * length / 2,
        centre[1] + np.sin(angle) * length / 2,
    )
    axes = (int(length / 2), int(length * roundness))
    for dx, dy in _tiles(picture):
        at = (round(middle[0] + dx), round(middle[1] + dy))
        ink = (*colour, 255)
        cv2.ellipse(picture, at, axes, float(np.degrees(angle)), 0, 360, ink, -1, cv2.LINE_AA)


def _disc(
    picture: ByteArray, centre: tuple[float, float], radius: float, colour: tuple[int, int, int]
) -> None:
    for dx, dy in _tiles(picture):
        at = (round(centre[0] + dx), round(centre[1] + dy))
        cv2.circle(picture, at, round(radius), (*colour, 255), -1, cv2.LINE_AA)


def _tiles(picture: ByteArray) -> list[tuple[int, int]]:
    size = len(picture)
    return [(dx, dy) for dx in (-size, 0, size) for dy in (-size, 0, size)]


def main() -> None:
    """Write all textures."""
    TEXTURES.mkdir(exist_ok=True)
    for make in (nonwoven, cotton, felt, floral):
        picture = make()
        if picture.ndim == 3:
            picture = picture[..., [2, 1, 0, 3]]  # OpenCV writes BGRA
        _, png = cv2.imencode(".png", picture)
        (TEXTURES / f"{make.__name__}.png").write_bytes(png.tobytes())
        print(f"textures/{make.__name__}.png")


if __name__ == "__main__":
    main()
