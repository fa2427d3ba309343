"""A plain text in, the quantities written in it out, as values: 119 M€, "119 millions d'euros" and "EUR 119 million" are one.

Durations are in months, days or hours; amounts in euros; fractions and percentages in percent. What counts something keeps
the nouns that follow it, so that "12 mois" is not borne by "12 établissements".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from service.check_text import Text

_UNITS = {
    name: number
    for number, names in {
        0: "zero", 1: "un une one", 2: "deux two", 3: "trois three", 4: "quatre four", 5: "cinq five", 6: "six",
        7: "sept seven", 8: "huit eight", 9: "neuf nine", 10: "dix ten", 11: "onze eleven", 12: "douze twelve",
        13: "treize thirteen", 14: "quatorze fourteen", 15: "quinze fifteen", 16: "seize sixteen", 17: "seventeen",
        18: "eighteen", 19: "nineteen", 20: "vingt vingts twenty", 30: "trente thirty", 40: "quarante forty",
        50: "cinquante fifty", 60: "soixante sixty", 70: "septante seventy", 80: "octante eighty", 90: "nonante ninety",
    }.items()
    for name in names.split()
}  # fmt: skip
_SCALES = {
    "cent": 100, "cents": 100, "hundred": 100, "mille": 1000, "thousand": 1000, "million": 10**6, "millions": 10**6,
    "milliard": 10**9, "milliards": 10**9, "billion": 10**9, "billions": 10**9,
}  # fmt: skip
_ABOUT = {"dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
          "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "dozen": 12}  # fmt: skip
_NAME = "|".join(sorted((*_UNITS, *_SCALES), key=len, reverse=True))
_SPELLED = re.compile(rf"\b(?:{_NAME})(?:(?:-| et | and |-et-| )(?:{_NAME}))*\b")
_FIGURE = re.compile(r"(?<![\w.,/-])\d{1,3}(?:[ ]\d{3})+(?:,\d{1,2})?(?![\d])|(?<![\w/])\d+(?:[.,]\d+)*(?![\d/])")
_SCALE_AFTER = re.compile(
    r"\s?(?:(?P<big>milliards?|billions?|md|mds|bn)|(?P<mid>millions?|mio|m(?=\s?(?:€|eur\b|euros?\b)))"
    r"|(?P<low>k(?=\s?(?:€|eur\b|euros?\b))|mille|thousand))\b"
)
_EURO_AFTER = re.compile(r"\s?(?:d'|de |of )?(?:€|euros?\b|eur\b)")
_EURO_BEFORE = re.compile(r"(?:€|\beur)\s?$")
_PERCENT_AFTER = re.compile(r"\s?(?:%|pour[ -]cent\b|pourcents?\b|per ?cent\b)")
_TIME_AFTER = re.compile(
    r"(?: |-)(?:premiers? |derniers? |first |last |prochain(?:e?s)? )?"
    r"(?P<unit>ans?|annees?|mois|semaines?|jours?|journees?|heures?|years?|months?|weeks?|days?|hours?)\b"
)
_TIMES = {
    "an": ("months", 12), "ye": ("months", 12), "mo": ("months", 1), "se": ("days", 7), "we": ("days", 7),
    "jo": ("days", 1), "da": ("days", 1), "he": ("hours", 1), "ho": ("hours", 1),
}  # fmt: skip
_ORDINAL = re.compile(
    r"\b(?:(?P<figure>\d{1,2})(?:e|eme|ieme|nd|nde|rd|th)\b|(?P<word>premiere?s?|first|seconde?s?|second|deuxieme|third(?![ -](?:part|place|countr))"
    r"|troisieme|fourth|quatrieme|fifth|cinquieme|sixth|sixieme|septieme|huitieme|neuvieme|dixieme)\b)"
)
_ORDINALS = {"pre": 1, "fir": 1, "sec": 2, "deu": 2, "thi": 3, "tro": 3, "fou": 4, "qua": 4, "fif": 5, "cin": 5,
             "six": 6, "sep": 7, "hui": 8, "neu": 9, "dix": 10}  # fmt: skip
_FRACTION = re.compile(
    r"\b(?:(?P<third>un tiers|one third|a third(?![ -](?:part|place|countr|person|time)))"
    r"|(?P<thirds>(?:les |des )?deux[ -]tiers|two thirds)|(?P<half>la moitie|half)"
    r"|(?P<quarter>un quart|a quarter)|(?P<quarters>trois quarts|three quarters))\b"
)
_ONE_IN = re.compile(
    r"\b(?:une?|one|1) [a-z]+(?: [a-z]+)? (?:sur|in|out of) (deux|trois|quatre|cinq|six|dix|vingt|two|three|four|five|ten|[2-9]|[1-9]0)\b"
)
_FRACTIONS = {"third": 100 / 3, "thirds": 200 / 3, "half": 50.0, "quarter": 25.0, "quarters": 75.0}
_PER = re.compile(r"[^.;:,]{0,28}?\b(?:par|chaque|per|a|each|every) (an|mois|jour|semaine|year|month|day|week)\b")
_RATES = {"an": "year", "ye": "year", "mo": "month", "jo": "day", "da": "day", "se": "week", "we": "week"}
_NO_COUNT = re.compile(
    r"\btou(?:s|tes) (?:les )?deux\b|\bles deux(?=[ ,.;]*$| (?:se|s'|sont|ne)\b)|\bboth two\b|\bthe two\b"
    r"|(?<!en )(?<!sous )(?<!dans )\bun jour\b|\bone day\b|\bl'une?\b"
)
"""Number words that count nothing: "tous les deux", "un jour"."""
_NOT_A_NUMBER_AFTER = re.compile(r"^(?:un|une|one)$")


class Bound(StrEnum):
    """How a number is meant: as it is, roughly, at least or above, at most or below."""

    EXACT = "exact"
    ABOUT = "about"
    OVER = "over"
    UNDER = "under"


_BOUNDS = (
    (
        Bound.OVER,
        re.compile(r"\b(?:plus (?:de|d'|des)|au moins|au minimum|minimum(?: de)?|more than|over|at least|above) ?$"),
    ),
    (
        Bound.UNDER,
        re.compile(
            r"(?:\bmoins (?:de|d'|des)|\bau plus|\bau mieux|\bau maximum|\bmaximum(?: de)?|\bjusqu'a|\bsans depasser|\blimite de|\bdepasser?"
            r"|\bplafond(?:e|ee)?(?: de| a)?|\bless than|\bfewer than|\bat most|\bup to|\bunder) ?$"
        ),
    ),
    (
        Bound.ABOUT,
        re.compile(r"\b(?:environ|pres (?:de|d'|des)|quelque|autour de|about|around|nearly|approximately|almost) ?$"),
    ),
)
_BOUND_AFTER = re.compile(
    r"^[^,.;:]{0,24}?\b(?:(?P<over>au moins|au minimum|at least|ou plus|or more)|(?P<under>au plus|au maximum|at most|maximum))\b"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity at [start, end). `kind` is amount, percent, months, days, hours, ordinal or count; `per` the unit of a rate."""

    kind: str
    number: float
    start: int
    end: int
    bound: Bound = Bound.EXACT
    per: str = ""


