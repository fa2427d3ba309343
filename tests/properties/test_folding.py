"""Folding: whatever the text, the same as decomposing it whole and leaving its marks out."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from corpus.analysis import FOLDED_KEPT, _folding, fold_accents

PLAIN = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "’": "'", "`": "'", "–": "-", "\u00a0": " "}
)


def decomposed(text: str) -> str:
    """The text without its marks, all at once."""
    whole = unicodedata.normalize("NFKD", text.translate(PLAIN))
    return "".join(character for character in whole if not unicodedata.combining(character)).translate(PLAIN)


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from("aeiouçéèêœŒß’`–\u00a0 \u0301\u0327\u0323"), st.characters(min_codepoint=0x1E00)
        )
    )
)
def test_folding_each_character_is_folding_the_whole_text(text: str) -> None:
    others = str.maketrans(dict.fromkeys("ʼ‘´‐‑—−\u202f\u2009\u2007\u00ad\u200b", ""))
    plain = text.translate(others)
    assert fold_accents(plain).translate(others) == decomposed(plain).translate(others)


def test_what_is_kept_of_characters_has_a_bound() -> None:
    every = "".join(map(chr, [*range(0x20, 0xD800), *range(0xE000, sys.maxunicode, 7)]))
    fold_accents(every)
    assert len(_folding()) <= FOLDED_KEPT
    assert fold_accents("Ça été l’œuvre") == "Ca ete l'oeuvre"
