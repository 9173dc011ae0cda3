"""Random views of the training faces, made for a batch at once."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from mask3d.landmarks.convention import MIRROR_68
from scripts.train_landmarks.crops import CROP_PX
from scripts.train_landmarks.net import INPUT_PX

TURN_DEG, WIDE_TURN_DEG, WIDE_SHARE = 12.0, 45.0, 0.2  # in-plane: normal, or uniform to 45°
LOG_SCALE_SIGMA, SHIFT_SIGMA = 0.1, 0.05  # of the region; the shift in its sides
GREY, BLUR, COARSE, NOISE, JPEG, OCCLUDED, CUT = 0.15, 0.2, 0.15, 0.25, 0.15, 0.35, 0.1  # shares
MAX_NOISE = 0.12  # standard deviation; black to white is 2
TILES = 5  # on each axis, of a face that is taken apart
MIN_QUALITY, MAX_QUALITY = 15, 70  # of JPEG


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Regions of the crops that the net will see.

    Attributes
    ----------
    centre_px : (B, 2) by edges
    side_px, angle_rad : (B,)
    mirrored : (B,) bool
    """

    centre_px: Tensor
    side_px: Tensor
    angle_rad: Tensor
    mirrored: Tensor


def random_view(regions: Tensor, draw: torch.Generator) -> View:
    """Views around `regions` (B, 4): centre x and y, side, angle."""
    count = len(regions)
    wide = torch.rand(count, generator=draw) < WIDE_SHARE
    narrow_deg = TURN_DEG * torch.randn(count, generator=draw)
    wide_deg = WIDE_TURN_DEG * (2 * torch.rand(count, generator=draw) - 1)
    side_px = regions[:, 2] * torch.exp(LOG_SCALE_SIGMA * torch.randn(count, generator=draw))
    shift = SHIFT_SIGMA * torch.randn(count, 2, generator=draw) * regions[:, 2:3]
    turn_rad = torch.deg2rad(torch.where(wide, wide_deg, narrow_deg))
    mirrored = torch.rand(count, generator=draw) < 0.5
    return View(regions[:, :2] + shift, side_px, regions[:, 3] + turn_rad, mirrored)


def exact_view(regions: Tensor) -> View:
    """`regions` as they are."""
    return View(regions[:, :2], regions[:, 2], regions[:, 3], torch.zeros(len(regions)) > 0)


def see(rgb: Tensor, view: View) -> Tensor:
    """Crops (B, 120, 120, 3) of bytes through `view`: (B, 3, 80, 80) from -1 to 1."""
    flip = 1 - 2 * view.mirrored.float()
    cos = torch.cos(view.angle_rad) * view.side_px / CROP_PX
    sin = torch.sin(view.angle_rad) * view.side_px / CROP_PX
    x, y = (2 * view.centre_px / CROP_PX - 1).T
    rows = [torch.stack([cos * flip, -sin, x], 1), torch.stack([sin * flip, cos, y], 1)]
    grid = nn.functional.affine_grid(
        torch.stack(rows, 1), [len(rgb), 3, INPUT_PX, INPUT_PX], align_corners=False
    )
    picture = rgb.permute(0, 3, 1, 2).float() / 127.5
    return nn.functional.grid_sample(picture, grid, padding_mode="zeros", align_corners=False) - 1


def target(points_px: Tensor, view: View) -> Tensor:
    """Points (B, 68, 3) of the crops, by centres, in sides of the view from its centre."""
    offset = points_px[..., :2] + 0.5 - view.centre_px[:, None]
    cos, sin = torch.cos(view.angle_rad)[:, None], torch.sin(view.angle_rad)[:, None]
    x = cos * offset[..., 0] + sin * offset[..., 1]
    y = -sin * offset[..., 0] + cos * offset[..., 1]
    points = torch.stack([x, y, points_px[..., 2]], 2) / view.side_px[:, None, None]
    mirror = torch.as_tensor(MIRROR_68.astype(np.int64))
    flipped = points[:, mirror] * torch.tensor([-1.0, 1.0, 1.0])
    return torch.where(view.mirrored[:, None, None], flipped, points)


def spoil(picture: Tensor, draw: torch.Generator) -> Tensor:
    """Pictures (B, 3, S, S) from -1 to 1 as bad cameras, light and passers-by leave them."""
    picture = _occlude(_colour(picture, draw), draw)
    return _cut(_photograph(picture, draw), draw)


def spoil_whole(picture: Tensor, draw: torch.Generator) -> Tensor:
    """Pictures (B, 3, S, S) from -1 to 1 as bad cameras and light leave them, nothing hidden."""
    return _photograph(_colour(picture, draw), draw)


def _photograph(picture: Tensor, draw: torch.Generator) -> Tensor:
    """Blur, noise and a lossy file."""
    picture = _blur(picture, draw)
    sigma = MAX_NOISE * torch.rand(len(picture), 1, 1, 1, generator=draw)
    sigma = sigma * _some(len(picture), NOISE, draw)
    picture = picture + sigma * torch.randn(picture.shape, generator=draw)
    return _jpeg(picture.clamp(-1, 1), draw)


