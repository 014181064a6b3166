#!/usr/bin/env python3
"""Foreword's streaming step against PyTorch's, on this machine, on one thread, alternating in one run.

Install: pip install torch numpy      (nobody who only builds, tests or uses Foreword needs this)
Run:     cargo build --release && python3 scripts/step_speed.py target/release/foreword

A step is what a typed byte costs: one byte in, the log-probabilities of the next one out, through two layers of 512.
Foreword's is timed with each set of instructions that this processor has (FOREWORD_ISA). PyTorch's side is nn.LSTM in inference
mode, three ways: f32 by oneDNN (the default), f32 by its own kernels, and bf16. The ratio is to the fastest of them.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import torch

EMBED, HIDDEN, LAYERS, ROUNDS = 64, 512, 2, 7
BATCHES = {1: "step_us", 16: "batch16_step_us"}
INSTRUCTIONS = ["scalar", "avx2", "avxvnni", "avx512", "neondot"]
WAYS = {"oneDNN": (True, torch.float32), "own": (False, torch.float32), "bf16": (True, torch.bfloat16)}


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(256, EMBED)
        self.rnn = torch.nn.LSTM(EMBED, HIDDEN, LAYERS)
        self.out = torch.nn.Linear(HIDDEN, 256)

    def forward(self, symbols, state):
        outputs, state = self.rnn(self.embed(symbols), state)
        return torch.log_softmax(self.out(outputs), -1), state


def torch_step_us(models, batch, way, steps=40):
    """Microseconds of a step, the mean of some in a row, after some that are not counted."""
    with_onednn, dtype = WAYS[way]
    symbols = torch.randint(0, 256, (steps + 10, 1, batch))
    state = tuple(torch.zeros(LAYERS, batch, HIDDEN, dtype=dtype) for _ in range(2))
    with torch.backends.mkldnn.flags(enabled=with_onednn), torch.inference_mode():
        for n, column in enumerate(symbols):
            if n == 10:
                started = time.perf_counter()
            _, state = models[dtype](column, state)
        return (time.perf_counter() - started) * 1e6 / steps


def bench(binary, folder, instructions):
    """The report of `foreword bench` with these instructions at most."""
    command = [binary, "--data-dir", folder, "bench", "--no-training", "--json"]
    environment = {**os.environ, "FOREWORD_ISA": instructions}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"step_speed: `{' '.join(command)}` failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else "target/release/foreword"
    warnings.filterwarnings("ignore", message="TF32 acceleration")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    models = {torch.float32: Model().eval(), torch.bfloat16: Model().eval().bfloat16()}
    ours, theirs = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            for instructions in INSTRUCTIONS:
                report = bench(binary, folder, instructions)
                for batch, key in BATCHES.items():
                    # Names of instructions that the processor lacks give narrower ones, which are timed already.
                    if len(ours.get((report["instructions"], batch), [])) < len(theirs.get((batch, "bf16"), [])) + 1:
                        ours.setdefault((report["instructions"], batch), []).append(report[key])
            for batch in BATCHES:
                for way in WAYS:
                    theirs.setdefault((batch, way), []).append(torch_step_us(models, batch, way))
    for batch in BATCHES:
        states = f"{LAYERS}x{HIDDEN}, {batch} state{'s' if batch > 1 else ''}"
        us = {way: statistics.median(theirs[batch, way]) for way in WAYS}
        print(f"{states}: PyTorch {torch.__version__} " + ", ".join(f"{way} {value:.0f} us" for way, value in us.items()))
        for (instructions, of), values in ours.items():
            if of == batch:
                own = statistics.median(values)
                print(f"{states}: Foreword, {instructions}, {own:.0f} us; ratio to the fastest {min(us.values()) / own:.2f}")


if __name__ == "__main__":
    main()
