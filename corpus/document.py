"""What a publisher issued: a source with its standing, and its pages of text as they are served."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of document a source is; laws outrank guidance, guidance outranks the press."""

    LAW = "law"
    OFFICIAL = "official"
    GUIDANCE = "guidance"
    REPORT = "report"
    PRESS = "press"
    BRIEFING = "briefing"


class Status(StrEnum):
    """Whether what a document or a statement says holds."""

    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    ANNOUNCED = "announced"
    DRAFT = "draft"
    HISTORICAL = "historical"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Source:
    """One document of the catalogue. Dates are calendar dates; `sha256` is of the file's bytes ("" before reading).

    `superseded_by` and `superseded_on` are derived from what others say of it: the first day on which one of them holds in its
    place, `date.min` where that one bears no date, None where none does (a draft supersedes nothing).
    """

    id: str
    title: str
    publisher: str = ""
    published_on: dt.date | None = None
    language: str = "fr"
    licence: str = ""
    kind: Kind = Kind.REPORT
    status: Status = Status.IN_FORCE
    url: str | None = None
    file: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    supersedes: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    superseded_on: dt.date | None = None
    feed: str | None = None
    sha256: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class CharRun:
    """`length_chars` characters of a page's text, from `text_start`, that are the characters of the PDF page
    `pdf_page_index` from `pdf_char_start` on, in pdfium's numbering. What the reader inserted has no run.
    """

    text_start: int
    length_chars: int
    pdf_page_index: int
    pdf_char_start: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page's text, exactly as it is served and quoted. `index` is 0-based, `label` what is printed on the page."""

    index: int
    label: str | None
    text: str
    runs: tuple[CharRun, ...] = ()
