"""A word of one language in, the words of the corpus in the other that mean it out: by the encoder's shared space.

The static encoder puts French and English words in one space, so the nearest forms of the corpus's own vocabulary are a
dictionary made to measure (docs/quality.md, "Across languages").
"""

from __future__ import annotations

from collections.abc import Mapping

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
        self._vectors = encoder.encode_passages(self._forms).astype(np.float16) if self._forms else None
        self._cache: dict[str, list[tuple[str, float]]] = {}

    def translate(self, token: str) -> list[tuple[str, float]]:
        """The nearest forms with their cosine, best first; none where nothing is near enough."""
        word = fold(token)
        if self._vectors is None or len(word) < MIN_CHARS or not word.isalpha():
            return []
        found = self._cache.get(word)
        if found is None:
            cosines = self._vectors.astype(np.float32) @ self._encoder.encode_questions([word])[0]
            best = np.argsort(-cosines)[: WORDS_KEPT + 1]
            found = [(self._forms[n], float(cosines[n])) for n in best if cosines[n] >= MIN_COSINE][:WORDS_KEPT]
            if len(self._cache) < CACHE_WORDS:
                self._cache[word] = found
        return found
