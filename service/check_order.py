"""A statement and its quotes in, the words out that the statement puts where a quote, word for word the same, has others.

Most of what a writer gets wrong stays close to its source: the same sentence, with one body, date or figure of it put in
the place of another. Where both sides of a place agree and its words do not, and come from elsewhere in the quote, they moved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from corpus.analysis import is_stop
from service.check_names import acronym_held
from service.check_text import Text, read_text

ALIKE = 0.7
"""Share of the statement's words that stand in the same order in the quote for them to be compared place by place."""
MOST_WORDS = 5
_TOKEN = re.compile(r"[A-Za-z0-9]+")
_NAMING = re.compile(r"[A-Z0-9]")


def moved(said: Text, held: Sequence[Text]) -> str | None:
    """The words of the statement that stand in another's place, or None."""
    mine = _TOKEN.findall(said.plain)
    for text in held:
        if text.lang != said.lang:
            continue
        theirs = _TOKEN.findall(text.plain)
        matcher = SequenceMatcher(None, [t.lower() for t in mine], [t.lower() for t in theirs], autojunk=False)
        if sum(block.size for block in matcher.get_matching_blocks()) < ALIKE * len(mine):
            continue
        for tag, first, last, begin, end in matcher.get_opcodes():
            if tag != "replace" or max(last - first, end - begin) > MOST_WORDS:
                continue
            if _taken_from_elsewhere(mine, theirs, (first, last), (begin, end), said, text):
                return " ".join(mine[first:last])
    return None


def _taken_from_elsewhere(
    mine: Sequence[str], theirs: Sequence[str], here: tuple[int, int], there: tuple[int, int], said: Text, text: Text
) -> bool:
    said_here = _content(mine[here[0] : here[1]], said)
    held_here = _content(theirs[there[0] : there[1]], text)
    if not said_here or not held_here or said_here & held_here:
        return False
    around = {token.lower() for token in theirs[: there[0]]} | {token.lower() for token in theirs[there[1] :]}
    if not said_here <= around:
        return False
    if _one_body(mine[here[0] : here[1]], theirs[there[0] : there[1]]):
        return False
    others = {token.lower() for token in mine[: here[0]]} | {token.lower() for token in mine[here[1] :]}
    named = _has_name(mine, *here, said) and _has_name(theirs, *there, text)
    return held_here <= others or named


def _one_body(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a name and an acronym in the same place are the same body."""
    for tokens, words in ((one, other), (other, one)):
        named = read_text(" ".join(words))
        if any(acronym_held(token, [named]) for token in tokens if _is_short_name(token)):
            return True
    return False


def _has_name(tokens: Sequence[str], start: int, end: int, text: Text) -> bool:
    """Whether a stretch has a name or a figure; the capital that opens a text makes no name."""
    names = [token for token in tokens[max(start, 1) : end] if _NAMING.match(token) and not is_stop(token, text.lang)]
    return bool(names) or (start == 0 and _is_short_name(tokens[0]))


def _is_short_name(token: str) -> bool:
    return len(token) > 2 and token.isupper()


def _content(tokens: Sequence[str], text: Text) -> set[str]:
    return {token.lower() for token in tokens if not is_stop(token, text.lang)}
