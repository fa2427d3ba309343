"""A plain text in, the legal and numbered references in it out, as values: "art. 50" and "article 50", "L.4001-3" and "L. 4001-3"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.check_text import Text

_ROMAN = r"(?:[IVX]{1,5})"
_CODE = re.compile(r"\b([LRD])\.?\s?\*?(\d{3,}(?:-\d+)*)\b")
_SLASHED = re.compile(r"(?<![\d/])(\d{2,4}/\d{2,4}(?:/[A-Z]{2,3})?)(?![/\d])")
_COM = re.compile(r"\bCOM\s?\((\d{4})\)\s?(\d+)")
_DASHED = re.compile(r"(?<![\w/-])(\d{2,4}-\d{1,5})(?![\w/-])")
_NUMBERED = re.compile(r"(?:\bn°|\bno\.|\bnumeros?|\bnumber)\s?(\d[\d-]*)", re.I)
_ARTICLES = re.compile(
    r"\b(?:articles?|art\.?)\s(\d{1,3}(?:\s?(?:bis|ter|er))?)((?:,\s(?:article\s)?\d{1,3}(?!\s?%))*(?:\s(?:et|and|ou|or|a|to)\s\d{1,3}(?!\s?%)\b)?)",
    re.I,
)
_ANNEXES = re.compile(
    rf"\b(?:annexes?|annex(?:es)?)\s({_ROMAN}|\d{{1,2}})\b((?:,\s{_ROMAN}\b)*(?:\s(?:et|and|ou|or)\s{_ROMAN}\b)?)", re.I
)
_POINTS = re.compile(r"\b(?:points?)\s(\d{1,2})\s?(?:\(?([a-z])\))?", re.I)
_POINT_LETTER = re.compile(r"\bpoints?\s([a-z])\b\)?", re.I)
_CLASSES = re.compile(rf"\bclass(?:e|es)?\s((?:{_ROMAN}[abc]?)(?:(?:,|\set|\sou|\sor|\sand)\s{_ROMAN}[abc]?)*)\b", re.I)
_LABELLED = re.compile(
    r"\b(avis|opinion|regle|rule|axe|axis|rapport|report|fiche|section|chapitre|chapter|paragraphe|alinea|critere|considerant|recital)\s(\d{1,4})\b(?!\s?%)",
    re.I,
)
_LABELS = {
    "opinion": "avis",
    "rule": "regle",
    "axis": "axe",
    "report": "rapport",
    "chapter": "chapitre",
    "recital": "considerant",
}
_ONE_ROMAN = re.compile(rf"\b{_ROMAN}[abc]?\b", re.I)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference at [start, end): what is numbered, and its number as it would be looked up."""

    label: str
    number: str
    start: int
    end: int


def references_of(text: Text) -> list[Reference]:
    """The references of a text, in order. Years, dates and quantities are none."""
    found: list[Reference] = []
    for one in _all(text.plain):
        if not any(one.start < other.end and other.start < one.end and other.label != one.label for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def held_in(said: Reference, held: list[Reference]) -> bool:
    """Whether a quote's references hold the one that is said; "n° 141" is held under any label."""
    labels = {one.label for one in held if one.number == said.number}
    return said.label in labels or (bool(labels) and "number" in {said.label, *labels})


def _all(plain: str) -> Iterator[Reference]:
    yield from _ids(plain)
    for pattern, label in ((_ARTICLES, "article"), (_ANNEXES, "annexe"), (_CLASSES, "classe")):
        for found in pattern.finditer(plain):
            said = found.group()[len(found.group().split()[0]) :]
            for number in re.findall(r"\d{1,3}", said) if label == "article" else _ONE_ROMAN.findall(said):
                yield Reference(label, number.upper(), *found.span())
    for found in _POINTS.finditer(plain):
        yield Reference("point", f"{found[1]}{(found[2] or '').lower()}", *found.span())
    for found in _POINT_LETTER.finditer(plain):
        yield Reference("letter", found[1].lower(), *found.span())
    for found in _LABELLED.finditer(plain):
        label = found[1].lower()
        yield Reference(_LABELS.get(label, label), found[2], *found.span())


def _ids(plain: str) -> Iterator[Reference]:
    """What is its own name: "L. 4001-3", "2024/1689", "COM(2025) 837", "n° 2025-041"."""
    for found in _CODE.finditer(plain):
        yield Reference("code", f"{found[1]}{found[2]}", *found.span())
    for found in _COM.finditer(plain):
        yield Reference("com", f"{found[1]}/{found[2]}", *found.span())
    for found in _SLASHED.finditer(plain):
        if not re.fullmatch(r"\d{1,2}/\d{4}", found[1]):
            yield Reference("id", found[1].upper(), *found.span())
    for found in _NUMBERED.finditer(plain):
        yield Reference("number", found[1].strip("-"), *found.span())
    for found in _DASHED.finditer(plain):
        if not re.fullmatch(r"(?:19|20)\d{2}-(?:19|20)\d{2}", found[1]):
            yield Reference("id", found[1], *found.span())
