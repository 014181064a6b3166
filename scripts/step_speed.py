#!/usr/bin/env python3
"""Foreword's streaming step against PyTorch's, on this machine, on one thread, alternating in one run.

Install: pip install torch numpy      (nobody who only builds, tests or uses Foreword needs this)
Run:     cargo build --release && python3 scripts/step_speed.py target/release/foreword

A step is what a typed byte costs: one byte in, the log-probabilities of the next one out, through two layers of 512.
PyTorch's side is nn.LSTM in inference mode. Its LSTM has two ways through a CPU, oneDNN's (the default) and its own;
both are timed, and the ratio is to the faster one.
"""
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import torch

EMBED, HIDDEN, LAYERS, ROUNDS = 64, 512, 2, 7
BATCHES = {1: "step_us", 16: "batch16_step_us"}


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(256, EMBED)
        self.rnn = torch.nn.LSTM(EMBED, HIDDEN, LAYERS)
        self.out = torch.nn.Linear(HIDDEN, 256)

    def forward(self, symbols, state):
        outputs, state = self.rnn(self.embed(symbols), state)
        return torch.log_softmax(self.out(outputs), -1), state


def torch_step_us(model, batch, with_onednn, steps=40):
    """Microseconds of a step, the mean of some in a row, after some that are not counted."""
    symbols = torch.randint(0, 256, (steps + 10, 1, batch))
    state = (torch.zeros(LAYERS, batch, HIDDEN), torch.zeros(LAYERS, batch, HIDDEN))
    with torch.backends.mkldnn.flags(enabled=with_onednn), torch.inference_mode():
        for n, column in enumerate(symbols):
            if n == 10:
                started = time.perf_counter()
            _, state = model(column, state)
        return (time.perf_counter() - started) * 1e6 / steps


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else "target/release/foreword"
    warnings.filterwarnings("ignore", message="TF32 acceleration")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = Model().eval()
    ours, theirs = {batch: [] for batch in BATCHES}, {(batch, way): [] for batch in BATCHES for way in (True, False)}
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "--data-dir", folder, "bench", "--no-training", "--json"]
        for _ in range(ROUNDS):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"step_speed: `{' '.join(command)}` failed: {done.stderr.strip()}")
            report = json.loads(done.stdout)
            for batch, key in BATCHES.items():
                ours[batch].append(report[key])
                for way in (True, False):
                    theirs[batch, way].append(torch_step_us(model, batch, way))
    for batch in BATCHES:
        us = statistics.median(ours[batch])
        onednn, own = (statistics.median(theirs[batch, way]) for way in (True, False))
        print(
            f"{LAYERS}x{HIDDEN}, {batch} state{'s' if batch > 1 else ''}: Foreword {us:.0f} us, PyTorch {torch.__version__} "
            f"{onednn:.0f} us with oneDNN, {own:.0f} us without; ratio to the faster {min(onednn, own) / us:.2f}"
        )


if __name__ == "__main__":
    main()
