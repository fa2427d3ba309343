"""A statement and a quote in, the quote out with its words named as the statement's: what the checks then compare by stem.

A quote's word takes the stem of the statement's word that it may stand for, be it a synonym or a translation, so that
who does what, and what goes with what, is compared in one vocabulary whatever the words and the language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.check_text import Text, Word
from service.check_values import Reading
from service.check_words import Similar, likeness, phrases_of


def unified(said: Reading, held: Reading, similar: Similar | None = None) -> Reading:
    """The quote as the statement would name it; its language becomes the statement's, its places stay.

    Of the quote's words that may stand for one of the statement only the best are given its stem: beside "approuvé",
    "adopté" stays what it is.
    """
    mine = [word for word in said.text.words if _compared(word, said)]
    theirs = [word for word in held.text.words if not word.stop and len(word.low) > 1]
    scores = [[likeness(one, said.text.lang, word, held.text.lang, similar) for one in mine] for word in theirs]
    best = [max((row[n] for row in scores), default=0.0) for n in range(len(mine))]
    stems: dict[int, Word] = {}
    for word, row in zip(theirs, scores, strict=True):
        fitting = [(score, -n) for n, score in enumerate(row) if score and score >= best[n]]
        if fitting:
            stems[word.start] = mine[-max(fitting)[1]]
    words = tuple(_renamed(word, stems.get(word.start), held.text, said.text) for word in held.text.words)
    return replace(held, text=replace(held.text, words=words, lang=said.text.lang))


def with_counterpart(said: Text, held: Sequence[Text], similar: Similar | None = None) -> frozenset[Word]:
    """The words of the statement that may stand for one of a quote, or lie in a phrase that may."""
    theirs = {group for text in held for _, _, group in phrases_of(text)}
    phrases = [(start, end) for start, end, group in phrases_of(said) if group in theirs]
    return frozenset(
        word
        for word in said.words
        if not word.stop
        and (
            any(start <= word.start < end for start, end in phrases)
            or any(
                likeness(word, said.lang, other, text.lang, similar)
                for text in held
                for other in text.words
                if not other.stop
            )
        )
    )


def _renamed(word: Word, other: Word | None, text: Text, said: Text) -> Word:
    if other is None or other.stem == word.stem:
        return word
    return replace(word, stem=other.stem, own=word.stem if text.lang == said.lang else "")


def _compared(word: Word, reading: Reading) -> bool:
    return not word.stop and len(word.low) > 1 and not any(s <= word.start < e for s, e in reading.spans)
