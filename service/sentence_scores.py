"""Passages found and a query in, their sentences with a score each out: which sentence answers, not which is near."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from corpus.analysis import fold
from corpus.bundle import Bundle, Sentence
from corpus.encoder import Encoder
from service.intent import Asks
from service.query import Query
from service.retrieve import Hits

Scores = NDArray[np.float32]
_SOURCE_LINE = re.compile(
    r"^(sources?\b|voir aussi|see also|page tierce)|\((page tierce|third-party page)\)", re.IGNORECASE
)
_MONTHS = (
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|"
    "january|february|march|april|may|june|july|august|september|october|november|december"
)
_ANSWERS: dict[Asks, re.Pattern[str]] = {
    Asks.DATE: re.compile(rf"\b(\d{{1,2}}(er)? )?({_MONTHS})\b( \d{{1,2}},?)? \d{{4}}|\b(en|in|depuis|since) (19|20)\d\d\b"),
    Asks.MONEY: re.compile(r"\d[\d,. ]*(millions?|milliards?|billions?)? ?(d.)?(euros?|€|m€|k€|%)|[€£$] ?\d"),
    Asks.QUANTITY: re.compile(r"\b(\d[\d,. /]*|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|one|two|three|four"
                              r"|five|six|seven|eight|nine|ten|twelve)\b"),
    Asks.DURATION: re.compile(r"\b(\d+|un|une|deux|trois|six|neuf|douze|one|two|three|six|nine|twelve) (ans?|annees?|mois|jours?|semaines?|heures?|years?|months?|days?|weeks?|hours?)\b"),
    Asks.DEFINITION: re.compile(r"\b(est (un|une|le|la|l.)|sont des|signifie|designe|consiste|desigent|s.entend|is (a|an|the)|means|stands for|refers to)"),
    Asks.WHO: re.compile(r"\b(par|ministre|ministere|agence|autorite|delegation|direction|haute|commission|by|minister|president\w*|dirige\w*)\b"),
    Asks.PROCEDURE: re.compile(r"\b(doit|doivent|faut|depose\w*|deposer|demande\w*|simultanement|aupres|must|has to|apply|file[sd]?|peut|etapes?)\b"),
    Asks.ADDRESS: re.compile(r"\w+@\w+|\w\.\w+/|www\.|https?:"),
    Asks.REASON: re.compile(r"\b(car|parce|puisque|afin|en raison|because|since|due to|pour|deux contraintes|alors que)\b"),
    Asks.YES_NO: re.compile(r"\b(oui|non|n.est pas|ne .{1,30} pas|obligatoire|interdit\w*|doit|doivent|reste\w*|yes|no|not|must)\b"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence, its score, and how much of the question it covers by itself and with its headings (0..1 each)."""

    sentence: Sentence
    score: float
    coverage: float
    coverage_in_context: float
    cosine: float
    slots: frozenset[int]
    hit: int


def score_sentences(bundle: Bundle, encoder: Encoder, query: Query, hits: Hits) -> list[Scored]:
    """The sentences of the passages found, best first; lists of sources and headings are left out."""
    sentences: list[Sentence] = []
    owner: list[int] = []
    for number, row in enumerate(hits.rows):
        for sentence_row in bundle.sentence_rows(int(row)):
            sentence = bundle.sentence_at(sentence_row)
            if not _SOURCE_LINE.search(sentence.text):
                sentences.append(sentence)
                owner.append(number)
    if not sentences:
        return []
    own = _slot_matrix(bundle, query, [bundle.lexicon.terms_of(s.row) for s in sentences])
    context = _title_matrix(bundle, query, hits)[owner]
    weights = np.asarray([slot.idf * slot.weight for slot in query.slots] or [0.0], np.float32)
    missing = sum(bundle.lexicon.idf(1) for _ in query.unknown)
    total = float(weights.sum()) + missing or 1.0
    coverage = own @ weights / total
    in_context = np.maximum(own, 0.6 * context) @ weights / total
    cosine = encoder.encode_passages([s.text for s in sentences]) @ query.vector
    agreement = np.asarray([_agreement(query, s) for s in sentences], np.float32)
    fused = hits.fused[owner]
    score = 1.0 * coverage + 0.5 * in_context + 0.6 * cosine + 0.5 * fused + 0.2 * agreement + _form(sentences)
    order = np.argsort(-score, kind="stable")
    return [
        Scored(
            sentences[n],
            float(score[n]),
            float(coverage[n]),
            float(in_context[n]),
            float(cosine[n]),
            frozenset(np.flatnonzero(own[n] > 0).tolist()),
            owner[n],
        )
        for n in order
    ]


def _slot_matrix(bundle: Bundle, query: Query, term_ids: Sequence[NDArray[np.uint32]]) -> Scores:
    """Float32 (n_texts, n_slots): the highest factor with which each text holds each notion of the question."""
    found = np.zeros((len(term_ids), max(len(query.slots), 1)), np.float32)
    lengths = [len(ids) for ids in term_ids]
    flat = np.concatenate(term_ids) if term_ids else np.empty(0, np.uint32)
    text = np.repeat(np.arange(len(term_ids)), lengths)
    for column, slot in enumerate(query.slots):
        for term_id, factor in slot.term_ids.items():
            rows = text[flat == term_id]
            found[rows, column] = np.maximum(found[rows, column], factor)
    return found


def _title_matrix(bundle: Bundle, query: Query, hits: Hits) -> Scores:
    """The same over the titles and headings of the passages found."""
    found = np.zeros((len(hits.rows), max(len(query.slots), 1)), np.float32)
    title = bundle.lexicon.title
    for column, slot in enumerate(query.slots):
        for term_id, factor in slot.term_ids.items():
            rows = title.rows[int(title.starts[term_id]) : int(title.starts[term_id + 1])]
            held = np.isin(hits.rows, rows)
            found[held, column] = np.maximum(found[held, column], factor)
    return found


def _agreement(query: Query, sentence: Sentence) -> float:
    """1 where the sentence has the form of what is asked first, -0.5 where it lacks it, 0 where nothing can be said."""
    pattern = next((_ANSWERS[asks] for asks in query.intent.asks if asks in _ANSWERS), None)
    if pattern is None:
        return 0.0
    return 1.0 if pattern.search(_folded(sentence.text)) else -0.5


def _form(sentences: Sequence[Sentence]) -> Scores:
    """Less for what is not a sentence of running text."""
    penalty = {"heading": -1.0, "table_row": -0.25, "footnote": -0.3, "item": -0.05}
    return np.asarray([penalty.get(s.kind, 0.0) - (0.3 if len(s.text) < 40 else 0.0) for s in sentences], np.float32)


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    return fold(text)
