"""The numbering of a DOCX file in, what is printed before each list item out."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from ingest.office_archive import child, value

ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
MAX_ROMAN = 39


class Numbering:
    """Counts the items of each list, level by level, as the document is read from its beginning."""

    def __init__(self, root: Element | None) -> None:
        abstract = {
            value(one, "abstractNumId"): one for one in (root if root is not None else ()) if one.tag == "abstractNum"
        }
        self._lists = {
            value(one, "numId"): abstract.get(value(child(one, "abstractNumId")))
            for one in (root if root is not None else ())
            if one.tag == "num"
        }
        self._by_style: dict[str, str] = {}
        for number, levels in self._lists.items():
            for level in levels.iter("lvl") if levels is not None else ():
                if style := value(child(level, "pStyle")):
                    self._by_style.setdefault(style, number)
        self._counts: dict[str, list[int]] = {}

    def next_number(self, properties: Element | None, style: str) -> str | None:
        """What is printed before the next item ("2. ", "" for a bullet), or None where the paragraph is no list item."""
        number = value(child(properties, "numId")) or self._by_style.get(style, "")
        levels = self._lists.get(number)
        if number in ("", "0") or levels is None:
            return None
        said = value(child(properties, "ilvl"))
        depth = min(int(said), 8) if said.isdigit() else 0
        by_depth = {value(one, "ilvl"): one for one in levels.iter("lvl")}
        counts = self._counts.setdefault(number, [])
        while len(counts) <= depth:
            first = value(child(by_depth.get(str(len(counts))), "start"))
            counts.append((int(first) if first.isdigit() else 1) - 1)
        del counts[depth + 1 :]
        counts[depth] += 1
        pattern = value(child(by_depth.get(str(depth)), "lvlText"))
        if value(child(by_depth.get(str(depth)), "numFmt")) in ("bullet", "none", ""):
            return ""
        shown = re.sub(r"%([1-9])", lambda found: self._shown(int(found[1]) - 1, counts, by_depth), pattern)
        return f"{shown.strip()} " if shown.strip() else ""

    def _shown(self, depth: int, counts: list[int], levels: dict[str, Element]) -> str:
        if depth >= len(counts):
            return ""
        return numeral(max(counts[depth], 0), value(child(levels.get(str(depth)), "numFmt")))


def numeral(number: int, style: str) -> str:
    """A number as a list prints it; `style` is a name of DOCX ("lowerLetter") or of ODT ("a")."""
    if style in ("lowerLetter", "upperLetter", "a", "A") and 0 < number <= 26:
        letter = chr(ord("a") + number - 1)
        return letter.upper() if style in ("upperLetter", "A") else letter
    if style in ("lowerRoman", "upperRoman", "i", "I") and 0 < number <= MAX_ROMAN:
        text = ""
        for unit, sign in ROMAN:
            while number >= unit:
                text, number = text + sign, number - unit
        return text.upper() if style in ("upperRoman", "I") else text
    return str(number)
