#!/usr/bin/env python3
"""Trains a base model with PyTorch, in one process or several, and writes the file that Foreword embeds or imports.

Install: pip install torch numpy safetensors      (nobody who only builds, tests or uses Foreword needs this)
Run:     python3 scripts/pretrain.py TEXTS --out base.safetensors --minutes 60
         torchrun --nproc-per-node 2 scripts/pretrain.py TEXTS --out base.safetensors --minutes 60
Check:   python3 scripts/check_pretrain.py

The network is that of crates/model/src/rnn: bytes, embed -> LSTM -> linear. So is the way of teaching: documents are shuffled,
joined by a zero byte and cut into as many streams as the batch has rows; windows of the streams are read one after the
other, and the hidden state is carried from each to the next.

Several processes (torchrun, on one machine or many) share the rows of a batch: gloo carries the gradients between CPUs,
nccl between GPUs. What is random is drawn from the seed and the number of the pass, so a run that is stopped goes on with
--resume as if it had not been.
"""
import argparse
import concurrent.futures
import math
import os
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from pretrain_texts import Refusal, join, pass_of, read_documents, read_weights, rows_of, split
from safetensors.torch import load_file, save_file

BYTES = 256


class Model(torch.nn.Module):
    """Names and shapes as in crates/model/src/rnn/mod.rs: embed.weight, rnn.*, out.*"""

    def __init__(self, embed, hidden, layers):
        super().__init__()
        self.embed = torch.nn.Embedding(BYTES, embed)
        self.rnn = torch.nn.LSTM(embed, hidden, layers)
        self.out = torch.nn.Linear(hidden, BYTES)

    def forward(self, symbols, state):
        """symbols: [time, rows]; state: h and c, [layers, rows, hidden] each. Gives logits [time, rows, 256]."""
        outputs, state = self.rnn(self.embed(symbols), state)
        return self.out(outputs), state


class Processes:
    """This process among those that torchrun started; alone when it did not."""

    def __init__(self, device):
        self.rank = int(os.environ.get("RANK", 0))
        self.count = int(os.environ.get("WORLD_SIZE", 1))
        self.is_first = self.rank == 0
        local = int(os.environ.get("LOCAL_RANK", 0))
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        if device == "cuda" and not torch.cuda.is_available():
            raise Refusal("--device cuda: PyTorch sees no GPU here; leave it out to train on the CPU")
        self.device = torch.device(device, local % torch.cuda.device_count()) if device == "cuda" else torch.device("cpu")
        if device == "cuda":
            torch.cuda.set_device(self.device)
        if self.count > 1:
            dist.init_process_group("nccl" if device == "cuda" else "gloo")

    def say(self, text):
        if self.is_first:
            print(text, flush=True)

    def sum(self, *values):
        """Each value summed over all processes."""
        total = torch.tensor(values, dtype=torch.float64, device=self.device)
        if self.count > 1:
            dist.all_reduce(total)
        return total.tolist()

    def of_first(self, value):
        """The first process's value, so that all stop at the same step."""
        shared = torch.tensor([value], dtype=torch.float64, device=self.device)
        if self.count > 1:
            dist.broadcast(shared, 0)
        return shared.item()

    def gather_rows(self, state):
        """The states of all processes' rows, in order: [layers, batch, hidden]."""
        if self.count == 1:
            return state
        parts = [torch.empty_like(state) for _ in range(self.count)]
        dist.all_gather(parts, state.contiguous())
        return torch.cat(parts, 1)


def write_whole(path, write):
    """Lets `write` write a file beside `path` and puts it in its place: a crash leaves the old file or the new one."""
    beside = Path(f"{path}.part")
    write(beside)
    with open(beside, "rb") as file:
        os.fsync(file.fileno())
    os.replace(beside, path)


def write_model(path, model, precision):
    """The safetensors file with the tensors and the metadata that crates/model/src/format.rs writes."""
    dtype = {"f16": torch.float16, "f32": torch.float32}[precision]
    tensors = {name: value.detach().to("cpu", dtype).contiguous() for name, value in model.state_dict().items()}
    for name, value in tensors.items():
        if not value.isfinite().all():
            raise Refusal(f"{path}: not written, for `{name}` has values that {precision} cannot hold; try --precision f32")
    metadata = {
        "format": "pt",
        "arch": "lstm",
        "unit": "byte",
        "vocab": str(BYTES),
        "embed": str(model.embed.embedding_dim),
        "hidden": str(model.rnn.hidden_size),
        "layers": str(model.rnn.num_layers),
        "tied": "false",
        "document_separator": "0",
    }
    write_whole(path, lambda beside: save_file(tensors, str(beside), metadata))


