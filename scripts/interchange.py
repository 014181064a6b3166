#!/usr/bin/env python3
"""Shows that models go from Foreword to torch.nn.LSTM and back, and say the same there.

Install: pip install torch numpy safetensors      (nobody who only builds, tests or uses Foreword needs this)
Run:     cargo build --release && python3 scripts/interchange.py target/release/foreword

A small random network is written by PyTorch, imported, trained by Foreword on texts made up here, exported, loaded
into PyTorch, and written and imported again. At each stop `foreword eval --components lstm` and PyTorch give the bits per byte of one text;
they have to agree to a thousandth of a bit. So does the base model that is built in.
"""
import json
import math
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from pretrain import Model, load_model, write_model
from safetensors import safe_open

TOLERANCE = 1e-3

# Words of a language that no model knows, so that a few seconds of learning show.
SYLLABLES = ("ba", "ke", "lu", "mo", "ni", "pra", "sto", "ti", "vel", "zo")


def made_up_text(seed, sentences):
    """Sentences over fifty invented words, the frequent ones much more frequent (Zipf)."""
    words = ["".join(random.Random(n).choices(SYLLABLES, k=2 + n % 3)) for n in range(50)]
    generator, lines = random.Random(seed), []
    for _ in range(sentences):
        chosen = generator.choices(words, [1 / (rank + 1) for rank in range(len(words))], k=generator.randint(4, 9))
        lines.append(" ".join(chosen).capitalize() + ".")
    return "\n".join(lines)


def run(binary, folder, *arguments):
    """One command of Foreword with its own data folder; its JSON."""
    command = [binary, "--data-dir", str(folder), *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"interchange: `{' '.join(command)}` failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def load(path):
    """A model file as a PyTorch module, its shape told by its metadata."""
    with safe_open(path, "pt") as file:
        shape = file.metadata()
    model = Model(int(shape["embed"]), int(shape["hidden"]), int(shape["layers"]))
    load_model(path, model)
    return model.eval()


def bits_per_byte(model, text):
    """As Foreword counts: from a zero state, the zero byte first."""
    symbols = torch.tensor([0, *text.encode()])[:, None]
    shape = (model.rnn.num_layers, 1, model.rnn.hidden_size)
    with torch.inference_mode():
        logits, _ = model(symbols[:-1], (torch.zeros(shape), torch.zeros(shape)))
        nats = torch.nn.functional.cross_entropy(logits[:, 0], symbols[1:, 0])
    return nats.item() / math.log(2)


def compare(what, binary, data, name, file, text_file):
    ours = run(binary, data, "eval", text_file, "--model", name, "--components", "lstm")["bits_per_byte"]
    theirs = bits_per_byte(load(file), text_file.read_text())
    print(f"{what}: Foreword {ours:.6f} bits/byte, PyTorch {theirs:.6f}, apart {abs(ours - theirs):.1e}")
    if not abs(ours - theirs) < TOLERANCE:
        sys.exit(f"interchange: {what}: more than {TOLERANCE} bits apart")
    return ours


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else "target/release/foreword"
    torch.manual_seed(1)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        data, texts, judged = folder / "data", folder / "texts", folder / "judged.txt"
        texts.mkdir()
        for n in range(10):
            (texts / f"{n}.txt").write_text(made_up_text(n, 60))
        judged.write_text(made_up_text(99, 12))

        first = folder / "random.safetensors"
        write_model(first, Model(embed=16, hidden=96, layers=2), "f32")
        run(binary, data, "models", "import", first)
        before = compare("random, from PyTorch", binary, data, "random", first, judged)

        run(binary, data, "models", "use", "random")
        summary = run(binary, data, "train", texts, "--minutes", "0.1", "--name", "trained")
        if not summary["promoted"]:
            sys.exit("interchange: the training saved no keystrokes, so no version was made")
        exported = folder / "exported.safetensors"
        run(binary, data, "models", "export", "trained", exported)
        after = compare(f"trained by Foreword, {summary['steps']} steps", binary, data, "trained", exported, judged)
        if not after < before:
            sys.exit(f"interchange: training did not help: {before:.4f} to {after:.4f} bits/byte")

        for precision in ("f32", "f16"):
            back = folder / f"back-{precision}.safetensors"
            write_model(back, load(exported), precision)
            run(binary, data, "models", "import", back)
            again = compare(f"back from PyTorch, {precision}", binary, data, back.stem, back, judged)
            # What Foreword keeps is in half precision already, so nothing is lost on the way.
            if again != after:
                sys.exit(f"interchange: {after!r} bits/byte became {again!r} on the way through PyTorch")

        base = folder / "base.safetensors"
        run(binary, data, "models", "export", "base", base)
        compare("the base model", binary, data, "base", base, judged)
    print("models go from Foreword to PyTorch and back")


if __name__ == "__main__":
    main()
