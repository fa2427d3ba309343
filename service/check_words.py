"""Two words in, how well one may stand for the other out: the same, of one family, synonyms, or translations of each other.

Translations were learned from aligned sentences (`check_words.tsv`, made by `python -m tests.quality.train_words`); two words
of one language that share their translations are near-synonyms. Words of a pair of opposites never stand for each other.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.analysis import fold
from corpus.encoder import Encoder, open_encoder
from service.answer import Language
from service.check_lexicon import NAME_PAIRS, SAME_NAMES, akin, hand_groups
from service.check_text import Text, Word, read_text, stem_of
from service.thesaurus import Thesaurus

Vector = NDArray[np.float32]
Similar = Callable[[str, str], float]
LEXICON_FILE = Path(__file__).with_name("check_words.tsv")
OPPOSITES_FILE = Path(__file__).with_name("opposites.toml")
SAME, FAMILY, LEARNED, LISTED, FELT = 1.0, 0.9, 0.7, 0.65, 0.6
"""What a pair of words is worth: the same word, one family, in a list of synonyms, in the learned lexicon, by its vectors."""
MIN_TRANSLATION = 0.04
MIN_SHARED = 0.05
LONGEST_PHRASE = 4
MIN_COSINE, MIN_COSINE_WITHIN = 0.4, 0.5
"""Of two words of different languages, of one: vectors tell translations better than synonyms."""
LANGUAGES: tuple[Language, Language] = ("fr", "en")
Table = Mapping[str, Mapping[str, float]]


def likeness(one: Word, lang: Language, other: Word, other_lang: Language, similar: Similar | None = None) -> float:
    """How well two words may stand for each other, within 0..1; 0 for opposites and for what nothing joins."""
    if one.low == other.low or (lang == other_lang and one.stem == other.stem):
        return SAME
    return _likeness(one.low, one.stem, lang, other.low, other.stem, other_lang, similar or shipped_similar)


@lru_cache(maxsize=1 << 17)
def _likeness(
    low: str, stem: str, lang: Language, other_low: str, other_stem: str, other_lang: Language, similar: Similar
) -> float:
    shorter = min(len(low), len(other_low))
    if other_stem in opposites(lang, other_lang).get(stem, ()):
        score = 0.0
    elif _one_name(low, other_low):
        score = SAME
    elif shorter > 4 and akin(low, other_low):
        score = FAMILY
    elif weight := learned(stem, lang, other_stem, other_lang):
        score = LEARNED + weight * (FAMILY - LEARNED)
    elif _one_group(stem, lang, other_stem, other_lang):
        score = LISTED
    else:
        least = MIN_COSINE if lang != other_lang else MIN_COSINE_WITHIN
        score = FELT if shorter > 3 and similar(low, other_low) >= least else 0.0
    return score


def _one_name(low: str, other: str) -> bool:
    return other in SAME_NAMES.get(low, ()) or other in NAME_PAIRS.get(low, ()) or low in NAME_PAIRS.get(other, ())


def _one_group(stem: str, lang: Language, other: str, other_lang: Language) -> bool:
    """Whether two stems stand in one group of near-synonyms, of the list kept by hand or of the thesaurus."""
    return any(
        groups(lang).get(stem, frozenset()) & groups(other_lang).get(other, frozenset())
        for groups in (hand_groups, _groups)
    )


def learned(stem: str, lang: Language, other: str, other_lang: Language) -> float:
    """The weight within 0..1 of two stems as translations, or as words with the same translations; 0 where it is slight."""
    if lang != other_lang:
        weight, least = lexicon(lang).get(stem, {}).get(other, 0.0), MIN_TRANSLATION
    else:
        weight, least = _shared(stem, lang).get(other, 0.0), MIN_SHARED
    return min(1.0, weight) if weight >= least else 0.0


@lru_cache(maxsize=1 << 14)
def _shared(stem: str, lang: Language) -> Mapping[str, float]:
    """The stems of a language that share translations with one, each with its share of what the stem shares with itself."""
    there, back = lexicon(lang), lexicon("en" if lang == "fr" else "fr")
    found: dict[str, float] = {}
    for foreign, weight in there.get(stem, {}).items():
        for other, again in back.get(foreign, {}).items():
            found[other] = found.get(other, 0.0) + weight * again
    own = found.get(stem, 1.0)
    return {other: weight / own for other, weight in found.items()}


@lru_cache(maxsize=2)
def lexicon(lang: Language) -> Table:
    """For each stem of a language its translations, each with its weight within 0..1."""
    found: dict[str, dict[str, float]] = {}
    for line in LEXICON_FILE.read_text(encoding="utf-8").splitlines():
        french, english, weight = line.split("\t")
        one, other = (french, english) if lang == "fr" else (english, french)
        found.setdefault(one, {})[other] = float(weight)
    return found


@lru_cache(maxsize=4)
def opposites(lang: Language, other_lang: Language) -> Mapping[str, frozenset[str]]:
    """For each stem of the first language, the stems of the second that say the contrary."""
    found: dict[str, set[str]] = {}
    for pair in tomllib.loads(OPPOSITES_FILE.read_text(encoding="utf-8"))["pair"]:
        for mine, theirs in (("one", "other"), ("other", "one")):
            against = {stem_of(fold(word), other_lang) for word in pair[f"{theirs}_{other_lang}"]}
            for word in pair[f"{mine}_{lang}"]:
                found.setdefault(stem_of(fold(word), lang), set()).update(against)
    return {stem: frozenset(others) for stem, others in found.items()}


@lru_cache(maxsize=2)
def _groups(lang: Language) -> Mapping[str, frozenset[int]]:
    """The groups of the thesaurus that a stem stands in, as a word of its own."""
    found: dict[str, set[int]] = {}
    for number, group in enumerate(Thesaurus.load().groups):
        for text in group.get(lang, ()):
            if " " not in text and "'" not in text and "’" not in text:
                found.setdefault(stem_of(fold(text), lang), set()).add(number)
    return {stem: frozenset(numbers) for stem, numbers in found.items()}


def phrases_of(text: Text) -> list[tuple[int, int, int]]:
    """Where a text has a phrase or a word of a group of the thesaurus: start, end, number of the group."""
    found = []
    entries = _entries(text.lang)
    for first, word in enumerate(text.words):
        for length in range(1, LONGEST_PHRASE + 1):
            words = text.words[first : first + length]
            stems = tuple(one.stem for one in words)
            found += [(word.start, words[-1].end, number) for number in entries.get(stems, ())]
    return found


@lru_cache(maxsize=2)
def _entries(lang: Language) -> Mapping[tuple[str, ...], tuple[int, ...]]:
    """For each phrase of the thesaurus, by the stems of its words, the groups that it stands in."""
    found: dict[tuple[str, ...], tuple[int, ...]] = {}
    for number, group in enumerate(Thesaurus.load().groups):
        for text in group.get(lang, ()):
            stems = tuple(word.stem for word in read_text(text, lang).words)
            found[stems] = (*found.get(stems, ()), number)
    return found


@lru_cache(maxsize=1 << 16)
def shipped_similar(one: str, other: str) -> float:
    """The cosine of two words by the shipped encoder, whichever encoder made the bundle."""
    return float(_vector(one) @ _vector(other))


@lru_cache(maxsize=1 << 14)
def _vector(word: str) -> Vector:
    found: Vector = _encoder().encode_passages([word])[0]
    return found


@lru_cache(maxsize=1)
def _encoder() -> Encoder:
    return open_encoder()
