#!/usr/bin/env python3
"""Checks scripts/pretrain.py on this machine, in a minute or so.

Install: pip install torch numpy safetensors      (nobody who only builds, tests or uses Foreword needs this)
Run:     cargo build --release && python3 scripts/check_pretrain.py target/release/foreword

Two processes train a small model on texts made up here, are stopped half-way and resumed; one process gets the same
weights, to the bit, with a stop and without; bad input is refused in words; and Foreword takes the model in and types.
"""
import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pretrain
from interchange import bits_per_byte, load, made_up_text, run
from safetensors.torch import load_file

SHAPE = "--layers 1 --hidden 96 --embed 24 --batch 8 --time 48 --warm-up 10 --rate 0.01 --hold 0.5 --threads 1".split()
SHAPE += "--held-out 0.1 --lower 0.1 --device cpu".split()


def make_texts(folder):
    texts = folder / "texts"
    (texts / "rare").mkdir(parents=True)
    for n in range(12):
        (texts / f"{n}.txt").write_text(made_up_text(n, 80))
    (texts / "rare" / "z.md").write_text(made_up_text(50, 20))
    (texts / "binary.txt").write_bytes(b"a\0b")
    (folder / "joined").mkdir()
    (folder / "joined" / "many.txt").write_text("\n\n".join(made_up_text(n, 80) for n in range(12)))
    (folder / "judged.txt").write_text(made_up_text(99, 15))
    (folder / "weights.tsv").write_text("rare\t0.5\n3.txt\t2\n")
    (folder / "broken.tsv").write_text("rare\toften\n")
    (folder / "empty").mkdir()


def fail(text):
    sys.exit(f"check_pretrain: {text}")


def two_processes(folder, *arguments):
    """What the first of two processes says; both on this machine, over gloo."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    script = [pretrain.__file__, folder / "texts", *SHAPE, "--compute", "f32", "--weights", folder / "weights.tsv"]
    command = [str(part) for part in (*torchrun, *script, "--out", folder / "two.safetensors", *arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    if done.returncode != 0:
        fail(f"two processes: {done.stdout}{done.stderr}")
    return done.stdout


def one_process(*arguments):
    """Exit status, and what is said on stdout and on stderr."""
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        try:
            pretrain.main([str(part) for part in arguments])
            status = 0
        except SystemExit as end:
            status = end.code
    return status, out.getvalue(), error.getvalue()


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else "target/release/foreword"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        make_texts(folder)
        texts, data = folder / "texts", folder / "data"

        two_processes(folder, "--steps", 60)
        said = two_processes(folder, "--steps", 150, "--resume")
        if "going on from step 60" not in said or "binary.txt: it has zero bytes" not in said:
            fail(f"two processes: {said}")
        held_out = float(re.search(r"^held out ([0-9.]+) bits", said, re.MULTILINE)[1])
        print(f"two processes, 150 steps with a stop: {held_out:.4f} bits/byte on texts held out")

        for name, runs in {"whole": [(20,)], "parts": [(9,), (20, "--resume")]}.items():
            for steps, *resume in runs:
                # Held at one rate, for a rate that falls depends on how long the run is to be.
                common = (texts, *SHAPE, "--hold", 1, "--compute", "f32", "--precision", "f32")
                status, _, error = one_process(*common, "--out", folder / name, "--steps", steps, *resume)
                if status:
                    fail(error)
        # The tensors, not the files: the order of a file's metadata is not settled.
        whole, parts = load_file(folder / "whole"), load_file(folder / "parts")
        if not all(whole[name].equal(parts[name]) for name in whole):
            fail("a run that was stopped and resumed is another run")
        print("one process: the same weights with a stop and without")

        more = (texts, *SHAPE, "--compute", "bf16", "--steps", 3, "--out", folder / "more")
        status, said, error = one_process(*more, "--init", folder / "two.safetensors")
        bits = float(re.search(r"^held out ([0-9.]+) bits", said, re.MULTILINE)[1]) if not status else fail(error)
        if not bits < held_out + 0.5:
            fail(f"going on from a file at {held_out} bits/byte gave {bits}")
        print(f"gone on from the file in bf16: {bits:.4f} bits/byte")

        status, said, error = one_process(folder / "joined", *SHAPE, "--paragraphs", "--steps", 60, "--out", folder / "parted")
        if status or not re.search(r"^[0-9]{2,} texts, .* held out [1-9]", said, re.MULTILINE):
            fail(f"a file of many documents: {said}{error}")
        print("a file of documents with blank lines between is read as many")

        for words, arguments in {
            "no such folder": (folder / "none",),
            "no text in it": (folder / "empty",),
            "less than one batch": (texts, "--batch", 4096),
            "no checkpoint to go on from": (texts, "--resume"),
            "cannot be gone on from": (texts, "--init", folder / "judged.txt"),
            "broken.tsv:1": (texts, "--weights", folder / "broken.tsv"),
            "holds every text": (texts, "--valid", texts),
        }.items():
            out = folder / "none.safetensors"
            status, _, error = one_process(*arguments[:1], *SHAPE, "--steps", 1, "--out", out, *arguments[1:])
            if status != 1 or words not in error or out.exists():
                fail(f"{arguments}: {status}, `{error}` does not say `{words}`")
        print("bad input is refused in words")

        model = folder / "two.safetensors"
        run(binary, data, "models", "import", model)
        ours = run(binary, data, "eval", folder / "judged.txt", "--model", "two", "--components", "lstm")["bits_per_byte"]
        theirs = bits_per_byte(load(model), (folder / "judged.txt").read_text())
        print(f"imported: Foreword {ours:.4f} bits/byte on one more text, PyTorch {theirs:.4f}")
        if not (abs(ours - theirs) < 1e-3 and ours < 3):
            fail("Foreword does not say what the model said in PyTorch")
    print("pretrain.py trains in several processes, resumes, and Foreword reads what it writes")


if __name__ == "__main__":
    main()
