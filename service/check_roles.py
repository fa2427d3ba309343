"""A statement and its quotes in, the value or name out that the statement gives to something else than the quotes do.

Every value of a quote has the words about it, from the last mark that parts it from its neighbour to the next; where the
statement puts one value among the words that are its neighbour's alone, the two were swapped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.check_lexicon import root
from service.check_names import is_acronym
from service.check_text import Text, Word
from service.check_values import Reading

_STRONG = re.compile(
    r"[;:]|\b(?:tandis qu|alors qu|contre|mais|puis|whereas|while|but|then|et non|and not|devant|apres|avant|after|before)\b"
)
_OPENS = re.compile(r"[:;]")
_MIDDLE = re.compile(r",|\bet un\b")
_WEAK = re.compile(r"\b(?:et|ou|and|or|dont|soit|au lieu)\b")
NEAR_SAID, NEAR_HELD = (5, 5), (9, 12)
"""How many words before and after a value are about it: fewer in the statement, where all must agree, than in a quote."""
ALONE = 2
"""How many words of a neighbour tell a swap where the neighbour itself is not in the statement."""
_CONTRAST = re.compile(
    r",? \b(?:tandis qu(?:e|')|alors qu(?:e|')|whereas|while)|, (?:et|and|mais|but|contre|puis) "
    r"| et (?=[a-z]+ (?:a|aux|au|sur|par|de|du|des|pour) )| and the "
)
_VALUE = "="
_KINDS = ("count", "amount", "percent", "months", "days", "hours", "ordinal")
_LABELS = ("article", "annexe", "classe", "letter", "id", "com")
_GROUPS = (*_KINDS, "date", "name", *_LABELS)
_BINDING = ("date", *_LABELS)
_ALONE_GROUPS = frozenset({"amount", "percent", "date"})
GOVERNING = 3
"""How many words before a date say what happened then."""
_STOP = re.compile(r"[,;:()]")
_EMPTY = frozenset("place lieu cours fois part".split())
_EVERYDAY = frozenset("ia ai ue eu ce act ria".split())


@dataclass(frozen=True, slots=True)
class Anchor:
    """A value or a name at [start, end) of a text: `key` says what it is whatever its writing."""

    group: str
    key: str
    start: int
    end: int


def swapped(said: Reading, held: Sequence[Reading]) -> str | None:
    """The words of the statement that stand with a value or name which the quotes give to others."""
    same = [reading for reading in held if reading.text.lang == said.text.lang]
    for group in _GROUPS:
        contexts: dict[str, set[str]] = {}
        for reading in same:
            theirs = _anchors(reading, group)
            for anchor, words in zip(theirs, _contexts(theirs, reading, sure=False), strict=True):
                contexts.setdefault(anchor.key, set()).update(words)
        if len(contexts) > 1 and (crossed := _crossed(said, same, group, contexts)):
            return crossed
    return _halves_crossed(said, same)


def _crossed(said: Reading, held: Sequence[Reading], group: str, contexts: dict[str, set[str]]) -> str | None:
    """Where a value stands only among a neighbour's words, and the neighbour, if it is said too, has some of its own."""
    mine = _anchors(said, group)
    about = {
        anchor.key: (anchor, words)
        for anchor, words in zip(mine, _contexts(mine, said, sure=True), strict=True)
        if anchor.key in contexts
    }
    for key, (anchor, words) in about.items():
        if group == "date" and _governed_elsewhere(anchor, said, held, contexts[key]):
            return said.text.plain[anchor.start : anchor.end]
        stray = _stray(key, words, contexts, set(about))
        others = [context for other, context in contexts.items() if other != key]
        if group in _BINDING and any(_values_stray(words, contexts[key], other) for other in others):
            return said.text.plain[anchor.start : anchor.end]
        if stray is None:
            continue
        other, count = stray
        if other in about and group == "name":
            back = _stray(other, about[other][1], contexts, set(about))
            crossed = back is not None and back[0] == key
        elif other in about:
            crossed = bool(about[other][1] & (contexts[key] - contexts[other]))
        else:
            crossed = count >= ALONE and group in _ALONE_GROUPS and not words & contexts[key]
        if crossed:
            return said.text.plain[anchor.start : anchor.end]
    return None


