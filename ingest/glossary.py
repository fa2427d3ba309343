"""Sentences in, pairs (acronym, long form) out: what the corpus itself says that its acronyms stand for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from corpus.analysis import fold

_ACRONYM = r"(?:[A-Z][A-Za-zÉÈÀ0-9-]*[A-Z][A-Za-z0-9]*|(?:[A-Z]\.){2,}[A-Z]?)"
_IN_BRACKETS = re.compile(
    rf"\((?P<list>{_ACRONYM}(?:\s*(?:,|ou|or|et|/|en anglais)\s*{_ACRONYM})*)(?:(?:,|\s+(?:en|in)\s)[^)]*)?\)"
)
_MEANS = re.compile(
    rf"\b(?P<short>{_ACRONYM})\s+(?:signifie|désigne|stands for|means)\s+«?\s*(?P<long>[^».;:]+?)\s*(?:»|[.;:]|$)"
)
_ELISION = re.compile(r"^(?:[dlnsDLNS]|[Qq]u)['’]")
_WORD = re.compile(r"[\w’'/.-]+")
_SMALL = frozenset("de du des d la le les l et en à a au aux pour sur dans par un une of the and for on in to".split())
MAX_LONG_WORDS = 12


def harvest(sentences: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs found, the most frequent first; a long form is kept where its initials spell the acronym, in order."""
    return ranked(count_pairs(sentences))


def ranked(found: Mapping[tuple[str, str], int]) -> list[tuple[str, str]]:
    """The pairs, the most frequent first."""
    return [pair for pair, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))]


def count_pairs(sentences: Iterable[str]) -> Counter[tuple[str, str]]:
    """How often each pair of an acronym and its long form stands in the sentences; counts of documents add up."""
    found: Counter[tuple[str, str]] = Counter()
    for sentence in sentences:
        for match in _IN_BRACKETS.finditer(sentence):
            shorts = re.findall(_ACRONYM, match["list"])
            before = sentence[: match.start()].rstrip(" \u00a0«»“”")
            long = next((form for short in shorts if (form := _long_form(before, short))), None)
            if long:
                found.update((short, long) for short in shorts if fold(short) != fold(long))
        for match in _MEANS.finditer(sentence):
            if len(match["long"].split()) <= MAX_LONG_WORDS:
                found[(match["short"], match["long"].strip())] += 1
    return found


def _long_form(before: str, short: str) -> str | None:
    """The words right before the bracket whose initials are the letters of the acronym, small words allowed between."""
    letters = [letter for letter in fold(short) if letter.isalnum()]
    spans = [(m.start(), m.group()) for m in _WORD.finditer(before)][-MAX_LONG_WORDS:]
    parts = [(start, part) for start, word in spans for part in re.split(r"[’'-]", fold(word)) if part]
    start = _spelled_from(parts, letters)
    return None if start is None else _ELISION.sub("", before[start:])


def _spelled_from(parts: Sequence[tuple[int, str]], letters: Sequence[str]) -> int | None:
    """Where the words begin whose initials spell `letters`, read from the end; a small word may count or not."""
    if not letters or not parts:
        return None
    start, part = parts[-1]
    if part in _SMALL and (found := _spelled_from(parts[:-1], letters)) is not None:
        return found
    if part[0] != letters[-1]:
        return None
    return start if len(letters) == 1 else _spelled_from(parts[:-1], letters[:-1])
