"""A plain text in, its dates out as values, French or English, whole or in part: a day, a month, a year, a season, a range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.check_text import Text
from service.time_frame import MONTHS

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = r"(\d{1,2})(?:er|st|nd|rd|th)?"
_YEAR = r"((?:19|20)\d{2})"
_DAYS = re.compile(
    rf"\b{_DAY}(?: (?:of )?({_MONTH}))?(?: {_YEAR})? (?:au|et|et le|a|to|and|until) {_DAY} (?:of )?({_MONTH})\b(?: {_YEAR})?"
)
_DAYS_FIGURES = re.compile(r"\b(\d{1,2})(?:er)? (?:au|et|a|to|and) (\d{1,2})/(\d{1,2})/((?:19|20)\d{2})\b")
_DAY_FIRST = re.compile(rf"\b{_DAY} (?:of )?({_MONTH})\b(?:,? {_YEAR}\b)?")
_MONTH_FIRST = re.compile(rf"\b({_MONTH}) {_DAY}(?!\d),?(?: {_YEAR}\b)?")
_FIGURES = re.compile(r"(?<!\d)(\d{1,2})[/.](\d{1,2})(?:[/.]((?:19|20)\d{2}))(?!\d)")
_ISO = re.compile(r"(?<![\d-])((?:19|20)\d{2})-(\d{2})-(\d{2})(?![\d-])")
_RANGE = re.compile(rf"(?<![\d/-]){_YEAR}(?:-| a | au | to |/){_YEAR}(?![\d/-])")
_MONTH_YEAR = re.compile(rf"\b({_MONTH}) (?:de |of )?{_YEAR}\b")
_MONTH_ALONE = re.compile(rf"\b(?:en|fin|debut|mi|courant|des|de|in|since|until)[ -]({_MONTH})\b")
_YEAR_ALONE = re.compile(rf"(?<![\d/.,-]){_YEAR}(?![\d/]|-\d|[.,]\d| \d{{3}})")
_QUARTER = re.compile(
    r"\b(?:(premier|1er|deuxieme|second|2e|troisieme|3e|quatrieme|4e|first|third|fourth|2nd|3rd|4th) (?:trimestre|quarter)"
    rf"|[tq]([1-4]))(?: (?:de |of )?{_YEAR})?"
)
_SEASONS = {
    "ete": "summer", "summer": "summer", "automne": "autumn", "autumn": "autumn", "printemps": "spring",
    "spring": "spring", "hiver": "winter", "winter": "winter", "rentree": "rentree", "debut": "start",
    "early": "start", "beginning": "start", "start": "start", "fin": "end", "late": "end", "end": "end",
    "mi": "mid", "mid": "mid",
}  # fmt: skip
_PART_BEFORE = re.compile(
    rf"\b({'|'.join(_SEASONS)})(?: universitaire| scolaire)?(?:[ '-]*(?:de|d|of|du|au|en|the|l|annee|mois|year|month)\b)*[ '-]*$"
)
_BEFORE = re.compile(
    r"\b(?:avant|jusqu'au|jusqu'a|jusqu'en|d'ici|plus tard|before|until|by|no later than|prior to)"
    r"(?: (?:le|la|l'|a|fin|debut|the|end|of|ete|mois|de|early|late|summer|horizon|en|au|annee|l'annee|l'ete))*[ ']?$"
)
_AFTER = re.compile(
    r"\b(?:apres|depuis|a partir d[eu]|a compter d[eu]|des|since|from|after|starting)"
    r"(?: (?:le|la|l'|fin|debut|the|end|of|mois|de|rentree|universitaire|early|late|l'ete))*[ ']?$"
)
_SCHOOL = {"rentree", "start", "autumn"}
_MONTHS_OF = {
    "start": (1, 2, 3), "end": (10, 11, 12), "spring": (3, 4, 5, 6), "summer": (6, 7, 8, 9), "autumn": (9, 10, 11, 12),
    "winter": (12, 1, 2, 3), "q1": (1, 2, 3), "q2": (4, 5, 6), "q3": (7, 8, 9), "q4": (10, 11, 12),
}  # fmt: skip
_QUARTERS = {"pr": 1, "1e": 1, "fi": 1, "de": 2, "se": 2, "2e": 2, "2n": 2, "tr": 3, "3e": 3, "th": 3, "3r": 3,
             "qu": 4, "4e": 4, "fo": 4, "4t": 4}  # fmt: skip


@dataclass(frozen=True, slots=True)
class When:
    """A date at [start, end), whole or in part; `part` names a season, a quarter or an edge; `until` ends a range of years.

    `side` is "before" or "after" where the text speaks of the time up to it or from it on.
    """

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int
    part: str = ""
    until: int | None = None
    side: str = ""


def dates_in(text: Text) -> list[When]:
    """The dates of a text, in order, each character in one date at most."""
    found: list[When] = []
    for when in _all(text):
        clashes = [other for other in found if when.start < other.end and other.start < when.end]
        if all(_same_place(when, other) and _days_of(when) != _days_of(other) for other in clashes):
            found.append(when)
    return sorted(found, key=lambda when: when.start)


def bears(held: When, said: When) -> bool:
    """Whether a date of a quote bears one of a statement: every part that is said is held."""
    if said.until is not None:
        return (held.year, held.until) == (said.year, said.until)
    if held.until is not None:
        return said.month is None and said.day is None and not said.part and said.year in (held.year, held.until)
    pairs = ((said.year, held.year), (said.month, held.month), (said.day, held.day))
    return all(mine is None or mine == theirs for mine, theirs in pairs) and (
        said.part in ("", held.part) or {said.part, held.part} <= _SCHOOL or held.month in _MONTHS_OF.get(said.part, ())
    )


def opposed(held: When, said: When) -> bool:
    """Whether one speaks of the time before a date and the other of the time after it."""
    return {held.side, said.side} == {"before", "after"}


def _days_of(when: When) -> tuple[int | None, int | None, int | None]:
    return when.year, when.month, when.day


def _same_place(one: When, other: When) -> bool:
    return (one.start, one.end) == (other.start, other.end)


def _all(text: Text) -> Iterator[When]:
    """The dates that each form finds, the most telling forms first; the same place may be found by several."""
    yield from _pairs(text.low)
    yield from _days(text)
    yield from _parts(text)


def _pairs(low: str) -> Iterator[When]:
    """What two dates share: "2023-2027", "du 1er juillet au 22 septembre 2025", "les 10 et 11/02/2025"."""
    for found in _RANGE.finditer(low):
        if int(found[1]) < int(found[2]):
            yield When(int(found[1]), None, None, *found.span(), until=int(found[2]))
    for found in _DAYS.finditer(low):
        year, month, span = _number(found[6]), MONTHS[found[5]], found.span()
        first_month = MONTHS[found[2]] if found[2] else month
        yield When(_number(found[3]) or year, first_month, int(found[1]), *span, side="after")
        yield When(year, month, int(found[4]), *span, side="before")
    for found in _DAYS_FIGURES.finditer(low):
        year, month, span = int(found[4]), int(found[3]), found.span()
        yield When(year, month, int(found[1]), *span, side="after")
        yield When(year, month, int(found[2]), *span, side="before")


def _days(text: Text) -> Iterator[When]:
    low = text.low
    for found in _ISO.finditer(low):
        yield _when(low, found, int(found[1]), int(found[2]), int(found[3]))
    for found in _FIGURES.finditer(low):
        yield _when(low, found, int(found[3]), int(found[2]), int(found[1]))
    for found in _DAY_FIRST.finditer(low):
        if _is_month(text, found.start(2), found.end(2)):
            yield _when(low, found, _number(found[3]), MONTHS[found[2]], int(found[1]))
    for found in _MONTH_FIRST.finditer(low):
        if _is_month(text, found.start(1), found.end(1)):
            yield _when(low, found, _number(found[3]), MONTHS[found[1]], int(found[2]))


def _parts(text: Text) -> Iterator[When]:
    """Quarters, months and years that are no part of a day."""
    low = text.low
    for found in _QUARTER.finditer(low):
        number = found[2] or _QUARTERS[found[1][:2]]
        yield _when(low, found, _number(found[3]), None, None, f"q{number}")
    for found in _MONTH_YEAR.finditer(low):
        yield _when(low, found, int(found[2]), MONTHS[found[1]], None)
    for found in _YEAR_ALONE.finditer(low):
        yield _when(low, found, int(found[1]), None, None)
    for found in _MONTH_ALONE.finditer(low):
        if _is_month(text, found.start(1), found.end(1)):
            yield _when(low, found, None, MONTHS[found[1]], None)


def _is_month(text: Text, start: int, end: int) -> bool:
    """English months are written with a capital, which tells May from may and March from march."""
    return text.lang == "fr" or text.plain[start:end][0].isupper()


def _when(low: str, found: re.Match[str], year: int | None, month: int | None, day: int | None, part: str = "") -> When:
    before = low[max(0, found.start() - 40) : found.start()]
    if day is None and not part and (named := _PART_BEFORE.search(before)):
        part = _SEASONS[named[1]]
    side = "before" if _BEFORE.search(before) else "after" if _AFTER.search(before) else ""
    return When(year, month, day, *found.span(), part=part, side=side)


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None
