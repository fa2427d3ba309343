"""A text enters, the same text as hurried people type it leaves: slips in long words, reproducibly.

A static encoder knows a misspelt word by its pieces alone; it learns to read them from such texts.
"""

from __future__ import annotations

import random
import re

SLIP_SHARE = 0.6
"""Share of long words that get a slip."""
MIN_CROP_WORDS, MAX_CROP_WORDS = 3, 12

_LONG_WORD = re.compile(r"[^\W\d_]{6,}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def misspell(text: str, chance: random.Random, share: float = SLIP_SHARE) -> str:
    """Return `text` with one slip in `share` of its words of six letters or more; the first letter stays."""
    return _LONG_WORD.sub(lambda match: _slip(match[0], chance) if chance.random() < share else match[0], text)


def crop(text: str, chance: random.Random) -> str:
    """Return a run of 3 to 12 words of `text`, or all of it where it is shorter."""
    words = text.split()
    wanted = chance.randint(MIN_CROP_WORDS, MAX_CROP_WORDS)
    start = chance.randint(0, max(0, len(words) - wanted))
    return " ".join(words[start : start + wanted])


def _slip(word: str, chance: random.Random) -> str:
    """Return the word with a letter dropped, doubled, replaced, or two swapped."""
    place = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 2:
        return word[:place] + chance.choice(_LETTERS) + word[place + 1 :]
    return word[:place] + word[place] + word[place:]