def _values_stray(words: set[str], own: set[str], other: set[str]) -> bool:
    """Whether the other values about a value are all its neighbour's ("annexe I" with the date of "annexe III")."""
    values = {word for word in words if word.startswith(_VALUE)}
    groups = {word.split(":")[0] for word in own if word.startswith(_VALUE)}
    return not values & own and any(word.split(":")[0] in groups for word in values & other)


def _governed_elsewhere(anchor: Anchor, said: Reading, held: Sequence[Reading], own: set[str]) -> bool:
    """Whether the words right before a date are those before another date of the quotes, and none about this one."""
    if any(when.start == anchor.start and (when.side or when.month is None) for when in said.dates):
        return False
    governing = _governing(anchor, said)
    if governing & own:
        return False
    return any(
        len(governing & _governing(other, reading)) >= ALONE
        for reading in held
        for other in _anchors(reading, "date")
        if other.key != anchor.key
    )


def _governing(anchor: Anchor, reading: Reading) -> set[str]:
    begin = max((mark.end() for mark in _STOP.finditer(reading.text.low, 0, anchor.start)), default=0)
    words = [w for w in reading.text.between(begin, anchor.start) if not w.stop and not _in_value(w, reading)]
    return {root(word.stem) for word in words[-GOVERNING:]}


def _halves_crossed(said: Reading, held: Sequence[Reading]) -> str | None:
    """The mark by which a statement opposes two things, where each half has words that the quotes have in the other."""
    mark = _CONTRAST.search(said.text.low)
    if mark is None:
        return None
    mine = (_keys(said, 0, mark.start()), _keys(said, mark.end(), len(said.text.low)))
    for one, other in _pairs(held):
        first, last = one - other, other - one
        mixed = all(half & first and half & last for half in mine)
        if mixed and not (mine[0] & mine[1] & (first | last)):
            return said.text.low[mark.start() : mark.end()].strip(", ")
    return None


def _pairs(held: Sequence[Reading]) -> list[tuple[set[str], set[str]]]:
    """The two sides of what the quotes oppose: two quotes, or the halves of one."""
    pairs = [
        (_keys(one, 0, len(one.text.low)), _keys(other, 0, len(other.text.low)))
        for n, one in enumerate(held)
        for other in held[n + 1 :]
    ]
    for reading in held:
        for mark in _CONTRAST.finditer(reading.text.low):
            end = len(reading.text.low)
            pairs.append((_keys(reading, 0, mark.start()), _keys(reading, mark.end(), end)))
    return pairs


def _stray(key: str, words: set[str], contexts: dict[str, set[str]], said: set[str]) -> tuple[str, int] | None:
    """The other value whose words stand about this one, and how many of them, where none of its own do."""
    own = contexts[key]
    alone = own - set().union(*(context for other, context in contexts.items() if other != key))
    if words & alone:
        return None
    counts = {other: len(words & (context - own)) for other, context in contexts.items() if other != key}
    best = max(counts, key=lambda other: (other in said and counts[other] > 0, counts[other]))
    return (best, counts[best]) if counts[best] else None


def _anchors(reading: Reading, group: str) -> list[Anchor]:
    if group in _KINDS:
        return [Anchor(group, str(q.number), q.start, q.end) for q in reading.quantities if q.kind == group]
    if group == "date":
        return [Anchor(group, f"{d.year}-{d.month}-{d.day}-{d.part}", d.start, d.end) for d in reading.dates]
    if group in _LABELS:
        return [Anchor(group, r.number, r.start, r.end) for r in reading.references if r.label == group]
    return _name_anchors(reading)


