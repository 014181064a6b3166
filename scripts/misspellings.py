#!/usr/bin/env python3
"""Makes crates/suggest/assets/misspellings.txt: a misspelling a line, then the words that may be meant.

The list is that of the project typos (https://github.com/crate-ci/typos, MIT or Apache-2.0), kept there by hand. Words left out:

- those without a correction that the base model's counts have, for such a correction has no odds;
- names: those that the counts spell with a capital;
- spoken forms, such as "goin";
- old or rare words that are right (RIGHT).

Contractions without their apostrophe are added (CONTRACTIONS); typos leaves them out.

    foreword ngram convert assets/counts-prose/prose.ngram base.arpa
    python3 scripts/misspellings.py words.csv base.arpa > crates/suggest/assets/misspellings.txt

words.csv is crates/typos-dict/assets/words.csv of typos.
"""

import re
import sys

MOST_CORRECTIONS = 3

RIGHT = set("heros intrusted moreso pharao quitted softwares thingie tilda writeable xwindows".split())

CONTRACTIONS = {
    "arent": "aren't", "cant": "can't", "couldnt": "couldn't", "couldve": "could've", "didnt": "didn't",
    "doesnt": "doesn't", "dont": "don't", "hadnt": "hadn't", "hasnt": "hasn't", "havent": "haven't",
    "isnt": "isn't", "mightve": "might've", "mustnt": "mustn't", "shouldnt": "shouldn't",
    "shouldve": "should've", "thats": "that's", "theres": "there's", "theyd": "they'd", "theyll": "they'll",
    "theyre": "they're", "theyve": "they've", "wasnt": "wasn't", "werent": "weren't", "weve": "we've",
    "whats": "what's", "wheres": "where's", "whos": "who's", "womens": "women's", "wont": "won't",
    "wouldnt": "wouldn't", "wouldve": "would've", "youd": "you'd", "youll": "you'll", "youre": "you're",
    "youve": "you've",
}

HEAD = """\
# Misspellings, and for each the words that may be meant. Made by scripts/misspellings.py, which says how.
# From typos (https://github.com/crate-ci/typos), (c) its contributors, used under the MIT licence.
"""


def vocabulary(path):
    """The words of an ARPA file in their own spelling."""
    words, within = set(), False
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("\\2-grams"):
                break
            if within and "\t" in line:
                words.add(line.split("\t")[1].rstrip("\n"))
            within = within or line.startswith("\\1-grams")
    return words


def main():
    """Reads typos' list and an ARPA file, writes the list."""
    words = vocabulary(sys.argv[2])
    known = {word.lower() for word in words}
    names = {word.lower() for word in words if word[:1].isupper()}
    listed = {}
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            misspelling, *corrections = line.strip().split(",")
            corrections = [word for word in corrections if word in known][:MOST_CORRECTIONS]
            is_spoken = misspelling.endswith("in") and misspelling + "g" in corrections
            if corrections and re.fullmatch("[a-z']{3,}", misspelling) and not is_spoken:
                if misspelling not in names and misspelling not in RIGHT:
                    listed[misspelling] = corrections
    listed.update({word: [whole] for word, whole in CONTRACTIONS.items()})
    sys.stdout.write(HEAD)
    for misspelling in sorted(listed):
        print(misspelling, *listed[misspelling])


if __name__ == "__main__":
    main()
