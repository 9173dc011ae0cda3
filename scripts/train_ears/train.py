"""Train the net.

    python -m scripts.train_ears.train --data DIR --out RUN --minutes 15

The learning rate falls from the start to the end of the time given. A checkpoint
is kept after every epoch, and taken up again; the time of both runs counts.
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
from scripts.train_ears.data import Batches, Ears, read_tensors
from scripts.train_ears.net import EarNet

BATCH = 64
LEARNING_RATE, WEIGHT_DECAY = 3e-3, 0.03
WARM_UP = 0.02  # of the time
AVERAGING = 0.995  # of the weights, over about 200 steps
MAX_GRADIENT = 5.0
OUTLIER_MM = 8.0  # a label that far off counts for less: annotators differ
OFFSET_SHARE = 1.0  # of the loss, over that of being seen


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Train the net of the ears.")
    parser.add_argument("--data", type=Path, required=True, help="folder that prepare wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    ears = read_tensors(args.data / "train.npz")
    run = Run(args.out / "checkpoint.pt", ears, args.seed, 60 * args.minutes)
    watched = read_tensors(args.data / "held_out.npz")
    while run.spent_s < run.seconds:
        loss = run.train_epoch()
        scores = held_out_scores(run.average, watched)
        print(f"epoch {run.epoch} {run.spent_s:.0f} s loss {loss:.4f} {scores}", flush=True)


class Run:
    """The net, its average, the optimiser and how far they are."""

    def __init__(self, path: Path, ears: Ears, seed: int, seconds: float) -> None:
        self._path = path
        self._batches = Batches(ears, BATCH, seed)
        self._net = EarNet()
        self._optimiser = torch.optim.AdamW(
            self._net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY
        )
        self.average = copy.deepcopy(self._net).eval()
        self.epoch, self.spent_s, self.seconds = 0, 0.0, seconds
        if path.exists():
            self._load()

    def train_epoch(self) -> float:
        """Show every ear once, or as many as there is time for; return the mean loss."""
        first = self.epoch * len(self._batches)
        steps = range(first, first + len(self._batches))
        losses = []
        self._net.train()
        started = time.monotonic()
        for picture, offset_mm in DataLoader(self._batches, batch_size=None, sampler=steps):
            for group in self._optimiser.param_groups:
                group["lr"] = _learning_rate(self.spent_s / self.seconds)
            losses.append(self._step(picture, offset_mm))
            self.spent_s += time.monotonic() - started
            started = time.monotonic()
            if self.spent_s >= self.seconds:
                break
        self.epoch += 1
        self._save()
        return sum(losses) / len(losses)

    def _step(self, picture: Tensor, offset_mm: Tensor) -> float:
        loss = loss_of(self._net(picture), offset_mm)
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
            "spent_s": self.spent_s,
        }
        write_checkpoint(state, self._path)

    def _load(self) -> None:
        state = torch.load(self._path, weights_only=True)
        self._net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.epoch, self.spent_s = state["epoch"], state["spent_s"]


def _learning_rate(spent: float) -> float:
    """Rate after a share `spent` of the time."""
    warm = min(1.0, (spent + 1e-3) / WARM_UP)
    return LEARNING_RATE * warm * max(1.0 - spent, 0.01)


def loss_of(found: Tensor, offset_mm: Tensor) -> Tensor:
    """Cross entropy of being seen, and a robust distance (Cauchy) where it is."""
    is_seen = torch.isfinite(offset_mm[:, 0])
    seen = nn.functional.binary_cross_entropy_with_logits(found[:, 0], is_seen.float())
    away_mm = found[is_seen, 1:] - offset_mm[is_seen]
    far = torch.log1p((away_mm / OUTLIER_MM).square().sum(1)).sum() / is_seen.sum().clamp(min=1)
    return seen + OFFSET_SHARE * far


@torch.no_grad()  # type: ignore[untyped-decorator]
def held_out_scores(net: nn.Module, ears: Ears) -> str:
    """Share of the ears judged rightly, and distances in mm from the labelled lobes."""
    pictures, offset_mm = ears.exact()
    found = torch.cat([net(part) for part in pictures.split(256)])
    is_seen = torch.isfinite(offset_mm[:, 0])
    right = 100 * float(((found[:, 0] > 0) == is_seen).float().mean())
    away_mm = (found[:, 1:] - offset_mm)[is_seen].norm(dim=1)
    middle_mm, most_mm = (float(away_mm.quantile(share)) for share in (0.5, 0.9))
    return f"seen or not {right:.1f} % right, lobe {middle_mm:.2f} mm, 90 % {most_mm:.1f} mm"


if __name__ == "__main__":
    main()
