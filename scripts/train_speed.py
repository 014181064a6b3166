#!/usr/bin/env python3
"""Foreword's training step against PyTorch's, on this machine, alternating in one run.

Install: pip install torch numpy      (nobody who only builds, tests or uses Foreword needs this)
Run:     cargo build --release && python3 scripts/train_speed.py target/release/foreword [ROUNDS]

PyTorch's side is what a user would write: nn.LSTM, autograd, Adam, clip_grad_norm_, all cores; in f32, and with autocast to
bf16, which is faster where the processor has units for it. The ratio is to the faster one. The ceiling is the speed of a large square matrix product of Foreword's on all cores, measured in the same runs.
"""
import json
import statistics
import subprocess
import sys
import tempfile
import time

import torch

SHAPES = {"2x512 b64 t64": (2, 512), "1x1024 b64 t64": (1, 1024)}
BATCH, TIME, EMBED, STEPS = 64, 64, 64, 5


class Model(torch.nn.Module):
    def __init__(self, layers, hidden):
        super().__init__()
        self.embed = torch.nn.Embedding(256, EMBED)
        self.rnn = torch.nn.LSTM(EMBED, hidden, layers)
        self.out = torch.nn.Linear(hidden, 256)

    def forward(self, x, state):
        outputs, state = self.rnn(self.embed(x), state)
        return self.out(outputs), state


def torch_speed(layers, hidden, with_bf16):
    """Median bytes learned from per second over STEPS steps, after one that is not counted."""
    torch.manual_seed(0)
    model = Model(layers, hidden)
    optimiser = torch.optim.Adam(model.parameters(), 1e-3)
    text, state, speeds = torch.randint(0, 256, (TIME + 1, BATCH)), None, []
    for _ in range(STEPS + 1):
        started = time.perf_counter()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=with_bf16):
            logits, state = model(text[:-1], state)
        state = tuple(part.detach() for part in state)
        loss = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), text[1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        speeds.append(BATCH * TIME / (time.perf_counter() - started))
    return statistics.median(speeds[1:])


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else "target/release/foreword"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    ours, in_f32, in_bf16, shares = ({name: [] for name in SHAPES} for _ in range(4))
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "--data-dir", folder, "bench", "--json"]
        for _ in range(rounds):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"train_speed: `{' '.join(command)}` failed: {done.stderr.strip()}")
            report = json.loads(done.stdout)
            peaks.append(report["matmul_peak_gflops"])
            for name, (layers, hidden) in SHAPES.items():
                ours[name].append(report["train_tokens_per_s"][name])
                shares[name].append(report["train_share_of_peak"][name])
                in_f32[name].append(torch_speed(layers, hidden, with_bf16=False))
                in_bf16[name].append(torch_speed(layers, hidden, with_bf16=True))
    for name in SHAPES:
        us, f32, bf16 = (statistics.median(speeds[name]) for speeds in (ours, in_f32, in_bf16))
        theirs = (in_bf16 if bf16 > f32 else in_f32)[name]
        paired = statistics.median(a / b for a, b in zip(ours[name], theirs))
        print(
            f"{name}: Foreword {us:.0f} bytes/s, PyTorch {torch.__version__} {f32:.0f} in f32, {bf16:.0f} in bf16, "
            f"ratio of medians to the faster {us / max(f32, bf16):.2f}, median of each round's ratio {paired:.2f}, "
            f"{statistics.median(shares[name]) * 100:.0f} % of the matrix product's speed"
        )
    print(f"matrix product on all cores: {statistics.median(peaks):.0f} GFLOP/s")


if __name__ == "__main__":
    main()
