"""The texts that scripts/pretrain.py trains on: found, weighted, held out, and laid side by side as streams."""
import re
import zlib
from pathlib import Path

import numpy as np

SUFFIXES = {".txt", ".text", ".md", ".markdown"}


class Refusal(Exception):
    """Something the user has to put right; the message says what, why and how."""


def read_documents(folder, say=lambda text: None, paragraphs=False):
    """Name and bytes of each document below a folder, in the order of names. Says what it passes by.

    A file is a document, named by its path. With `paragraphs` it is as many as blank lines part, path#0 and on, and a line is
    a paragraph.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise Refusal(f"{folder}: no such folder; name the folder that holds the texts")
    documents = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() not in SUFFIXES or not path.is_file() or any(p.startswith(".") for p in Path(name).parts):
            continue
        try:
            content = path.read_bytes()
            content.decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            say(f"skipped {path}: {error}")
            continue
        if not content or 0 in content:
            say(f"skipped {path}: {'it has zero bytes' if content else 'it is empty'}")
            continue
        if not paragraphs:
            documents[name] = content
            continue
        for n, part in enumerate(re.split(rb"\n(?:[ \t]*\n)+", content.replace(b"\r\n", b"\n").strip(b"\n"))):
            if part:
                documents[f"{name}#{n}"] = part
    if not documents:
        raise Refusal(f"{folder}: no text in it; Foreword learns from {', '.join(sorted(SUFFIXES))} files in UTF-8")
    return documents


def read_weights(path, documents):
    """How often each document is read in a pass: from lines of a file or folder, a tab, and a number."""
    weights = dict.fromkeys(documents, 1.0)
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines() if path else []
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{path}: cannot be read ({error}); --weights takes a file of lines: name, tab, weight") from error
    # By each name it goes by: its own, that of its file, those of the folders.
    named = {}
    for document in documents:
        for name in {document, document.rpartition("#")[0], *(parent.as_posix() for parent in Path(document).parents)}:
            named.setdefault(name, []).append(document)
    # The longer name is the more particular one, and has the last word.
    entries = []
    for number, line in ((number, line) for number, line in enumerate(lines, 1) if line.strip()):
        name, _, weight = line.rpartition("\t")
        try:
            weight = float(weight)
        except ValueError:
            weight = -1.0
        name = name.strip().rstrip("/")
        if not name or not 0 <= weight <= 1000:
            raise Refusal(f"{path}:{number}: `{line}` is not a name, a tab and a weight from 0 to 1000")
        found = named.get(name)
        if not found:
            raise Refusal(f"{path}:{number}: no text or folder is named {name}; names are relative to the folder of texts")
        entries.append((len(name), weight, found))
    for _, weight, found in sorted(entries, key=lambda entry: entry[0]):
        weights |= dict.fromkeys(found, weight)
    return weights


def split(documents, share):
    """Holds out about this share of the bytes, whole documents drawn by their names alone: the same on any machine."""
    if len(documents) < 2:
        raise Refusal("there is only one text, so none can be held out; name a folder to judge on with --valid")
    limit, held_out, taken = share * sum(map(len, documents.values())), {}, 0
    for name in sorted(documents, key=lambda name: zlib.crc32(name.encode())):
        if taken + len(documents[name]) <= limit:
            held_out[name] = documents[name]
            taken += len(documents[name])
    if not held_out:
        smallest = min(documents, key=lambda name: len(documents[name]))
        held_out[smallest] = documents[smallest]
    return {name: content for name, content in documents.items() if name not in held_out}, held_out


def join(documents):
    """Documents as one text, a zero byte before, between and after them."""
    return np.frombuffer(b"\0" + b"\0".join(documents) + b"\0", dtype=np.uint8)


def rows_of(text, rows):
    """The text as rows of equal length, [rows, length]; the last byte of each is the first of the next."""
    length = (len(text) - 1) // rows
    return np.stack([text[row * length : (row + 1) * length + 1] for row in range(rows)])


def pass_of(documents, weights, options, number):
    """The text of one pass: documents as often as their weights say, shuffled, some of them in lower case.

    Where lines are paragraphs, every other document has a blank line between them.
    """
    generator = np.random.default_rng([options.seed, number])
    names = []
    for name in documents:
        whole = int(weights[name])
        names += [name] * (whole + int(generator.random() < weights[name] - whole))
    generator.shuffle(names)
    lower = generator.random(len(names)) < options.lower
    apart = generator.random(len(names)) < (0.5 if options.paragraphs else 0.0)
    chosen = []
    for name, is_lower, is_apart in zip(names, lower, apart):
        content = documents[name].decode().lower().encode() if is_lower else documents[name]
        chosen.append(content.replace(b"\n", b"\n\n") if is_apart else content)
    return join(chosen)
