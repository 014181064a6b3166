#!/usr/bin/env python3
"""Trains the network over words with PyTorch, and writes the file that goes into assets/words.

Install: pip install torch numpy safetensors      (nobody who only builds, tests or uses Foreword needs this)
Run:     cargo run --release --example word_ids -- TEXTS IDS
         python3 scripts/pretrain_words.py IDS --out words.safetensors --minutes 90

The network is that of crates/model/src/word_rnn: a token's embedding -> LSTM -> linear, and a word's score is the product with the word's
embedding, plus a bias. It is trained where the next token is a word; so it gives P(word | a word comes). The softmax is over the words
that a batch has, and a sample of all others (Jean et al. 2015, "On using very large target vocabulary for neural machine
translation", section 3.2); what is measured on held-out text is the whole one.
"""
import argparse
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from pretrain import rate, write_whole
from pretrain_texts import Refusal
from safetensors.torch import save_file

PIECE = 2048  # tokens: longer documents are shuffled in pieces


class Words(torch.nn.Module):
    def __init__(self, tokens, words, embed, hidden):
        super().__init__()
        self.words = words
        self.embed = torch.nn.Embedding(tokens, embed)
        torch.nn.init.normal_(self.embed.weight, std=0.05)
        self.rnn = torch.nn.LSTM(embed, hidden)
        self.project = torch.nn.Linear(hidden, embed)
        self.bias = torch.nn.Parameter(torch.zeros(words))

    def forward(self, tokens, state):
        """tokens: [time, rows]; state: h and c, [1, rows, hidden] each. Gives what a word's embedding is multiplied by: [time, rows, embed]."""
        outputs, state = self.rnn(self.embed(tokens), state)
        return self.project(outputs), state


class SampledLoss(torch.autograd.Function):
    """The mean of -ln P(target) among the target and the sample, with gradients computed at once.

    vectors: [n, embed]; of the targets weights [n, embed] and biases [n]; of the sample weights [s, embed] and biases [s], less the ln of
    how often each is expected in a sample; is_target: where a sampled word is the target itself.
    """

    @staticmethod
    def forward(context, vectors, target_weights, target_biases, weights, biases, targets, sample):
        half = torch.bfloat16
        small, sampled = vectors.to(half), weights.to(half)
        own = (vectors * target_weights).sum(1) + target_biases
        scores = (small @ sampled.T).float().add_(biases)
        scores.masked_fill_(targets[:, None] == sample[None, :], -1e30)
        highest = torch.maximum(scores.max(1).values, own)
        exp = scores.sub_(highest[:, None]).exp_()
        exp_own = (own - highest).exp()
        whole = exp.sum(1) + exp_own
        nats = whole.log() + highest - own
        share = 1.0 / (whole * len(own))
        by_sample = exp.mul_(share[:, None])
        by_own = exp_own * share - 1.0 / len(own)
        parts = by_sample.to(half)
        d_vectors = (parts @ sampled).float() + by_own[:, None] * target_weights
        d_weights = (parts.T @ small).float()
        context.save_for_backward(d_vectors, by_own[:, None] * vectors, by_own, d_weights, by_sample.sum(0))
        return nats.mean()

    @staticmethod
    def backward(context, gradient):
        return (*(gradient * part for part in context.saved_tensors), None, None)


class Texts:
    """The documents in a drawn order, in as many streams as a batch has rows."""

    def __init__(self, folder, weights, rows, seed, document):
        self.rows, self.random = rows, np.random.default_rng(seed)
        self.pieces, self.often = [], []
        for path in sorted(Path(folder).glob("*.ids")):
            ids = np.fromfile(path, "<u2")
            starts = np.flatnonzero(ids == document)
            for begin, end in zip(starts, [*starts[1:], len(ids)]):
                for at in range(begin, end, PIECE):
                    self.pieces.append(ids[at : min(at + PIECE, end)])
                    self.often.append(weights.get(path.stem, 1.0))
        if not self.pieces:
            raise Refusal(f"{folder}: has no .ids files; make them with the example word_ids")
        self.often = np.array(self.often)
        self.tokens = int(sum(map(len, self.pieces)))

    def streams(self):
        """One pass: [tokens of a row, rows]. A piece is in it as often as its weight says, the fraction by lot."""
        times = np.floor(self.often + self.random.random(len(self.often))).astype(int)
        order = self.random.permutation(np.repeat(np.arange(len(times)), times))
        text = np.concatenate([self.pieces[at] for at in order])
        length = len(text) // self.rows
        return torch.from_numpy(text[: length * self.rows].reshape(self.rows, length).T.astype(np.int32))


