"""Running text to sentences: character spans that cover everything but the white space between them."""

from __future__ import annotations

import re

# A full stop after one of these ends no sentence (folded to lower case, without the stop itself).
_ABBREVIATIONS = frozenset(
    """art arts al alin ann cf chap coll dr drs ed etc fig ibid id inc jr ltd m mm mme mlle mr mrs ms n nº op p pp pr prof
    réf ref sect ss st ste suiv s.a t tél tel v vol vs ap apr av j.-c j.c approx env resp dept e.g i.e""".split()
)
# Words too: they are abbreviations only before a number ("No. 5", "4 sept. 2025", but "The answer is no. It ...").
_NUMBERED = frozenset("no nos par min max ex janv févr avr juil juill sept oct nov déc".split())
_BOUNDARY = re.compile(
    r"(?<![.!?…])(?P<stop>[.!?…]++)(?P<close>(?:[ \u00a0\u202f]?»|[”\"’')\]])+)?(?P<gap>\s+)(?=(?P<next>\S+))"
)
_LAST_WORD = re.compile(r"[\w.º°'’-]+$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-)*[^\W\d_]")
_ENUMERATOR = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,5}|[ivxlc]{1,5})")
_NEARBY_CHARS = 32
_OPENERS = '«“"‘([—–-•'


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans [start, end) of the sentences of `text`, in order; white space at their edges is left out.

    A sentence ends at . ! ? or … (and what closes a quotation after it) before white space and something that can begin
    one; not after an abbreviation, an initial, the letter of a legal reference ("L. 4001-3") or the number that a
    paragraph opens with ("1. Les pratiques ..."); and at a line break.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for found in _BOUNDARY.finditer(text):
        if "\n" not in found["gap"] and not _ends_here(text, start, found):
            continue
        _append(spans, text, start, found.start("gap"))
        start = found.end("gap")
    _append(spans, text, start, len(text))
    return [piece for span in spans for piece in _lines(text, *span)]


_DOTTED = re.compile(r"(?:\b\w\.){2,}$")


def _ends_here(text: str, start: int, found: re.Match[str]) -> bool:
    following = found["next"].lstrip(_OPENERS + "\u00a0\u202f ")
    first = following[:1] or found["next"][:1]
    if not (first.isupper() or first.isdigit() or found["next"][0] in '«“"—–•'):
        return False
    if found["stop"] != "." or found["close"]:
        return True
    if found["next"][0] in "([" and _DOTTED.search(
        text, max(start, found.start("stop") - _NEARBY_CHARS), found.end("stop")
    ):
        return False
    stop = found.start("stop")
    nearby = max(start, stop - _NEARBY_CHARS)
    word = _LAST_WORD.search(text, nearby, stop)
    line = text.rfind("\n", nearby, stop) + 1 or start
    before = text[line:stop] if stop - line <= _NEARBY_CHARS else ""
    return word is None or not _abbreviates(word.group(), before, first)


def _abbreviates(word: str, before: str, first: str) -> bool:
    """Whether the full stop after `word` belongs to it; `before` is its line so far, if short, `first` what follows."""
    last = re.split("['’]", word.lower())[-1]
    if last in _NUMBERED:
        return first.isdigit()
    if last in _ABBREVIATIONS:
        return not (last == "etc" and first.isupper())
    return bool(_INITIALS.fullmatch(last) or _ENUMERATOR.fullmatch(before))


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A line break that the reader kept (a table row, an item) separates sentences too."""
    pieces: list[tuple[int, int]] = []
    position = start
    for line in text[start:end].split("\n"):
        _append(pieces, text, position, position + len(line))
        position += len(line) + 1
    return pieces


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))
