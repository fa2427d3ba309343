"""Passages in, the lexical data of a bundle out; those of passages kept from another bundle are moved, not made again.

Either way gives the same bytes: terms are in alphabetical order, and weights are computed from counts that are kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.analysis import BIGRAM_BUCKETS, GRAM_BUCKETS
from corpus.lexicon_counts import FreshCounts, LexicalEntry, Numbers, surface_of
from corpus.lexicon_merge import KeptField, write_field
from corpus.postings import FIELDS, Lexicon
from corpus.tables import open_table, save_table

__all__ = ["LexicalBase", "LexicalEntry", "write_lexicon"]
Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class LexicalBase:
    """The lexical data of another bundle: `new_rows` (int64, one a passage of it) is where a passage goes, -1 if it leaves.

    `sentence_spans` is int64 (n_passages, 2), the sentence rows of each passage there; `gone` are the passages that leave.
    """

    folder: Path
    lexicon: Lexicon
    new_rows: Numbers
    sentence_spans: Numbers
    gone: Sequence[LexicalEntry]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The words that are used, in alphabetical order, and the new ids of the old terms and of the fresh ones."""

    words: list[str]
    of_base: Ids
    of_fresh: Ids


def write_lexicon(folder: Path, entries: Iterable[LexicalEntry | None], base: LexicalBase | None = None) -> None:
    """Write the lexical data of passages given in row order into `folder`, which must exist; None for one kept from `base`."""
    fresh = FreshCounts()
    n_passages = 0
    for row, entry in enumerate(entries):
        n_passages += 1
        if entry is not None:
            fresh.add(row, entry)
    fresh.count()
    vocabulary = _vocabulary(fresh, base)
    sizes = {"body": len(vocabulary.words), "title": len(vocabulary.words)}
    sizes |= {"bigram": BIGRAM_BUCKETS, "gram": GRAM_BUCKETS}
    for name in FIELDS:
        blocks = fresh.blocks.pop(name)
        if name in ("body", "title"):
            blocks = [block.renumbered(vocabulary.of_fresh) for block in blocks]
        kept = _kept(base, name, vocabulary) if base else None
        write_field(folder, name, sizes[name], _lengths(fresh, base, name, n_passages), blocks, kept)
    save_table(folder / "size.npy", np.asarray([n_passages], dtype=np.int64))
    lengths, terms = _sentences(fresh, base, vocabulary, n_passages)
    save_table(folder / "sentences.starts.npy", np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))
    save_table(folder / "sentences.terms.npy", terms.astype(np.uint32))
    (folder / "vocabulary.txt").write_text("".join(f"{word}\n" for word in vocabulary.words), encoding="utf-8")
    (folder / "surface.txt").write_text(
        "".join(f"{language}\t{form}\t{count}\n" for (language, form), count in _surface(fresh, base)),
        encoding="utf-8",
    )


def _vocabulary(fresh: FreshCounts, base: LexicalBase | None) -> _Vocabulary:
    old = list(base.lexicon.vocabulary) if base else []
    used = _still_used(base) if base else []
    vocabulary = sorted({*itertools.compress(old, used), *fresh.vocabulary})
    number = {word: n for n, word in enumerate(vocabulary)}
    of_base = np.fromiter((number.get(word, -1) for word in old), np.int32, len(old))
    of_fresh = np.fromiter((number[word] for word in fresh.vocabulary), np.int32, len(fresh.vocabulary))
    return _Vocabulary(vocabulary, of_base, of_fresh)


def _still_used(base: LexicalBase) -> list[bool]:
    """Which of the old words stand in a passage that stays."""
    used = np.ones(len(base.lexicon.vocabulary), bool)
    if (base.new_rows < 0).any():
        used[:] = False
        for field in (base.lexicon.body, base.lexicon.title):
            stay = np.concatenate([[0], np.cumsum(base.new_rows[field.rows] >= 0)])
            used |= np.diff(stay[field.starts]) > 0
    found: list[bool] = used.tolist()
    return found