def load_model(path, model):
    """Takes the parameters of a file that this script or Foreword wrote."""
    try:
        tensors = load_file(path)
        model.load_state_dict({name: value.float() for name, value in tensors.items()})
    except Exception as error:  # safetensors and torch have no common ground here
        raise Refusal(f"{path}: cannot be gone on from: {error}; --hidden, --layers and --embed have to be the file's") from error


def rate(options, step, progress):
    """Warm-up, then held, then down a cosine over the rest of the run."""
    warm = min(1.0, (step + 1) / max(options.warm_up, 1))
    falling = max(0.0, (progress - options.hold) / max(1.0 - options.hold, 1e-9))
    fall = options.last + (1.0 - options.last) * 0.5 * (1.0 + math.cos(math.pi * min(falling, 1.0)))
    return options.rate * warm * fall


def zero_state(model, rows, device):
    shape = (model.rnn.num_layers, rows, model.rnn.hidden_size)
    return torch.zeros(shape, device=device), torch.zeros(shape, device=device)


def held_out_bits(model, text, processes):
    """Bits per byte of a text, in f32, its rows shared among the processes."""
    rows = rows_of(text, max(1, min(32, len(text) // 4096)))
    own = rows[processes.rank :: processes.count]
    nats, count = 0.0, 0
    if len(own):
        symbols = torch.from_numpy(own.T.astype(np.int64)).to(processes.device)
        state = zero_state(model, len(own), processes.device)
        model.eval()
        with torch.inference_mode():
            for at in range(0, len(symbols) - 1, 256):
                targets = symbols[at + 1 : at + 257]
                logits, state = model(symbols[at : at + 256][: len(targets)], state)
                loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum")
                nats, count = nats + loss.item(), count + targets.numel()
        model.train()
    nats, count = processes.sum(nats, count)
    return nats / count / math.log(2)


class Run:
    """A run and where it is; everything a checkpoint holds."""

    PLACE = ("step", "number", "position", "seconds", "seen", "dropped")

    def __init__(self, options, processes, documents, weights):
        self.options, self.processes, self.documents, self.weights = options, processes, documents, weights
        self.model = Model(options.embed, options.hidden, options.layers).to(processes.device)
        if options.init:
            load_model(options.init, self.model)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(),
            options.rate,
            betas=(0.9, 0.98),
            weight_decay=options.weight_decay,
            fused=processes.device.type == "cuda",
        )
        parallel = torch.nn.parallel.DistributedDataParallel
        self.shared = parallel(self.model) if processes.count > 1 else self.model
        self.rows = options.batch // processes.count
        for name in self.PLACE:
            setattr(self, name, 0)
        self.laying_out, self.next_pass = concurrent.futures.ThreadPoolExecutor(1), None
        self.begin_pass()
        if processes.device.type == "cuda" and processes.count == 1:
            self.capture()

    def own(self, everything, dimension):
        """This process's rows of what is there for all rows."""
        return everything.narrow(dimension, self.processes.rank * self.rows, self.rows)

    def capture(self):
        """Makes the kernels of a window two CUDA graphs: there are thousands, and to launch them one by one takes longer."""
        symbols = torch.zeros(self.options.time, self.rows, dtype=torch.int64, device=self.processes.device)
        with self.half(cache_enabled=False):
            self.shared = torch.cuda.make_graphed_callables(self.model, (symbols, self.state))

    def half(self, **options):
        """The precision of the products."""
        is_half = self.options.compute == "bf16"
        return torch.autocast(self.processes.device.type, torch.bfloat16, enabled=is_half, **options)

    def begin_pass(self):
        """Takes up the pass of this number, from its start, and has the next one laid out meanwhile."""
        arguments = (self.documents, self.weights, self.options)
        text = self.next_pass.result() if self.next_pass else pass_of(*arguments, self.number)
        self.next_pass = self.laying_out.submit(pass_of, *arguments, self.number + 1)
        needed = self.options.batch * self.options.time + 1
        if len(text) < needed:
            raise Refusal(
                f"{self.options.texts}: a pass of {len(text)} bytes is less than one batch of {self.options.batch} rows "
                f"of {self.options.time}; give it more text, or make --batch or --time smaller"
            )
        rows = self.own(torch.from_numpy(rows_of(text, self.options.batch)), 0)
        self.text = rows.to(self.processes.device).T.contiguous()
        self.position, self.state = 0, zero_state(self.model, self.rows, self.processes.device)

    def settings(self):
        """What has to be the same for a checkpoint to be gone on from."""
        names = ("embed", "hidden", "layers", "batch", "time", "seed", "lower", "paragraphs")
        texts = "".join(f"{name} {len(self.documents[name])} {self.weights[name]}\n" for name in self.documents)
        return {name: getattr(self.options, name) for name in names} | {"texts": zlib.crc32(texts.encode())}

    def save(self):
        """All processes have to call it; the first one writes."""
        state = tuple(self.processes.gather_rows(part) for part in self.state)
        if self.processes.is_first:
            place = {name: getattr(self, name) for name in self.PLACE}
            content = {"settings": self.settings(), "place": place, "state": state}
            content |= {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
            write_whole(self.options.checkpoint, lambda beside: torch.save(content, beside))

    def resume(self):
        path = self.options.checkpoint
        try:
            content = torch.load(path, map_location=self.processes.device, weights_only=True)
            settings, place = content["settings"], content["place"]
        except Exception as error:  # a missing file, a broken one, someone else's
            raise Refusal(f"{path}: no checkpoint to go on from ({error}); leave out --resume to begin anew") from error
        for name, value in self.settings().items():
            if settings.get(name, False) != value:
                raise Refusal(f"{path}: was made with {name} {settings.get(name)}, not {value}; use the same, or begin anew")
        self.model.load_state_dict(content["model"])
        self.optimizer.load_state_dict(content["optimizer"])
        self.number, self.next_pass = place["number"], None
        self.begin_pass()
        for name, value in place.items():
            setattr(self, name, value)
        self.state = tuple(self.own(part, 1).contiguous() for part in content["state"])

    def learn(self, progress):
        """One window. Gives the loss in bits per byte, of this process's rows, as a tensor: it need not be fetched."""
        options, device = self.options, self.processes.device
        if self.position + options.time + 1 > len(self.text):
            self.number += 1
            self.begin_pass()
        window = self.text[self.position : self.position + options.time + 1].to(torch.int64)
        self.position += options.time
        for group in self.optimizer.param_groups:
            group["lr"] = rate(options, self.step, progress) * 0.5**self.dropped
        with self.half():
            logits, state = self.shared(window[:-1], self.state)
        loss = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), window[1:].flatten())
        self.optimizer.zero_grad()
        loss.backward()
        # The gradients are the same in all processes by now, so all of them drop a step or none does.
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), options.clip)
        self.state = tuple(part.detach().float() for part in state)
        if norm.isfinite():
            self.optimizer.step()
        else:
            self.dropped += 1
            self.state = zero_state(self.model, self.rows, device)
            self.processes.say(f"step {self.step}: the gradient is not finite; step dropped, rate halved")
            if self.dropped > 3:
                raise Refusal("the training does not converge; go on from the last checkpoint with a smaller --rate")
        self.step += 1
        self.seen += options.batch * options.time
        return loss.detach() / math.log(2)


