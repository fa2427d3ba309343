"""A statement or a quote in, its folded text, words and clauses out: what every check of statements reads from.

Places are characters of the folded text (accents and typography plain), never of the page: a check says which words are
wrong, not where they stand.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus.analysis import fold_accents, is_stop, term
from service.answer import Language

IRREGULAR_FILE = Path(__file__).with_name("irregular_forms.toml")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z](?=\.|\b))*")
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,}(?:[A-Z]\b)?")
_ENDINGS = re.compile(r"(?<=[a-z]{4})(?:ent|aient|ait|eront|era|er|ons|ont|ant|iss|iqu|ic)$")
_SQUARE_METRES = re.compile(r"\bmetres carres\b|\bsquare met(?:re|er)s\b", re.I)
_PARTICIPLE = re.compile(r"\b\w+(?:é|ée|és|ées)\b")
_FRENCH = frozenset(
    "le la les des du de un une est et en pour par qui que dans sur ne pas au aux ce cette selon doit peut sont ont".split()
)
_ENGLISH = frozenset(
    """the of and is are to in for by that which on with from be has have not an was were while its out this their had under
    must may who as at it these those been will""".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: [start, end) in the folded text, its form with and without case, its stem.

    `own` is the stem that it had where it was given that of a synonym of the same language.
    """

    start: int
    end: int
    form: str
    low: str
    stem: str
    stop: bool
    own: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text made plain: `plain` keeps case, `low` does not; both have the same length. `lang` is what it is written in.

    `participles` are the folded forms that were written with a final é ("annoncé" is no "annonce");
    `at` are the places of "à", which is no "a".
    """

    plain: str
    low: str
    lang: Language
    words: tuple[Word, ...]
    participles: frozenset[str] = frozenset()
    at: frozenset[int] = frozenset()

    def between(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that lie whole within [start, end)."""
        return tuple(word for word in self.words if word.start >= start and word.end <= end)


def language_of(text: str, default: Language = "fr") -> Language:
    """French or English by their commonest words; `default` where neither prevails."""
    low = re.findall(r"[a-z]+", fold_accents(text).lower())
    french, english = sum(w in _FRENCH for w in low), sum(w in _ENGLISH for w in low)
    if french == english:
        return default
    return "fr" if french > english else "en"


@lru_cache(maxsize=1 << 14)
def stem_of(form: str, lang: Language) -> str:
    """The stem by which words are compared: that of the index, and French verbs lose the endings that it leaves."""
    stem = term(_irregular(lang).get(form.lower(), form), lang)
    if lang == "en" or len(stem) < 4:
        return stem
    bare = _ENDINGS.sub("", stem.rstrip("e")).rstrip("e")
    return bare[:-1] if len(bare) > 4 and bare[-1] == bare[-2] else bare


@lru_cache(maxsize=2)
def _irregular(lang: Language) -> Mapping[str, str]:
    """For each form that no stemming joins to its word, the word."""
    words: dict[str, str] = tomllib.loads(IRREGULAR_FILE.read_text(encoding="utf-8"))[lang]
    endings = ("", "e", "s", "es") if lang == "fr" else ("",)
    return {form + end: word for word, forms in words.items() for form in forms.split() for end in endings}


def _places_of_at(text: str, plain: str) -> frozenset[int]:
    written = re.findall(r"\b[aAàÀ]\b", unicodedata.normalize("NFC", text))
    places = [found.start() for found in re.finditer(r"\b[aA]\b", plain)]
    if len(written) != len(places):
        return frozenset()
    return frozenset(place for place, form in zip(places, written, strict=True) if form in "àÀ")


@lru_cache(maxsize=512)
def read_text(text: str, lang: Language | None = None, default: Language = "fr") -> Text:
    """The text made plain. Dotted acronyms lose their dots ("A.V.E.C." is read AVEC), dashes and quotes are plain."""
    folded = re.sub(r"[\s]+", " ", fold_accents(text)).replace("«", '"').replace("»", '"')
    folded = folded.replace("“", '"').replace("”", '"')
    plain = _DOTTED.sub(lambda found: found.group().replace(".", ""), folded)
    plain = _SQUARE_METRES.sub("m2", plain)
    written = lang or language_of(text, default)
    words = []
    for found in _WORD.finditer(plain):
        form = found.group()
        words.append(
            Word(found.start(), found.end(), form, form.lower(), stem_of(form, written), is_stop(form, written))
        )
    participles = frozenset(
        fold_accents(form).lower() for form in _PARTICIPLE.findall(unicodedata.normalize("NFC", text))
    )
    return Text(plain, plain.lower(), written, tuple(words), participles, _places_of_at(text, plain))
