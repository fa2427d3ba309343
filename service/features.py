"""Passages found and a query in, one row of features a sentence out: what the learned scorers weigh (docs/quality.md).

No feature is a raw length or a corpus statistic, so that weights learned on one corpus serve another; each is within
about -1..1. Scores of words are divided by what the whole question is worth, not by the best passage found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.bundle import Bundle, Sentence
from service.answer_forms import FORM_ORDER, asks_person, counted_noun, counts, defines
from service.intent import Asks
from service.passage_view import LEAD_TERMS, PassageReader
from service.query import Query
from service.retrieve import Hits

Matrix = NDArray[np.float32]
NAMES = (
    "coverage", "coverage_with_title", "passage_coverage", "cosine", "fused", "rank", "dense", "bigrams", "lead", "nearness",
    "has_form", "lacks_form", "definition_lead", "date_form", "number_form", "who_form", "where_form",
    "leans", "asks_itself", "first", "novelty", "best_coverage_here", "unknown_share", "neighbour_coverage", "counted", "named", "uncertain",
)  # fmt: skip
COVERAGE, WITH_TITLE, PASSAGE_COVERAGE, COSINE, FUSED = range(5)
HAS_FORM, LACKS_FORM = NAMES.index("has_form"), NAMES.index("lacks_form")


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


def candidates(bundle: Bundle, reader: PassageReader, query: Query, hits: Hits) -> Candidates:
    """Every quotable sentence of the passages found, with its features."""
    views = reader.views([int(row) for row in hits.rows])
    sizes = [len(view.sentences) for view in views]
    hit = np.repeat(np.arange(len(views)), sizes)
    sentences = [sentence for view in views for sentence in view.sentences]
    n = len(sentences)
    if not n:
        slots = max(len(query.slots), 1)
        return Candidates(
            [], np.empty((0, len(NAMES)), np.float32), hit, np.empty((0, slots), bool), np.empty(0, np.float32)
        )
    offsets = np.repeat(np.cumsum([0, *sizes[:-1]]), [len(view.terms) for view in views])
    terms = np.concatenate([view.terms for view in views])
    owner = np.concatenate([view.owner for view in views]) + offsets
    place = np.concatenate([view.place for view in views])
    forms = np.concatenate([view.forms for view in views])
    fixed = np.concatenate([view.fixed for view in views])
    vectors = np.concatenate([view.vectors for view in views])

    weights = np.asarray([slot.idf * slot.weight for slot in query.slots] or [0.0], np.float32)
    total = float(weights.sum()) + sum(bundle.lexicon.idf(1) for _ in query.unknown) or 1.0
    own, lead, nearness, novelty = _matches(query, terms, owner, place, n)
    titles = _titles(bundle, query, hits)[hit]
    in_passage = np.zeros((len(views), own.shape[1]), np.float32)
    np.maximum.at(in_passage, hit, own)
    in_passage = np.maximum(in_passage[hit], titles)
    coverage = own @ weights / total
    neighbour = np.maximum(own, 0.8 * np.maximum(_shifted(own, hit, 1), _shifted(own, hit, -1)))
    best_here = np.zeros(len(views), np.float32)
    np.maximum.at(best_here, hit, coverage)
    form = _forms(query, forms)

    def asked(asks: Asks) -> float:
        return float(asks in query.intent.asks)

    def form_column(asks: Asks) -> NDArray[np.bool_]:
        return forms[:, FORM_ORDER.index(asks)]

    lead_coverage = lead @ weights / total
    features = np.stack(
        [
            coverage,
            np.maximum(own, 0.8 * titles) @ weights / total,
            in_passage @ weights / total,
            vectors.astype(np.float32) @ query.vector,
            hits.fused[hit],
            1.0 / (1.0 + hit),
            hits.dense[hit],
            _bigrams(query, terms, owner, n),
            lead_coverage,
            nearness,
            form > 0,
            form < 0,
            _defining(query, sentences),
            np.where(fixed[:, 6] > 0, 1.0, np.where(form_column(Asks.DATE), 0.2, -1.0)) * asked(Asks.DATE),
            np.where(form_column(Asks.QUANTITY), 1.0, -1.0) * asked(Asks.QUANTITY),
            np.where(fixed[:, 5] > 0, 1.0, -0.2) * asked(Asks.WHO),
            np.where(form_column(Asks.WHERE), 1.0, -1.0) * asked(Asks.WHERE),
            fixed[:, 0],
            fixed[:, 1],
            fixed[:, 2],
            novelty,
            coverage - best_here[hit],
            np.full(n, 1.0 - float(weights.sum()) / total),
            neighbour @ weights / total,
            _counted(query, sentences),
            _named(query, fixed[:, 5]),
            fixed[:, 4],
        ],
        axis=1,
    ).astype(np.float32)
    return Candidates(sentences, features, hit, own > 0, fixed[:, 3])


def _matches(
    query: Query, terms: NDArray[np.uint32], owner: NDArray[np.int64], place: NDArray[np.int32], n: int
) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Held notions, held within the first terms (both (n, n_slots)), nearness of the matches and share of new terms ((n,))."""
    own = np.zeros((n, max(len(query.slots), 1)), np.float32)
    lead = np.zeros_like(own)
    matched = np.zeros(len(terms), bool)
    for column, slot in enumerate(query.slots):
        for term_id, factor in slot.term_ids.items():
            at = np.flatnonzero(terms == term_id)
            if len(at):
                matched[at] = True
                np.maximum.at(own[:, column], owner[at], np.float32(factor))
                early = at[place[at] < LEAD_TERMS]
                np.maximum.at(lead[:, column], owner[early], np.float32(factor))
    lengths = np.bincount(owner, minlength=n).astype(np.float32)
    hits_in = np.bincount(owner[matched], minlength=n).astype(np.float32)
    first = np.full(n, 1 << 20)
    last = np.full(n, -1)
    np.minimum.at(first, owner[matched], place[matched])
    np.maximum.at(last, owner[matched], place[matched])
    span = np.where(last >= 0, last - first + 1, 1)
    nearness = np.where(hits_in > 1, hits_in / span, 0.0)
    novelty = 1.0 - hits_in / np.maximum(lengths, 1.0)
    return own, lead, nearness.astype(np.float32), novelty.astype(np.float32)


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


