"""Lines of a page in; which of them are footnotes, and what its superscript digits mean, out.

A footnote is a line near the foot, in smaller type, that begins with its number; the small lines under it go on with
it. A superscript number is a call, and leaves the text, where a note of that number is known; otherwise it is an
exponent and stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingest.manuscript import DraftPage, Line, Traced, glue

SUPERSCRIPT_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
PLAIN_DIGITS = str.maketrans(SUPERSCRIPT_DIGITS, "0123456789")
NOTE_START = re.compile(
    rf"\s*[\[(]?\s*(?:(?P<number>[{SUPERSCRIPT_DIGITS}]{{1,3}})|(?P<plain>\d{{1,3}}|\*{{1,3}})(?=\s|[\])]|[.:]\s))"
    r"\s*[\])]?[.:]?\s*(?=\S)"
)
CALL = re.compile(
    rf"(?P<before>[ \u00a0\u202f]*)(?P<open>[\[(]\s?)?(?P<number>[{SUPERSCRIPT_DIGITS}]{{1,3}})(?P<close>\s?[\])])?"
)
UNIT = re.compile(r"(?:^|[\d\s/])(?:[kcdmhµ]?m|h|kg|s)$")
SMALLER = 0.94
LOWER_PART = 0.4


def body_size(pages: Sequence[DraftPage]) -> float:
    """The font size of most characters, in points."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def note_lines(lines: Sequence[Line], page_height: float, body: float) -> frozenset[int]:
    """Positions in `lines` of those that belong to footnotes."""
    notes: set[int] = set()
    above: Line | None = None
    for place, line in enumerate(lines):
        if (
            line.kind is None
            and line.box.top > LOWER_PART * page_height
            and (
                _begins_note(lines, line, body)
                or (
                    above is not None and line.size <= 1.02 * above.size and line.box.top - above.box.bottom < line.size
                )
            )
        ):
            notes.add(place)
            above = line
        else:
            above = None
    return frozenset(notes)


def _begins_note(lines: Sequence[Line], line: Line, body: float) -> bool:
    """A raised number, or any number in small type with nothing of the body's size under it."""
    if not NOTE_START.match(line.text.text) or line.size > 1.02 * body:
        return False
    if line.text.text.lstrip(" ([")[:1] in SUPERSCRIPT_DIGITS:
        return True
    return line.size <= SMALLER * body and _nothing_but_small_below(lines, line, body)


def note_numbers(lines: Sequence[Line], notes: frozenset[int]) -> frozenset[str]:
    """The numbers of the footnotes among `lines`."""
    matches = (NOTE_START.match(lines[place].text.text) for place in notes)
    return frozenset((match["number"] or match["plain"]).translate(PLAIN_DIGITS) for match in matches if match)


def without_calls(text: Traced, known: frozenset[str], any_notes: bool) -> Traced:
    """The text without the calls to the notes whose numbers are `known`; exponents stay as superscript digits."""
    if not any(character in SUPERSCRIPT_DIGITS for character in text.text):
        return text
    parts: list[Traced] = []
    start = 0
    for match in CALL.finditer(text.text):
        before = text.text[: match.start()]
        number = match["number"].translate(PLAIN_DIGITS)
        exponent = before[-1:].isdigit() or UNIT.search(before) is not None
        if number not in known and (exponent or not any_notes):
            continue
        end = match.end() if match["open"] and match["close"] else match.end("number")
        begin = match.start() if match["open"] and match["close"] else match.start("number")
        if not match["open"] and text.text[end : end + 1].strip(" \u00a0\u202f.,;:!?)»\n") == "" and match["before"]:
            begin = match.start()
        parts.append(text.part(start, begin))
        if text.text[max(0, begin - 1) : begin].isalpha() and text.text[end : end + 1].isalpha():
            parts.append(Traced(" "))
        start = end
    return glue([*parts, text.part(start)])


def with_plain_number(text: Traced) -> Traced:
    """A note's text with its own number in ordinary digits."""
    match = NOTE_START.match(text.text)
    if not match:
        return text
    head = text.text[: match.end()].translate(PLAIN_DIGITS)
    return Traced(head + text.text[match.end() :], text.origins)


def _nothing_but_small_below(lines: Sequence[Line], note: Line, body: float) -> bool:
    """Whether no line of the body's size stands under the note in its column."""
    return not any(
        line.size > SMALLER * body
        and line.box.top > note.box.bottom
        and line.box.left < note.box.right
        and line.box.right > note.box.left
        for line in lines
    )
