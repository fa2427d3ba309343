"""A mistyped word to the word of the corpus that was meant, or to itself."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.analysis import fold

MIN_CHARS = 5
FAMILY_CHARS = 6
FAMILY_SHARE = 0.65
FAMILY_WORDS = 3
CACHE_WORDS = 4096


class Speller:
    """Corrects against the forms of the corpus, the most frequent of the nearest first."""

    def __init__(self, forms: Mapping[str, int], is_word: Callable[[str], bool]) -> None:
        """Take the forms with their counts, and what tells a word of the language that the corpus happens not to have."""
        self._counts = {form: count for form, count in forms.items() if form.isalpha() and len(form) >= MIN_CHARS}
        self._known = frozenset(forms)
        self._is_word = is_word
        self._sorted = sorted(self._counts)
        self._by_length: dict[int, list[str]] = {}
        for form in self._counts:
            self._by_length.setdefault(len(form), []).append(form)
        self._cache: dict[str, str] = {}

    def correct(self, token: str) -> str:
        """The token itself where it is known, short or a word of the language; else the nearest form within one or two edits.

        One edit (a letter dropped, added, changed, or two swapped) up to seven letters, two from eight on.
        """
        plain = fold(token)
        if plain in self._known or len(plain) < MIN_CHARS or not plain.isalpha():
            return token
        found = self._cache.get(plain)
        if found is None:
            found = "" if self._is_word(plain) else self._nearest(plain)
            if len(self._cache) < CACHE_WORDS:
                self._cache[plain] = found
        return found or token

    def _nearest(self, plain: str) -> str:
        edits = 1 if len(plain) <= 7 else 2
        nearby = [
            form
            for length in range(len(plain) - edits, len(plain) + edits + 1)
            for form in self._by_length.get(length, ())
        ]
        matches = process.extract(plain, nearby, scorer=OSA.distance, score_cutoff=edits, limit=20)
        if not matches:
            return ""
        return min(matches, key=lambda match: (match[1], match[0][0] != plain[0], -self._counts[match[0]], match[0]))[0]

    def family(self, token: str) -> list[str]:
        """Forms that begin like an unknown word ("renouvelée": "renouvelable", "renouvellement"), the nearest first."""
        plain = fold(token)
        stem = plain[: max(FAMILY_CHARS, round(FAMILY_SHARE * len(plain)))]
        if len(plain) < FAMILY_CHARS or not plain.isalpha():
            return []
        found = self._sorted[bisect_left(self._sorted, stem) : bisect_left(self._sorted, stem + "\uffff")]
        return sorted(found, key=lambda form: (abs(len(form) - len(plain)), -self._counts[form], form))[:FAMILY_WORDS]
