"""Acronyms and other names of the same thing, as the corpus itself gives them, for widening a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus.analysis import fold, is_stop, words


class Glossary:
    """Both directions between an acronym and its long forms, from pairs that `ingest` harvested."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._long: dict[str, list[str]] = {}
        self._short: dict[str, list[str]] = {}
        for short, long in pairs:
            for key in {fold(short), fold(short).replace(".", "")}:
                self._long.setdefault(key, []).append(long)
            self._short.setdefault(fold(long), []).append(short)
        self._dotted: dict[str, list[str]] = {}
        for shorts in self._short.values():
            for short in shorts:
                if "." in short:
                    self._dotted.setdefault(fold(short).replace(".", ""), []).append(short.rstrip("."))
        self._content = {long: frozenset(_content(long)) for long in self._short}

    def long_forms(self, tokens: Sequence[str]) -> list[str]:
        """The most frequent long form of each acronym among the tokens."""
        return [self._long[fold(token)][0] for token in tokens if fold(token) in self._long]

    def synonyms(self, token: str) -> list[str]:
        """Other acronyms for the same long form ("EEDS" for "EHDS", "A.V.E.C." for "avec")."""
        found = [] if "." in token else list(self._dotted.get(fold(token), ()))
        for long in self._long.get(fold(token), ()):
            found += [word for short in self._short.get(fold(long), ()) for word in words(short)]
        return list(dict.fromkeys(word for word in found if fold(word) != fold(token)))

    def short_forms(self, tokens: Sequence[str]) -> dict[str, list[str]]:
        """For each word of a long form that stands whole in the question, the acronyms of that form."""
        present = {fold(token) for token in tokens}
        found: dict[str, list[str]] = {}
        for long, content in self._content.items():
            if len(content) > 1 and content <= present:
                for word in content:
                    found.setdefault(word, []).extend(fold(short) for short in self._short[long])
        return found


def _content(long: str) -> list[str]:
    return [fold(word) for word in words(long) if not is_stop(word, "fr")]
