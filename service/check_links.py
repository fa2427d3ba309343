"""A statement and its quotes in, the words out that the statement ties to another head than the quotes do.

"L'arrêté du 16 mai" is wrong where the quotes know an "arrêté du 26 avril" and have the 16 May elsewhere; so is "le bilan de
la CNIL" where the balance is the HAS's. A head that the quotes never complete in that way proves nothing; and a common noun
must have taken the place of one that the statement has elsewhere, for they change heads in any good summary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.check_lexicon import synonyms
from service.check_text import Word
from service.check_values import Reading

_PREPOSITIONS = tuple(
    frozenset(words.split())
    for words in ("de du des d of", "par by", "a au aux to", "vers chez into", "pour for", "selon sur on")
)
_ARTICLES = frozenset("l la le les un une the a an".split())
_BETWEEN = frozenset("de du des d l la le les of the a an on en au in depuis since".split())
REACH_WORDS = 6
"""How far after a head a quote may complete it: "l'Agence nationale (ANS)" ties both."""


@dataclass(frozen=True, slots=True)
class Link:
    """A head and what completes it: the stem of a word, `named` where it is a name, or the date that it is of."""

    head: str
    part: str
    dated: bool
    words: str
    named: bool


def tied_elsewhere(said: Reading, held: Sequence[Reading]) -> str | None:
    """The first words of the statement that complete a head otherwise than any quote, with what a quote has elsewhere."""
    same = [reading for reading in held if reading.text.lang == said.text.lang]
    known: dict[tuple[str, bool], set[str]] = {}
    reached: dict[str, set[str]] = {}
    for reading in same:
        for link in _links(reading):
            known.setdefault((link.head, link.dated), set()).add(link.part)
        for head, parts in _reached(reading):
            reached.setdefault(head, set()).update(parts)
    present = {part for reading in same for part in _parts(reading)}
    mine = _parts(said)
    for link in _links(said):
        parts = known.get((link.head, link.dated), set())
        if not parts or link.part in parts or link.part not in present:
            continue
        if not link.named and not parts & mine:
            continue
        alike = synonyms(said.text.lang).get(link.part, frozenset())
        if not alike & parts and (link.dated or link.part not in reached.get(link.head.split()[0], set())):
            return link.words
    return None


def _links(reading: Reading) -> Iterator[Link]:
    text = reading.text
    for when in reading.dates:
        head = _head_before(when.start, reading, _BETWEEN) if not when.side else None
        if head is not None and when.month is not None and head.low not in ("date", "dates"):
            yield Link(head.stem, f"{when.year}-{when.month}-{when.day}", True, text.plain[head.start : when.end], True)
    for word in text.words:
        if word.stop or _in_value(word, reading):
            continue
        for number, preposition in enumerate(_PREPOSITIONS):
            head = _head_before(word.start, reading, _ARTICLES | preposition, need=preposition)
            if head is None:
                continue
            yield Link(f"{head.stem} {number}", word.stem, False, text.plain[head.start : word.end], _is_name(word))


def _is_name(word: Word) -> bool:
    return word.form[0].isupper() and len(word.form) > 2 and not word.stop


def _head_before(
    start: int, reading: Reading, between: frozenset[str], need: frozenset[str] = frozenset()
) -> Word | None:
    """The word of content right before a place, with nothing but link words and no mark between, one of them needed."""
    text = reading.text
    linked = not need
    at = start
    for word in reversed([word for word in text.words if word.end <= start][-4:]):
        if text.plain[word.end : at].strip(" '"):
            return None
        if word.low not in between:
            return word if linked and not word.stop and not _in_value(word, reading) else None
        linked = linked or word.low in need
        at = word.start
    return None


def _reached(reading: Reading) -> Iterator[tuple[str, set[str]]]:
    """For each word the stems that follow it soon."""
    content = [word for word in reading.text.words if not word.stop]
    for place, word in enumerate(content):
        yield word.stem, {other.stem for other in content[place + 1 : place + 1 + REACH_WORDS]}


def _parts(reading: Reading) -> set[str]:
    dates = {f"{when.year}-{when.month}-{when.day}" for when in reading.dates}
    return dates | {word.stem for word in reading.text.words if not word.stop}


def _in_value(word: Word, reading: Reading) -> bool:
    return any(start <= word.start < end for start, end in reading.spans)
