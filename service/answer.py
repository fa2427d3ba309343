"""The values of one exchange: a question goes in; an answer with statements, citations and evidence comes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from corpus.document import Kind, Source, Status
from corpus.passage import Passage

Language = Literal["fr", "en"]
Mode = Literal["extractive", "generative"]
Completeness = Literal["complete", "partial", "none"]


class Outcome(StrEnum):
    """How an exchange ended; not answering is an outcome, never an error."""

    ANSWERED = "answered"
    NO_SOURCE = "no_source"
    OUT_OF_SCOPE = "out_of_scope"
    DECLINED = "declined"
    CLARIFICATION = "clarification"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation, as the client sent it."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What may be searched; empty means everything."""

    publishers: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    documents: tuple[str, ...] = ()
    published_after: dt.date | None = None

    def accept(self, source: Source) -> bool:
        """Whether passages of this source may be used. A source without a date fails `published_after`."""
        if self.publishers and source.publisher not in self.publishers:
            return False
        if self.kinds and source.kind not in self.kinds:
            return False
        if self.documents and source.id not in self.documents:
            return False
        if self.published_after is not None:
            return source.published_on is not None and source.published_on > self.published_after
        return True

    def __bool__(self) -> bool:
        return bool(self.publishers or self.kinds or self.documents or self.published_after)


@dataclass(frozen=True, slots=True)
class Question:
    """A question within limits. `lang` None means: found from the text. `as_of` is the date that answers must hold on."""

    text: str
    as_of: dt.date
    lang: Language | None = None
    mode: Mode = "extractive"
    filters: Filters = field(default_factory=Filters)
    conversation: tuple[Turn, ...] = ()
    max_passages: int = 6


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that was found, its scores (`score` fused and within 0..1; `scores` by part) and why it was left out, if so."""

    passage: Passage
    source: Source
    score: float
    scores: Mapping[str, float] = field(default_factory=dict)
    rejected: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """`exact` equals the text of the served page at [start, end); `prefix` and `suffix` are what stands around it."""

    exact: str
    start: int
    end: int
    prefix: str
    suffix: str
    lang: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote (from 1), its passage and its document. Only made by `cite`, after the quote was found again."""

    n: int
    passage: Passage
    source: Source
    quote: Quote


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with the numbers of its citations and whether it holds on the asked date.

    `ai_generated` where a model worded it; any other is a quote.
    """

    text: str
    citations: tuple[int, ...]
    status: Status = Status.IN_FORCE
    ai_generated: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What the reader must know beside the answer; `code` is stable, `text` is in the answer's language."""

    code: str
    text: str
    citations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole result. `text` joins the statements, each followed by its citation marks, or is the outcome's own words.

    `nearest` are the passages closest to the question where the outcome is `no_source`; `confidence` is within 0..1;
    `timings_ms` is by stage, in milliseconds. `model` and `prompt_version` are told where a model worded a statement; `dropped`
    says of each draft that was left out why, `writer_fault` why the writer could not go on.
    """

    outcome: Outcome
    completeness: Completeness
    lang: Language
    mode: Mode
    text: str
    bundle_id: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    notices: tuple[Notice, ...] = ()
    nearest: tuple[Evidence, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    choices: tuple[str, ...] = ()
    confidence: float = 0.0
    ai_generated: bool = False
    model: str = ""
    prompt_version: str = ""
    dropped: tuple[str, ...] = ()
    writer_fault: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
