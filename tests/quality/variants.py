"""A question as written in, the same question as people type it out: without accents, or with a typo in each long word."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

from corpus.analysis import fold_accents

MIN_TYPO_CHARS = 6
_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def plain(text: str, seed: str) -> str:
    """The question itself."""
    return text


def unaccented(text: str, seed: str) -> str:
    """Without accents and ligatures."""
    return fold_accents(text)


def typos(text: str, seed: str) -> str:
    """One typo in each word of six letters or more: a letter dropped, doubled, changed or swapped with the next.

    The first letter is spared. The same `seed` gives the same typos.
    """
    chance = random.Random(f"typos {seed}")
    return _WORD.sub(lambda found: _mistyped(found.group(), chance), text)


def _mistyped(word: str, chance: random.Random) -> str:
    if len(word) < MIN_TYPO_CHARS:
        return word
    place = chance.randrange(1, len(word) - 1)
    match chance.randrange(4):
        case 0:
            return word[:place] + word[place + 1 :]
        case 1:
            return word[:place] + word[place] + word[place:]
        case 2:
            return word[:place] + chance.choice(_LETTERS.replace(word[place].lower(), "")) + word[place + 1 :]
        case _:
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


VARIANTS: Mapping[str, Callable[[str, str], str]] = {"plain": plain, "unaccented": unaccented, "typos": typos}
