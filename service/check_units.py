"""A text with its values in, its units out: the dates, figures, references, names, actors and words that may change places.

A name is one unit whatever its writing: an acronym, its words spelled out, a run of capitalised words.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from service.check_lexicon import SAME_NAMES, actors, light
from service.check_names import initials_end, is_acronym
from service.check_text import Text, Word
from service.check_values import Reading

_STRONG = re.compile(
    r"[;:.?!]|\b(?:tandis qu|alors qu|contre|mais|puis|whereas|while|but|then|et non|and not|rather|plutot)\b"
)
_MIDDLE = re.compile(
    r",? \b(?:dont|qui|que|which|who|that|where|ou)\b|, (?:et|and|en|elle|il)\b"
    r"|\bet (?:un|une|le|la|les|l'|celles?|ceux|a|aux?|du|de|des)\b|\band (?:the|a|an|of|to|for|its|those)\b"
)
_COMMA = re.compile(r",")
_WEAK = re.compile(r"\b(?:et|ou|and|or)\b|[()]")
_PARTS = ((_STRONG, 0.1), (_MIDDLE, 0.35), (_COMMA, 0.6), (_WEAK, 0.75))
"""Marks that part what stands about them, and how much of the tie each leaves."""
_LISTED = re.compile(r"^[ ,(]*(?:(?:et|ou|and|or|la|le|les|l'|de|du|des|the|avec|with) ?)*[ )]*$")
_SOURCE = re.compile(
    r"\b(?:selon|d'apres|according to)(?: (?:le |la |les |l'|the |un |une |a )?(?:[a-z]+ ){0,2}(?:d'|de |of )?)?(?:l'|le |la |the )?$"
)
_BEFORE = re.compile(
    r"\b(a|au|aux|to|at|in|en|dans|de|du|des|d'|of|from|avec|with|pour|for|sur|on|vers|chez)[ ']?(?:le |la |les |l'|the |an? |une? )?$"
)
_LINKS = {
    "at": "a au aux to at in en dans vers chez",
    "of": "de du des d' of from",
    "with": "avec with",
    "for": "pour for sur on",
}
_EVERYDAY = frozenset("ia ai ue eu ce act ria french france european europe national".split())


@dataclass(frozen=True, slots=True)
class Unit:
    """What stands at [start, end) of a text: `key` says what it is, `kind` with what it may be exchanged.

    `link` is the kind of preposition right before it; none and "par" are one, for both stand before who does something.
    """

    key: str
    kind: str
    start: int
    end: int
    link: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """The units of a text in order, `ties` between them (0..1), the places of each key, and which stand in one list."""

    units: tuple[Unit, ...]
    ties: tuple[tuple[float, ...], ...]
    places: dict[str, list[int]]
    listed: frozenset[frozenset[str]] = field(default_factory=frozenset)

    def tie(self, one: str, other: str) -> float:
        """The closest that two keys stand in the text, 0 where one of them does not."""
        return max(
            (self.ties[a][b] for a in self.places.get(one, ()) for b in self.places.get(other, ()) if a != b),
            default=0.0,
        )


def layout_of(reading: Reading, acronyms: Iterable[str], reach: float) -> Layout:
    """The units of a text and how close they stand: less by a third or so for `reach` units between, less for every mark."""
    low = reading.text.low
    found = sorted(_units(reading, acronyms), key=lambda unit: unit.start)
    units = tuple(replace(unit, link=_link(low[: unit.start])) for unit in found)
    gaps = [low[one.end : other.start] for one, other in itertools.pairwise(units)]
    kept = [_kept(gap) for gap in gaps]
    ties = [[0.0] * len(units) for _ in units]
    for first in range(len(units)):
        tie = 1.0
        for last in range(first + 1, len(units)):
            tie *= kept[last - 1] * (1.0 if last == first + 1 else math.exp(-1 / reach))
            ties[first][last] = ties[last][first] = tie
    listed = _listed(units, gaps)
    places: dict[str, list[int]] = defaultdict(list)
    for place, unit in enumerate(units):
        places[unit.key].append(place)
    return Layout(units, tuple(tuple(row) for row in ties), dict(places), frozenset(listed))


def _listed(units: Sequence[Unit], gaps: Sequence[str]) -> set[frozenset[str]]:
    """The pairs of keys that stand in one list: side by side, or with other members of it between."""
    listed: set[frozenset[str]] = set()
    members: list[str] = []
    for place, unit in enumerate(units):
        follows = place and unit.kind == units[place - 1].kind and _LISTED.match(gaps[place - 1])
        members = members if follows else []
        listed |= {frozenset((unit.key, other)) for other in members}
        members.append(unit.key)
    return listed


def acronyms_of(readings: Sequence[Reading]) -> set[str]:
    """The acronyms of all texts, in lower case: where one is spelled out it is the same unit."""
    return {word.low for reading in readings for word in reading.text.words if is_acronym(word)}


def _link(before: str) -> str:
    found = _BEFORE.search(before)
    return next((link for link, words in _LINKS.items() if found and found[1] in words.split()), "")


def _kept(between: str) -> float:
    kept = 1.0
    for pattern, left in _PARTS:
        kept *= left ** len(pattern.findall(between))
        between = pattern.sub("#", between)
    return kept


def _units(reading: Reading, acronyms: Iterable[str]) -> list[Unit]:
    text = reading.text
    found = [
        Unit(f"d{d.year}-{d.month}-{d.day}-{d.until}", "date" if d.month else "year", d.start, d.end)
        for d in reading.dates
    ]
    found += [Unit(f"{q.kind}{q.number}", q.kind, q.start, q.end) for q in reading.quantities]
    found += [Unit(f"{r.label}:{r.number}", r.label, r.start, r.end) for r in reading.references]
    busy = [(unit.start, unit.end) for unit in found]
    for start, end, acronym in _spelled(text, acronyms):
        if not any(start < b and a < end for a, b in busy):
            kind = "source" if _SOURCE.search(text.low[:start]) else "name"
            found.append(Unit(_name(acronym), kind, start, end))
            busy.append((start, end))
    last: Unit | None = None
    for word in text.words:
        if word.stop or word.low in _EVERYDAY or len(word.low) < 2 or any(a <= word.start < b for a, b in busy):
            continue
        if _is_name(word, text):
            joined = last and text.plain[last.end : word.start] in (" ", "-") and not is_acronym(word)
            if last and joined:
                found.remove(last)
            start = last.start if last and joined else word.start
            kind = "source" if _SOURCE.search(text.low[:start]) else "name"
            last = Unit(_name(text.low[start : word.end] if joined else word.low, word), kind, start, word.end)
            found.append(last)
            continue
        last = None
        kind = "actor" if word.stem in actors(text.lang) else "light" if word.stem in light(text.lang) else "word"
        found.append(Unit(word.stem, kind, word.start, word.end))
    return found


def _is_name(word: Word, text: Text) -> bool:
    if is_acronym(word):
        return True
    return word.form[0].isupper() and text.plain[: word.start].rstrip(' "(')[-1:] not in ("", ".", ":", "!", "?")


def _name(name: str, last: Word | None = None) -> str:
    """One key for all writings of a name; a run of words that is no known name goes by its last word."""
    if name in SAME_NAMES or last is None:
        return "n:" + min((name, *SAME_NAMES.get(name, ())))
    return "n:" + min((last.low, *SAME_NAMES.get(last.low, ())))


def _spelled(text: Text, acronyms: Iterable[str]) -> list[tuple[int, int, str]]:
    found = []
    for name in SAME_NAMES:
        if " " in name and name in text.low:
            found += [(at.start(), at.end(), name) for at in re.finditer(rf"\b{re.escape(name)}\b", text.low)]
    for acronym in acronyms:
        for first in range(len(text.words)):
            last = initials_end(acronym, text.words, first)
            if last is not None:
                found.append((text.words[first].start, text.words[last].end, acronym))
    return sorted(found, key=lambda one: (one[0] - one[1], one))
