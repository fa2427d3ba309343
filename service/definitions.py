"""A question for the meaning of something in, the passages that say so out, however often its words stand elsewhere.

In a law the words of a definition are the commonest of all ("système d'IA"), and no ranking by words finds the one
sentence that defines them; that sentence opens with them, which is what is looked up here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corpus.bundle import Bundle
from service.answer_forms import defines
from service.intent import Asks
from service.query import Query

LEAD_TERMS = 4
CANDIDATES = 400
PASSAGES = 4


class DefinitionFinder:
    """Looks among the sentences of passages that hold all that is asked for: those that open with it are read."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def passages(self, query: Query) -> NDArray[np.int64]:
        """Rows of passages with a sentence that defines what is asked for, at most PASSAGES; none for other questions."""
        if Asks.DEFINITION not in query.intent.asks or not 0 < len(query.slots) <= LEAD_TERMS or query.unknown:
            return np.empty(0, np.int64)
        rows = self._opening(query)[:CANDIDATES]
        self._bundle.held.expect_passages(self._bundle.sentences["passage"][rows].tolist())
        subject = query.subject
        found = [
            int(self._bundle.sentences[row]["passage"])
            for row in rows
            if defines(subject, self._bundle.sentence_at(int(row)).text) > 0.5
        ]
        return np.asarray(list(dict.fromkeys(found))[:PASSAGES], np.int64)

    def _opening(self, query: Query) -> NDArray[np.int64]:
        """The sentences, ascending, with every notion of the query among their first terms."""
        lexicon = self._bundle.lexicon
        found = self._sentences_of(self._holding(query))
        for slot in query.slots:
            starts, ends = lexicon.sentence_starts[found], lexicon.sentence_starts[found + 1]
            opens = np.zeros(len(found), bool)
            for place in range(LEAD_TERMS):
                inside = np.flatnonzero(starts + place < ends)
                leads = lexicon.sentence_terms[starts[inside] + place]
                opens[inside] |= np.isin(leads, np.fromiter(slot.term_ids, np.uint32))
            found = found[opens]
        return found

    def _holding(self, query: Query) -> NDArray[np.uint32]:
        """The passages, ascending, that hold every notion of the query; the rarest notion is looked up first."""
        self._bundle.held.expect_words({"body": [term_id for slot in query.slots for term_id in slot.term_ids]})
        body = self._bundle.lexicon.body
        rarest, *others = sorted(query.slots, key=lambda slot: sum(map(body.frequency, slot.term_ids)))
        rows = np.unique(np.concatenate([body.rows_of(term_id) for term_id in rarest.term_ids]))
        for slot in others:
            rows = rows[np.logical_or.reduce([body.among(term_id, rows) for term_id in slot.term_ids])]
        return rows

    def _sentences_of(self, passage_rows: NDArray[np.uint32]) -> NDArray[np.int64]:
        """The rows of all sentences of passages."""
        passages = self._bundle.passages[passage_rows]
        first = passages["sentence_start"].astype(np.int64)
        sizes = passages["sentence_end"].astype(np.int64) - first
        return np.repeat(first - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum()))
