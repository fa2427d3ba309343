"""A passage as ranking sees it: its sentences with all that does not depend on the question, kept for the next one."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.bundle import Bundle, Sentence
from corpus.encoder import Encoder
from service.answer_forms import FORM_ORDER, forms_of, has_full_date, is_uncertain, leans_on_context, names_person

CAPACITY_PASSAGES = 4096
LEAD_TERMS = 6
LEANS, ASKS_ITSELF, FIRST, PENALTY, UNCERTAIN, NAMES_PERSON, FULL_DATE = range(7)
N_FIXED = 7
_SOURCE_LINE = re.compile(
    r"^(sources?\b|voir aussi|see also)|\((pages? tierces?|third-party pages?)\)|\bURL\b.{0,20}unverified",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PassageView:
    """The sentences of a passage that may be quoted, and per sentence:

    `terms` uint32 term ids of all sentences, one after the other, `owner` int32 the sentence that each belongs to;
    `vectors` float16 (n, dimension); `forms` bool (n, n_forms); `fixed` float32 (n, 7): leans on context, asks itself,
    first of its passage, kind penalty, uncertain, names a person, has a full date.
    """

    sentences: tuple[Sentence, ...]
    terms: NDArray[np.uint32]
    owner: NDArray[np.int32]
    place: NDArray[np.int32]
    vectors: NDArray[np.float16]
    forms: NDArray[np.bool_]
    fixed: NDArray[np.float32]


_SOURCE_SECTION = re.compile(r"^(sources?|r[ée]f[ée]rences?|references?|bibliograph(ie|y))\s*$", re.IGNORECASE)


class PassageReader:
    """Makes views and keeps the most recently used."""

    def __init__(self, bundle: Bundle, encoder: Encoder) -> None:
        self._bundle = bundle
        self._encoder = encoder
        self._kept: OrderedDict[int, PassageView] = OrderedDict()
        self._lock = threading.Lock()

    def views(self, rows: Sequence[int]) -> list[PassageView]:
        """The views of passages by row, in that order; the missing ones are encoded in one batch."""
        with self._lock:
            kept = {row: self._kept[row] for row in rows if row in self._kept}
            for row in kept:
                self._kept.move_to_end(row)
        missing = [row for row in rows if row not in kept]
        if missing:
            kept |= self._make(missing)
            with self._lock:
                for row in missing:
                    self._kept[row] = kept[row]
                while len(self._kept) > CAPACITY_PASSAGES:
                    self._kept.popitem(last=False)
        return [kept[row] for row in rows]

    def _make(self, rows: Sequence[int]) -> dict[int, PassageView]:
        self._bundle.held.expect_passages(rows)
        found = {row: self._quotable(row) for row in rows}
        texts = [sentence.text for sentences in found.values() for sentence in sentences]
        vectors = self._encoder.encode_passages(texts).astype(np.float16)
        views, start = {}, 0
        for row, sentences in found.items():
            views[row] = self._view(sentences, vectors[start : start + len(sentences)])
            start += len(sentences)
        return views

    def _quotable(self, row: int) -> tuple[Sentence, ...]:
        section = self._bundle.section_of(row)
        if section and _SOURCE_SECTION.match(section[-1]):
            return ()
        sentences = (self._bundle.sentence_at(n) for n in self._bundle.sentence_rows(row))
        return tuple(s for s in sentences if s.kind != "heading" and not _SOURCE_LINE.search(s.text))

    def _view(self, sentences: tuple[Sentence, ...], vectors: NDArray[np.float16]) -> PassageView:
        ids = [self._bundle.lexicon.terms_of(sentence.row) for sentence in sentences]
        lengths = [len(terms) for terms in ids]
        return PassageView(
            sentences=sentences,
            terms=np.concatenate(ids).astype(np.uint32) if ids else np.empty(0, np.uint32),
            owner=np.repeat(np.arange(len(ids), dtype=np.int32), lengths),
            place=np.concatenate([np.arange(n, dtype=np.int32) for n in lengths]) if ids else np.empty(0, np.int32),
            vectors=vectors,
            forms=np.asarray([forms_of(s.text) for s in sentences], dtype=bool).reshape(
                len(sentences), len(FORM_ORDER)
            ),
            fixed=np.asarray([_fixed(n, s) for n, s in enumerate(sentences)], np.float32).reshape(
                len(sentences), N_FIXED
            ),
        )


def _fixed(place: int, sentence: Sentence) -> tuple[float, ...]:
    penalty = {"table_row": 1.0, "footnote": 1.0, "item": 0.2}.get(sentence.kind, 0.0)
    if len(sentence.text) < 40:
        penalty += 0.5
    return (
        float(leans_on_context(sentence.text)),
        float(sentence.text.rstrip().endswith("?")),
        float(place == 0),
        penalty,
        float(is_uncertain(sentence.text)),
        float(names_person(sentence.text)),
        float(has_full_date(sentence.text)),
    )
