"""Tokenised text enters, batches of (query, passage) token bags leave, drawn at random and reproducibly.

Five kinds of pairs: a heading and its text; a sentence and the passage around it (inverse cloze: nine times in ten the
sentence itself is taken out); a sentence and its translation; a sentence and the passage around its translation.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from ingest.train_text import Block, TrainingText
from ingest.train_typos import crop, misspell

Ints = npt.NDArray[np.int64]

KEEP_SENTENCE = 0.1
"""How often a passage keeps the sentence that asks for it: the words must count too, but not alone."""
MIN_QUERY_TOKENS = 4
PASSAGE_TOKENS = 200
CROP_SHARE = 0.5
"""Share of sentences cut to a run of words: people ask with few."""
MISSPELT_SHARE = 0.2
"""Share of headings and sentences that ask with slips in their long words."""


@dataclass(frozen=True, slots=True)
class Bags:
    """Token ids of many texts, one after the other; text i is ids[offsets[i] : offsets[i + 1]]."""

    ids: npt.NDArray[np.int32]
    offsets: Ints

    def __len__(self) -> int:
        return len(self.offsets) - 1


@dataclass(frozen=True, slots=True)
class Batch:
    """As many queries as passages; row i of each belong together. Rows of one group are no negatives of each other."""

    queries: Bags
    passages: Bags
    groups: Ints


class PairSource(Protocol):
    """Something that pairs are drawn from."""

    @property
    def name(self) -> str:
        """The kind of pairs, by which recipes share them out."""
        ...

    def __len__(self) -> int: ...

    def draw(self, rng: np.random.Generator, size: int) -> Batch:
        """Return `size` pairs."""
        ...


def tokenise(tokenizer: Tokenizer, texts: Sequence[str], step: int = 20_000) -> Bags:
    """Return the token bags of `texts`, without special tokens."""
    parts, lengths = list[npt.NDArray[np.int32]](), list[int]()
    for start in range(0, len(texts), step):
        encodings = tokenizer.encode_batch_fast(list(texts[start : start + step]), add_special_tokens=False)
        lengths.extend(len(encoding.ids) for encoding in encodings)
        parts.extend(np.asarray(encoding.ids, dtype=np.int32) for encoding in encodings)
    ids = np.concatenate(parts) if parts else np.zeros(0, np.int32)
    return Bags(ids, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def take_runs(ids: npt.NDArray[np.int32], starts: Ints, ends: Ints) -> Bags:
    """Return the runs ids[start:end], empty where end <= start."""
    lengths = np.maximum(ends - starts, 0)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    places = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
    return Bags(ids[places], offsets)


def replaced(bags: Bags, others: Bags, rows: Ints, taken: npt.NDArray[np.bool_]) -> Bags:
    """Return `bags` with row i replaced by row rows[i] of `others` wherever taken[i]."""
    starts = np.where(taken, others.offsets[rows] + len(bags.ids), bags.offsets[:-1])
    ends = np.where(taken, others.offsets[rows + 1] + len(bags.ids), bags.offsets[1:])
    return take_runs(np.concatenate([bags.ids, others.ids]), starts, ends)


@dataclass(frozen=True, slots=True)
class Sentences:
    """Tokenised sentences in blocks: first[i] and last[i] (exclusive) are the sentences of the block of sentence i."""

    bags: Bags
    block: Ints
    first: Ints
    last: Ints

    @classmethod
    def of(cls, tokenizer: Tokenizer, blocks: Sequence[Block]) -> Sentences:
        """Tokenise `blocks` once; every pair drawn later is cut from these ids."""
        sizes = np.array([len(block) for block in blocks], dtype=np.int64)
        ends = np.cumsum(sizes)
        bags = tokenise(tokenizer, [sentence for block in blocks for sentence in block])
        return cls(
            bags, np.repeat(np.arange(len(sizes)), sizes), np.repeat(ends - sizes, sizes), np.repeat(ends, sizes)
        )

    def queries(self, rng: np.random.Generator, chosen: Ints) -> Bags:
        """Return the chosen sentences, a share of them cut to a run of at least MIN_QUERY_TOKENS tokens."""
        start, end = self.bags.offsets[chosen], self.bags.offsets[chosen + 1]
        length = end - start
        wanted = rng.integers(MIN_QUERY_TOKENS, np.maximum(length, MIN_QUERY_TOKENS) + 1)
        wanted = np.where(rng.random(len(chosen)) < CROP_SHARE, np.minimum(wanted, length), length)
        begin = start + rng.integers(0, length - wanted + 1)
        return take_runs(self.bags.ids, begin, begin + wanted)

    def around(self, rng: np.random.Generator, chosen: Ints, keep: float) -> Bags:
        """Return passages of about PASSAGE_TOKENS tokens around the chosen sentences, kept inside with chance `keep`."""
        offsets = self.bags.offsets
        before = rng.integers(0, PASSAGE_TOKENS + 1, len(chosen))
        left = np.searchsorted(offsets, offsets[chosen] - before)
        right = np.searchsorted(offsets, offsets[chosen + 1] + PASSAGE_TOKENS - before, side="right") - 1
        left, right = np.maximum(left, self.first[chosen]), np.minimum(right, self.last[chosen])
        alone = (left == chosen) & (right == chosen + 1)
        left = np.where(alone, np.maximum(chosen - 1, self.first[chosen]), left)
        right = np.where(alone, np.minimum(chosen + 2, self.last[chosen]), right)
        kept = rng.random(len(chosen)) < keep
        starts = np.stack([offsets[left], offsets[chosen + 1]], axis=1).ravel()
        ends = np.stack([np.where(kept, offsets[chosen + 1], offsets[chosen]), offsets[right]], axis=1).ravel()
        runs = take_runs(self.bags.ids, starts, ends)
        return Bags(runs.ids, runs.offsets[::2])


@dataclass(frozen=True, slots=True)
class Cloze:
    """Sentences ask for the passage around them, in their own language or (`asked` is a translation) in the other."""

    name: str
    asked: Sentences
    answered: Sentences
    keep: float
    eligible: Ints
    misspelt: Bags | None = None

    @classmethod
    def of(
        cls,
        name: str,
        asked: Sentences,
        answered: Sentences,
        keep: float = KEEP_SENTENCE,
        misspelt: Bags | None = None,
    ) -> Cloze:
        """Leave out sentences that are too short or stand alone in their block."""
        long_enough = np.diff(asked.bags.offsets) >= MIN_QUERY_TOKENS
        eligible = np.flatnonzero(long_enough & (answered.last - answered.first > 1))
        return cls(name, asked, answered, keep, eligible, misspelt)

    def __len__(self) -> int:
        return len(self.eligible)

    def draw(self, rng: np.random.Generator, size: int) -> Batch:
        """Return `size` pairs, drawn with replacement."""
        chosen = self.eligible[rng.integers(0, len(self.eligible), size)]
        passages = self.answered.around(rng, chosen, self.keep)
        queries = _partly_misspelt(self.asked.queries(rng, chosen), self.misspelt, rng, chosen)
        return Batch(queries, passages, self.answered.block[chosen])


@dataclass(frozen=True, slots=True)
class Matched:
    """Two texts that belong together: a heading and its text, a sentence and its translation."""

    name: str
    left: Bags
    right: Bags
    misspelt: Bags | None = None
    max_tokens: int = PASSAGE_TOKENS

    def __len__(self) -> int:
        return len(self.left)

    def draw(self, rng: np.random.Generator, size: int) -> Batch:
        """Return `size` pairs, drawn with replacement; passages end after `max_tokens`."""
        chosen = rng.integers(0, len(self.left), size)
        sides = [
            take_runs(
                side.ids,
                side.offsets[chosen],
                np.minimum(side.offsets[chosen + 1], side.offsets[chosen] + self.max_tokens),
            )
            for side in (self.left, self.right)
        ]
        return Batch(_partly_misspelt(sides[0], self.misspelt, rng, chosen), sides[1], chosen)


def pair_sources(tokenizer: Tokenizer, text: TrainingText, seed: int) -> list[PairSource]:
    """Return the sources of pairs that `text` allows, by name.

    `heading`, `cloze` (prose), `translation`, `cloze-fr`, `cloze-en`, `cross-en-fr`, `cross-fr-en`. `seed` decides the slips.
    """
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    sources = list[PairSource]()
    if text.pairs:
        headings = [heading for heading, _ in text.pairs]
        passages = tokenise(tokenizer, [passage for _, passage in text.pairs])
        slips = tokenise(tokenizer, [misspell(heading, chance) for heading in headings])
        sources.append(Matched("heading", tokenise(tokenizer, headings), passages, slips))
    if text.prose:
        prose = Sentences.of(tokenizer, text.prose)
        sources.append(Cloze.of("cloze", prose, prose, misspelt=_misspelt(tokenizer, text.prose, chance)))
    if text.french:
        french, english = Sentences.of(tokenizer, text.french), Sentences.of(tokenizer, text.english)
        sources.append(Matched("translation", english.bags, french.bags))
        sources.append(Cloze.of("cloze-fr", french, french, misspelt=_misspelt(tokenizer, text.french, chance)))
        sources.append(Cloze.of("cloze-en", english, english))
        sources.append(Cloze.of("cross-en-fr", english, french, keep=0.5))
        sources.append(Cloze.of("cross-fr-en", french, english, keep=0.5))
    return [source for source in sources if len(source)]


def _misspelt(tokenizer: Tokenizer, blocks: Sequence[Block], chance: random.Random) -> Bags:
    return tokenise(tokenizer, [misspell(crop(sentence, chance), chance) for block in blocks for sentence in block])


def _partly_misspelt(queries: Bags, misspelt: Bags | None, rng: np.random.Generator, chosen: Ints) -> Bags:
    if misspelt is None:
        return queries
    return replaced(queries, misspelt, chosen, rng.random(len(chosen)) < MISSPELT_SHARE)
