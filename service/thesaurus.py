"""The words of a question in, other words for the same thing out: how people speak meets how documents are written.

The groups are data (`thesaurus.toml`): French and English near-synonyms, single words or short phrases. Unlike the
glossary, which the corpus gives, they are the language's own and serve any corpus on public policy.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from corpus.analysis import fold, is_stop, term, words
from service.answer import Language

THESAURUS_FILE = Path(__file__).with_name("thesaurus.toml")
LONGEST_PHRASE = 5
SHORTEST_FOREIGN = 4
"""Short words of one language are other words in the other: English "AI" is in every "j'ai"."""

Group = Mapping[Language, Sequence[str]]


@dataclass(frozen=True)
class Thesaurus:
    """Groups of words and phrases that may stand for each other in a question."""

    groups: tuple[Group, ...]

    @classmethod
    def load(cls, path: Path = THESAURUS_FILE) -> Thesaurus:
        """The groups that ship."""
        return cls(tuple(tomllib.loads(path.read_text(encoding="utf-8"))["group"]))

    def synonyms(self, tokens: Sequence[str], lang: Language) -> dict[str, dict[Language, list[str]]]:
        """For each token (folded) of a question, the single words of its groups, by language.

        A phrase ("gendarme des données") is found by its content words in order, and each of them stands for the phrase.
        """
        found: dict[str, dict[Language, list[str]]] = {}
        spoken = [_key(token, lang) for token in tokens]
        for start, length, numbers in self._matches(spoken, lang):
            for token in tokens[start : start + length]:
                kept = found.setdefault(fold(token), {"fr": [], "en": []})
                for number in numbers:
                    for language, entries in self._single[number].items():
                        shortest = 1 if language == lang else SHORTEST_FOREIGN
                        kept[language] += [w for w in entries if w not in kept[language] and len(w) >= shortest]
        return found

    def _matches(self, spoken: Sequence[str], lang: Language) -> Iterator[tuple[int, int, list[int]]]:
        """Start, number of words and groups of every entry in the question; words within a longer phrase are not looked up."""
        place = 0
        while place < len(spoken):
            for length in range(min(LONGEST_PHRASE, len(spoken) - place), 0, -1):
                numbers = self._entries[lang].get(tuple(spoken[place : place + length]))
                if numbers:
                    yield place, length, numbers
                    place += length
                    break
            else:
                place += 1

    @cached_property
    def _entries(self) -> dict[Language, dict[tuple[str, ...], list[int]]]:
        entries: dict[Language, dict[tuple[str, ...], list[int]]] = {"fr": {}, "en": {}}
        for number, group in enumerate(self.groups):
            for language, texts in group.items():
                for text in texts:
                    key = _content(text, language)
                    if key and number not in entries[language].setdefault(key, []):
                        entries[language][key].append(number)
        return entries

    @cached_property
    def _single(self) -> list[dict[Language, list[str]]]:
        """The entries of one content word, by group and language: only these can be looked up in an index of words."""
        return [
            {
                language: [fold(text) for text in texts if len(_content(text, language)) == 1]
                for language, texts in group.items()
            }
            for group in self.groups
        ]


def _content(text: str, language: Language) -> tuple[str, ...]:
    return tuple(_key(word, language) for word in words(text) if not is_stop(word, language))


def _key(word: str, language: Language) -> str:
    """An acronym as it is written ("ANS" is an agency, "ans" are years), any other word by its stem."""
    return word if len(word) > 1 and word.isupper() else term(fold(word), language)
