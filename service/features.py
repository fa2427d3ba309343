"""Passages found and a query in, one row of features a sentence out: what the learned scorers weigh (docs/quality.md).

No feature is a raw length or a corpus statistic, so that weights learned on one corpus serve another; each is within
about -1..1. Scores of words are divided by what the whole question is worth, not by the best passage found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.bundle import Bundle, Sentence
from service.answer_forms import FORM_ORDER, asks_person, counts, defines
from service.intent import Asks
from service.passage_view import (
    ASKS_ITSELF,
    FIRST,
    FULL_DATE,
    LEAD_TERMS,
    LEANS,
    NAMES_PERSON,
    PENALTY,
    UNCERTAIN,
    PassageReader,
    PassageView,
)
from service.query import Query
from service.retrieve import Hits

Matrix = NDArray[np.float32]
NAMES = (
    "coverage", "coverage_with_title", "passage_coverage", "cosine", "fused", "rank", "dense", "bigrams", "lead", "nearness",
    "has_form", "lacks_form", "definition_lead", "date_form", "number_form", "who_form", "where_form",
    "leans", "asks_itself", "first", "novelty", "best_coverage_here", "unknown_share", "neighbour_coverage", "counted", "named", "uncertain",
)  # fmt: skip


FOREIGN_PENALTY = 1.2
"""A sentence in the question's own language is preferred to one that says the same in another."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Sentences that may answer. `features` float32 (n, len(NAMES)), `hit` int64 (n,) the passage among the hits,
    `held` bool (n, n_slots) which notions of the question each holds, `penalty` float32 (n,).
    """

    sentences: list[Sentence]
    features: Matrix
    hit: NDArray[np.int64]
    held: NDArray[np.bool_]
    penalty: Matrix


@dataclass(frozen=True, slots=True)
class _Pool:
    """The sentences of all views, one after the other; arrays as in `PassageView`, `owner` counting over all of them."""

    sentences: list[Sentence]
    hit: NDArray[np.int64]
    terms: NDArray[np.uint32]
    owner: NDArray[np.int64]
    place: NDArray[np.int32]
    forms: NDArray[np.bool_]
    fixed: Matrix
    vectors: Matrix

    @classmethod
    def of(cls, views: Sequence[PassageView]) -> _Pool:
        sizes = [len(view.sentences) for view in views]
        offsets = np.repeat(np.cumsum([0, *sizes[:-1]]), [len(view.terms) for view in views])
        return cls(
            sentences=[sentence for view in views for sentence in view.sentences],
            hit=np.repeat(np.arange(len(views)), sizes),
            terms=np.concatenate([view.terms for view in views]),
            owner=np.concatenate([view.owner for view in views]) + offsets,
            place=np.concatenate([view.place for view in views]),
            forms=np.concatenate([view.forms for view in views]),
            fixed=np.concatenate([view.fixed for view in views]),
            vectors=np.concatenate([view.vectors for view in views]).astype(np.float32),
        )


def candidates(bundle: Bundle, reader: PassageReader, query: Query, hits: Hits) -> Candidates:
    """Every quotable sentence of the passages found, with its features."""
    views = reader.views([int(row) for row in hits.rows])
    if not any(view.sentences for view in views):
        slots = max(len(query.slots), 1)
        nothing = np.empty(0, np.float32)
        return Candidates(
            [], np.empty((0, len(NAMES)), np.float32), np.empty(0, np.int64), np.empty((0, slots), bool), nothing
        )
    pool = _Pool.of(views)
    matches = _matches(query, pool, len(bundle.lexicon.vocabulary))
    columns = {
        "cosine": pool.vectors @ query.vector,
        "fused": hits.fused[pool.hit],
        "rank": 1.0 / (1.0 + pool.hit),
        "dense": hits.dense[pool.hit],
        "bigrams": _bigrams(query, pool),
        "leans": pool.fixed[:, LEANS],
        "asks_itself": pool.fixed[:, ASKS_ITSELF],
        "first": pool.fixed[:, FIRST],
        "uncertain": pool.fixed[:, UNCERTAIN],
        **_coverages(bundle, query, hits, pool, matches),
        **_agreements(query, pool),
    }
    features = np.stack([columns[name] for name in NAMES], axis=1).astype(np.float32)
    foreign = (bundle.languages_of(hits.rows) != query.lang).astype(np.float32)
    penalty = pool.fixed[:, PENALTY] + FOREIGN_PENALTY * foreign[pool.hit]
    return Candidates(pool.sentences, features, pool.hit, matches.own > 0, penalty)


@dataclass(frozen=True, slots=True)
class _Matches:
    """Notions held by each sentence and by its first terms (float32 (n, n_slots)); nearness and novelty float32 (n,)."""

    own: Matrix
    lead: Matrix
    nearness: Matrix
    novelty: Matrix


def _coverages(bundle: Bundle, query: Query, hits: Hits, pool: _Pool, matches: _Matches) -> dict[str, Matrix]:
    """Shares (0..1) of the question's inverse frequency: in the sentence, with its headings, neighbours and passage."""
    weights = np.asarray([slot.idf * slot.weight for slot in query.slots] or [0.0], np.float32)
    total = float(weights.sum()) + len(query.unknown) * bundle.lexicon.idf(1) or 1.0
    own, hit = matches.own, pool.hit
    titles = _titles(bundle, query, hits)[hit]
    in_passage = np.zeros((len(hits.rows), own.shape[1]), np.float32)
    np.maximum.at(in_passage, hit, own)
    neighbour = np.maximum(own, 0.8 * np.maximum(_shifted(own, hit, 1), _shifted(own, hit, -1)))
    coverage = own @ weights / total
    best_here = np.zeros(len(hits.rows), np.float32)
    np.maximum.at(best_here, hit, coverage)
    return {
        "coverage": coverage,
        "coverage_with_title": np.maximum(own, 0.8 * titles) @ weights / total,
        "passage_coverage": np.maximum(in_passage[hit], titles) @ weights / total,
        "neighbour_coverage": neighbour @ weights / total,
        "lead": matches.lead @ weights / total,
        "best_coverage_here": coverage - best_here[hit],
        "nearness": matches.nearness,
        "novelty": matches.novelty,
        "unknown_share": np.full(len(hit), 1.0 - float(weights.sum()) / total, np.float32),
    }


