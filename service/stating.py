"""Drafts of one answer go in; statements with numbered citations, what was left out and what must be known beside them come out.

A draft becomes a statement only here: every quote was found again in its page, and what a model wrote was held against its quotes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.document import Status
from service import outcome_texts as say
from service.answer import Citation, Notice, Statement
from service.cite import cite
from service.compose import Draft, Found, Listener, Span
from service.statement_check import check_statement
from service.texts import date_in_words
from service.time_frame import Standing, on_date, published_later, standing

WEAKEST_FIRST = (
    Status.SUPERSEDED,
    Status.HISTORICAL,
    Status.UNVERIFIED,
    Status.DRAFT,
    Status.ANNOUNCED,
    Status.IN_FORCE,
)

_SENTENCE_END = re.compile(
    r"(?:(?<=[^\W_]{3}[.!?…])(?<!\b(?:art|etc|env)\.)|(?<=[%€»)\]][.!?…])|(?<=\s[!?]))\s+(?=[^\W\d_a-zà-ÿ]|[«“\"])"
)
REPEATED = "repeated"
"""Said already, so that nothing is lost."""


class Stating:
    """What one answer says so far. Statements and citations are only added, so that those that were sent stay as they are."""

    def __init__(self, found: Found, notices: Sequence[Notice], listener: Listener) -> None:
        self.statements: list[Statement] = []
        self.citations: list[Citation] = []
        self.notices = list(notices)
        self.dropped: list[str] = []
        """Why drafts were left out, one word each."""
        self.lost = 0
        """Drafts that nothing took the place of."""
        self.repeated = 0
        """Drafts that say what is stated already."""
        self._found = found
        self._listener = listener

    @property
    def written(self) -> int:
        """How many statements a model worded."""
        return sum(statement.ai_generated for statement in self.statements)

    def extract(self, draft: Draft) -> None:
        """State a quote as it is. What no longer holds is cited and told of, but stated only where nothing else was."""
        for span in draft.spans:
            if (citation := self._cited(span)) is None:
                self.dropped.append("not_verbatim")
                continue
            held = self._standing(span, citation)
            self._notice_standing(held, citation)
            if held.holds or self._found.query.intent.past or not self.statements:
                self._state(Statement(span.text, (citation.n,), held.status), [citation])

    def extract_again(self, drafts: Sequence[Draft]) -> None:
        """State the quotes that are not cited yet."""
        for draft in drafts:
            if not (self._says(draft.text) or all(self._number_of(span) for span in draft.spans)):
                self.extract(draft)

    def write(self, draft: Draft, extracts: Sequence[Draft]) -> None:
        """State what a model wrote where its quotes bear it; else the extract from the same passage, or nothing."""
        flaw = self._flaw_of(draft)
        self.repeated += flaw == REPEATED
        if flaw in ("", REPEATED):
            return
        self.dropped.append(flaw)
        stands_in = [extract for extract in extracts if set(extract.rows) & set(draft.rows)]
        before = len(self.statements)
        self.extract_again(stands_in[:1])
        self.lost += len(self.statements) == before

    def _flaw_of(self, draft: Draft) -> str:
        """State the draft; or why it cannot be."""
        if draft.flaw:
            return draft.flaw
        if self._says(draft.text):
            return REPEATED
        citations = [self._cited(span, keep=False) for span in draft.spans]
        if None in citations or not citations:
            return "not_verbatim"
        standings = [self._weakest(span, one) for span, one in zip(draft.spans, citations, strict=True) if one]
        weakest = min((held.status for held in standings), key=WEAKEST_FIRST.index)
        if flaw := self._unborne(draft, [held.status for held in standings]):
            return flaw
        holds = all(held.holds for held in standings)
        if not holds and self.statements and not self._found.query.intent.past:
            return "no_longer_holds"
        kept = [citation for span in draft.spans if (citation := self._cited(span)) is not None]
        for held, citation in zip(standings, kept, strict=True):
            self._notice_standing(held, citation)
        numbers = tuple(dict.fromkeys(citation.n for citation in kept))
        self._state(Statement(draft.text, numbers, weakest, ai_generated=True), kept)
        return ""

    def _unborne(self, draft: Draft, statuses: Sequence[Status]) -> str:
        """Why the quotes do not bear the draft, empty where they do. Each of its sentences must be borne by itself."""
        quotes = [span.text for span in draft.spans]
        for sentence in _SENTENCE_END.split(draft.text):
            verdict = check_statement(
                sentence, quotes, lang=self._found.lang, statuses=statuses, as_of=self._found.question.as_of
            )
            if not verdict.ok:
                return str(verdict.flaw or "support")
        return ""

    def _says(self, text: str) -> bool:
        """Whether these very words are stated already."""
        return text.casefold() in (statement.text.casefold() for statement in self.statements)

    def _state(self, statement: Statement, citations: Sequence[Citation]) -> None:
        self.statements.append(statement)
        self._listener.stated(statement, citations)

    def _cited(self, span: Span, *, keep: bool = True) -> Citation | None:
        """The citation of a span, the one that it has already if it has one."""
        number = self._number_of(span)
        if number:
            return self.citations[number - 1]
        citation = cite(self._found.bundle, span, len(self.citations) + 1)
        if citation is not None:
            citation = replace(citation, source=on_date(citation.source, self._found.question.as_of))
        if citation is not None and keep:
            self.citations.append(citation)
        return citation

    def _number_of(self, span: Span) -> int:
        """The number of the citation that quotes these very characters, 0 where there is none."""
        passage = self._found.bundle.passage_at(span.sentence.passage_row)
        for citation in self.citations:
            quote = citation.quote
            if citation.passage.id == passage.id and (quote.start, quote.end) == (span.start, span.sentence.end):
                return citation.n
        return 0

    def _standing(self, span: Span, citation: Citation) -> Standing:
        return standing(span.text, citation.source, self._found.question.as_of)

    def _weakest(self, span: Span, citation: Citation) -> Standing:
        """The standing of a span that may hold several sentences: that of the one which holds least."""
        bundle, row = self._found.bundle, span.sentence.passage_row
        sentences = (bundle.sentence_at(n) for n in bundle.sentence_rows(row))
        inside = [one.text for one in sentences if span.start <= one.start and one.end <= span.sentence.end]
        date, source = self._found.question.as_of, citation.source
        return min(
            (standing(text, source, date) for text in (span.text, *inside)),
            key=lambda held: WEAKEST_FIRST.index(held.status),
        )

    def notice(self, code: str, text: str, citations: tuple[int, ...] = ()) -> None:
        """Tell something beside the answer, once."""
        if code not in {notice.code for notice in self.notices}:
            self.notices.append(Notice(code, text, citations))

    def _notice_standing(self, held: Standing, citation: Citation) -> None:
        lang = self._found.lang
        if not held.holds:
            text = say.SUPERSEDED.in_(lang, quote=f"[{citation.n}]")
            self.notice("superseded_source", text, (citation.n,))
        elif held.status is Status.ANNOUNCED:
            self.notice("announced", say.ANNOUNCED.in_(lang), (citation.n,))
        elif held.status is Status.UNVERIFIED:
            self.notice("unverified", say.UNVERIFIED.in_(lang), (citation.n,))

    def notice_language(self) -> None:
        """Tell which quotes are in the other language."""
        lang = self._found.lang
        foreign = tuple(c.n for c in self.citations if c.quote.lang != lang)
        if foreign and lang == "en":
            self.notice("quotes_in_french", say.QUOTES_IN_FRENCH.in_(lang), foreign)
        elif foreign:
            self.notice("quotes_in_english", say.QUOTES_IN_ENGLISH.in_(lang), foreign)

    def notice_later(self) -> None:
        """What was published after the asked date may know more than was known then: the reader is told."""
        as_of, lang = self._found.question.as_of, self._found.lang
        later = tuple(c.n for c in self.citations if published_later(c.source, as_of))
        if later:
            date = date_in_words(as_of.isoformat(), lang)
            self.notice("later_source", say.LATER_SOURCE.in_(lang, date=date), later)
