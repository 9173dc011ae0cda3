"""Sheets that are neither woven nor knitted: bonded fibres, foams, rubber, plastic."""

from __future__ import annotations

import numpy as np

from scripts.textures.fabric import FabricPicture
from scripts.textures.knits import stitches
from scripts.textures.torus import cells, fibres, noise, places, scattered

TEXELS = 256


def nonwoven() -> FabricPicture:
    """Spun-bonded fibres, cloudy; pressed together in a field of small ovals. 32 mm a tile."""
    texels = 2 * TEXELS
    x, y = places(texels)
    row = np.floor(y * 28)
    dx = (x * 20 + 0.5 * (row % 2)) % 1 - 0.5
    dy = (y * 28) % 1 - 0.5
    bond = np.clip((0.27 - np.hypot(dx * 1.0, dy * 0.75)) / 0.10, 0, 1)
    strands = fibres(400, texels, 9.0, 0.8)
    cloud = noise(410, texels, 7.0) + 0.7 * noise(411, texels, 2.5)
    shade = 1 + 0.022 * strands * (1 - bond) + 0.028 * cloud - 0.055 * bond
    return FabricPicture(shade, (0.16 * strands + 0.1 * cloud) * (1 - bond) + 1 - bond)


def felt() -> FabricPicture:
    """Pressed fibres, matt and faintly mottled. 32 mm a tile."""
    strands = fibres(420, TEXELS, 2.2, 0.6)
    mottle = noise(430, TEXELS, 5.0)
    return FabricPicture(1 + 0.03 * strands + 0.02 * mottle, strands + 0.6 * mottle)


def neoprene() -> FabricPicture:
    """Foam rubber under a very fine knit."""
    height, _ = stitches(40, 40, 440)
    soft = noise(450, TEXELS, 6.0)
    return FabricPicture(1 + 0.06 * (height - height.mean()), height + 0.25 * soft)


def foam() -> FabricPicture:
    """Polyurethane foam: fine open pores."""
    middles = scattered(461, 0.016)
    away, which = cells(middles, TEXELS, 1)
    radius = np.random.default_rng(460).uniform(0.004, 0.011, len(middles))[which]
    pores = np.clip(1.3 - away / radius, 0, 1)[..., 0]
    return FabricPicture(1 - 0.22 * pores + 0.02 * noise(462, TEXELS, 1.0), -pores)


def latex() -> FabricPicture:
    """Dipped rubber: smooth, with a slow unevenness."""
    slow = noise(470, TEXELS, 14.0)
    return FabricPicture(1 + 0.006 * slow, slow + 0.06 * noise(471, TEXELS, 1.5))


def plastic() -> FabricPicture:
    """Polished plastic: hardly any relief."""
    slow = noise(480, TEXELS, 20.0)
    return FabricPicture(np.ones((TEXELS, TEXELS)), slow)


def visor() -> FabricPicture:
    """Clear film: smooth, a little wavy."""
    slow = noise(485, TEXELS, 40.0)
    return FabricPicture(np.ones((TEXELS, TEXELS)), slow)


def shell() -> FabricPicture:
    """Moulded shell of a respirator: the fine grain of an eroded mould."""
    grain = noise(490, TEXELS, 1.6) + 0.5 * noise(491, TEXELS, 3.5)
    return FabricPicture(1 + 0.012 * grain, np.clip(grain, -2, 2))


def leather() -> FabricPicture:
    """Grained imitation leather: small islands between fine creases."""
    away, _ = cells(scattered(500, 0.030), TEXELS)
    crease = np.clip(1 - (away[..., 1] - away[..., 0]) / 0.011, 0, 1) ** 1.5
    return FabricPicture(1 - 0.14 * crease + 0.01 * noise(501, TEXELS, 1.0), -crease)
