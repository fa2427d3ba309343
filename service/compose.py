"""Passages and ranked sentences go in; drafts of statements, each with the spans that it rests on, come out of a composer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.bundle import Bundle, Sentence
from service.answer import Citation, Evidence, Language, Question, Statement
from service.query import Query
from service.rank import Ranking
from service.texts import Wording


@dataclass(frozen=True, slots=True)
class Span:
    """What will be quoted: one sentence, with the one before it where it leans on that. Offsets are the page's."""

    sentence: Sentence
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that nobody has checked yet. `written` where a model worded it; `flaw` where it is lost already.

    `rows` are the passages that it names, also where none of its words was found in them.
    """

    text: str
    spans: tuple[Span, ...]
    rows: tuple[int, ...]
    written: bool = False
    flaw: str = ""


class Listener(Protocol):
    """Whoever waits for an answer: told of each statement as soon as it is checked, and asked whether anyone still listens."""

    def gone(self) -> bool:
        """Whether nobody waits any more."""
        ...

    def left_s(self) -> float:
        """Seconds until the answer must be whole."""
        ...

    def found(self, passages: Sequence[Evidence]) -> None:
        """There is an answer, and these passages were found for it; it is being worded."""
        ...

    def stated(self, statement: Statement, citations: Sequence[Citation]) -> None:
        """A statement was checked; `citations` are its own."""
        ...


class NoListener:
    """Nobody who could be told: the answer is taken whole."""

    def gone(self) -> bool:
        """Never: the answer is waited for."""
        return False

    def left_s(self) -> float:
        """No limit but the composer's own."""
        return float("inf")

    def found(self, passages: Sequence[Evidence]) -> None:
        """Nothing: they are in the answer."""

    def stated(self, statement: Statement, citations: Sequence[Citation]) -> None:
        """Nothing: the statement is in the answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an answer is composed from: the question as it was understood, and the sentences that answer it, the best first.

    `asked` is the question without orders to the machine; `before` are earlier questions of the conversation, read likewise.
    """

    bundle: Bundle
    question: Question
    asked: str
    before: tuple[str, ...]
    lang: Language
    query: Query
    ranking: Ranking
    gone: Callable[[], bool]
    left_s: Callable[[], float]


class Composer(Protocol):
    """Words an answer. What it gives is a draft: the engine shows nothing of it that it has not found again in a page."""

    def compose(self, found: Found) -> Iterator[Draft]:
        """Drafts, in the order in which they are to be read.

        Raises: `WriterFault`, at any point, where the composer cannot go on.
        """
        ...


class Writer(Composer, Protocol):
    """A composer that words its statements by a model."""

    @property
    def model(self) -> str:
        """The model's name, as the operator set it."""
        ...

    @property
    def sent_to(self) -> str:
        """The host that questions and passages are sent to, empty where they stay on this machine."""
        ...

    def prompt_version(self, lang: Language) -> str:
        """The name of the prompt that it was told with."""
        ...


class WriterFault(Exception):  # noqa: N818 - a state of the writer, which the answer survives
    """A writer cannot write, or not to the end. `reason` is one of few words, for counts; `notice` is for the reader.

    `install` is the command that would help, put into the notice as it is.
    """

    def __init__(self, reason: str, notice: Wording | None = None, *, install: str = "", sent: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.notice = notice
        self.install = install
        self.sent = sent
        """Whether the question may have left for the model."""
