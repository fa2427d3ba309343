"""A question in, `fr` or `en` out: by its small words, and where these do not tell, what the caller says."""

from __future__ import annotations

import re

from corpus.analysis import fold
from service.answer import Language

_FRENCH = frozenset(
    """le la les l un une des du de d et est sont a au aux en dans pour par sur qui que quoi quel quelle quels quelles quand
    comment pourquoi combien ou ce cette ces il elle on je tu vous nous mon ma mes son sa ses leur c qu ne pas se koi kan
    faut peut doit depuis avec selon cest quest sante donnees reglement projet""".split()
)
_ENGLISH = frozenset(
    """the an of and is are was were to in for by on who what which when how why where does do did has have it its this that
    with from at be been can must should there their they many much health french""".split()
)


def language_of_text(text: str, otherwise: Language = "fr") -> Language:
    """The language of which it has more function words, `otherwise` where it has as many of both."""
    tokens = re.findall(r"[a-z]+", fold(text))
    french = sum(token in _FRENCH for token in tokens)
    english = sum(token in _ENGLISH for token in tokens)
    if english == french:
        return otherwise
    return "en" if english > french else "fr"