def quantities_of(text: Text, taken: list[tuple[int, int]]) -> list[Quantity]:
    """The quantities of a text in order; what lies in a `taken` span (dates, references) is passed over."""
    found: list[Quantity] = []
    busy = list(taken)
    for quantity in _all(text):
        if not any(quantity.start < end and start < quantity.end for start, end in busy):
            busy.append((quantity.start, quantity.end))
            found.append(quantity)
    return sorted(found, key=lambda one: one.start)


def spelled_number(words: str) -> float | None:
    """The number that number words say ("cinquante-deux mille" is 52000), or None."""
    total, current = 0.0, 0.0
    for word in re.split(r"[- ]+", words):
        if word in ("et", "and", ""):
            continue
        if word in ("vingt", "vingts") and current % 100 == 4:
            current += 76
        elif word in _UNITS:
            current += _UNITS[word]
        elif word in ("cent", "cents", "hundred"):
            current = max(current, 1) * 100
        elif word in _SCALES:
            total += max(current, 1) * _SCALES[word]
            current = 0.0
        else:
            return None
    return total + current


def figure_number(figure: str) -> float:
    """The number of a figure in either language's writing: "500,000" and "500 000", "38,30" and "38.30"."""
    bare = figure.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", bare):
        return float(re.sub(r"[.,]", "", bare))
    head, *rest = re.split(r"[.,]", bare)
    return float(f"{head}.{''.join(rest)}") if rest else float(head)