def train(options, processes):
    say = processes.say
    documents = read_documents(options.texts, say, options.paragraphs)
    if options.valid:
        held_out = read_documents(options.valid, say, options.paragraphs)
        both = set(documents.values()) & set(held_out.values())
        if both:
            documents = {name: content for name, content in documents.items() if content not in both}
            say(f"{len(both)} texts are in both folders: not learned from")
        if not documents:
            raise Refusal(f"{options.valid}: holds every text of {options.texts}; judge on others")
    else:
        documents, held_out = split(documents, options.held_out)
    weights = read_weights(options.weights, documents | held_out)
    judged = join(held_out.values())[: options.valid_bytes]
    run = Run(options, processes, documents, weights)
    if options.resume:
        run.resume()
        say(f"going on from step {run.step}")
    say(
        f"{len(documents)} texts, {sum(map(len, documents.values()))} bytes; held out {len(held_out)}, {len(judged)} bytes; "
        f"{sum(p.numel() for p in run.model.parameters())} parameters; {processes.count} x {processes.device.type}, "
        f"{options.compute}, {torch.get_num_threads()} threads each"
    )
    began, saved, reported = time.monotonic() - run.seconds, time.monotonic(), time.monotonic()
    since = []
    while True:
        run.seconds = processes.of_first(time.monotonic() - began)
        progress = run.step / options.steps if options.steps else run.seconds / (60 * options.minutes)
        if progress >= 1:
            break
        since.append(run.learn(progress))
        now = time.monotonic()
        if now - reported > options.report_seconds:
            speed = len(since) * options.batch * options.time / (now - reported)
            place = f"step {run.step}  pass {run.number + 1}  {run.seen / 1e6:.1f} MB"
            say(f"{place}  {torch.stack(since).mean().item():.3f} bits/byte  {speed:.0f} bytes/s")
            since, reported = [], now
        if processes.of_first(now - saved) > 60 * options.checkpoint_minutes:
            run.save()
            saved = time.monotonic()
            say(f"step {run.step}  held out {held_out_bits(run.model, judged, processes):.4f} bits/byte  checkpoint written")
    run.seconds = time.monotonic() - began
    if processes.is_first:
        write_model(options.out, run.model, options.precision)
    run.save()
    result = held_out_bits(run.model, judged, processes)
    say(f"held out {result:.4f} bits/byte after {run.step} steps, {run.seen} bytes, {run.seconds:.0f} s; wrote {options.out}")


