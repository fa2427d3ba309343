"""A statement and its quotes in, the first number, date or reference of the statement that no quote bears out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.answer import Language
from service.check_dates import When, bears, dates_in, opposed
from service.check_lexicon import root, synonyms
from service.check_names import is_acronym
from service.check_numbers import Bound, Quantity, quantities_of
from service.check_references import Reference, held_in, references_of
from service.check_text import Text, Word, read_text

ROUGHLY = 2.0
"""Points of percent within which "un tiers" or "environ" bear a figure."""
MONTH_DAYS = 30
COUNTED_WORDS = 5
_SCALED = 1e6
_ENDS = frozenset(
    """seulement environ et ou selon pour dans qui que sont est ont a en sur contre mais tandis par etaient etait suivent suit
    and or for in is are was were has have had by""".split()
)
_OF_ALL = frozenset({"du", "des", "of"})
_DEADLINE = re.compile(r"\b(?:date limite|echeance|deadline|au plus tard|no later)\b")
_NO_NOUN = re.compile(
    r" ?(?:[,;:.]|$|(?:est|sont|etait|a|ont|une?|le|la|les|l'|des|du|is|are|was|the|an?|of|par|pour|sur|aux?)\b)"
)
_ASIDE = re.compile(r"\b(?:et non|non|pas|not|rather than|au lieu de|plutot que)(?: (?:de|pas|les?|la|the|a|par))* ?$")
_MISTAKEN = re.compile(r"[^.;:]{0,40}\b(?:erron\w+|faux|fausse|a tort|mistaken|wrong(?:ly)?)\b")
_CLAUSES = re.compile(r"[;:.?!]")
_LAST_OF_LIST = re.compile(r"\b(?:et|ou|and|or)\b")
MOST_LISTED = 6
MOST_FIRST = 2
_STOPS = frozenset(',;:.()"')
_CEILING = re.compile(r"\b(?:maxim\w*|plafon\w*|attei\w*|limite\w*|up to|ceiling|cap(?:ped)?)\b")
_AWAY = frozenset(
    {(Bound.OVER, Bound.UNDER), (Bound.UNDER, Bound.OVER), (Bound.OVER, Bound.EXACT), (Bound.UNDER, Bound.EXACT)}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with its values; `spans` are the places of the values, which are no words to compare."""

    text: Text
    dates: tuple[When, ...]
    references: tuple[Reference, ...]
    quantities: tuple[Quantity, ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Unborne:
    """What no quote bears: `what` is date, reference, amount, number or bound; `words` are those of the statement."""

    what: str
    words: str


@lru_cache(maxsize=512)
def read(text: str, lang: Language | None = None, default: Language = "fr") -> Reading:
    """A text with the values that stand in it."""
    plain = read_text(text, lang, default)
    references = references_of(plain)
    dates = [d for d in dates_in(plain) if not any(d.start < r.end and r.start < d.end for r in references)]
    taken = [(r.start, r.end) for r in references] + [(d.start, d.end) for d in dates]
    quantities = quantities_of(plain, taken)
    spans = tuple(sorted({*taken, *((one.start, one.end) for one in quantities)}))
    return Reading(plain, tuple(dates), tuple(references), tuple(quantities), spans)


def first_unborne(said: Reading, held: Sequence[Reading]) -> Unborne | None:
    """The first value of the statement that none of its quotes holds, if there is one."""
    low = said.text.low
    references = [one for reading in held for one in reading.references]
    for reference in said.references:
        if not held_in(reference, references):
            return Unborne("reference", said.text.plain[reference.start : reference.end])
    dates = [one for reading in held for one in reading.dates]
    for when in said.dates:
        same = [other for other in dates if bears(other, when)]
        if not same or (all(opposed(other, when) for other in same) and not _DEADLINE.search(_low(held))):
            return Unborne("date", low[when.start : when.end])
    for quantity in said.quantities:
        what = _quantity_unborne(quantity, said, held)
        if what:
            return Unborne(what, low[quantity.start : quantity.end])
    return None


def _low(held: Sequence[Reading]) -> str:
    return " ".join(reading.text.low for reading in held)


def same_number(held: Quantity, said: Quantity) -> bool:
    """Whether two quantities have the same value, whatever they count."""
    if {held.kind, said.kind} == {"months", "days"}:
        months, days = (held, said) if held.kind == "months" else (said, held)
        return days.number == MONTH_DAYS * months.number
    if (held.kind, said.kind) == ("amount", "count") and held.number == said.number >= _SCALED:
        return True  # "550 millions d'euros engagés, 650 millions investis"
    if held.kind != said.kind:
        return False
    if held.number == said.number:
        return True
    rough = said.bound is Bound.ABOUT or said.number % 1 > 0.3
    return said.kind == "percent" and rough and abs(held.number - said.number) <= ROUGHLY


def _quantity_unborne(said: Quantity, reading: Reading, held: Sequence[Reading]) -> str:
    """What is wrong with a quantity of the statement, or an empty text."""
    if said.kind == "ordinal" and said.number < MOST_FIRST and _ranked_otherwise(said, reading, held):
        return "number"
    if said.kind == "ordinal" and (
        said.number < MOST_FIRST or _stands_alone(said, reading.text) or any(_numbered(said, other) for other in held)
    ):
        return ""
    same = [
        (other, one)
        for other in held
        for one in other.quantities
        if same_number(one, said) and (_set_aside(said, reading) or not _set_aside(one, other))
    ]
    if not same and _counts_a_list(said, reading, held):
        return ""
    counted = _counted(said, reading) if said.kind == "count" else []
    if counted and same and reading.text.lang == same[0][0].text.lang:
        counting = [(other, one) for other, one in same if _counts(one, other, counted, reading.text.lang)]
        same = counting if counting or _counted_elsewhere(said, counted, held) else same
    if not same or (said.per and not any(one.per == said.per for _, one in same)):
        return "amount" if said.kind == "amount" else "number"
    if said.bound is Bound.UNDER and any(_CEILING.search(other.text.low) for other, _ in same):
        return ""
    return "bound" if all((said.bound, one.bound) in _AWAY for _, one in same) else ""


def _ranked_otherwise(said: Quantity, reading: Reading, held: Sequence[Reading]) -> bool:
    """Whether a first of something is only ever another one in the quotes ("le premier critère", "le second critère")."""
    noun = {word.stem for word in _counted(said, reading)[:1]}
    ranks = [(one.number, other) for other in held for one in other.quantities if one.kind == "ordinal"]
    same = [
        rank
        for rank, other in ranks
        for one in other.quantities
        if one.number == rank and noun & {w.stem for w in _counted(one, other)[:1]}
    ]
    return bool(same) and all(rank >= MOST_FIRST for rank, _ in ranks)


def _stands_alone(said: Quantity, text: Text) -> bool:
    """Whether an ordinal takes up what was named ("la première est ..., la seconde ...") and ranks nothing."""
    return _NO_NOUN.match(text.low, said.end) is not None


def _set_aside(one: Quantity, reading: Reading) -> bool:
    """Whether a text names a quantity only to deny it ("et non 119 millions d'euros par an", "le taux de 2 % est erroné")."""
    low = reading.text.low
    return _ASIDE.search(low[: one.start]) is not None or _MISTAKEN.match(low, one.end) is not None


def listed(text: Text) -> set[int]:
    """How many members the lists of a text have: "A, B et C" has three, "A et B" two."""
    found = set()
    for clause in _CLAUSES.split(text.low):
        for end in _LAST_OF_LIST.finditer(clause):
            commas = [mark.start() for mark in re.finditer(",", clause[: end.start()])]
            found |= {2 + more for more in range(len(commas) + 1)}
    return found


def _counts_a_list(said: Quantity, reading: Reading, held: Sequence[Reading]) -> bool:
    """Whether a small number may count the members of a list, where no quote has a number of what it counts."""
    if said.kind != "count" or said.number > MOST_LISTED or _counted_elsewhere(said, _counted(said, reading), held):
        return False
    return any(said.number in listed(one.text) for one in (reading, *held))


def _counted_elsewhere(said: Quantity, counted: Sequence[Word], held: Sequence[Reading]) -> bool:
    """Whether the quotes have another number of what is said to be counted."""
    stems = {word.stem for word in counted[:1]}
    return any(
        one.number != said.number and stems & {word.stem for word in _counted(one, other)}
        for other in held
        for one in other.quantities
    )


def _numbered(said: Quantity, held: Reading) -> bool:
    """Whether a quote numbers what is said to have that rank ("axe 4" for "le quatrième axe")."""
    numbers = {one.number for one in held.references if one.number.isdigit()}
    return str(int(said.number)) in numbers


def _counts(held: Quantity, reading: Reading, counted: Sequence[Word], lang: Language) -> bool:
    """Whether the held number counts what is said to be counted."""
    after = _counted(held, reading, COUNTED_WORDS)
    words = after or _around(held, reading)
    if any(is_acronym(word) for word in counted):
        return True
    stems, roots = {word.stem for word in words}, {root(word.low) for word in words}
    return any(
        word.stem in stems or root(word.low) in roots or synonyms(lang).get(word.stem, frozenset()) & stems
        for word in counted
    )


def _counted(quantity: Quantity, reading: Reading, most: int = 2) -> list[Word]:
    """The words that follow a quantity up to the next stop of the phrase or the next value."""
    end = len(reading.text.low)
    for start, _ in reading.spans:
        if start >= quantity.end:
            end = min(end, start)
    stop = next((n for n in range(quantity.end, end) if reading.text.low[n] in _STOPS), end)
    words = reading.text.between(quantity.end, stop)
    if words and words[0].low in _OF_ALL and quantity.number < _SCALED:
        return []
    first = next((n for n, word in enumerate(words) if word.low in _ENDS), len(words))
    return [word for word in words[:first] if not word.stop and len(word.low) > 2][:most]


def _around(quantity: Quantity, reading: Reading) -> list[Word]:
    """What a number may count where no noun follows it: the words of its sentence before it, and the rest of its phrase."""
    stop = next((n for n in range(quantity.end, len(reading.text.low)) if reading.text.low[n] in _STOPS), None)
    words = reading.text.between(0, quantity.start) + reading.text.between(quantity.end, stop or len(reading.text.low))
    return [word for word in words if not word.stop]