def _bigrams(query: Query, terms: NDArray[np.uint32], owner: NDArray[np.int64], n: int) -> Matrix:
    """Share of the question's neighbouring notions that are neighbours in the sentence too."""
    if len(query.slots) < 2 or len(terms) < 2:
        return np.zeros(n, np.float32)
    slot_of = np.full(len(terms), -2)
    for column, slot in enumerate(query.slots):
        for term_id in slot.term_ids:
            slot_of[terms == term_id] = column
    together = (slot_of[1:] == slot_of[:-1] + 1) & (slot_of[:-1] >= 0) & (owner[1:] == owner[:-1])
    found = np.bincount(owner[:-1][together], minlength=n).astype(np.float32)
    return np.minimum(found / (len(query.slots) - 1), 1.0)


def _counted(query: Query, sentences: list[Sentence]) -> Matrix:
    """1 where the sentence numbers the things whose number is asked, -1 where it does not, 0 where none is asked."""
    noun = counted_noun(query.text)
    if noun is None:
        return np.zeros(len(sentences), np.float32)
    return np.asarray([1.0 if counts(noun, sentence.text) else -1.0 for sentence in sentences], np.float32)


def _defining(query: Query, sentences: list[Sentence]) -> Matrix:
    """How well each sentence says what the question's subject is; 0 where no definition is asked."""
    if Asks.DEFINITION not in query.intent.asks:
        return np.zeros(len(sentences), np.float32)
    subject = frozenset(query.names)
    return np.asarray([defines(subject, sentence.text) for sentence in sentences], np.float32)


def _named(query: Query, has_name: Matrix) -> Matrix:
    """The same for a person's name."""
    return np.where(has_name > 0, 1.0, -1.0).astype(np.float32) if asks_person(query.text) else np.zeros_like(has_name)


def _forms(query: Query, forms: NDArray[np.bool_]) -> Matrix:
    """1 where the sentence has the form that is asked for first, -1 where it lacks it, 0 where the question asks for none."""
    leading = next((asks for asks in query.intent.asks if asks in FORM_ORDER), None)
    if leading is None:
        return np.zeros(len(forms), np.float32)
    return np.where(forms[:, FORM_ORDER.index(leading)], 1.0, -1.0).astype(np.float32)
