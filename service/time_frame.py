"""A sentence, its document and a date in; whether the sentence holds on that date out.

The corpus writes standing in fixed words at the start of a sentence ("Dépassé depuis le 1er juillet 2025 : ..."), so that
a quote carries it wherever it is shown; a document's own status and dates hold for all of its sentences.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from corpus.analysis import fold
from corpus.document import Source, Status

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("janvier", "january"), ("fevrier", "february"), ("mars", "march"), ("avril", "april"), ("mai", "may"),
            ("juin", "june"), ("juillet", "july"), ("aout", "august"), ("septembre", "september"),
            ("octobre", "october"), ("novembre", "november"), ("decembre", "december"),
        ),
        1,
    )
    for name in names
}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:er|st|nd|rd|th)? ({_MONTH}) (\d{{4}})\b")
_MONTH_FIRST = re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b")
_NUMERIC = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_STANDING = re.compile(
    r"^(?:(?P<superseded>depasse depuis(?: le)?|outdated since|superseded since)\b[^:]*?(?P<since>[^:]{0,40})"
    r"|(?P<announced>annonce|announced)|(?P<draft>proposition|proposal)|(?P<unverified>non verifie|not verified))\s*:"
)
_WORDS = {"announced": Status.ANNOUNCED, "draft": Status.DRAFT, "unverified": Status.UNVERIFIED}


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a statement holds on the asked date; `since` is when it ceased to hold, where it did and that is known."""

    status: Status
    since: dt.date | None = None

    @property
    def holds(self) -> bool:
        """False for what no longer holds."""
        return self.status not in (Status.SUPERSEDED, Status.HISTORICAL)


def standing(text: str, source: Source, as_of: dt.date) -> Standing:
    """The standing of a sentence on `as_of`, from its own first words, then from its document."""
    found = _STANDING.match(fold(text))
    if found and found["superseded"]:
        since = next(iter(dates_of(found.group())), None)
        if since is None or since <= as_of:
            return Standing(Status.SUPERSEDED, since)
        return Standing(Status.IN_FORCE)
    if found:
        return Standing(_WORDS[found.lastgroup or "unverified"])
    return _standing_of(source, as_of)


def _standing_of(source: Source, as_of: dt.date) -> Standing:
    """The standing of a document: its own dates first, then those of what replaces it, then its status."""
    if source.valid_to is not None and source.valid_to <= as_of:
        return Standing(Status.SUPERSEDED, source.valid_to)
    if source.valid_from is not None and source.valid_from > as_of:
        return Standing(Status.ANNOUNCED)
    successor_on = source.superseded_on
    if source.status is Status.IN_FORCE and successor_on is not None and successor_on <= as_of:
        return Standing(Status.SUPERSEDED, successor_on if successor_on > dt.date.min else None)
    return Standing(source.status)


def on_date(source: Source, as_of: dt.date) -> Source:
    """The document with the status that it has on `as_of`."""
    return replace(source, status=standing("", source, as_of).status)


def published_later(source: Source, as_of: dt.date) -> bool:
    """Whether a document is known to have been published after `as_of`: it may say what nobody knew then."""
    return source.published_on is not None and source.published_on > as_of


def dates_of(text: str) -> list[dt.date]:
    """The full dates in a text, French or English, in order of pattern, then of place; impossible ones are passed over."""
    plain = fold(text)
    found: list[dt.date] = []
    for match in _DAY_FIRST.finditer(plain):
        _append(found, match[3], MONTHS[match[2]], match[1])
    for match in _MONTH_FIRST.finditer(plain):
        _append(found, match[3], MONTHS[match[1]], match[2])
    for match in _NUMERIC.finditer(plain):
        _append(found, match[3], match[2], match[1])
    return found


def _append(found: list[dt.date], year: str, month: int | str, day: str) -> None:
    try:
        found.append(dt.date(int(year), int(month), int(day)))
    except ValueError:
        return
