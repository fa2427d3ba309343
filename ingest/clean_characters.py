"""Characters as a source has them in, characters as they are quoted out; where each stood in a PDF is kept.

Rules: ligatures spelled out (œ and æ are letters and stay), NFC, no control, zero-width, bidirectional or tag
character, one space for any run of white space. A no-break space (U+00A0, U+202F) of the source stays.
"""

from __future__ import annotations

import re
import unicodedata

from ingest.manuscript import NOWHERE, Traced

NO_BREAK_SPACES = "\u00a0\u202f"
LIGATURES = {"ff": "ﬀ", "fi": "ﬁ", "fl": "ﬂ", "ffi": "ﬃ", "ffl": "ﬄ", "st": "ﬅﬆ"}
SPELLED = {ligature: letters for letters, ligatures in LIGATURES.items() for ligature in ligatures}
SPELLED |= dict.fromkeys("\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf02d\uf0e0\uf0be", "•") | {"\u2007": "\u00a0"}
"""Also the bullets of Symbol and Wingdings, which have no other place than the private use area."""

SOFT_HYPHENS = "\u0002\u00ad"
"""pdfium marks a hyphen at a line end as U+0002, U+00AD is the soft hyphen: both count before a line feed alone."""

ORDINARY = re.compile(
    r"[\n !-~\u00a0\u00a1-\u00ac\u00ae-\u00ff\u0152\u0153\u2013\u2014\u2018-\u201f\u2022\u2026\u202f\u20ac]*"
)
"""Text of these characters alone, with no run of white space, is already clean."""

WHITE_RUN = re.compile(r"[ \u00a0\u202f]{2,}")


def clean_characters(raw: Traced) -> Traced:
    """`raw` by the rules above; a line feed stays, as does a soft hyphen right before one."""
    if ORDINARY.fullmatch(raw.text) and not WHITE_RUN.search(raw.text):
        return raw
    characters: list[str] = []
    origins: list[int] = []
    for place, cluster in _clusters(raw.text):
        for step, character in enumerate(_kept(cluster, raw.text, place)):
            characters.append(character)
            origins.append(raw.origins[place] if raw.origins and step == 0 else NOWHERE)
    spaced = Traced("".join(characters), tuple(origins) if raw.origins else ())
    return _single_spaces(spaced)


def _clusters(text: str) -> list[tuple[int, str]]:
    """A letter together with the combining marks that follow it, and where it stands."""
    clusters: list[tuple[int, str]] = []
    for place, character in enumerate(text):
        if clusters and unicodedata.combining(character):
            start, letters = clusters[-1]
            if len(letters) < 8:  # a stack of hundreds of marks is an attack, not a language
                clusters[-1] = (start, letters + character)
            continue
        clusters.append((place, character))
    return clusters


def _kept(cluster: str, text: str, place: int) -> str:
    """What stands in the clean text for one cluster of the raw one; mostly itself."""
    category = unicodedata.category(cluster[0])
    if cluster in SPELLED:
        kept = SPELLED[cluster]
    elif cluster in SOFT_HYPHENS:
        kept = cluster if text[place + 1 : place + 2] in ("\n", "") else "-" if cluster == "\u0002" else ""
    elif cluster == "\n" or cluster in NO_BREAK_SPACES:
        kept = cluster
    elif category in ("Zs", "Zl", "Zp") or cluster in "\t\v\f\x85\x1d\x1e\x1f":
        kept = " "
    elif category in ("Cc", "Cf", "Cs", "Co", "Cn") or "\ufe00" <= cluster[0] <= "\ufe0f":
        kept = ""
    else:
        kept = unicodedata.normalize("NFC", cluster)
    return kept


def _single_spaces(text: Traced) -> Traced:
    characters: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text.text):
        white = character == " " or character in NO_BREAK_SPACES
        if white and characters and (characters[-1] == " " or characters[-1] in NO_BREAK_SPACES):
            if characters[-1] == " " and character != " ":
                characters[-1] = character
                if origins:
                    origins[-1] = text.origins[place]
            continue
        characters.append(character)
        if text.origins:
            origins.append(text.origins[place])
    return Traced("".join(characters), tuple(origins))