def _name_anchors(reading: Reading) -> list[Anchor]:
    """Acronyms of bodies and capitalised names; a run of capitalised words is one name."""
    anchors: list[Anchor] = []
    for word in reading.text.words:
        if any(start <= word.start < end for start, end in reading.spans) or word.low in _EVERYDAY:
            continue
        if not is_acronym(word) and not (word.form[0].isupper() and word.start > 0 and len(word.form) > 2):
            continue
        if anchors and reading.text.plain[anchors[-1].end : word.start] in (" ", "-"):
            anchors[-1] = Anchor("name", word.low, anchors[-1].start, word.end)
        else:
            anchors.append(Anchor("name", word.low, word.start, word.end))
    return anchors


def _contexts(anchors: Sequence[Anchor], reading: Reading, *, sure: bool) -> list[set[str]]:
    """For each anchor the keys of the words about it, other values included.

    Words that may belong to either of two neighbours are left out where only `sure` ones count, else given to both.
    """
    text = reading.text
    if not anchors:
        return []
    places = sorted({(anchor.start, anchor.end) for anchor in anchors})
    stretches = {}
    begin = least = max((mark.end() for mark in _OPENS.finditer(text.low, 0, places[0][0])), default=0)
    for (start, end), (following, _) in zip(places, [*places[1:], (len(text.low), 0)], strict=True):
        first, last = _cuts(text, end, following, sure=sure) if following < len(text.low) else (len(text.low),) * 2
        stretches[start, end] = (begin, first) if sure else (min(least, begin), max(first, last))
        begin, least = last, first
    near = NEAR_SAID if sure else NEAR_HELD
    found = []
    for anchor in anchors:
        stretch = stretches[anchor.start, anchor.end]
        found.append(
            _keys(reading, *_near(anchor, *stretch, text, near), anchor) | _values(reading, *stretch, anchor.group)
        )
    return found


def _near(anchor: Anchor, start: int, end: int, text: Text, most: tuple[int, int]) -> tuple[int, int]:
    """The stretch cut down to so many words of content on either side of its value."""
    before = [word for word in text.between(start, anchor.start) if not word.stop][-most[0] :]
    after = [word for word in text.between(anchor.end, end) if not word.stop][: most[1]]
    return (before[0].start if before else anchor.start), (after[-1].end if after else anchor.end)


def _cuts(text: Text, start: int, end: int, *, sure: bool) -> tuple[int, int]:
    """Between which places the words of one anchor end and those of the next begin: the first and last of the strongest marks."""
    for pattern in (_STRONG, _MIDDLE, _WEAK):
        beyond = min(start + 2, end) if sure and pattern is _MIDDLE else start  # "pour le premier, les outils"
        found = list(pattern.finditer(text.low, beyond, end)) or list(pattern.finditer(text.low, start, end))
        if found:
            return found[0].start(), found[-1].start()
    return end, start


def _keys(reading: Reading, start: int, end: int, anchor: Anchor | None = None) -> set[str]:
    """The roots of the words of a stretch and of those that may stand for them, and its other values."""
    around = anchor or Anchor("", "", 0, 0)
    keys = {
        root(word.stem)
        for word in reading.text.between(start, end)
        if not word.stop
        and word.low not in _EMPTY
        and not (around.start <= word.start < around.end)
        and not _in_value(word, reading)
    }
    return keys | _values(reading, start, end, around.group)


def _values(reading: Reading, start: int, end: int, but: str) -> set[str]:
    """The keys of the values in a stretch, those of one group left out."""
    groups = [group for group in _BINDING if group != but]
    return {f"{_VALUE}{group}:{a.key}" for group in groups for a in _anchors(reading, group) if start <= a.start < end}


def _in_value(word: Word, reading: Reading) -> bool:
    return any(start <= word.start < end for start, end in reading.spans)
