"""`python -m tests.quality.train_words [--text FILE] [--write]`: learn service/check_words.tsv from aligned sentences.

The text has a French sentence, a tab and its English translation a line. For every pair of stems it is learned how often one is
translated by the other (IBM's first model, both ways, five rounds of expectation and maximisation); kept is the geometric
mean of both ways. Some four minutes on one core. Without `--write` the size is printed and nothing is changed.
"""

from __future__ import annotations

import argparse
import lzma
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.analysis import fold_accents, is_stop, words
from service.answer import Language
from service.check_text import stem_of
from service.check_words import LEXICON_FILE
from tests.quality.sets import REPOSITORY

TEXT = REPOSITORY.parent / "shared" / "text" / "europarl-fr-en.tsv.xz"
SENTENCES, LONGEST_CHARS, SHORTEST_CHARS = 330_000, 260, 20
MIN_COUNT, MIN_LINKS, MIN_WEIGHT, ROUNDS = 8, 3.0, 0.03, 5
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Links:
    """Every pair of stems that stand in one aligned pair: its sentence, its French and English stems, by number."""

    sentence: Ints
    french: Ints
    english: Ints


def main() -> None:
    """Learn, and write where asked to."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--text", type=Path, default=TEXT)
    arguments.add_argument("--write", action="store_true")
    options = arguments.parse_args()
    rows = learn(options.text)
    print(f"{len(rows)} pairs of stems")
    if options.write:
        lines = "".join(f"{french}\t{english}\t{weight:.2f}\n" for french, english, weight in rows)
        LEXICON_FILE.write_text(lines, encoding="utf-8")


def learn(text: Path) -> list[tuple[str, str, float]]:
    """The pairs of French and English stems that translate each other, with their weights within 0..1, in order."""
    pairs = list(_pairs(text))
    french, english = _numbers(one for one, _ in pairs), _numbers(other for _, other in pairs)
    links = _links(pairs, french, english)
    joint, inverse = np.unique(links.french * len(english) + links.english, return_inverse=True)
    of_french, of_english = joint // len(english), joint % len(english)
    there, count = _translations(links.sentence * len(english) + links.english, inverse, of_french)
    back, counted = _translations(links.sentence * len(french) + links.french, inverse, of_english)
    weights = np.sqrt(there * back)
    kept = np.flatnonzero((np.minimum(count, counted) >= MIN_LINKS) & (weights >= MIN_WEIGHT))
    names, names_en = list(french), list(english)
    found = [(names[of_french[n]], names_en[of_english[n]], float(weights[n])) for n in kept]
    return sorted(found, key=lambda row: (row[0], -row[2]))


def _pairs(text: Path) -> Iterator[tuple[set[str], set[str]]]:
    """The stems of content of each aligned pair, up to `SENTENCES` of them."""
    found = 0
    with lzma.open(text, "rt", encoding="utf-8") as lines:
        for line in lines:
            french, tab, english = line.rstrip("\n").partition("\t")
            if not tab or max(len(french), len(english)) > LONGEST_CHARS or len(french) < SHORTEST_CHARS:
                continue
            stems = _stems(french, "fr"), _stems(english, "en")
            if all(stems):
                yield stems
                found += 1
            if found == SENTENCES:
                return


def _stems(text: str, lang: Language) -> set[str]:
    forms = (form.lower() for form in words(fold_accents(text)))
    return {stem_of(form, lang) for form in forms if form.isalpha() and len(form) > 2 and not is_stop(form, lang)}


def _numbers(texts: Iterator[set[str]]) -> dict[str, int]:
    counts = Counter(stem for stems in texts for stem in stems)
    return {stem: n for n, stem in enumerate(sorted(stem for stem, count in counts.items() if count >= MIN_COUNT))}


def _links(pairs: list[tuple[set[str], set[str]]], french: dict[str, int], english: dict[str, int]) -> Links:
    sentences, ones, others = [], [], []
    for number, (mine, theirs) in enumerate(pairs):
        one = np.array([french[stem] for stem in mine if stem in french], dtype=np.int64)
        other = np.array([english[stem] for stem in theirs if stem in english], dtype=np.int64)
        ones.append(np.repeat(one, len(other)))
        others.append(np.tile(other, len(one)))
        sentences.append(np.full(len(one) * len(other), number, dtype=np.int64))
    return Links(np.concatenate(sentences), np.concatenate(ones), np.concatenate(others))


def _translations(token: Ints, inverse: Ints, given: Ints) -> tuple[Floats, Floats]:
    """For each pair of stems how likely the given one is translated by the other, and how often it was.

    `token` numbers the translated word of each link within its sentence, `inverse` the pair of stems of each link.
    """
    _, word = np.unique(token, return_inverse=True)
    likely = np.ones(len(given))
    count = likely
    for _ in range(ROUNDS):
        weight = likely[inverse]
        share = weight / np.bincount(word, weights=weight)[word]
        count = np.bincount(inverse, weights=share, minlength=len(given))
        likely = count / np.bincount(given, weights=count)[given]
    return likely, count


if __name__ == "__main__":
    main()
