"""A question to what the index understands: weighted terms, buckets, a vector, and the kind of answer expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.analysis import bigram_buckets, fold, gram_buckets, is_stop, term, words
from corpus.encoder import Encoder
from corpus.postings import Lexicon
from service.answer import Language
from service.glossary import Glossary
from service.intent import Intent, intent_of
from service.spelling import Speller

Vector = NDArray[np.float32]
EXPANSION_FACTOR = 0.5
OTHER_LANGUAGE_FACTOR = 0.6


@dataclass(frozen=True, slots=True)
class Slot:
    """One notion of the question: the index terms that stand for it, each with a factor, and its inverse frequency."""

    token: str
    term_ids: dict[int, float]
    idf: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Query:
    """A question ready to be looked up. `vector` is float32 (dimension,) of unit length, or zeros."""

    text: str
    lang: Language
    intent: Intent
    slots: tuple[Slot, ...]
    bigrams: tuple[int, ...]
    grams: tuple[int, ...]
    vector: Vector
    unknown: tuple[str, ...] = ()

    @property
    def total_idf(self) -> float:
        """What a text would score that holds every notion of the question."""
        return sum(slot.idf * slot.weight for slot in self.slots)


class QueryReader:
    """Reads questions for one bundle; keeps what it needs of the vocabulary."""

    def __init__(self, lexicon: Lexicon, encoder: Encoder, glossary: Glossary) -> None:
        self._lexicon = lexicon
        self._encoder = encoder
        self._glossary = glossary
        self._speller = Speller(lexicon.surface)

    def read(self, text: str, lang: Language, context: Sequence[tuple[str, float]] = ()) -> Query:
        """The query of a question; `context` are earlier texts that complete it, each with its weight (0 to 1)."""
        tokens = [token for token in words(text) if not is_stop(token, lang)]
        corrected = [self._speller.correct(token) for token in tokens]
        slots: dict[str, Slot] = {}
        unknown = []
        for token in corrected:
            slot = self._slot(token, lang, 1.0)
            if slot is None:
                unknown.append(token)
            else:
                slots.setdefault(fold(token), slot)
        for earlier, weight in context:
            for token in words(earlier):
                if not is_stop(token, lang) and fold(token) not in slots:
                    slot = self._slot(token, lang, weight)
                    if slot is not None:
                        slots[fold(token)] = slot
        index_terms = [term(token, lang) for token in corrected]
        meaning = " ".join([text, *self._glossary.long_forms(corrected), *(t for t, _ in context)])
        return Query(
            text=text,
            lang=lang,
            intent=intent_of(text, lang),
            slots=tuple(slots.values()),
            bigrams=tuple(dict.fromkeys(bigram_buckets(index_terms))),
            grams=tuple(dict.fromkeys(gram_buckets(corrected))),
            vector=self._encoder.encode_questions([meaning])[0],
            unknown=tuple(unknown),
        )

    def _slot(self, token: str, lang: Language, weight: float) -> Slot | None:
        other: Language = "en" if lang == "fr" else "fr"
        factors: dict[str, float] = {term(token, lang): 1.0}
        factors.setdefault(term(token, other), OTHER_LANGUAGE_FACTOR)
        for synonym in self._glossary.synonyms(token):
            factors.setdefault(term(synonym, lang), EXPANSION_FACTOR)
        vocabulary = self._lexicon.vocabulary
        ids = {vocabulary[t]: factor for t, factor in factors.items() if t in vocabulary}
        ids = {n: factor for n, factor in ids.items() if self._lexicon.body.frequency(n)}
        if not ids:
            return None
        frequency = max(self._lexicon.body.frequency(n) for n in ids)
        return Slot(token, ids, self._lexicon.idf(frequency), weight)