def _kept(base: LexicalBase, name: str, vocabulary: _Vocabulary) -> KeptField:
    """A field of the other bundle, with its new numbers for passages and terms."""
    postings = getattr(base.lexicon, name)
    n_terms = len(postings.starts) - 1
    worded = name in ("body", "title")
    new_terms = np.maximum.accumulate(np.maximum(vocabulary.of_base, 0)) if worded else np.arange(n_terms)
    stays = base.new_rows[base.new_rows >= 0]
    return KeptField(
        postings,
        open_table(base.folder / f"{name}.counts.npy"),
        base.new_rows.astype(np.int32),
        all_stay=len(stays) == len(base.new_rows),
        in_order=not np.any(np.diff(stays) < 0),
        new_terms=new_terms.astype(np.int32),
    )


def _lengths(fresh: FreshCounts, base: LexicalBase | None, name: str, n_passages: int) -> NDArray[np.uint32]:
    """How many terms each passage has in a field."""
    lengths = np.zeros(n_passages, np.uint32)
    if len(fresh.rows):
        lengths[np.array(fresh.rows, dtype=np.int64)] = np.array(fresh.lengths[name], dtype=np.uint32)
    if base:
        stays = base.new_rows >= 0
        lengths[base.new_rows[stays]] = open_table(base.folder / f"{name}.lengths.npy")[stays]
    return lengths


def _sentences(
    fresh: FreshCounts, base: LexicalBase | None, vocabulary: _Vocabulary, n_passages: int
) -> tuple[Numbers, Ids]:
    """The number of terms of each sentence, and the terms of all, in row order."""
    fresh_lengths = np.array(fresh.sentence_lengths, dtype=np.int64)
    fresh_ids = np.array(fresh.sentence_terms, dtype=np.int64)
    fresh_terms = vocabulary.of_fresh[fresh_ids] if len(fresh_ids) else np.empty(0, np.int32)
    if base is None:
        return fresh_lengths, fresh_terms
    old_rows = np.full(n_passages, -1, np.int64)
    stays = np.flatnonzero(base.new_rows >= 0)
    old_rows[base.new_rows[stays]] = stays
    ends = np.concatenate([[0], np.cumsum(np.array(fresh.sentences, dtype=np.int64))])
    term_ends = np.concatenate([[0], np.cumsum(fresh_lengths)])
    taken = 0
    lengths: list[Numbers] = [np.empty(0, np.int64)]
    terms: list[Ids] = [np.empty(0, np.int32)]
    for first, end in _runs(old_rows):
        if old_rows[first] >= 0:
            start, stop = base.sentence_spans[old_rows[first], 0], base.sentence_spans[old_rows[end - 1], 1]
            edges = base.lexicon.sentence_starts[start : stop + 1]
            lengths.append(np.diff(edges))
            terms.append(vocabulary.of_base[base.lexicon.sentence_terms[edges[0] : edges[-1]]])
        else:
            start, stop = ends[taken], ends[taken + end - first]
            taken += end - first
            lengths.append(fresh_lengths[start:stop])
            terms.append(fresh_terms[term_ends[start] : term_ends[stop]])
    return np.concatenate(lengths), np.concatenate(terms)


def _runs(old_rows: Numbers) -> Iterable[tuple[int, int]]:
    """Spans of passages that are neighbours in the other bundle too, and spans of those that it has not."""
    if not len(old_rows):
        return []
    both_fresh = (old_rows[1:] < 0) & (old_rows[:-1] < 0)
    follows = (np.diff(old_rows) == 1) & (old_rows[:-1] >= 0)
    breaks = np.flatnonzero(~(both_fresh | follows)) + 1
    return itertools.pairwise([0, *breaks.tolist(), len(old_rows)])


def _surface(fresh: FreshCounts, base: LexicalBase | None) -> list[tuple[tuple[str, str], int]]:
    """How often each written form stands in the passages, by language, in order."""
    counts = fresh.surface
    if base:
        counts.update({(la, form): n for la, forms in base.lexicon.surface.items() for form, n in forms.items()})
        for entry in base.gone:
            counts.subtract(surface_of(entry))
    return sorted((key, count) for key, count in counts.items() if count > 0)
