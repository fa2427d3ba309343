"""Text to index terms, French and English: passages and questions must be cut and stemmed alike, hence in the kernel.

Accents are folded before stemming ("données" and "donnees" meet, and nothing is lost on clean text: docs/quality.md).
Legal references ("L. 4001-3", "2024/1689"), dotted acronyms ("A.V.E.C.") and grouped numbers ("1 051") stay whole.
"""

from __future__ import annotations

import itertools
import re
import threading
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

import snowballstemmer

ANALYSIS_RULE = "fold-snowball-3"
GRAM_CHARS = 4
BIGRAM_BUCKETS = 1 << 18
GRAM_BUCKETS = 1 << 16
FOLDED_KEPT = 4096
"""Characters whose folded form is kept: more than people write with."""

_CHARACTERS = str.maketrans(
    {
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss",
        "’": "'", "ʼ": "'", "‘": "'", "´": "'", "`": "'",
        "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u00ad": "", "\u200b": "",
    }
)  # fmt: skip
_TOKEN = re.compile(
    r"(?P<law>\b[LRDlrd]\.?[ ]?\*?\d{3,}(?:-\d+)+)"
    r"|(?P<dotted>\b(?:[A-Za-z]\.){2,}[A-Za-z]?\b)"
    r"|(?P<number>\d{1,3}(?:[ ]\d{3})+(?!\d)|\d+(?:[/,.]\d+)*)"
    r"|(?P<word>[A-Za-z][A-Za-z0-9]*)",
)
_STEMMING = threading.Lock()
_FRENCH_STOP = frozenset(
    """a afin ainsi alors apres au aucun aucune auquel aussi autre autres aux avait avant avec avoir car ce ceci cela
    celle celles celui cependant certain certains ces cet cette ceux chaque chez ci comme comment d dans de depuis des
    deux donc dont du elle elles en encore es est et etaient etait etant ete etre eu eux fait faire font fut il ils
    je jusqu l la le les leur leurs lors lorsqu lui m ma mais me meme memes mes moi mon n ne ni nos notre nous on ont or ou par
    parce pas peu peut peuvent plus plusieurs pour pourquoi puis puisqu qu quand que quel quelle quelles quels qui quoi
    s sa sans se selon sera seront ses si soit son sont sous sur t ta tant te tel telle tels tes toi ton tous tout toute
    toutes tres tu un une vers vos votre vous y combien ca c j""".split()
)
_ENGLISH_STOP = frozenset(
    """a about after all also an and any are as at be because been being but by can could did do does done for from had
    has have having he her here him his how i if in into is it its just may me more most must my no nor not of on once
    only or other our out over own s same she should so some such t than that the their them then there these they this
    those through to too under until up very was we were what when where which while who whom why will with would you
    your yes""".split()
)


def fold_accents(text: str) -> str:
    """The text without accents, ligatures spelled out, typographic spaces, dashes and apostrophes plain; case kept."""
    return text.replace("`", "'") if text.isascii() else text.translate(_folding())


def fold(text: str) -> str:
    """`fold_accents`, lower case."""
    return fold_accents(text).lower()


def words(text: str) -> list[str]:
    """The tokens of a text in order, accents folded, case kept, stop words and all."""
    tokens = []
    for found in _TOKEN.finditer(fold_accents(text)):
        token = found.group()
        if found.lastgroup == "law":
            token = token.replace(".", "").replace(" ", "").replace("*", "").upper()
        elif found.lastgroup == "dotted":
            token = token.rstrip(".")
        elif found.lastgroup == "number":
            token = token.replace(" ", "")
        tokens.append(token)
    return tokens


def is_stop(token: str, language: str) -> bool:
    """Whether a token (accents folded, case kept) carries no content; upper-case acronyms such as HAS always do."""
    if len(token) > 1 and token.isupper():
        return False
    lowered = token.lower()
    if len(lowered) == 1 and not lowered.isdigit():
        return True
    return lowered in (_ENGLISH_STOP if language == "en" else _FRENCH_STOP)


def term(token: str, language: str) -> str:
    """The index term of a token: stemmed if it is a word of more than three letters, lower case."""
    lowered = token.lower()
    if len(lowered) <= 3 or not lowered.isalpha():
        return lowered
    return _stem(lowered, "english" if language == "en" else "french")


def terms(text: str, language: str) -> list[str]:
    """The index terms of a text, in order, stop words left out."""
    return [term(token, language) for token in words(text) if not is_stop(token, language)]


def bigram_buckets(index_terms: Sequence[str]) -> list[int]:
    """A bucket (0 to BIGRAM_BUCKETS - 1) for each pair of neighbouring terms."""
    pairs = itertools.pairwise(index_terms)
    return [zlib.crc32(f"{first} {second}".encode()) % BIGRAM_BUCKETS for first, second in pairs]


def gram_buckets(tokens: Iterable[str]) -> list[int]:
    """A bucket (0 to GRAM_BUCKETS - 1) for each four characters of each token, its edges marked."""
    buckets: list[int] = []
    for token in tokens:
        buckets.extend(_grams(token.lower()))
    return buckets


class _Folding(dict[int, str]):
    """What each character becomes, found out when it first comes; a table, since questions fold thousands of characters."""

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFKD", chr(code).translate(_CHARACTERS))
        folded = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_CHARACTERS)
        if len(self) < FOLDED_KEPT:
            self[code] = folded
        return folded


@lru_cache(maxsize=1)
def _folding() -> _Folding:
    return _Folding()


@lru_cache(maxsize=1 << 17)
def _grams(lowered: str) -> tuple[int, ...]:
    edged = f"_{lowered}_"
    if len(edged) <= GRAM_CHARS:
        return (zlib.crc32(edged.encode()) % GRAM_BUCKETS,)
    spans = range(len(edged) - GRAM_CHARS + 1)
    return tuple(zlib.crc32(edged[n : n + GRAM_CHARS].encode()) % GRAM_BUCKETS for n in spans)


@lru_cache(maxsize=1 << 17)
def _stem(word: str, algorithm: str) -> str:
    with _STEMMING:  # a Snowball stemmer keeps the word in itself: one thread at a time
        return str(_stemmer(algorithm).stemWord(word))


@lru_cache(maxsize=2)
def _stemmer(algorithm: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(algorithm)
