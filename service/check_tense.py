"""A statement and its quotes in, the words out that tell as done what the quotes only plan, or as of today what they tell as past."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.check_cue_words import DONE, DONE_ENGLISH, Cue
from service.check_cues import clauses_of, cues_of
from service.check_lexicon import light
from service.check_text import Text, stem_of

_OPEN = frozenset({Cue.PLAN, Cue.DOUBT, Cue.UNSURE, Cue.DRAFT, Cue.WISH, Cue.DUTY, Cue.LEAVE})
_PLANNED = frozenset({Cue.PLAN, Cue.DOUBT})
_DONE_IRREGULAR = re.compile(r"\b(?:made|took|held|gave|came|went|became|began|led|paid|built)\b")
_PARTICIPLE = re.compile(r"(?:it|ite|is|ise|u|ue|us|ues|ert|erte|aint|oint)s?$")
_PARTICIPLE_ENGLISH = re.compile(r"(?<!sev)(?<!elev)(?<!\bt)(?:ed|en)$|^(?:made|held|set|put)$")
_NOW = re.compile(r"\b(?:aujourd'hui|actuellement|a ce jour|desormais|a present|currently|today|nowadays|at present)\b")
_NOW_HELD = re.compile(r"\b(?:actuel\w*|current\w*|encore|still|now|en vigueur|in force)\b")
_THEN = re.compile(r"\b(?:etai(?:t|ent)|avai(?:t|ent)|alors|was|were|then|had)\b")


def done_of_plans(said: Text, held: Sequence[Text]) -> str | None:
    """The deed that a statement tells as done, without a word of plan, duty or doubt, where a quote has plans and no deed done."""
    if cues_of(said) & _OPEN or any(clause.denies for clause in clauses_of(said)):
        return None
    deed = next(_deeds(said), None)
    if deed is None:
        return None
    planned = any(cues_of(text) & _PLANNED and next(_deeds(text), None) is None for text in held)
    return deed if planned else None


def now_of_past(said: Text, held: Sequence[Text]) -> str | None:
    """The "aujourd'hui" of a statement whose quotes only speak of what was."""
    found = _NOW.search(said.low)
    if (
        found is None
        or _THEN.search(said.low)
        or any(_NOW.search(text.low) or _NOW_HELD.search(text.low) for text in held)
    ):
        return None
    return found.group() if any(_THEN.search(text.low) for text in held) else None


def _deeds(text: Text) -> Iterator[str]:
    """The words of a text that say that something was done."""
    for found in DONE.finditer(text.low):
        word = found[1]
        if found.start() in text.at or (text.lang == "en" and found.group().startswith("a ")):
            continue
        if text.lang == "en" and not _PARTICIPLE_ENGLISH.search(word):
            continue
        if text.lang == "en" or word in text.participles or _PARTICIPLE.search(word):
            yield found.group()
    if text.lang == "en":
        for pattern in (DONE_ENGLISH, _DONE_IRREGULAR):
            for found in pattern.finditer(text.low):
                if stem_of(found.group(), "en") not in light("en"):  # "covered", "concerned" say no deed
                    yield found.group()
