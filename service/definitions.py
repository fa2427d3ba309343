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
_NONE = np.uint32(0xFFFFFFFF)


class DefinitionFinder:
    """Knows with which terms every sentence of a bundle opens: uint32 (n_sentences, LEAD_TERMS)."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        starts = np.asarray(bundle.lexicon.sentence_starts)
        lengths = np.diff(starts)
        self._leads = np.full((len(lengths), LEAD_TERMS), _NONE, np.uint32)
        for place in range(LEAD_TERMS):
            long_enough = lengths > place
            self._leads[long_enough, place] = bundle.lexicon.sentence_terms[starts[:-1][long_enough] + place]

    def passages(self, query: Query) -> NDArray[np.int64]:
        """Rows of passages with a sentence that defines what is asked for, at most PASSAGES; none for other questions."""
        if Asks.DEFINITION not in query.intent.asks or not 0 < len(query.slots) <= LEAD_TERMS or query.unknown:
            return np.empty(0, np.int64)
        opens = np.ones(len(self._leads), bool)
        for slot in query.slots:
            opens &= np.isin(self._leads, np.fromiter(slot.term_ids, np.uint32)).any(axis=1)
        rows = np.flatnonzero(opens)[:CANDIDATES]
        self._bundle.held.expect_passages(self._bundle.sentences["passage"][rows].tolist())
        subject = query.subject
        found = [
            int(self._bundle.sentences[row]["passage"])
            for row in rows
            if defines(subject, self._bundle.sentence_at(int(row)).text) > 0.5
        ]
        return np.asarray(list(dict.fromkeys(found))[:PASSAGES], np.int64)
