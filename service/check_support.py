"""A statement and its quotes in, the share of its content words that the quotes hold out, with the words that they do not.

A word is held by itself, by a word of the same root, or by one that may stand for it (`check_words`), in its own language or
the other; general words need no support (`general_words.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.answer import Language
from service.check_cue_words import CUES, DENIES, Cue
from service.check_lexicon import IDIOMS, REFUSING, actors, akin, light, root, synonyms
from service.check_names import spelled_out
from service.check_text import Text, Word
from service.check_voice import is_deed
from service.check_words import opposites

MIN_CHARS = 3
MANY = 3


_BEFORE_NOUNS = {
    "fr": frozenset(
        "le la l les un une des du d de au aux ce cet cette ces son sa ses leur leurs par sans en chaque".split()
    ),
    "en": frozenset("the a an of this these its their by without each".split()),
}
_ADJECTIVE = re.compile(
    r"(?:iques?|els?|elles?|al|ales?|aux|ifs?|ives?|eux|euses?|aires?|iens?|iennes?|ical|ous|ary|ment)$"
)
_VERBAL = re.compile(r"(?:er|ir|oir|re|ant)$")


@dataclass(frozen=True, slots=True)
class Support:
    """`share` of the content words that is held, within 0..1 (1 where there are none); the `missing` ones, in order.

    `named` are those of them that name a thing (a noun after its article): a verb may be said otherwise, a thing may not.
    """

    share: float
    missing: tuple[Word, ...]
    named: tuple[Word, ...]


def support(
    said: Text,
    held: Sequence[Text],
    spans: Sequence[tuple[int, int]],
    *,
    across: bool = False,
    known: frozenset[Word] = frozenset(),
) -> Support:
    """How much of the statement its quotes hold; what lies in `spans` (numbers, dates, references) is checked elsewhere.

    `known` are the words that have a counterpart in a quote as it is written. Between languages (`across`) few words that
    no quote has may be translations that are not known, unless they name an actor.
    """
    idioms = [found.span() for found in IDIOMS.finditer(said.low)]
    spans = [*spans, *idioms]
    content = [word for word in content_words(said) if not any(word.start < e and s < word.end for s, e in spans)]
    stems = {word.stem for text in held for word in text.words}
    forms = sorted({word.low for text in held for word in text.words if not word.stop})
    missing = [
        word
        for word in content
        if not (word in known or spelled_out(word, said, held) or _holds(word, said.lang, stems, forms))
    ]
    if any(DENIES.search(text.low) for text in (said, *held)):  # "n'est pas obligatoire" bears "facultatif"
        against = opposites(said.lang, said.lang)
        missing = [word for word in missing if not against.get(word.stem, frozenset()) & stems]
    share = 1 - len(missing) / len(content) if content else 1.0
    acting = [word for word in missing if word.stem in actors(said.lang)]
    named = acting if across and len(missing) < MANY else [w for w in missing if w in acting or _names(w, said)]
    return Support(round(share, 4), tuple(missing), tuple(named))


def content_words(text: Text) -> list[Word]:
    """The words of a text that say something of their own."""
    little = light(text.lang)
    return [w for w in text.words if not w.stop and len(w.low) >= MIN_CHARS and w.stem not in little]


def _names(word: Word, text: Text) -> bool:
    """Whether a word follows an article or a preposition that only nouns follow."""
    if _ADJECTIVE.search(word.low) or _is_act(word, text) or root(word.stem) in REFUSING:
        return True
    place = text.words.index(word)
    return place > 0 and text.words[place - 1].low in _BEFORE_NOUNS[text.lang] and not _VERBAL.search(word.low)


def _is_act(word: Word, text: Text) -> bool:
    """Whether a word is a verb of a deed that somebody does: neither participle nor infinitive, nor a word of duty."""
    if word.low in text.participles or _VERBAL.search(word.low) or CUES[Cue.DUTY].fullmatch(word.low):
        return False
    return is_deed(word, text.lang)


def _holds(word: Word, lang: Language, stems: set[str], forms: Sequence[str]) -> bool:
    if word.stem in stems or (len(word.low) > 4 and any(akin(word.low, form) for form in forms)):
        return True
    return bool(synonyms(lang).get(word.stem, frozenset()) & stems)