def _agreements(query: Query, pool: _Pool) -> dict[str, Matrix]:
    """How well the form of each sentence is that of an answer to what is asked."""
    asks = query.intent.asks
    leading = next((one for one in asks if one in FORM_ORDER), None)
    has = pool.forms[:, FORM_ORDER.index(leading)] if leading else np.zeros(len(pool.hit), bool)

    def form(one: Asks) -> NDArray[np.bool_]:
        return pool.forms[:, FORM_ORDER.index(one)]

    date = np.where(pool.fixed[:, FULL_DATE] > 0, 1.0, np.where(form(Asks.DATE), 0.2, -1.0))
    return {
        "has_form": has.astype(np.float32),
        "lacks_form": (~has & (leading is not None)).astype(np.float32),
        "definition_lead": _defining(query, pool.sentences),
        "date_form": date * (Asks.DATE in asks),
        "number_form": np.where(form(Asks.QUANTITY), 1.0, -1.0) * (Asks.QUANTITY in asks),
        "who_form": np.where(pool.fixed[:, NAMES_PERSON] > 0, 1.0, -0.2) * (Asks.WHO in asks),
        "where_form": np.where(form(Asks.WHERE), 1.0, -1.0) * (Asks.WHERE in asks),
        "counted": _counted(query, pool.sentences),
        "named": _named(query, pool.fixed[:, NAMES_PERSON]),
    }


