"""Interface texts: a French and an English wording go in; the one of the asked language, set in its typography, comes out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from service.answer import Language

NARROW_NO_BREAK_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
_RULES = (
    (re.compile(r"'"), "\u2019"),
    (re.compile(r" (?=[;!?»])"), NARROW_NO_BREAK_SPACE),
    (re.compile(r"(?<=«) "), NARROW_NO_BREAK_SPACE),
    (re.compile(r" (?=:)"), NO_BREAK_SPACE),
    (re.compile(r"(?<=n°) |(?<=p\.) "), NO_BREAK_SPACE),
    (re.compile(r"(?<=\d) (?=\d{3}\b)"), NARROW_NO_BREAK_SPACE),
)
_MONTHS: Mapping[Language, tuple[str, ...]] = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip


def french(text: str) -> str:
    """The text with typographic apostrophes and no-break spaces. For our own words only: quotes are never retouched."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


@dataclass(frozen=True, slots=True)
class Wording:
    """One text in both languages; `{name}` stands for a value, which is put in as it is."""

    fr: str
    en: str

    def in_(self, lang: Language, **values: object) -> str:
        """The wording of one language, filled in. Values are not retouched."""
        text = french(self.fr) if lang == "fr" else self.en
        return text.format(**values) if values else text


def date_in_words(iso_date: str, lang: Language) -> str:
    """`2025-02-05` as "5 février 2025" or "5 February 2025"; the day alone of a longer timestamp."""
    year, month, day = iso_date[:10].split("-")
    name = _MONTHS[lang][int(month) - 1]
    if lang == "fr":
        first = "1er" if int(day) == 1 else str(int(day))
        return f"{first}{NO_BREAK_SPACE}{name}{NO_BREAK_SPACE}{year}"
    return f"{int(day)}{NO_BREAK_SPACE}{name} {year}"


def month_in_words(year_month: str, lang: Language) -> str:
    """`2025-02` as "février 2025" or "February 2025"."""
    year, month = year_month.split("-")
    return f"{_MONTHS[lang][int(month) - 1]}{NO_BREAK_SPACE}{year}"


def count_in_words(number: int, lang: Language) -> str:
    """12500 as "12 500" (narrow no-break space) or "12,500"."""
    return f"{number:,}".replace(",", NARROW_NO_BREAK_SPACE if lang == "fr" else ",")
