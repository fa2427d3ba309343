"""The unit that is found and quoted: a passage of one page, where it stands, and the id that survives edits elsewhere."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

DIGEST_HEX_CHARS = 12
_PASSAGE_ID = re.compile(
    r"(?P<document>[a-z0-9][a-z0-9-]*)\.(?P<digest>[0-9a-f]{12})(?:-(?P<occurrence>[1-9][0-9]{0,8}))?"
)


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a text stands: characters [start, end) (Unicode code points) of the served text of one page."""

    page_index: int
    page_label: str | None
    start: int
    end: int
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """`text` equals the page's text at the locator's [start, end)."""

    id: str
    document_id: str
    text: str
    locator: Locator


@dataclass(frozen=True, slots=True)
class PassageKey:
    """The parts of a passage id."""

    document_id: str
    digest: str
    occurrence: int = 0

    def __str__(self) -> str:
        tail = f"-{self.occurrence}" if self.occurrence else ""
        return f"{self.document_id}.{self.digest}{tail}"


def text_digest(text: str) -> str:
    """Twelve hexadecimal digits that change exactly when the text does (48 bits of SHA-256 over UTF-8)."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:DIGEST_HEX_CHARS]


def parse_passage_id(passage_id: str) -> PassageKey | None:
    """The parts of an id, or None where the string is no passage id."""
    found = _PASSAGE_ID.fullmatch(passage_id)
    if found is None:
        return None
    return PassageKey(found["document"], found["digest"], int(found["occurrence"] or 0))