def _matches(query: Query, pool: _Pool, n_terms: int) -> _Matches:
    n = len(pool.sentences)
    own = np.zeros((n, max(len(query.slots), 1)), np.float32)
    lead = np.zeros_like(own)
    wanted = np.zeros(n_terms, bool)
    wanted[[term_id for slot in query.slots for term_id in slot.term_ids]] = True
    matched = np.flatnonzero(wanted[pool.terms])
    terms, owner, place = pool.terms[matched], pool.owner[matched], pool.place[matched]
    early = place < LEAD_TERMS
    for column, slot in enumerate(query.slots):
        for term_id, factor in slot.term_ids.items():
            here = terms == term_id
            np.maximum.at(own[:, column], owner[here], np.float32(factor))
            np.maximum.at(lead[:, column], owner[here & early], np.float32(factor))
    lengths = np.bincount(pool.owner, minlength=n)
    held = np.bincount(owner, minlength=n)
    first = np.full(n, 1 << 20)
    last = np.full(n, -1)
    np.minimum.at(first, owner, place)
    np.maximum.at(last, owner, place)
    span = np.where(last >= 0, last - first + 1, 1)
    nearness = np.where(held > 1, held / span, 0.0)
    novelty = 1.0 - held / np.maximum(lengths, 1)
    return _Matches(own, lead, nearness.astype(np.float32), novelty.astype(np.float32))


def _titles(bundle: Bundle, query: Query, hits: Hits) -> Matrix:
    """Notions held by the title and headings of each passage found: float32 (n_hits, n_slots)."""
    found = np.zeros((len(hits.rows), max(len(query.slots), 1)), np.float32)
    title = bundle.lexicon.title
    for column, slot in enumerate(query.slots):
        for term_id, factor in slot.term_ids.items():
            rows = title.rows_of(term_id)
            spots = np.searchsorted(rows, hits.rows)
            held = (
                (spots < len(rows)) & (rows[np.minimum(spots, len(rows) - 1)] == hits.rows)
                if len(rows)
                else np.zeros(len(hits.rows), bool)
            )
            found[held, column] = np.maximum(found[held, column], factor)
    return found


def _shifted(own: Matrix, hit: NDArray[np.int64], by: int) -> Matrix:
    """What the sentence before (`by` 1) or after (-1) holds, within the same passage."""
    moved: Matrix = np.roll(own, by, axis=0)
    other = np.roll(hit, by)
    inside = other == hit
    if by > 0:
        inside[:by] = False
    else:
        inside[by:] = False
    moved[~inside] = 0.0
    return moved


def _bigrams(query: Query, pool: _Pool) -> Matrix:
    """Share of the question's neighbouring notions that are neighbours in the sentence too."""
    n = len(pool.sentences)
    if len(query.slots) < 2 or len(pool.terms) < 2:
        return np.zeros(n, np.float32)
    slot_of = np.full(len(pool.terms), -2)
    for column, slot in enumerate(query.slots):
        for term_id in slot.term_ids:
            slot_of[pool.terms == term_id] = column
    follow = (slot_of[1:] == slot_of[:-1] + 1) & (slot_of[:-1] >= 0) & (pool.owner[1:] == pool.owner[:-1])
    found = np.bincount(pool.owner[:-1][follow], minlength=n).astype(np.float32)
    return np.minimum(found / (len(query.slots) - 1), 1.0)


def _counted(query: Query, sentences: list[Sentence]) -> Matrix:
    """1 where the sentence numbers the things whose number is asked, -1 where it does not, 0 where none is asked."""
    if not query.counted:
        return np.zeros(len(sentences), np.float32)
    return np.asarray([1.0 if counts(query.counted, sentence.text) else -1.0 for sentence in sentences], np.float32)


def _defining(query: Query, sentences: list[Sentence]) -> Matrix:
    """How well each sentence says what the question's subject is; 0 where no definition is asked."""
    if Asks.DEFINITION not in query.intent.asks:
        return np.zeros(len(sentences), np.float32)
    subject = query.subject
    return np.asarray([defines(subject, sentence.text) for sentence in sentences], np.float32)


def _named(query: Query, has_name: Matrix) -> Matrix:
    """The same for a person's name."""
    return np.where(has_name > 0, 1.0, -1.0).astype(np.float32) if asks_person(query.text) else np.zeros_like(has_name)
