"""An answer as plain text, for programs that show nothing else: an answer as it is sent goes in; its words and sources come out."""

from __future__ import annotations

from dataclasses import dataclass

from service.answer import Language
from service.links import reading_address
from service.texts import Wording, date_in_words
from service.wire import AnswerOut, CitationOut, StatementOut

SOURCES = Wording("Sources :", "Sources:")
NOTE = Wording("À savoir : {text}", "Note: {text}")
AI_GENERATED = Wording(
    "Texte rédigé par une IA à partir des extraits cités.", "Text written by an AI from the quoted extracts."
)
PAGE = Wording("p. {label}", "p.\u00a0{label}")
QUOTED: dict[Language, str] = {"fr": "«\u202f{text}\u202f»", "en": "“{text}”"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation's mark, `[n]`: characters [start, end) of the text."""

    n: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AnswerText:
    """`parts`, one after the other, are the whole text: statements, what must be known beside them, sources."""

    parts: tuple[str, ...]
    marks: tuple[Mark, ...]

    @property
    def whole(self) -> str:
        """All of it."""
        return "".join(self.parts)


def text_of(answer: AnswerOut, base_url: str) -> AnswerText:
    """The text of an answer, in its language. `base_url` is this service's, for documents that have no address of their own."""
    stated, marks = _stated(answer)
    beside = [notice.text for notice in answer.notices]
    if answer.ai_generated:
        beside.insert(0, AI_GENERATED.in_(answer.lang))
    parts = [*stated, *(f"\n\n{NOTE.in_(answer.lang, text=text)}" for text in beside)]
    if answer.citations:
        told = [_source(citation, answer, base_url) for citation in answer.citations]
        parts.append("\n\n" + "\n".join([SOURCES.in_(answer.lang), *told]))
    return AnswerText(tuple(parts), tuple(marks))


def statement_text(statement: StatementOut, *, first: bool) -> tuple[str, list[Mark]]:
    """A statement as it stands in an answer's text, with its marks; a blank before it unless it is the first."""
    text = ("" if first else " ") + statement.text + " "
    marks = []
    for n in statement.citations:
        marks.append(Mark(n, len(text), len(text) + len(f"[{n}]")))
        text += f"[{n}]"
    return text, marks


def address_of_source(citation: CitationOut, base_url: str) -> str:
    """Where a reader finds a source: the publisher's address, else the page of this service that shows the quote marked."""
    return reading_address(citation.document.url, citation.links.view, base_url)


def _stated(answer: AnswerOut) -> tuple[list[str], list[Mark]]:
    """The statements, each with its marks; an answer whose text is not made of them is one part without marks of its own."""
    parts: list[str] = []
    marks: list[Mark] = []
    at = 0
    for statement in answer.statements:
        part, its_marks = statement_text(statement, first=not parts)
        marks += [Mark(mark.n, at + mark.start, at + mark.end) for mark in its_marks]
        parts.append(part)
        at += len(part)
    if parts and "".join(parts) == answer.text:
        return parts, marks
    return [answer.text], _found_marks(answer.text, answer.statements)


def _found_marks(text: str, statements: list[StatementOut]) -> list[Mark]:
    marks, at = [], 0
    for n in (n for statement in statements for n in statement.citations):
        place = text.find(f"[{n}]", at)
        if place >= 0:
            at = place + len(f"[{n}]")
            marks.append(Mark(n, place, at))
    return marks


def _source(citation: CitationOut, answer: AnswerOut, base_url: str) -> str:
    """One line a source; its quote stands there too where it is not in the answer word for word."""
    document, lang = citation.document, answer.lang
    date = date_in_words(document.published_on.isoformat(), lang) if document.published_on else ""
    page = PAGE.in_(lang, label=citation.page.label) if citation.page else ""
    quote = "" if citation.quote.exact in answer.text else QUOTED[lang].format(text=citation.quote.exact)
    address = address_of_source(citation, base_url)
    told = (document.title, document.publisher, date, page, quote, address)
    return f"[{citation.n}] " + ", ".join(part for part in told if part)
