"""Passages in, the lexical data of a bundle out; those of passages kept from another bundle are moved, not made again.

Either way gives the same bytes: terms are in alphabetical order, and weights are computed from counts that are kept.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.analysis import BIGRAM_BUCKETS, GRAM_BUCKETS, bigram_buckets, fold, gram_buckets, is_stop, term, words
from corpus.postings import FIELDS, K1, B, Lexicon
from corpus.tables import open_table, save_table

Rows = NDArray[np.int64]
MAX_COUNT = 255
"""Counts are bytes: BM25 saturates long before."""
_BLOCK = 1 << 17
_FEW = 4096


@dataclass(frozen=True, slots=True)
class LexicalEntry:
    """What the lexicon needs of one passage: its language, its heading path with the title, its sentences."""

    language: str
    title: str
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class LexicalBase:
    """The lexical data of another bundle: `new_rows` (int64, one a passage of it) is where a passage goes, -1 if it leaves.

    `sentence_spans` is int64 (n_passages, 2), the sentence rows of each passage there; `gone` are the passages that leave.
    """

    folder: Path
    lexicon: Lexicon
    new_rows: Rows
    sentence_spans: Rows
    gone: Sequence[LexicalEntry]


@dataclass(slots=True)
class _Counted:
    """Occurrences: term, passage, how often there (sorted by term, then passage), and the length of each passage."""

    terms: NDArray[np.int32]
    rows: NDArray[np.uint32]
    counts: NDArray[np.uint8]
    lengths: NDArray[np.uint32]


@dataclass(slots=True)
class _Fresh:
    """The passages that are analysed: term ids by first use, by field, with the row of their passage."""

    vocabulary: dict[str, int] = field(default_factory=dict)
    surface: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: list[int] = field(default_factory=list)
    fields: dict[str, list[list[int]]] = field(default_factory=lambda: {name: [] for name in FIELDS})
    sentences: dict[int, list[list[int]]] = field(default_factory=dict)


def write_lexicon(folder: Path, entries: Iterable[LexicalEntry | None], base: LexicalBase | None = None) -> None:
    """Write the lexical data of passages given in row order into `folder`, which must exist; None for one kept from `base`."""
    fresh = _Fresh()
    n_passages = 0
    for row, entry in enumerate(entries):
        n_passages += 1
        if entry is not None:
            _analyse(fresh, row, entry)
    kept = {name: _kept(base, name) for name in FIELDS} if base else {}
    vocabulary, of_base, of_fresh = _vocabulary(fresh, base, kept)
    sizes = {"body": len(vocabulary), "title": len(vocabulary), "bigram": BIGRAM_BUCKETS, "gram": GRAM_BUCKETS}
    for name in FIELDS:
        worded = name in ("body", "title")
        counted = _counted(fresh, name, of_fresh if worded else None, n_passages)
        if base:
            if worded:
                kept[name].terms = of_base[kept[name].terms]
            counted = _merged(kept.pop(name), counted, base, n_passages)
        _save(folder, name, counted, sizes[name])
    save_table(folder / "size.npy", np.asarray([n_passages], dtype=np.int64))
    lengths, terms = _sentences(fresh, base, of_base, of_fresh, n_passages)
    save_table(folder / "sentences.starts.npy", np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))
    save_table(folder / "sentences.terms.npy", terms.astype(np.uint32))
    (folder / "vocabulary.txt").write_text("".join(f"{word}\n" for word in vocabulary), encoding="utf-8")
    (folder / "surface.txt").write_text(
        "".join(f"{language}\t{form}\t{count}\n" for (language, form), count in _surface(fresh, base)),
        encoding="utf-8",
    )


def _analyse(fresh: _Fresh, row: int, entry: LexicalEntry) -> None:
    ids_of, body, bigrams, grams = fresh.vocabulary, list[int](), list[int](), list[int]()
    sentences = []
    for sentence in entry.sentences:
        kept = [token for token in words(sentence) if not is_stop(token, entry.language)]
        index_terms = [term(token, entry.language) for token in kept]
        fresh.surface.update((entry.language, fold(token)) for token in kept)
        sentences.append([ids_of.setdefault(t, len(ids_of)) for t in index_terms])
        body += sentences[-1]
        bigrams += bigram_buckets(index_terms)
        grams += gram_buckets(kept)
    heading = [term(t, entry.language) for t in words(entry.title) if not is_stop(t, entry.language)]
    title = [ids_of.setdefault(t, len(ids_of)) for t in heading]
    fresh.rows.append(row)
    fresh.sentences[row] = sentences
    for name, ids in zip(FIELDS, (body, title, bigrams, grams), strict=True):
        fresh.fields[name].append(ids)


def _kept(base: LexicalBase, name: str) -> _Counted:
    """The occurrences of the passages that stay, at their new rows, with the old term ids."""
    postings = getattr(base.lexicon, name)
    terms = np.repeat(np.arange(len(postings.starts) - 1, dtype=np.int32), np.diff(postings.starts))
    new_rows = base.new_rows.astype(np.int32)
    rows = np.empty(len(terms), np.int32)
    for start in range(0, len(rows), _BLOCK):
        part = slice(start, start + _BLOCK)
        rows[part] = new_rows[postings.rows[part]]
    counts = np.asarray(open_table(base.folder / f"{name}.counts.npy"))
    lengths = np.asarray(open_table(base.folder / f"{name}.lengths.npy"))
    stays = rows >= 0
    if not stays.all():
        terms, rows, counts = terms[stays], rows[stays], counts[stays]
    return _Counted(terms, rows.view(np.uint32), counts, lengths)


def _vocabulary(
    fresh: _Fresh, base: LexicalBase | None, kept: Mapping[str, _Counted]
) -> tuple[list[str], NDArray[np.int32], NDArray[np.int32]]:
    """The words that are used, in alphabetical order, and the new ids of the old terms and of the fresh ones."""
    old = list(base.lexicon.vocabulary) if base else []
    used = np.zeros(len(old), dtype=bool)
    for name in ("body", "title") if base else ():
        used[kept[name].terms] = True
    vocabulary = sorted({*itertools.compress(old, used), *fresh.vocabulary})
    number = {word: n for n, word in enumerate(vocabulary)}
    of_base = np.fromiter((number.get(word, -1) for word in old), np.int32, len(old))
    of_fresh = np.fromiter((number[word] for word in fresh.vocabulary), np.int32, len(fresh.vocabulary))
    return vocabulary, of_base, of_fresh


def _counted(fresh: _Fresh, name: str, new_ids: NDArray[np.int32] | None, n_passages: int) -> _Counted:
    """The occurrences of the passages that were analysed."""
    ids = fresh.fields[name]
    sizes = np.fromiter((len(one) for one in ids), np.int64, len(ids))
    terms = np.fromiter(itertools.chain.from_iterable(ids), np.int64, int(sizes.sum()))
    if new_ids is not None and len(terms):
        terms = new_ids[terms].astype(np.int64)
    rows = np.repeat(np.asarray(fresh.rows, dtype=np.int64), sizes)
    pairs, frequency = np.unique(terms * max(n_passages, 1) + rows, return_counts=True)
    term_of, row_of = np.divmod(pairs, max(n_passages, 1))
    lengths = np.zeros(n_passages, np.uint32)
    lengths[fresh.rows] = sizes
    counts = np.minimum(frequency, MAX_COUNT).astype(np.uint8)
    return _Counted(term_of.astype(np.int32), row_of.astype(np.uint32), counts, lengths)


def _merged(kept: _Counted, fresh: _Counted, base: LexicalBase, n_passages: int) -> _Counted:
    """Both together, sorted by term, then passage."""
    stays = base.new_rows >= 0
    lengths = fresh.lengths
    lengths[base.new_rows[stays]] = kept.lengths[stays]
    if np.any(np.diff(base.new_rows[stays]) < 0):
        order = np.argsort(kept.terms.astype(np.int64) * n_passages + kept.rows, kind="stable")
        kept = _Counted(kept.terms[order], kept.rows[order], kept.counts[order], kept.lengths)
    places = _places(kept, fresh, n_passages)
    return _Counted(
        np.insert(kept.terms, places, fresh.terms),
        np.insert(kept.rows, places, fresh.rows),
        np.insert(kept.counts, places, fresh.counts),
        lengths,
    )


def _places(kept: _Counted, fresh: _Counted, n_passages: int) -> Rows:
    """Where each fresh occurrence goes among the kept ones: int64. A few are looked up one by one, many by one long key."""
    if len(fresh.terms) > _FEW:
        keys = kept.terms.astype(np.int64) * n_passages + kept.rows
        return np.searchsorted(keys, fresh.terms.astype(np.int64) * n_passages + fresh.rows)
    first = np.searchsorted(kept.terms, fresh.terms, "left")
    end = np.searchsorted(kept.terms, fresh.terms, "right")
    within = [
        np.searchsorted(kept.rows[a:b], row) for a, b, row in zip(first.tolist(), end.tolist(), fresh.rows, strict=True)
    ]
    return first + np.array(within, dtype=np.int64)


def _save(folder: Path, name: str, counted: _Counted, n_terms: int) -> None:
    """Write the postings of one field with their BM25 weights, and what a later bundle needs to take them over."""
    n_passages = len(counted.lengths)
    lengths = counted.lengths.astype(np.float64)
    document_frequency = np.bincount(counted.terms, minlength=n_terms)
    idf = np.log1p((n_passages - document_frequency + 0.5) / (document_frequency + 0.5))
    mean_length = float(lengths.mean()) if n_passages and lengths.any() else 1.0
    saturation = K1 * (1 - B + B * lengths / mean_length)
    weights = np.empty(len(counted.terms), np.float32)
    for start in range(0, len(weights), _BLOCK):
        part = slice(start, start + _BLOCK)
        counts = counted.counts[part].astype(np.float64)
        weights[part] = idf[counted.terms[part]] * counts * (K1 + 1) / (counts + saturation[counted.rows[part]])
    starts = np.concatenate([[0], np.cumsum(document_frequency)]).astype(np.int64)
    parts: dict[str, NDArray[Any]] = {"starts": starts, "rows": counted.rows, "weights": weights}
    for part_name, table in (parts | {"counts": counted.counts, "lengths": counted.lengths}).items():
        save_table(folder / f"{name}.{part_name}.npy", table)


def _sentences(
    fresh: _Fresh, base: LexicalBase | None, of_base: NDArray[np.int32], of_fresh: NDArray[np.int32], n_passages: int
) -> tuple[Rows, NDArray[np.int32]]:
    """The number of terms of each sentence, and the terms of all, in row order."""
    old_rows = np.full(n_passages, -1, np.int64)
    if base:
        stays = np.flatnonzero(base.new_rows >= 0)
        old_rows[base.new_rows[stays]] = stays
    breaks = np.flatnonzero((np.diff(old_rows) != 1) | (old_rows[:-1] < 0)) + 1
    lengths: list[Rows] = [np.empty(0, np.int64)]
    terms: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    for first, end in itertools.pairwise([0, *breaks.tolist(), n_passages] if n_passages else []):
        if base and old_rows[first] >= 0:  # neighbours there too: one slice
            start, stop = base.sentence_spans[old_rows[first], 0], base.sentence_spans[old_rows[end - 1], 1]
            edges = base.lexicon.sentence_starts[start : stop + 1]
            lengths.append(np.diff(edges))
            terms.append(of_base[base.lexicon.sentence_terms[edges[0] : edges[-1]]])
        else:
            sentences = [one for row in range(first, end) for one in fresh.sentences[row]]
            lengths.append(np.fromiter(map(len, sentences), np.int64, len(sentences)))
            ids = np.fromiter(itertools.chain.from_iterable(sentences), np.int64)
            terms.append(of_fresh[ids] if len(ids) else np.empty(0, np.int32))
    return np.concatenate(lengths), np.concatenate(terms)


def _surface(fresh: _Fresh, base: LexicalBase | None) -> list[tuple[tuple[str, str], int]]:
    """How often each written form stands in the passages, by language, in order."""
    counts = fresh.surface
    if base:
        counts.update({(la, form): n for la, forms in base.lexicon.surface.items() for form, n in forms.items()})
        for entry in base.gone:
            for sentence in entry.sentences:
                kept = (token for token in words(sentence) if not is_stop(token, entry.language))
                counts.subtract((entry.language, fold(token)) for token in kept)
    return sorted((key, count) for key, count in counts.items() if count > 0)
