"""A written statement and the quotes that it cites in, a verdict out: whether its words say no more than the quotes do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.document import Source, Status
from service.answer import Language
from service.check_align import unified, with_counterpart
from service.check_direction import turned_direction
from service.check_fit import misplaced
from service.check_links import tied_elsewhere
from service.check_modality import harder, standing_lost, widened
from service.check_names import acronym_missing, name_missing
from service.check_negation import contrary
from service.check_order import moved
from service.check_roles import swapped
from service.check_support import Support, support
from service.check_tense import done_of_plans, now_of_past
from service.check_text import Text
from service.check_values import Reading, first_unborne, read
from service.check_voice import doer_changed
from service.check_words import Similar
from service.time_frame import standing

MIN_SUPPORT = 0.7


class Flaw(StrEnum):
    """Why a statement is not shown; the codes are stable."""

    QUOTE_NOT_FOUND = "quote_not_found"
    NUMBER = "number"
    DATE = "date"
    AMOUNT = "amount"
    NAME = "name"
    ACRONYM = "acronym"
    REFERENCE = "reference"
    NEGATION = "negation"
    MODALITY = "modality"
    STANDING = "standing"
    ROLE = "role"
    SCOPE = "scope"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the quotes bear the statement; if not, the first flaw and, in `detail`, the words that it lies in.

    `support` is the share, within 0..1, of the statement's content words that the quotes hold.
    """

    ok: bool
    flaw: Flaw | None
    detail: str
    support: float


@dataclass(frozen=True, slots=True)
class _Case:
    said: Reading
    held: tuple[Reading, ...]
    texts: tuple[Text, ...]
    native: tuple[Reading, ...]
    statuses: tuple[Status, ...]
    support: Support

    @property
    def verbatim(self) -> bool:
        """Whether the statement is, word for word, a stretch of one of its quotes."""
        words = self.said.text.low.strip(" .")
        return any(words in text.low for text in self.texts)


def check_statement(
    text: str,
    quotes: Sequence[str],
    *,
    lang: Language = "fr",
    statuses: Sequence[Status] = (),
    as_of: dt.date | None = None,
    similar: Similar | None = None,
) -> Verdict:
    """The verdict on a statement, from the first check that it fails (`_CHECKS`, in their order).

    `quotes` are verbatim words already found in their pages; `statuses` the standing of each, found from the quotes' own
    first words where they are left out and `as_of` is given. `similar` says how alike two words are, from 0 to 1, where
    no list and no lexicon does: the shipped encoder, unless another is given.
    """
    if not quotes or not all(quote.strip() for quote in quotes):
        return Verdict(False, Flaw.QUOTE_NOT_FOUND, "", 0.0)
    if as_of is not None and not statuses:
        statuses = [standing(quote, Source("", ""), as_of).status for quote in quotes]
    said = read(text, lang)
    readings = [read(quote, None, lang) for quote in quotes]
    held = tuple(unified(said, reading, similar) for reading in readings)
    texts = tuple(one.text for one in held)
    native = tuple(one for one, reading in zip(held, readings, strict=True) if reading.text.lang == said.text.lang)
    case = _Case(said, held, texts, native, tuple(statuses), _support_of(said, readings, texts, similar))
    for check in _CHECKS if not case.verbatim else (_standing,):
        if found := check(case):
            return Verdict(False, *found, case.support.share)
    return Verdict(True, None, "", case.support.share)


def _support_of(said: Reading, written: Sequence[Reading], texts: Sequence[Text], similar: Similar | None) -> Support:
    """How much of a statement is held by its quotes, as they are written and as they are named after it."""
    across = any(reading.text.lang != said.text.lang for reading in written)
    known = with_counterpart(said.text, [reading.text for reading in written], similar)
    return support(said.text, texts, said.spans, across=across, known=known)


def _values(case: _Case) -> tuple[Flaw, str] | None:
    unborne = first_unborne(case.said, case.held)
    return (_VALUE_FLAWS[unborne.what], unborne.words) if unborne else None


def _acronyms(case: _Case) -> tuple[Flaw, str] | None:
    word = acronym_missing(case.said.text, case.texts, case.said.spans)
    return (Flaw.ACRONYM, word.form) if word else None


def _names(case: _Case) -> tuple[Flaw, str] | None:
    word = name_missing(case.said.text, case.texts, case.said.spans)
    return (Flaw.NAME, word.form) if word else None


def _negation(case: _Case) -> tuple[Flaw, str] | None:
    words = contrary(case.said, case.held) or turned_direction(case.said.text, case.texts)
    return (Flaw.NEGATION, words) if words else None


def _standing(case: _Case) -> tuple[Flaw, str] | None:
    words = standing_lost(case.said.text, case.texts, case.statuses)
    if not words and not case.verbatim:
        words = done_of_plans(case.said.text, case.texts) or now_of_past(case.said.text, case.texts)
    return (Flaw.STANDING, words) if words else None


def _modality(case: _Case) -> tuple[Flaw, str] | None:
    words = harder(case.said.text, case.texts)
    return (Flaw.MODALITY, words) if words else None


def _scope(case: _Case) -> tuple[Flaw, str] | None:
    words = widened(case.said.text, case.texts)
    return (Flaw.SCOPE, words) if words else None


def _role(case: _Case) -> tuple[Flaw, str] | None:
    words = (
        swapped(case.said, case.held)
        or doer_changed(case.said.text, case.texts)
        or moved(case.said.text, case.texts)
        or tied_elsewhere(case.said, case.native)
        or misplaced(case.said, case.held)
    )
    return (Flaw.ROLE, words) if words else None


def _support(case: _Case) -> tuple[Flaw, str] | None:
    if not case.support.named and case.support.share >= MIN_SUPPORT:
        return None
    return Flaw.SUPPORT, ", ".join(word.form for word in case.support.named or case.support.missing)


_CHECKS: tuple[Callable[[_Case], tuple[Flaw, str] | None], ...] = (
    _values, _acronyms, _names, _negation, _standing, _modality, _scope, _role, _support,
)  # fmt: skip
_VALUE_FLAWS = {
    "reference": Flaw.REFERENCE, "date": Flaw.DATE, "amount": Flaw.AMOUNT, "number": Flaw.NUMBER, "bound": Flaw.MODALITY,
}  # fmt: skip
