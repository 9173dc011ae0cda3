"""Train the net.

    python -m scripts.train_occluders.train --data DIR --out RUN --minutes 40

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
from scripts.train_occluders.data import Batches, Composites, read_composites
from scripts.train_occluders.net import SUB_PIXELS, OccluderNet

BATCH = 64
LEARNING_RATE, WEIGHT_DECAY = 3e-3, 0.02
WARM_UP = 0.02  # of the time
AVERAGING = 0.995  # of the weights, over about 200 steps
MAX_GRADIENT = 5.0
DISTRUST = 0.2  # 0 is cross entropy; 1 cares no more about what looks covered and is said not to be
SURE = 0.5  # of the odds, for the scores that are printed


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Train the occluder net.")
    parser.add_argument("--data", type=Path, required=True, help="folder that prepare wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    composites = read_composites(args.data / "train.npz")
    run = Run(args.out / "checkpoint.pt", composites, args.seed, 60 * args.minutes)
    chosen_on = read_composites(args.data / "held_out.npz")
    while run.spent_s < run.seconds:
        loss = run.train_epoch()
        scores = held_out_scores(run.average, chosen_on)
        print(f"epoch {run.epoch} {run.spent_s:.0f} s loss {loss:.4f} {scores}", flush=True)


class Run:
    """The net, its average, the optimiser and how far they are."""

    def __init__(self, path: Path, composites: Composites, seed: int, seconds: float) -> None:
        self._path = path
        self._batches = Batches(composites, BATCH, seed)
        self._net = OccluderNet().to(memory_format=torch.channels_last)
        self._optimiser = torch.optim.AdamW(
            self._net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY
        )
        self.average = copy.deepcopy(self._net).eval()
        self.epoch, self.spent_s, self.seconds = 0, 0.0, seconds
        if path.exists():
            self._load()

    def train_epoch(self) -> float:
        """Show every picture once, or as many as there is time for; return the mean loss."""
        first = self.epoch * len(self._batches)
        steps = range(first, first + len(self._batches))
        loader = DataLoader(self._batches, batch_size=None, sampler=steps)
        losses = []
        self._net.train()
        for batch in loader:
            started = time.monotonic()
            for group in self._optimiser.param_groups:
                group["lr"] = _learning_rate(self.spent_s / self.seconds)
            losses.append(self._step(*batch))
            self.spent_s += time.monotonic() - started
            if self.spent_s >= self.seconds:
                break
        self.epoch += 1
        self._save()
        return sum(losses) / len(losses)

    def _step(self, picture: Tensor, cover: Tensor, weight: Tensor) -> float:
        with torch.autocast("cpu", torch.bfloat16):
            logits = self._net(picture.contiguous(memory_format=torch.channels_last))
        loss = loss_of(full_size(logits.float()), cover, weight)
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


def full_size(logits: Tensor) -> Tensor:
    """(N, 4, 48, 48) as (N, 96, 96)."""
    return nn.functional.pixel_shuffle(logits, SUB_PIXELS)[:, 0]


def loss_of(logits: Tensor, cover: Tensor, weight: Tensor) -> Tensor:
    """Cross entropy, but generalised (Zhang and Sabuncu 2018) where nothing was put in front.

    Real hands and hair in the photos are not in the truth: what looks covered
    there and is said to be free counts the less the surer the net is.
    """
    covered = -nn.functional.logsigmoid(logits)
    free = (1 - torch.sigmoid(-logits) ** DISTRUST) / DISTRUST
    loss = weight * (cover * covered + (1 - cover) * free)
    return loss.sum() / weight.sum().clamp(min=1.0)


@torch.no_grad()  # type: ignore[untyped-decorator]
def covers_of(net: nn.Module, composites: Composites) -> Tensor:
    """What the net makes of all pictures (N, 96, 96) 0..1."""
    parts = torch.arange(len(composites)).split(128)
    logits = [full_size(net(composites.rows(rows)[0])) for rows in parts]
    return torch.sigmoid(torch.cat(logits))


def held_out_scores(net: nn.Module, composites: Composites) -> str:
    """Intersection over union by kind; of pictures without anything, the share found covered."""
    found, truth = covers_of(net, composites) > SURE, composites.cover > 127
    known = composites.weight > 250
    scores = []
    for kind in sorted(set(composites.kind)):
        rows = torch.from_numpy(composites.kind == kind)
        both = (found & truth & known)[rows].sum()
        either = ((found | truth) & known)[rows].sum()
        score = both / either if truth[rows].any() else (found & known)[rows].float().mean()
        scores.append(f"{kind} {100 * float(score):.1f}")
    return " ".join(scores)


if __name__ == "__main__":
    main()
