"""A statement and its quotes in, the acronyms and names of the statement that no quote holds out.

An acronym is also held by words whose initials it is ("ANS" by "Agence du numérique en santé"), and the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from service.check_lexicon import NAME_PAIRS, SAME_NAMES
from service.check_text import Text, Word

_ROMAN = re.compile(r"^[IVX]+[abc]?$")
_SMALL = frozenset(
    "de du des d l la le les et en au aux a of the and for to in on par pour sur relative relatif".split()
)
_OPENERS = re.compile(r"(?:^|[.:;!?]\s*\"?\s*|\"\s*|\(\s*)$")
_OF_HERE = frozenset("french france european europe".split())
"""What all of the corpus is about names nobody."""
_UNITS = frozenset("ttc ht eur".split())
_BRACKETED = re.compile(r"\(([A-Za-z]*[A-Z][A-Za-z]*)\b")
SKIPPED_WORDS = 1
MAX_EXPANSION_WORDS = 16


def is_acronym(word: Word) -> bool:
    """Whether a word is an acronym: two capitals or more ("HAS", "PEReN", "CNEDiMTS")."""
    capitals = sum(c.isupper() for c in word.form)
    return capitals >= 2 and not _ROMAN.match(word.form) and capitals * 2 >= len(word.form)


def acronym_missing(said: Text, held: Sequence[Text], spans: Iterable[tuple[int, int]]) -> Word | None:
    """The first acronym of the statement that no quote holds, spelled out or not; `spans` are passed over."""
    taken = list(spans)
    for word in said.words:
        if is_acronym(word) and not _within(word, taken) and not acronym_held(word.form, held):
            return word
    return None


def acronym_held(acronym: str, held: Sequence[Text]) -> bool:
    """Whether a quote has the acronym, another writing of it, or words whose initials it is."""
    wanted = {acronym.lower(), *SAME_NAMES.get(acronym.lower(), ())}
    return acronym.lower() in _UNITS or any(
        any(_phrase_in(name, text) for name in wanted) or any(_initials_in(name, text) for name in wanted)
        for text in held
    )


def name_missing(said: Text, held: Sequence[Text], spans: Iterable[tuple[int, int]]) -> Word | None:
    """The first capitalised word within a sentence of the statement that no quote holds."""
    taken = list(spans)
    for word in said.words:
        if not word.form[0].isupper() or is_acronym(word) or _within(word, taken) or len(word.form) < 3:
            continue
        if _OPENERS.search(said.plain[: word.start]) or _ROMAN.match(word.form):
            continue
        if word.low not in _OF_HERE and not name_held(word, said, held):
            return word
    return None


def name_held(word: Word, said: Text, held: Sequence[Text]) -> bool:
    """Whether a quote has the word, its other writing, its translation, or an acronym of the name that it stands in."""
    wanted = {word.low, *SAME_NAMES.get(word.low, ()), *NAME_PAIRS.get(word.low, ())}
    for text in held:
        if any(_phrase_in(name, text) for name in wanted) or word.stem in {other.stem for other in text.words}:
            return True
        if any(is_acronym(other) and _initials_near(other.low, said, word) for other in text.words):
            return True
        for other in text.words:
            if any(_phrase_near(name, said, word) for name in SAME_NAMES.get(other.low, ())):
                return True
    return False


def spelled_out(word: Word, said: Text, held: Sequence[Text]) -> bool:
    """Whether a word is an acronym that a quote spells out, or stands in the words of one that a quote has."""
    if is_acronym(word):
        return acronym_held(word.form, held)
    acronyms = {other.low for text in held for other in text.words if is_acronym(other)}
    if any(_initials_near(acronym, said, word) for acronym in acronyms):
        return True
    return any(_phrase_near(name, said, word) for acronym in acronyms for name in SAME_NAMES.get(acronym, ()))


def _within(word: Word, spans: list[tuple[int, int]]) -> bool:
    return any(word.start < end and start < word.end for start, end in spans)


def _phrase_in(name: str, text: Text) -> bool:
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text.low) is not None


def _phrase_near(name: str, text: Text, word: Word) -> bool:
    return any(found.start() <= word.start < found.end() for found in re.finditer(re.escape(name), text.low))


def _initials_in(acronym: str, text: Text) -> bool:
    return any(initials_end(acronym, text.words, first) is not None for first in range(len(text.words))) and (
        not _named_otherwise(acronym, text)
    )


def _named_otherwise(acronym: str, text: Text) -> bool:
    """Whether the words with these initials go on, and brackets give them another acronym ("Agence nationale de ... (ANSM)")."""
    given = (found[1].lower() for found in _BRACKETED.finditer(text.plain))
    return any(name.startswith(acronym) and name != acronym for name in given)


def _initials_near(acronym: str, text: Text, word: Word) -> bool:
    """Whether the word lies in a run of words of the text whose initials are the acronym."""
    place = text.words.index(word)
    for first in range(max(0, place - MAX_EXPANSION_WORDS), place + 1):
        last = initials_end(acronym, text.words, first)
        if last is not None and place <= last:
            return True
    return False


def initials_end(acronym: str, words: Sequence[Word], first: int) -> int | None:
    """The place of the last word of the run from `first` whose initials are the acronym, or None. Small words may be skipped."""
    if len(acronym) < 2 or words[first].low[0] != acronym[0] or words[first].low in (acronym, *_SMALL, "au", "aux"):
        return None
    letter, skipped, last = 1, 0, first
    for place in range(first + 1, min(first + MAX_EXPANSION_WORDS, len(words))):
        if letter == len(acronym):
            break
        word = words[place]
        if word.low[0] == acronym[letter] and word.low not in _SMALL:
            letter, last = letter + 1, place
        elif word.low not in _SMALL:
            skipped += 1
            if skipped > SKIPPED_WORDS:
                return None
    return last if letter == len(acronym) else None
