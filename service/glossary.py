"""Acronyms and other names of the same thing, as the corpus itself gives them, for widening a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus.analysis import fold, words


class Glossary:
    """Both directions between an acronym and its long forms, from pairs that `ingest` harvested."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._long: dict[str, list[str]] = {}
        self._short: dict[str, list[str]] = {}
        for short, long in pairs:
            for key in {fold(short), fold(short).replace(".", "")}:
                self._long.setdefault(key, []).append(long)
            self._short.setdefault(fold(long), []).append(short)

    def long_forms(self, tokens: Sequence[str]) -> list[str]:
        """The most frequent long form of each acronym among the tokens."""
        return [self._long[fold(token)][0] for token in tokens if fold(token) in self._long]

    def synonyms(self, token: str) -> list[str]:
        """Other acronyms for the same long form ("EEDS" for "EHDS", "A.V.E.C." for "avec")."""
        found = []
        for long in self._long.get(fold(token), ()):
            found += [word for short in self._short.get(fold(long), ()) for word in words(short)]
        return list(dict.fromkeys(word for word in found if fold(word) != fold(token)))