def held_out_nats(model, ids, document):
    """Ln P of each word that a text has, over all words, and how many: from the start of a document on."""
    length = len(ids) // 16
    rows = torch.from_numpy(ids[: length * 16].reshape(16, length).T.astype(np.int64))
    state, nats, count = None, 0.0, 0
    first = torch.full((1, 16), document)
    rows = torch.cat([first, rows])
    with torch.inference_mode():
        for at in range(0, len(rows) - 1, 64):
            targets = rows[at + 1 : at + 65].flatten()
            vectors, state = model(rows[at : at + 64][: len(targets) // 16], state)
            is_word = targets < model.words
            scores = vectors.flatten(0, 1)[is_word] @ model.embed.weight[: model.words].T + model.bias
            nats += torch.nn.functional.cross_entropy(scores, targets[is_word], reduction="sum").item()
            count += int(is_word.sum())
    return nats / count


def rounded(weight):
    """Rows as 8-bit integers and what a unit of each is worth, as crates/model/src/nn/int8 rounds them."""
    scale = weight.abs().amax(1).clamp_min(1e-30) / 127
    return (weight / scale[:, None]).round().to(torch.int8).contiguous(), scale.contiguous()


def write(path, model, words):
    """The file that crates/model/src/word_rnn.rs reads."""
    tensors = {"bias": model.bias.detach().clone(), "project.bias": model.project.bias.detach().clone()}
    tensors["rnn.bias"] = (model.rnn.bias_ih_l0 + model.rnn.bias_hh_l0).detach()
    for name, weight in (
        ("embed", model.embed.weight),
        ("rnn.input", model.rnn.weight_ih_l0),
        ("rnn.recurrent", model.rnn.weight_hh_l0),
        ("project", model.project.weight),
    ):
        tensors[f"{name}.weight"], tensors[f"{name}.scale"] = rounded(weight.detach())
    tensors["words"] = torch.frombuffer(bytearray(("\n".join(words) + "\n").encode()), dtype=torch.uint8)
    write_whole(path, lambda beside: save_file(tensors, str(beside), {"format": "pt", "arch": "word-lstm"}))


def train(options):
    folder = Path(options.ids)
    words = (folder / "words.txt").read_text().splitlines()
    document = words.index("<document>")
    count = next(at for at, word in enumerate(words) if not any(c.isalpha() for c in word) or word.startswith("<rare"))
    weights = json.loads(Path(options.weights).read_text()) if options.weights else {}
    texts = Texts(folder, weights, options.batch, options.seed, document)
    held_out = np.concatenate([np.fromfile(path, "<u2") for path in sorted(folder.glob("*.held-out"))])
    held_out = held_out[: options.held_out]
    model = Words(len(words), count, options.embed, options.hidden)
    often = np.bincount(np.concatenate(texts.pieces), minlength=len(words))[:count] + 1.0
    with torch.no_grad():
        model.bias.copy_(torch.from_numpy(np.log(often / often.sum())))
    ranks = torch.arange(count, dtype=torch.float64)
    chance = torch.log((ranks + 2) / (ranks + 1)) / math.log(count + 1)
    expected = torch.log(chance * options.sample).float()
    optimizer = torch.optim.AdamW(model.parameters(), options.rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    step, seen, spent, losses = 0, 0, 0.0, []
    checkpoint = Path(f"{options.out}.checkpoint")
    if options.resume:
        content = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(content["model"])
        optimizer.load_state_dict(content["optimizer"])
        step, seen, spent = content["step"], content["seen"], content["spent"]
        texts.random = np.random.default_rng(options.seed + step)
    print(f"{len(words)} tokens, {count} of them words; {texts.tokens} tokens to learn from, {len(held_out)} held out", flush=True)

    def save():
        content = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "seen": seen, "spent": spent}
        write_whole(checkpoint, lambda beside: torch.save(content, beside))

    began = reported = saved = time.monotonic()
    began -= spent
    streams, at, state = texts.streams(), 0, None
    while True:
        spent = time.monotonic() - began
        progress = spent / (60 * options.minutes)
        if progress >= 1:
            break
        if at + options.time + 1 > len(streams):
            streams, at = texts.streams(), 0
        window = streams[at : at + options.time + 1].long()
        at += options.time
        for group in optimizer.param_groups:
            group["lr"] = rate(options, step, progress)
        with torch.autocast("cpu", torch.bfloat16):
            vectors, state = model(window[:-1], state)
        state = tuple(part.detach().float() for part in state)
        targets = window[1:].flatten()
        is_word = targets < count
        targets = targets[is_word]
        sample = ((count + 1) ** torch.rand(options.sample, dtype=torch.float64)).long().sub_(1).clamp_(0, count - 1)
        loss = SampledLoss.apply(
            vectors.flatten(0, 1)[is_word].float(),
            model.embed(targets),
            model.bias[targets] - expected[targets],
            model.embed(sample),
            model.bias[sample] - expected[sample],
            targets,
            sample,
        )
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), options.clip)
        optimizer.step()
        losses.append(loss.detach())
        step, seen = step + 1, seen + window.numel()
        now = time.monotonic()
        if now - reported > 30:
            speed = len(losses) * options.batch * options.time / (now - reported)
            print(f"step {step}  {seen / 1e6:.1f} M tokens  {torch.stack(losses).mean():.4f} nats  {speed:.0f} tokens/s", flush=True)
            losses, reported = [], now
        if now - saved > 60 * options.checkpoint_minutes:
            saved = now
            save()
            nats = held_out_nats(model, held_out[:100_000], document)
            print(f"step {step}  held out {nats:.4f} nats a word, perplexity {math.exp(nats):.1f}", flush=True)
    write(options.out, model, words)
    save()
    nats = held_out_nats(model, held_out, document)
    print(f"held out {nats:.4f} nats a word, perplexity {math.exp(nats):.1f}, after {seen} tokens; wrote {options.out}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("ids", metavar="IDS", help="the folder that the example word_ids wrote")
    parser.add_argument("--out", required=True, metavar="FILE", help="the safetensors file to write")
    parser.add_argument("--weights", metavar="JSON", help="how often a pass reads a file, by its name without ending (default 1)")
    parser.add_argument("--resume", action="store_true", help="go on from OUT.checkpoint")
    parser.add_argument("--minutes", type=float, required=True, metavar="M", help="how long to train")
    for name, default, what in (
        ("embed", 256, "width of an embedding"),
        ("hidden", 512, "width of the LSTM"),
        ("batch", 128, "streams side by side"),
        ("time", 32, "tokens of a window"),
        ("sample", 2048, "words of a sample"),
        ("held-out", 400_000, "held-out tokens to measure on"),
        ("seed", 1, "of everything random"),
        ("warm-up", 300, "steps until the rate is full"),
        ("rate", 2e-3, "learning rate at its height"),
        ("hold", 0.3, "share of the run before it begins to fall along a cosine"),
        ("last", 0.02, "what it falls to, as a share"),
        ("clip", 1.0, "greatest norm of the gradient"),
        ("checkpoint-minutes", 5.0, "between checkpoints"),
        ("threads", 0, "of the processor (default: its cores)"),
    ):
        parser.add_argument(f"--{name}", type=type(default), default=default, metavar="X", help=f"{what} (default {default})")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    try:
        train(options)
    except Refusal as refusal:
        sys.exit(f"pretrain_words: {refusal}")


if __name__ == "__main__":
    main()
