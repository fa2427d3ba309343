"""Scores over whole postings: what comes out is what adding passage by passage gives, and coverage needs some passages only."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.lexicon_writer import LexicalEntry, write_lexicon
from corpus.postings import Lexicon
from service.intent import intent_of
from service.lexical import TITLE_FACTOR, coverage, score_words
from service.query import Query, Slot

WORDS = ("pecan", "hds", "certification", "patient", "dispositif", "loi")
passages = st.lists(
    st.tuples(st.lists(st.sampled_from(WORDS), max_size=3), st.lists(st.sampled_from(WORDS), max_size=8)),
    min_size=1,
    max_size=30,
)
factors = st.sampled_from([1.0, 0.9, 0.6, 0.5])


def lexicon_of(held: list[tuple[list[str], list[str]]], folder: Path) -> Lexicon:
    write_lexicon(folder, [LexicalEntry("fr", " ".join(title), [" ".join(body)]) for title, body in held])
    return Lexicon.open(folder)


@settings(deadline=None, max_examples=60)
@given(passages, st.data())
def test_scores_and_coverage_are_those_of_one_passage_after_the_other(
    held: list[tuple[list[str], list[str]]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as name:
        lexicon = lexicon_of(held, Path(name))
        if not lexicon.vocabulary:
            return
        ids = st.dictionaries(st.sampled_from(sorted(lexicon.vocabulary.values())), factors, min_size=1, max_size=3)
        terms = data.draw(st.lists(ids, min_size=1, max_size=3))
        slots = tuple(Slot(str(n), one, 1.0 + n, 1.0 if n else 0.3) for n, one in enumerate(terms))
        query = Query("?", "fr", intent_of("?"), slots, (), (), np.zeros(4, np.float32))
        words = np.zeros(len(held), np.float32)
        shares = np.zeros(len(held))
        for row in range(len(held)):
            for slot in slots:
                best = 0.0
                for term_id, factor in slot.term_ids.items():
                    for field, worth in ((lexicon.body, 1.0), (lexicon.title, TITLE_FACTOR)):
                        if row in (rows := field.rows_of(term_id).tolist()):
                            weight = field.weights[int(field.starts[term_id]) + rows.index(row)]
                            words[row] += weight * np.float32(worth * factor * slot.weight)
                            best = max(best, factor)
                shares[row] += best * slot.idf * slot.weight / query.total_idf
        np.testing.assert_array_equal(score_words(lexicon, query).words, words)
        some = np.asarray(sorted(data.draw(st.sets(st.integers(0, len(held) - 1)))), dtype=np.int64)
        np.testing.assert_allclose(coverage(lexicon, query, some), shares[some], atol=1e-6)


@settings(deadline=None, max_examples=60)
@given(passages, st.sets(st.integers(0, 29)))
def test_which_passages_hold_a_term_is_told_among_any_of_them(
    held: list[tuple[list[str], list[str]]], some: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        lexicon = lexicon_of(held, Path(name))
        asked = np.asarray(sorted(row for row in some if row < len(held)), dtype=np.uint32)
        for term_id in lexicon.vocabulary.values():
            expected = np.isin(asked, lexicon.body.rows_of(term_id))
            np.testing.assert_array_equal(lexicon.body.among(term_id, asked), expected)
