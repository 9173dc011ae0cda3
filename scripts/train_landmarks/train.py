"""Train the net.

    python -m scripts.train_landmarks.train --data DIR/real.npz --out RUN --epochs 60

The learning rate is constant and falls to nothing over the last third, so that a
run that was stopped in its constant part can be ended with other ``--epochs`` or
more ``--data``. A checkpoint is kept after every epoch, and taken up again.
"""

from __future__ import annotations

import argparse
import copy
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from scripts.net_training import average_in, write_checkpoint
from scripts.train_landmarks.data import Batches, Faces, read_faces
from scripts.train_landmarks.net import POINTS, LandmarkNet

BATCH = 128
LEARNING_RATE, WEIGHT_DECAY = 2e-3, 0.02
WARM_UP_STEPS = 200
FALLING_SHARE = 1 / 3  # of the epochs, at the end
AVERAGING = 0.998  # of the weights, over about 500 steps
MAX_GRADIENT = 5.0
TYPICAL_ERROR = 0.03  # sides of the crop
DEPTH_WEIGHT = 0.3  # z is known from the head model only
MIN_LOG_ERROR = -6.0
NO_FACE_ERROR = 0.3  # sides of the crop: what the net should expect where there is no face


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Train the landmark net.")
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    run = Run(args.out / "checkpoint.pt", read_faces(args.data, held_out=False), args.seed)
    chosen_on = read_faces(args.data[:1], held_out=True)
    while run.epoch < args.epochs:
        started = time.monotonic()
        loss = run.train_epoch(args.epochs)
        seconds = time.monotonic() - started
        errors = " ".join(f"{error:.2f}" for error in errors_percent(run.average, chosen_on))
        print(f"epoch {run.epoch} loss {loss:.3f} held out {errors} % {seconds:.0f} s", flush=True)


class Run:
    """The net, its average, the optimiser and how far they are."""

    def __init__(self, path: Path, faces: Faces, seed: int) -> None:
        self._path = path
        self._batches = Batches(faces, BATCH, seed)
        self._net = LandmarkNet().to(memory_format=torch.channels_last)
        self._optimiser = torch.optim.AdamW(
            self._net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY
        )
        self.average = copy.deepcopy(self._net).eval()
        self.epoch = 0
        if path.exists():
            self._load()

    def train_epoch(self, epochs: int) -> float:
        """Show every face once; return the mean loss."""
        first = self.epoch * len(self._batches)
        steps = range(first, first + len(self._batches))
        loader = DataLoader(self._batches, batch_size=None, sampler=steps, num_workers=1)
        total = 0.0
        self._net.train()
        for step, (picture, truth) in zip(steps, loader, strict=True):
            for group in self._optimiser.param_groups:
                group["lr"] = _learning_rate(step, epochs * len(self._batches))
            total += self._step(picture.contiguous(memory_format=torch.channels_last), truth)
        self.epoch += 1
        self._save()
        return total / len(self._batches)

    def _step(self, picture: Tensor, truth: Tensor) -> float:
        with torch.autocast("cpu", torch.bfloat16):
            outputs = self._net(picture)
        loss = loss_of(outputs.float(), truth)
        self._optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._net.parameters(), MAX_GRADIENT)
        self._optimiser.step()
        average_in(self.average, self._net, AVERAGING)
        return float(loss.detach())

    def _save(self) -> None:
        state = {
            "net": self._net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "epoch": self.epoch,
        }
        write_checkpoint(state, self._path)

    def _load(self) -> None:
        state = torch.load(self._path, weights_only=True)
        self._net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.epoch = state["epoch"]


def _learning_rate(step: int, steps: int) -> float:
    warm = min(1.0, (step + 1) / WARM_UP_STEPS)
    falling = min(1.0, (steps - step) / (FALLING_SHARE * steps))
    return LEARNING_RATE * warm * falling


def split(outputs: Tensor) -> tuple[Tensor, Tensor]:
    """Points (B, 68, 3) and the logarithm of their expected error (B, 68)."""
    return outputs[:, : 3 * POINTS].reshape(-1, POINTS, 3), outputs[:, 3 * POINTS :]


def loss_of(outputs: Tensor, truth: Tensor) -> Tensor:
    """Distances, and how unlikely they are under the stated errors; NaN is no face."""
    points, log_error = split(outputs)
    log_error = log_error.clamp(min=MIN_LOG_ERROR)
    face = truth[:, 0, 0].isfinite()
    apart = (points - truth.nan_to_num())[face]
    distance = torch.sqrt((apart[..., :2] ** 2).sum(dim=2) + 1e-8)
    depth = apart[..., 2].abs().mean() / TYPICAL_ERROR
    # A Laplace density in the plane; its points and its scale are learnt apart from each other.
    likely = distance / TYPICAL_ERROR + 2 * distance * torch.exp(-log_error[face].detach())
    off_by = torch.full_like(log_error, NO_FACE_ERROR)
    off_by[face] = distance.detach()
    stated = 2 * off_by * torch.exp(-log_error) + 2 * log_error
    return likely.mean() + stated.mean() + DEPTH_WEIGHT * depth


@torch.no_grad()  # type: ignore[untyped-decorator]
def errors_percent(net: LandmarkNet, faces: Faces) -> list[float]:
    """Mean distance over the size of the face, below 30°, to 60° and beyond."""
    picture, truth = faces.exact()
    points, _ = split(torch.cat([net(part) for part in picture.split(256)]))
    distance = (points - truth)[..., :2].norm(dim=2).mean(dim=1)
    box = truth[..., :2].amax(dim=1) - truth[..., :2].amin(dim=1)
    error = 100 * distance / box.prod(dim=1).sqrt()
    yaw = faces.yaw_deg.abs()
    bins = (yaw < 30, (yaw >= 30) & (yaw < 60), yaw >= 60)
    return [float(error[rows].mean()) for rows in bins]


if __name__ == "__main__":
    main()
