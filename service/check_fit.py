"""A statement and its quotes in, the unit out that would fit the quotes better in another's place: who did it, when, how much.

For each date, figure, reference, name or actor of the statement the words about it are looked up in the quotes: how close do
they stand to it there, and how close to others of its kind? Where another fits clearly better, the two were exchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.check_units import Layout, Unit, acronyms_of, layout_of
from service.check_values import Reading
from service.check_words import opposites

REACH_SAID, REACH_HELD = 2.5, 4.0
"""Over how many units a tie fades, in the statement and in the quotes."""
NEIGHBOURS = 4
LEAST_CONTEXT, LEAST_CONTEXTS = 0.3, 0.5
"""How much of a context is needed to judge by, of one unit and of two together."""
MIN_GAIN_ALONE, MIN_GAIN_SWAP = 0.3, 0.15
_CONVERSE = re.compile(r"\b(?:rec(?:oi|ev|u)\w*|benefici\w*|subi\w*|receiv\w*|benefit\w*)\b")
"""Verbs whose subject is who something is given to: told with one, a deed names the same two the other way round."""
Context = list[tuple[str, float]]


def misplaced(said: Reading, held: Sequence[Reading]) -> str | None:
    """The words of the unit that stands in another's place, or None."""
    gain, unit = best_exchange(said, held)
    return said.text.plain[unit.start : unit.end] if unit and gain > 0 else None


def best_exchange(said: Reading, held: Sequence[Reading]) -> tuple[float, Unit | None]:
    """By how much the best exchange betters the fit beyond what chance does (0 where none does), and the unit exchanged."""
    acronyms = acronyms_of((said, *held))
    mine = layout_of(said, acronyms, REACH_SAID)
    theirs = [layout_of(reading, acronyms, REACH_HELD) for reading in held]
    known = {key for layout in theirs for key in layout.places}
    best: tuple[float, Unit | None] = (0.0, None)
    turned = len({bool(_CONVERSE.search(reading.text.low)) for reading in (said, *held)}) > 1
    swaps = [] if turned else _pairs(mine, theirs, known, said.text.lang)
    for gain, unit in (*_alone(mine, theirs, known), *swaps):
        if gain > best[0]:
            best = (gain, unit)
    return best


def _alone(mine: Layout, theirs: Sequence[Layout], known: set[str]) -> list[tuple[float, Unit]]:
    """What a unit of the quotes that the statement does not have would gain in the place of one that it has."""
    found = []
    links = {(unit.key, unit.link) for layout in theirs for unit in layout.units}
    others = {(unit.key, unit.kind) for layout in theirs for unit in layout.units} - {
        (u.key, u.kind) for u in mine.units
    }
    for place, unit in enumerate(mine.units):
        if unit.kind in ("word", "light", "source") or unit.key not in known:
            continue
        for key, kind in others:
            linked = unit.kind != "name" or (key, unit.link) in links
            if kind != unit.kind or not linked or key in mine.places or _in_one_list(unit.key, key, theirs):
                continue
            context = _context(place, mine, known, key)
            total = sum(weight for _, weight in context)
            if total >= LEAST_CONTEXT:
                gain = (_fit(key, context, theirs) - _fit(unit.key, context, theirs)) / total
                found.append((gain - MIN_GAIN_ALONE, unit))
    return found


def _pairs(mine: Layout, theirs: Sequence[Layout], known: set[str], lang: str) -> list[tuple[float, Unit]]:
    """What two units of the statement would gain in each other's place."""
    found = []
    for a, one in enumerate(mine.units):
        for b in range(a + 1, len(mine.units)):
            other = mine.units[b]
            if not _exchangeable(one, other, known, lang) or _in_one_list(one.key, other.key, (mine, *theirs)):
                continue
            first, second = _context(a, mine, known, other.key), _context(b, mine, known, one.key)
            total = sum(weight for _, weight in (*first, *second))
            if total < LEAST_CONTEXTS:
                continue
            now = _fit(one.key, first, theirs) + _fit(other.key, second, theirs)
            then = _fit(other.key, first, theirs) + _fit(one.key, second, theirs)
            found.append(((then - now) / total - MIN_GAIN_SWAP, one))
    return found


def _exchangeable(one: Unit, other: Unit, known: set[str], lang: str) -> bool:
    if one.key == other.key or not {one.key, other.key} <= known or "source" in (one.kind, other.kind):
        return False
    if one.kind != other.kind or one.kind == "light":
        return False
    if one.kind != "word":
        return True
    language = "en" if lang == "en" else "fr"
    return other.key in opposites(language, language).get(one.key, ()) or one.key in other.key or other.key in one.key


def _context(place: int, layout: Layout, known: set[str], but: str) -> Context:
    """The units about one that the quotes have too, the closest first, each with its tie."""
    own = layout.units[place].key
    ties = [
        (unit.key, layout.ties[place][other])
        for other, unit in enumerate(layout.units)
        if other != place and unit.key in known and unit.key not in (own, but)
    ]
    return sorted(ties, key=lambda tie: -tie[1])[:NEIGHBOURS]


def _fit(key: str, context: Context, theirs: Sequence[Layout]) -> float:
    return sum(weight * max(layout.tie(key, other) for layout in theirs) for other, weight in context)


def _in_one_list(one: str, other: str, layouts: Sequence[Layout]) -> bool:
    """Whether two stand side by side in one list, so that either may be named for both."""
    return any(frozenset((one, other)) in layout.listed for layout in layouts)
