"""A written statement and the quotes that it cites in, a verdict out: whether its words say no more than the quotes do."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.analysis import fold, terms
from corpus.document import Status
from service.answer import Language

MIN_SUPPORT = 0.6
_FIGURE = re.compile(r"\d+(?:[ .,]\d+)*")


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


def check_statement(
    text: str,
    quotes: Sequence[str],
    *,
    lang: Language = "fr",
    statuses: Sequence[Status] = (),
    as_of: dt.date | None = None,
) -> Verdict:
    """The verdict on a statement; `quotes` are verbatim words already found in their pages, `statuses` their standing."""
    if not quotes or not all(quote.strip() for quote in quotes):
        return Verdict(False, Flaw.QUOTE_NOT_FOUND, "", 0.0)
    said, held = terms(text, lang), set(terms(" ".join(quotes), lang))
    support = sum(term in held for term in said) / len(said) if said else 0.0
    figures = set(_FIGURE.findall(fold(text))) - set(_FIGURE.findall(fold(" ".join(quotes))))
    if figures:
        return Verdict(False, Flaw.NUMBER, sorted(figures)[0], support)
    if lang == "fr" and support < MIN_SUPPORT:
        return Verdict(False, Flaw.SUPPORT, f"{support:.2f}", support)
    return Verdict(True, None, "", support)