def take_apart(picture: Tensor, draw: torch.Generator) -> Tensor:
    """No faces any more: half of the pictures with their tiles shuffled, half noise."""
    count, _, side, _ = picture.shape
    tile = side // TILES
    tiles = picture.reshape(count, 3, TILES, tile, TILES, tile).permute(0, 2, 4, 1, 3, 5)
    order = torch.randperm(TILES * TILES, generator=draw)
    tiles = tiles.reshape(count, TILES * TILES, 3, tile, tile)[:, order]
    tiles = tiles.reshape(count, TILES, TILES, 3, tile, tile).permute(0, 3, 1, 4, 2, 5)
    noise = torch.randn(count, 3, side, side, generator=draw)
    smooth = nn.functional.interpolate(
        noise[..., :TILES, :TILES], size=(side, side), mode="bilinear"
    )
    noise = torch.lerp(noise, smooth, _some(count, 0.5, draw)).clamp(-1, 1)
    return torch.lerp(tiles.reshape(picture.shape), noise, _some(count, 0.5, draw))


def _some(count: int, share: float, draw: torch.Generator) -> Tensor:
    """1 (count, 1, 1, 1) for about this share, else 0."""
    return (torch.rand(count, 1, 1, 1, generator=draw) < share).float()


def _colour(picture: Tensor, draw: torch.Generator) -> Tensor:
    """Gain, bias and gamma of each channel; some grey."""
    count = len(picture)
    grey = _some(count, GREY, draw)
    picture = torch.lerp(picture, picture.mean(dim=1, keepdim=True).expand_as(picture), grey)
    gamma = torch.exp(0.3 * torch.randn(count, 1, 1, 1, generator=draw))
    picture = 2 * (((picture + 1) / 2).clamp(0, 1) ** gamma) - 1
    gain = torch.exp(0.25 * torch.randn(count, 1, 1, 1, generator=draw))
    tint = torch.exp(0.1 * torch.randn(count, 3, 1, 1, generator=draw))
    bias = 0.15 * torch.randn(count, 1, 1, 1, generator=draw)
    return (picture * gain * tint + bias).clamp(-1, 1)


def _occlude(picture: Tensor, draw: torch.Generator) -> Tensor:
    """A rectangle of plain colour, or of another picture, over some faces."""
    count, side = len(picture), picture.shape[-1]
    at = torch.rand(count, 2, 1, generator=draw)
    half = 0.05 + 0.17 * torch.rand(count, 2, 1, generator=draw)
    inside = (torch.linspace(0, 1, side) - at).abs() < half  # (B, 2, S)
    patch = (inside[:, 0, None, None, :] & inside[:, 1, None, :, None]).float()
    patch = patch * _some(count, OCCLUDED, draw)
    plain = 2 * torch.rand(count, 3, 1, 1, generator=draw) - 1
    other = torch.lerp(plain.expand_as(picture), picture.roll(1, 0), _some(count, 0.5, draw))
    return torch.lerp(picture, other, patch)


def _blur(picture: Tensor, draw: torch.Generator) -> Tensor:
    """Out of focus, or taken from few pixels."""
    soft = nn.functional.avg_pool2d(
        nn.functional.pad(picture, (1, 1, 1, 1), mode="replicate"), 3, 1
    )
    soft = nn.functional.avg_pool2d(nn.functional.pad(soft, (1, 1, 1, 1), mode="replicate"), 3, 1)
    picture = torch.lerp(picture, soft, _some(len(picture), BLUR, draw))
    few = nn.functional.interpolate(picture, scale_factor=0.4, mode="area")
    few = nn.functional.interpolate(
        few, size=picture.shape[-2:], mode="bilinear", align_corners=False
    )
    return torch.lerp(picture, few, _some(len(picture), COARSE, draw))


def _jpeg(picture: Tensor, draw: torch.Generator) -> Tensor:
    """Some pictures through a lossy file."""
    chosen = torch.nonzero(_some(len(picture), JPEG, draw)[:, 0, 0, 0])[:, 0]
    qualities = torch.randint(MIN_QUALITY, MAX_QUALITY, (len(chosen),), generator=draw)
    for i, quality in zip(chosen.tolist(), qualities.tolist(), strict=True):
        levels = ((picture[i] + 1) * 127.5).byte().permute(1, 2, 0).numpy()
        _, coded = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        decoded = torch.from_numpy(cv2.imdecode(coded, cv2.IMREAD_COLOR))
        picture[i] = decoded.permute(2, 0, 1).float() / 127.5 - 1
    return picture


def _cut(picture: Tensor, draw: torch.Generator) -> Tensor:
    """Black beyond a straight line, as where a photo ends within the face."""
    count, side = len(picture), picture.shape[-1]
    along = torch.linspace(-0.5, 0.5, side)
    angle = (torch.pi / 2) * torch.randint(0, 4, (count, 1, 1), generator=draw)
    angle = angle + 0.2 * torch.randn(count, 1, 1, generator=draw)
    far = along * torch.cos(angle) + along[:, None] * torch.sin(angle)
    beyond = far > 0.05 + 0.4 * torch.rand(count, 1, 1, generator=draw)
    cut = beyond[:, None].float() * _some(count, CUT, draw)
    return torch.lerp(picture, torch.full_like(picture, -1.0), cut)