def _all(text: Text) -> Iterator[Quantity]:
    low = text.low
    for found in _FRACTION.finditer(low):
        yield Quantity("percent", _FRACTIONS[found.lastgroup or "half"], *found.span(), _bound(low, *found.span()))
    for found in _ONE_IN.finditer(low):
        share = 100 / (spelled_number(found[1]) or figure_number(found[1]))
        yield Quantity("percent", round(share, 4), *found.span(), _bound(low, *found.span()))
    for found in re.finditer(r"\b(?:un |a )?demi-million|half a million", low):
        yield Quantity("count", 500_000.0, *found.span(), _bound(low, *found.span()))
    for name, number in _ABOUT.items():
        for found in re.finditer(rf"\b(?:une |a )?{name}\b", low):
            yield Quantity("count", float(number), *found.span(), Bound.ABOUT)
    for found in _ORDINAL.finditer(low):
        figure = found["figure"]
        rank = float(figure) if figure else float(_ORDINALS[found["word"][:3]])
        yield Quantity("ordinal", rank, *found.span())
    for found in _FIGURE.finditer(low):
        yield _measured(low, figure_number(found.group()), *found.span())
    idle = [found.span() for found in _NO_COUNT.finditer(low)]
    for found in _SPELLED.finditer(low):
        number_said = spelled_number(found.group())
        if number_said is None or any(start <= found.start() < end for start, end in idle):
            continue
        one = _measured(low, number_said, *found.span())
        if not (_NOT_A_NUMBER_AFTER.match(found.group()) and one.kind == "count" and one.number == 1):
            yield one


def _measured(low: str, number: float, start: int, end: int) -> Quantity:
    """A number with what follows it: its scale, euros, percent or a unit of time, the rate that it is."""
    first = end
    if scale := _SCALE_AFTER.match(low, end):
        number *= {"big": 1e9, "mid": 1e6, "low": 1e3}[scale.lastgroup or "mid"]
        end = scale.end()
    kind = "count"
    if euro := _EURO_AFTER.match(low, end):
        kind, end = "amount", euro.end()
    elif before := _EURO_BEFORE.search(low[:start]):
        kind, start = "amount", before.start()
    elif percent := _PERCENT_AFTER.match(low, end):
        kind, end = "percent", percent.end()
    elif first == end and (time := _TIME_AFTER.match(low, end)):
        kind, factor = _TIMES[time["unit"][:2]]
        number, end = number * factor, time.end()
    bound = _bound(low, start, end)
    if kind in ("months", "days", "hours") and re.search(r"\bover ?$", low[:start]):
        bound = Bound.EXACT  # "over five years" is the time that something takes
    per = _PER.match(low, end) if kind in ("amount", "count") else None
    return Quantity(kind, round(number, 4), start, end, bound, _RATES[per[1][:2]] if per else "")


def _bound(low: str, start: int, end: int) -> Bound:
    before = low[max(0, start - 24) : start]
    for bound, pattern in _BOUNDS:
        if pattern.search(re.sub(r" (?:de|a|des|le|la|les|un|une)$| $", "", before) + " ") or pattern.search(before):
            return bound
    if after := _BOUND_AFTER.match(low[end : end + 44]):
        return Bound(after.lastgroup or "over")
    return Bound.EXACT
