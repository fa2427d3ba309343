"""A Markdown file in, a draft out: readable text without markup, front matter as metadata, one page.

CommonMark with tables, through markdown-it-py; footnotes as `[^1]: text`. Front matter is TOML between `+++` lines or
`key: value` lines between `---` lines.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.errors import ReadError
from ingest.decode import decode, read_bytes
from ingest.manuscript import BlockKind, Draft, DraftBlock, DraftPage, Traced, catalogue_metadata

MEDIA_TYPE = "text/markdown"
FRONT_MATTER = re.compile(r"\A(?P<fence>---|\+\+\+)[ \t]*\n(?P<body>.*?)\n(?P=fence)[ \t]*(?:\n|\Z)", re.DOTALL)
FOOTNOTE = re.compile(r"^\[\^([^\]\s]{1,40})\]:[ \t]*(.*(?:\n(?:[ ]{2,}|\t).*)*)", re.MULTILINE)
FOOTNOTE_CALL = re.compile(r"\[\^[^\]\s]{1,40}\]")
SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
HIDDEN = re.compile(
    r"<(\w+)\b[^<>]*?(?:\shidden\b|display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0\b|opacity\s*:\s*0\b)"
    r"[^<>]*>.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
"""What a block of HTML keeps from its readers."""
TAG = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>]*>", re.DOTALL)


def read(path: Path) -> Draft:
    """The file as a draft of one page.

    Raises:
        ReadError: `empty_document`, `document_too_large`, `unsupported_document`, `broken_document`.
    """
    text = decode(read_bytes(path), path.name)
    metadata, warnings, body = _front_matter(text)
    notes = [(match[1], match[2]) for match in FOOTNOTE.finditer(body)]
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    blocks = _blocks(parser.parse(FOOTNOTE_CALL.sub("", FOOTNOTE.sub("", body))))
    for name, note in notes:
        said = " ".join(block.text.text for block in _blocks(parser.parse(" ".join(note.split()))))
        blocks.append(DraftBlock(BlockKind.FOOTNOTE, Traced(f"{name}. {said}" if name.isdigit() else said)))
    if not blocks:
        raise ReadError("empty_document", f"{path.name} has no text to read.", "Replace it or take it out.")
    return Draft(metadata.get("title"), (DraftPage(0, blocks=tuple(blocks)),), MEDIA_TYPE, metadata, warnings=warnings)


def _front_matter(text: str) -> tuple[dict[str, str], tuple[str, ...], str]:
    match = FRONT_MATTER.match(text)
    if not match:
        return {}, (), text
    body = text[match.end() :]
    if match["fence"] == "+++":
        try:
            said = tomllib.loads(match["body"])
        except (tomllib.TOMLDecodeError, RecursionError) as fault:
            return {}, (f"The front matter is not TOML ({fault}): left aside.",), body
        return catalogue_metadata({key: _plain(value) for key, value in said.items()}), (), body
    pairs = (line.partition(":") for line in match["body"].splitlines() if not line.startswith((" ", "\t", "#")))
    return (
        catalogue_metadata({key: value.strip().strip("\"'") for key, colon, value in pairs if colon}),
        (),
        body,
    )


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _blocks(tokens: Sequence[Token]) -> list[DraftBlock]:
    blocks: list[DraftBlock] = []
    lists: list[int | None] = []  # the next number of each open list, None for bullets
    marker = ""
    heading = 0
    cells: list[str] | None = None
    for token in tokens:
        match token.type:
            case "heading_open":
                heading = int(token.tag[1])
            case "heading_close":
                heading = 0
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                number = lists[-1]
                marker = "" if number is None else f"{number}. "
                lists[-1] = None if number is None else number + 1
            case "tr_open":
                cells = []
            case "tr_close":
                _append(blocks, BlockKind.TABLE_ROW, " | ".join(cells or []))
                cells = None
            case "inline" if cells is not None:
                cells.append(_readable(token.children or []))
            case "inline" | "fence" | "code_block" | "html_block":
                kind = BlockKind.HEADING if heading else BlockKind.ITEM if lists else BlockKind.PARAGRAPH
                _append(blocks, kind, marker + _text(token), heading)
                marker = ""
    return blocks


def _text(token: Token) -> str:
    if token.type == "inline":
        return _readable(token.children or [])
    if token.type == "html_block":
        return html.unescape(TAG.sub(" ", HIDDEN.sub(" ", SCRIPT.sub(" ", token.content))))
    return token.content


def _readable(tokens: Sequence[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak") or token.content.lower().startswith("<br"):
            parts.append(" ")
    return "".join(parts)


def _append(blocks: list[DraftBlock], kind: BlockKind, text: str, level: int = 0) -> None:
    plain = text.replace("\n", " ").strip()
    if plain.strip("| "):
        blocks.append(DraftBlock(kind, Traced(plain), level))
