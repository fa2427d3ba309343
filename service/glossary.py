"""Acronyms and other names of the same thing, as the corpus itself gives them, for widening a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus.analysis import fold, is_stop, words


class Glossary:
    """Both directions between an acronym and its long forms, from pairs that `ingest` harvested."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._long: dict[str, list[str]] = {}
        self._short: dict[str, set[str]] = {}
        for short, long in pairs:
            key = fold(short)
            self._long.setdefault(key, []).append(long)
            self._short.setdefault(fold(long), set()).add(short)

    def long_forms(self, tokens: Sequence[str]) -> list[str]:
        """The long forms of the acronyms among the tokens."""
        return [long for token in tokens for long in self._long.get(fold(token), ())[:2]]

    def synonyms(self, token: str) -> list[str]:
        """Other acronyms for the same long form ("EEDS" for "EHDS"), and the content words of the long forms."""
        found: list[str] = []
        for long in self._long.get(fold(token), ()):
            found += [short for short in sorted(self._short.get(fold(long), ())) if fold(short) != fold(token)]
            content = [word for word in words(long) if not is_stop(word, "fr")]
            if len(content) == 1:
                found += content
        return list(dict.fromkeys(found))
