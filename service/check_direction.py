"""A statement and its quotes in, the word out that says up where the quotes say down, or down where they say up."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.check_text import Text

_UP = re.compile(
    r"\b(?:hausse|augment\w+|progress\w+|croiss\w+|accroi\w+|de plus qu|increase\w*|rise|rose|up|grew|growth|higher)\b|\bmore than in\b"
)
_DOWN = re.compile(
    r"\b(?:baisse\w*|diminu\w+|recul\w*|reduc\w+|reduit\w*|de moins qu|fewer|decrease\w*|fell|down|lower|drop\w*)\b|\bless than in\b"
)


def turned_direction(said: Text, held: Sequence[Text]) -> str | None:
    """The word by which a statement goes up or down, where its quotes only go the other way."""
    theirs = " ".join(text.low for text in held)
    for mine, other in ((_UP, _DOWN), (_DOWN, _UP)):
        found = mine.search(said.low)
        if found and not other.search(said.low) and other.search(theirs) and not mine.search(theirs):
            return found.group()
    return None