def half_precision_is_fast(device):
    """Whether products in bf16 are the processor's own."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("texts", metavar="TEXTS", help="folder of .txt and .md files, at any depth")
    parser.add_argument("--out", required=True, metavar="FILE", help="the safetensors file to write")
    parser.add_argument("--precision", choices=("f16", "f32"), default="f16", help="of the file (default f16)")
    parser.add_argument("--valid", metavar="FOLDER", help="texts to judge on (default: some of TEXTS, held out)")
    parser.add_argument("--held-out", type=float, default=0.02, metavar="SHARE", help="without --valid: the share held out")
    parser.add_argument("--valid-bytes", type=int, default=400_000, metavar="N", help="judge on so many bytes at most")
    parser.add_argument("--weights", metavar="TSV", help="lines of a file or folder, a tab, how often a pass reads it")
    parser.add_argument("--paragraphs", action="store_true", help="blank lines part documents; a line is a paragraph")
    parser.add_argument("--lower", type=float, default=0.0, metavar="SHARE", help="share of documents read in lower case")
    parser.add_argument("--init", metavar="FILE", help="go on from the parameters of a safetensors file")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    parser.add_argument("--checkpoint", metavar="FILE", help="where it is (default: OUT.checkpoint)")
    parser.add_argument("--checkpoint-minutes", type=float, default=3.0, metavar="M")
    parser.add_argument("--report-seconds", type=float, default=10.0, metavar="S")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float, metavar="M", help="how long to train")
    length.add_argument("--steps", type=int, metavar="N", help="how long to train, in windows")
    for name, default, what in (
        ("layers", 2, "LSTM layers"),
        ("hidden", 512, "their width"),
        ("embed", 64, "width of the embedding"),
        ("batch", 64, "streams side by side, of all processes together"),
        ("time", 128, "bytes of a window"),
        ("warm-up", 200, "steps until the rate is full"),
        ("seed", 1, "of everything random"),
        ("rate", 2e-3, "learning rate at its height"),
        ("hold", 0.3, "share of the run before it begins to fall along a cosine"),
        ("last", 0.05, "what it falls to, as a share"),
        ("clip", 1.0, "greatest norm of the gradient"),
        ("weight-decay", 0.01, "AdamW's"),
    ):
        what = f"{what} (default {default})"
        parser.add_argument(f"--{name}", type=type(default), default=default, metavar="X", help=what)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--compute", choices=("auto", "bf16", "f32"), default="auto", help="products (default: bf16 if fast)")
    parser.add_argument("--threads", type=int, metavar="N", help="a process (default: the cores, shared)")
    options = parser.parse_args(arguments)
    options.checkpoint = options.checkpoint or f"{options.out}.checkpoint"
    for name in ("layers", "hidden", "embed", "batch", "time", "valid_bytes"):
        if getattr(options, name) < 1:
            parser.error(f"--{name.replace('_', '-')} has to be at least 1")
    for name, most in (("lower", 1), ("held_out", 0.5), ("hold", 1), ("last", 1)):
        if not 0 <= getattr(options, name) <= most:
            parser.error(f"--{name.replace('_', '-')} is a share, from 0 to {most}")
    if not all(value is None or value > 0 for value in (options.minutes, options.steps, options.rate, options.clip)):
        parser.error("--minutes, --steps, --rate and --clip have to be above 0")
    return options


def main(arguments=None):
    options = parse(arguments)
    try:
        folder = Path(options.out).absolute().parent
        if not folder.is_dir():
            raise Refusal(f"--out {options.out}: there is no folder {folder}; make it first")
        processes = Processes(options.device)
        if options.batch % processes.count:
            raise Refusal(f"--batch {options.batch} cannot be shared evenly among {processes.count} processes; take a multiple")
        local = int(os.environ.get("LOCAL_WORLD_SIZE", 1))
        torch.set_num_threads(options.threads or max(1, (os.cpu_count() or 1) // local))
        if options.compute == "auto":
            options.compute = "bf16" if half_precision_is_fast(processes.device) else "f32"
        torch.manual_seed(options.seed)
        train(options, processes)
    except Refusal as refusal:
        if int(os.environ.get("RANK", 0)) == 0:
            print(f"pretrain: {refusal}", file=sys.stderr)
        sys.exit(1)
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


if __name__ == "__main__":
    main()
