"""Blocks of a law in, the same blocks with their place in it out: chapter, section, article, paragraph, annex, point.

Two shapes are known: acts of the European Union ("Article 5" and its title on lines of their own, paragraphs "1.",
recitals "(1)") and French codes ("Article L. 4001-3", paragraphs "I.-", "Chapitre Ier : ...").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ingest.manuscript import BlockKind, DraftBlock

Section = tuple[str, ...]
MIN_ARTICLES = 3
MAX_TITLE_CHARS = 300

DIVISION = re.compile(
    r"(?P<word>(?:première|deuxième|troisième|quatrième|cinquième|sixième|septième|huitième)\s+partie|partie|livre|titre"
    r"|sous-titre|chapitre|sous-section|section|paragraphe|sous-paragraphe|annexe)"
    r"(?P<number>(?:\s+(?:législative|réglementaire|préliminaire|premier|première|unique|[IVXLC]+(?:er|ère)?"
    r"|\d{1,3}(?:er)?|[A-Z]))?"
    r"(?:\s+(?:bis|ter|quater|quinquies|nouvelle|ancienne))?)(?P<rest>\s*[:.–—-]\s*\S.*)?",
    re.IGNORECASE,
)
RANKS = {
    "annexe": 0,
    "partie": 1,
    "livre": 2,
    "titre": 3,
    "sous-titre": 4,
    "chapitre": 5,
    "section": 6,
    "sous-section": 7,
    "paragraphe": 8,
    "sous-paragraphe": 9,
}
ARTICLE_RANK = 10
PARAGRAPH_RANK = 11
POINT_RANK = 12

ARTICLE = re.compile(
    r"(?:article|art\.)\s+(?P<number>premier|unique|pr[ée]ambule|1er|(?:[LRDA]\*{0,2}\.?\s?)?\d[\d-]*(?:\s?(?:bis|ter|quater|quinquies|sexies))?"
    r"(?:\s?[A-Z])?)\s*(?P<rest>\([^()]{1,60}\)|[:–—-]\s*\S.{0,200})?\s*[.:]?",
    re.IGNORECASE,
)
NUMBERED_PARAGRAPH = re.compile(r"(?P<number>\d{1,3}(?:\s?(?:bis|ter|quater))?)\.\s+(?=\S)")
ROMAN_PARAGRAPH = re.compile(r"(?P<number>[IVX]{1,6}(?:\s(?:bis|ter|quater))?)\s?(?:\.\s?[-–—]?|[-–—])\s?(?=\S)")
POINT = re.compile(r"(?P<number>\d{1,3}(?:\.\d{1,2})?(?:\s?(?:bis|ter|quater))?)[.)]\s")
RECITALS_BEGIN = re.compile(r"considérant ce qui suit\s*:?|whereas\s*:?", re.IGNORECASE)
RECITAL = re.compile(r"\((?P<number>\d{1,3})\)\s")
LAST_WORDS = re.compile(
    r"(?:le présent règlement|la présente directive|la présente décision) est obligatoire|fait à ", re.I
)


def is_law(blocks: Sequence[DraftBlock]) -> bool:
    """Whether the blocks are those of a law: at least `MIN_ARTICLES` articles with their names on their own lines."""
    found = sum(1 for block in blocks if _is_name(block) and ARTICLE.fullmatch(_plain(block)))
    return found >= MIN_ARTICLES


def law_sections(blocks: Sequence[DraftBlock]) -> list[tuple[DraftBlock, Section]]:
    """Each block with its section; names of chapters and articles, and the titles under them, become headings."""
    state = _State(_casing(blocks))
    placed: list[tuple[DraftBlock, Section]] = []
    number = 0
    while number < len(blocks):
        block = blocks[number]
        opening = _opening(block) if _is_name(block) else None
        if opening is None:
            section = state.place(block)
            kind = BlockKind.PARAGRAPH if _numbers_paragraph(block, section) else block.kind
            placed.append((replace(block, kind=kind), section))
            number += 1
            continue
        rank, name = opening
        titles = _title_blocks(blocks, number + 1, complete=" – " in name)
        if titles:
            name = f"{name} – {' '.join(_plain(part) for part in titles)}"
        state.open(rank, state.recased(name))
        placed.extend((replace(heading, kind=BlockKind.HEADING), state.path()) for heading in (block, *titles))
        number += 1 + len(titles)
    return placed


@dataclass(slots=True)
class _State:
    """Where the reading stands in the law."""

    casing: dict[str, str]
    stack: list[tuple[int, str]] = field(default_factory=list)
    in_recitals: bool = False

    def path(self) -> Section:
        return tuple(name for _, name in self.stack)

    def open(self, rank: int, name: str) -> None:
        self.in_recitals = False
        if rank == RANKS["annexe"] or (self.stack and self.stack[0][0] < 0):
            self.stack.clear()
        inside_annex = bool(self.stack) and self.stack[0][0] == RANKS["annexe"]
        if inside_annex and rank not in (RANKS["partie"], RANKS["section"]) and rank < PARAGRAPH_RANK:
            self.stack = [] if rank == ARTICLE_RANK else self.stack[:1]
        while self.stack and self.stack[-1][0] >= rank:
            self.stack.pop()
        self.stack.append((rank, name))

    def place(self, block: DraftBlock) -> Section:
        text = block.text.text
        if block.kind in (BlockKind.FOOTNOTE, BlockKind.TABLE_ROW):
            return self.path()
        if block.kind is BlockKind.HEADING:
            return self._other_heading(block)
        if RECITALS_BEGIN.fullmatch(text.strip()):
            self.stack.clear()
            self.in_recitals = True
        elif self.in_recitals and (recital := RECITAL.match(text)):
            self.stack = [(-1, f"Considérant {recital['number']}")]
        elif self.stack and LAST_WORDS.match(text):
            self.stack.clear()
        else:
            self._open_paragraph(text)
        return self.path()

    def _other_heading(self, block: DraftBlock) -> Section:
        """A heading that names no division: inside an annex it parts it, elsewhere it stands under what is open."""
        name = _plain(block)
        if self.stack and self.stack[0][0] == RANKS["annexe"]:
            self.open(RANKS["section"], self.recased(name))
            return self.path()
        return (*self.path(), name)

    def _open_paragraph(self, text: str) -> None:
        if not self.stack:
            return
        top = self.stack[-1][0]
        in_article = any(rank == ARTICLE_RANK for rank, _ in self.stack)
        in_annex = self.stack[0][0] == RANKS["annexe"]
        if in_article and (match := NUMBERED_PARAGRAPH.match(text) or ROMAN_PARAGRAPH.match(text)):
            self.open(PARAGRAPH_RANK, f"Paragraphe {match['number']}")
        elif (match := POINT.match(text)) and (in_annex or top in (ARTICLE_RANK, POINT_RANK)):
            self.open(POINT_RANK, f"Point {match['number']}")

    def recased(self, name: str) -> str:
        """The name in sentence case where it is printed in capitals; words keep the casing of the running text."""
        head, dash, title = name.partition(" – ")
        word, space, number = head.partition(" ")
        if word.isupper() and word.lower() in (*RANKS, "première", "article"):
            head = f"{word.capitalize()}{space}{number}"
        letters = [character for character in title if character.isalpha()]
        if letters and sum(character.isupper() for character in letters) > 0.8 * len(letters):
            title = re.sub(r"[^\W\d_]+", lambda word: self.casing.get(word[0].lower(), word[0].lower()), title)
            title = title[:1].upper() + title[1:]
        return _short(f"{head}{dash}{title}")


def _numbers_paragraph(block: DraftBlock, section: Section) -> bool:
    """Whether an item is in truth the beginning of a paragraph of an article."""
    match = NUMBERED_PARAGRAPH.match(block.text.text) if block.kind is BlockKind.ITEM else None
    return match is not None and bool(section) and section[-1] == f"Paragraphe {match['number']}"


def _opening(block: DraftBlock) -> tuple[int, str] | None:
    """The rank and the name of the division that a block opens, None where it opens none."""
    text = _plain(block)
    if article := ARTICLE.fullmatch(text):
        rest = (article["rest"] or "").strip(" :–—-")
        separator = " " if rest.startswith("(") else " – "
        return ARTICLE_RANK, f"Article {article['number']}" + (f"{separator}{rest}" if rest else "")
    if division := DIVISION.fullmatch(text):
        word = division["word"].lower().rpartition(" ")[2]
        if not division["number"] and not division["rest"] and word != "annexe" and " " not in division["word"]:
            return None
        rest = (division["rest"] or "").strip(" :.–—-")
        return RANKS[word], division["word"] + division["number"] + (f" – {rest}" if rest else "")
    return None


def _title_blocks(blocks: Sequence[DraftBlock], start: int, complete: bool) -> list[DraftBlock]:
    """The blocks that give the title of the division just named: headings, or one short line that is no sentence."""
    titles: list[DraftBlock] = []
    for block in blocks[start : start + 2]:
        text = _plain(block)
        if complete or _opening(block) or len(text) > MAX_TITLE_CHARS or POINT.match(text):
            break
        if block.kind is BlockKind.HEADING and not re.match(r"(?:section|partie)\s", text, re.I):
            titles.append(block)
            continue
        if not titles and block.kind is BlockKind.PARAGRAPH and block.bold and text[-1] not in ".;:,":
            titles.append(block)
        break
    return titles


def _is_name(block: DraftBlock) -> bool:
    return block.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH) and len(block.text) <= MAX_TITLE_CHARS


def _plain(block: DraftBlock) -> str:
    return " ".join(block.text.text.split())


def _short(name: str) -> str:
    return name if len(name) <= MAX_TITLE_CHARS else name[:MAX_TITLE_CHARS].rsplit(" ", 1)[0] + "…"


def _casing(blocks: Sequence[DraftBlock]) -> dict[str, str]:
    """How each word of the running text is mostly written inside sentences, by its lower case."""
    seen: dict[str, Counter[str]] = {}
    for block in blocks:
        if block.kind is BlockKind.HEADING or block.text.text.isupper():
            continue
        for word in re.findall(r"(?<=[^\W\d_][ \u00a0’'])[^\W\d_]+", block.text.text):
            seen.setdefault(word.lower(), Counter())[word] += 1
    return {word: forms.most_common(1)[0][0] for word, forms in seen.items()}
