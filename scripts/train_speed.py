#!/usr/bin/env python3
"""Foreword's training step against PyTorch's, on this machine, alternating in one run.

Install: pip install torch numpy      (nobody who only builds or tests Foreword needs this)
Run:     cargo build --release && python3 scripts/train_speed.py target/release/foreword

PyTorch's side is what a user would write: nn.LSTM in f32, autograd, Adam, clip_grad_norm_, all cores.
"""
import json
import statistics
import subprocess
import sys
import time

import torch

SHAPES = {"2x512 b64 t64": (2, 512), "1x1024 b64 t64": (1, 1024)}
BATCH, TIME, EMBED, ROUNDS, STEPS = 64, 64, 64, 3, 5


class Model(torch.nn.Module):
    def __init__(self, layers, hidden):
        super().__init__()
        self.embed = torch.nn.Embedding(256, EMBED)
        self.rnn = torch.nn.LSTM(EMBED, hidden, layers)
        self.out = torch.nn.Linear(hidden, 256)

    def forward(self, x, state):
        outputs, state = self.rnn(self.embed(x), state)
        return self.out(outputs), state


def torch_speed(layers, hidden):
    """Median bytes learned from per second over STEPS steps, after one that is not counted."""
    torch.manual_seed(0)
    model = Model(layers, hidden)
    optimiser = torch.optim.Adam(model.parameters(), 1e-3)
    text, state, speeds = torch.randint(0, 256, (TIME + 1, BATCH)), None, []
    for _ in range(STEPS + 1):
        started = time.perf_counter()
        logits, state = model(text[:-1], state)
        state = tuple(part.detach() for part in state)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), text[1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        speeds.append(BATCH * TIME / (time.perf_counter() - started))
    return statistics.median(speeds[1:])


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else "target/release/foreword"
    ours, theirs = {name: [] for name in SHAPES}, {name: [] for name in SHAPES}
    for _ in range(ROUNDS):
        report = json.loads(subprocess.run([binary, "bench", "--json"], check=True, capture_output=True).stdout)
        for name, (layers, hidden) in SHAPES.items():
            ours[name].append(report["train_tokens_per_s"][name])
            theirs[name].append(torch_speed(layers, hidden))
    for name in SHAPES:
        us, them = statistics.median(ours[name]), statistics.median(theirs[name])
        print(f"{name}: Foreword {us:.0f} bytes/s, PyTorch {torch.__version__} {them:.0f} bytes/s, ratio {us / them:.2f}")


if __name__ == "__main__":
    main()
