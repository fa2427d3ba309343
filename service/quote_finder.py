"""Words that a model gave as verbatim in; the span of the passage that holds them, grown to whole sentences, comes out, or None."""

from __future__ import annotations

import unicodedata

from corpus.bundle import Bundle
from service.compose import Span
from service.compose_extractive import in_context

MIN_WORDS_CHARS = 8
MAX_SENTENCES = 4
_QUOTES = dict.fromkeys("’‘ʼ′`´‛", "'") | dict.fromkeys("“”„«»″‟", '"')
_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
_PLAIN = {**_QUOTES, **_DASHES, "…": "..."}
_AROUND = " \t\n\"'«»“”…."


def find_quote(bundle: Bundle, row: int, words: str) -> Span | None:
    """Where passage `row` says `words`: exactly, else with spaces, quotation marks and dashes taken as alike.

    The span is the passage's own characters, never the model's. It grows to the whole sentences that the words stand in, so
    that no "not", no condition and no "superseded" is cut off before them.
    """
    passage = bundle.passage_at(row)
    found = _place(passage.text, words)
    if found is None:
        return None
    start, end = (place + passage.locator.start for place in found)
    sentences = [bundle.sentence_at(n) for n in bundle.sentence_rows(row)]
    touched = [one for one in sentences if one.start < end and one.end > start]
    if not touched or len(touched) > MAX_SENTENCES:
        return None
    first, last = in_context(bundle, touched[0]), touched[-1]
    return Span(last, first.start, bundle.text_between(row, first.start, last.end))


def _place(text: str, words: str) -> tuple[int, int] | None:
    words = unicodedata.normalize("NFC", words).strip(_AROUND)
    if len(words) < MIN_WORDS_CHARS:
        return None
    at = text.find(words)
    if at >= 0:
        return at, at + len(words)
    folded, origin = _folded(text)
    wanted, _ = _folded(words)
    at = folded.find(wanted)
    if at < 0 or not wanted:
        return None
    return origin[at], origin[at + len(wanted) - 1] + 1


def _folded(text: str) -> tuple[str, list[int]]:
    """The text with one plain space, quote and dash for all of their kinds; and for each character where it stood."""
    made: list[str] = []
    origin: list[int] = []
    for place, char in enumerate(text):
        if char.isspace():
            if made and made[-1] not in (" ", '"'):
                made.append(" ")
                origin.append(place)
            continue
        if unicodedata.category(char) == "Cf":
            continue
        for plain in _PLAIN.get(char, char):
            if plain == '"' and made and made[-1] == " ":
                made.pop()
                origin.pop()
            made.append(plain)
            origin.append(place)
    while made and made[-1] == " ":
        made.pop()
        origin.pop()
    return "".join(made), origin
