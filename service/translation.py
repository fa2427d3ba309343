"""A word of one language in, the words of the corpus in the other that mean it out: by the encoder's shared space.

The static encoder puts French and English words in one space, so the nearest forms of the corpus's own vocabulary are a
dictionary made to measure (docs/quality.md, "Across languages").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from corpus.analysis import fold
from corpus.encoder import Encoder

MAX_FORMS = 20_000
MIN_CHARS = 4
MIN_COSINE = 0.27
WORDS_KEPT = 2
CACHE_WORDS = 4096


class Translator:
    """The most frequent forms of one language, with their vectors; translates words of other languages into it."""

    def __init__(self, forms: Mapping[str, int], encoder: Encoder) -> None:
        frequent = sorted((f for f in forms if f.isalpha() and len(f) >= MIN_CHARS), key=lambda f: (-forms[f], f))
        self._forms = frequent[:MAX_FORMS]
        self._encoder = encoder
        self._vectors = encoder.encode_passages(self._forms) if self._forms else None
        self._cache: dict[str, list[tuple[str, float]]] = {}

    def translate(self, token: str) -> list[tuple[str, float]]:
        """The nearest forms with their cosine, best first; none where nothing is near enough."""
        word = fold(token)
        if word not in self._cache:
            self.learn([token])
        return self._cache.get(word, [])

    def learn(self, tokens: Iterable[str]) -> None:
        """Look several words up at once, which costs little more than one."""
        new = sorted({fold(token) for token in tokens} - set(self._cache))
        new = [word for word in new if len(word) >= MIN_CHARS and word.isalpha()]
        if self._vectors is None or not new:
            return
        if len(self._cache) + len(new) > CACHE_WORDS:
            self._cache = {}
        cosines = self._encoder.encode_questions(new) @ self._vectors.T
        for word, row in zip(new, cosines, strict=True):
            best = np.argpartition(-row, min(WORDS_KEPT, len(row) - 1))[:WORDS_KEPT]
            ranked = sorted(((self._forms[n], float(row[n])) for n in best), key=lambda found: -found[1])
            self._cache[word] = [found for found in ranked if found[1] >= MIN_COSINE]
