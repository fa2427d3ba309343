"""Lines of one paragraph in, the paragraph on one line out: hyphens at line ends undone or kept, by evidence.

Evidence is the document's own vocabulary: if it writes "médico-social" inside a line, a line that ends with
"médico-" keeps its hyphen before "social". Without evidence French habits decide; a hyphen between capitals or
digits stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from ingest.manuscript import Traced, glue

PRINTED_HYPHENS = "-\u2010"
PDFIUM_HYPHEN = "\u0002"
SOFT_HYPHEN = "\u00ad"
HYPHENS = PRINTED_HYPHENS + PDFIUM_HYPHEN + SOFT_HYPHEN

MAX_SEAM_CHARS = 200
"""How much of a line is looked at before its end."""

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
LINE_END_WORD = re.compile(rf"(?P<before>(?:\w+-)*)(?P<last>\w+)[{HYPHENS}]$")
NEXT_WORD = re.compile(r"\w+")
URL = re.compile(r"(?:https?://\S*|www\.\S+)$")
ADDRESS_REST = re.compile(r"[a-zé0-9%_]*(?:[-_=&][a-zé0-9]+){2,}|[a-z0-9.-]+/|[a-zé0-9-]{3,}[.)]?$")
"""What can only be the rest of an address cut anywhere: several hyphens, a slash, or one word and nothing more."""

ADDRESS_GOES_ON = re.compile(r"[a-z0-9/?&=%~#_-]+(?:[./?=&_-]|$|\s*[).,;]?$)")

SUSPENDED = re.compile(r"et|ou|ni|à|and|or|to")
"""What follows a hyphen that stands for a word to come, as in « micro- et macroéconomique »."""

FIRST_PARTS = re.compile(
    r"celles?|celui|ceux|demi|elles?|eux|ex|franco|lui|médico|mi|moi|nous|vous|non|peut|quasi|rendez|semi|socio|soi"
    r"|sous|toi|vice|vis|là|grand|libre|mot|chef|après|quelques?"
)
"""First parts after which a hyphen is printed as such more often than a word is cut there."""

SECOND_PARTS = re.compile(
    r"mêmes?|ci|là|dessus|dessous|delà|dehors|dedans|devant|ils?|elles?|on|je|tu|nous|vous|ce|être|vis|clés?|dire"
)
"""Second parts before which a hyphen is printed as such ("ceux-ci", "elle-même", "sont-ils")."""


def vocabulary(texts: Iterable[str]) -> Counter[str]:
    """How often each word, lower case and compounds whole, stands in the texts; the halves of cut words are left."""
    words: Counter[str] = Counter()
    for text in texts:
        cut = False
        for line in text.split("\n"):
            whole = NEXT_WORD.sub("", line.lstrip(), count=1) if cut else line
            cut = line[-1:] in HYPHENS and line[-1:] != ""
            if cut:
                whole = whole[: -len(whole.split()[-1])] if whole.split() else ""
            words.update(match.lower() for match in WORD.findall(whole))
    return words


def join_lines(block: Traced, words: Counter[str]) -> Traced:
    """The block on one line; `words` is the vocabulary of its document."""
    joined: list[Traced] = []
    start = 0
    for line_text in block.text.split("\n"):
        line = block.part(start, start + len(line_text)).strip()
        start += len(line_text) + 1
        if not line.text:
            continue
        if joined:
            before = "".join(part.text for part in joined[-4:])
            joined[-1], separator = _seam(joined[-1], before, line.text, words)
            if separator:
                joined.append(Traced(separator))
        joined.append(line)
    if joined:
        joined[-1] = joined[-1].part(0, -1) if joined[-1].text.endswith(SOFT_HYPHEN) else _printed(joined[-1])
    return glue(joined)


def _printed(line: Traced) -> Traced:
    """The line with its last hyphen as it is printed."""
    if line.text.endswith((PDFIUM_HYPHEN, SOFT_HYPHEN)):
        return Traced(line.text[:-1] + "-", line.origins)
    return line


def _seam(left: Traced, before: str, right: str, words: Counter[str]) -> tuple[Traced, str]:
    """The line before a seam as it is kept, and what stands between it and the next line; `before` ends with it."""
    kept = _printed(left)
    address = URL.search(before[-MAX_SEAM_CHARS:])
    if address and (ADDRESS_REST.match(right) or (kept.text[-1] in "/_=&?%.#-" and ADDRESS_GOES_ON.match(right))):
        return kept, ""
    if len(left) > 1 and left.text[-2].isalpha() and left.text[-1] in "'’/" and right[0].isalpha():
        return left, ""
    end = LINE_END_WORD.search(left.text[-MAX_SEAM_CHARS:]) if left.text[-1] in HYPHENS else None
    follower = NEXT_WORD.match(right)
    if not end or not follower:
        return kept, " "
    if _word_was_cut(end["before"], end["last"], follower[0], left.text[-1], words):
        return left.part(0, -1), ""
    return kept, " " if SUSPENDED.fullmatch(follower[0]) else ""


def _word_was_cut(before: str, last: str, follower: str, hyphen: str, words: Counter[str]) -> bool:
    """Whether the hyphen is only there because the line ended, so that the word is whole without it."""
    as_one = _seen(words, before + last + follower)
    as_compound = _seen(words, f"{before}{last}-{follower}")
    if as_one != as_compound:
        return as_one > as_compound
    if hyphen == SOFT_HYPHEN:
        return True
    return last[-1].isalpha() and follower[0].isalpha() and _looks_cut(last, follower, words)


def _looks_cut(last: str, follower: str, words: Counter[str]) -> bool:
    """The same without evidence on the whole word: by what French prints a hyphen for."""
    if follower[0].isupper():
        return last.isupper() and follower.isupper() and last.lower() not in words
    if SECOND_PARTS.fullmatch(follower) or SUSPENDED.fullmatch(follower):
        return False
    if FIRST_PARTS.fullmatch(last.lower()):
        return follower.lower() not in words and len(follower) < 6
    return not (len(last) > 3 and words[last.lower()] > 1 and words[follower.lower()] > 1)


def _seen(words: Counter[str], word: str) -> int:
    """How often the word stands in the document, in the singular or with the s of the plural."""
    singular = word.lower().removesuffix("s")
    return words[singular] + words[singular + "s"]
