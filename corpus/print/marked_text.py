"""The text of a note (a small CommonMark) enters; a title, blocks in reading order and footnotes leave.

Inline text leaves as ReportLab paragraph markup (`<b>`, `<i>`, `<a>`): the typesetter asks for nothing else.
A call for a footnote leaves as `<onDraw name="call_note" label="KEY"/>`, a narrow no-break space and a true
superscript (U+00B9 and its kin), so that text copied from the page reads "campus ¹" and never "campus1".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from markdown_it import MarkdownIt
from markdown_it.token import Token

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_TextKind = Literal["heading", "paragraph", "item"]
_DEFINITION = re.compile(r"^\[\^([\w-]+)\]:[ \t]+(.+(?:\n[ \t]+\S.*)*)\n?", re.MULTILINE)
_CALL_AFTER_STOP = re.compile(r"([.,;!?…])((?:\[\^[\w-]+\])+)")
_CALL = re.compile(r"\[\^([\w-]+)\]")
_PAIRS = {
    "strong_open": "<b>",
    "strong_close": "</b>",
    "em_open": "<i>",
    "em_close": "</i>",
    "link_close": "</a>",
    "softbreak": " ",
    "hardbreak": "<br/>",
}
_NOT_PRINTED = ("fence", "code_block", "hr", "blockquote_open", "html_block")


class MarkedTextError(ValueError):
    """The text breaks a rule of the small CommonMark; the message names the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (`level` 2 or 3), a paragraph, a list item (`level` 1 for the outermost list) or a table."""

    kind: Literal["heading", "paragraph", "item", "table"]
    markup: str = ""
    plain: str = ""
    level: int = 0
    marker: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A note ready to be set: `notes` gives (number, markup) for each key, in the order of first call."""

    title: Block
    blocks: tuple[Block, ...]
    notes: dict[str, tuple[int, str]]


@dataclass(slots=True)
class _Inline:
    """Turns inline tokens into markup and numbers the footnotes as they are called."""

    definitions: dict[str, str]
    numbers: dict[str, int] = field(default_factory=dict)

    def markup(self, tokens: list[Token] | None) -> str:
        return "".join(self._piece(token) for token in tokens or [])

    def _piece(self, token: Token) -> str:
        if token.type in ("text", "code_inline"):
            # French sets a call before the full stop, which also keeps the call inside its own sentence.
            ordered = _CALL_AFTER_STOP.sub(r"\2\1", token.content)
            return _CALL.sub(self._call, spaced(escape(ordered)))
        if token.type == "link_open":
            return f'<a href={quoteattr(str(token.attrs["href"]))} color="#1f3a5f">'
        if token.type not in _PAIRS:
            raise MarkedTextError(f"expected text, bold, italic or a link, found {token.type}: take it out")
        return _PAIRS[token.type]

    def _call(self, match: re.Match[str]) -> str:
        key = match.group(1)
        if key not in self.definitions:
            raise MarkedTextError(f"footnote [^{key}] is called, never defined: add '[^{key}]: ...'")
        number = self.numbers.setdefault(key, len(self.numbers) + 1)
        return f'<onDraw name="call_note" label="{key}"/>\ue02f{superscript(number)}'


def superscript(number: int) -> str:
    """The number in true superscript characters."""
    return str(number).translate(SUPERSCRIPTS)


def spaced(text: str) -> str:
    """The text with private characters for its no-break spaces, U+E0A0 and U+E02F, which our fonts know."""
    return text.translate({0xA0: 0xE0A0, 0x202F: 0xE02F})


def read_marked_text(text: str) -> MarkedText:
    """The note that `text` holds.

    Raises: MarkedTextError when there is not exactly one H1, when a footnote lacks definition or call,
    or when the text uses what a printed note does not have (images, raw HTML, code blocks).
    """
    definitions = {key: " ".join(body.split("\n")) for key, body in _DEFINITION.findall(text)}
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    inline = _Inline(definitions)
    blocks = list(_blocks(parser.parse(_DEFINITION.sub("", text)), inline))
    titles = [block for block in blocks if block.kind == "heading" and block.level == 1]
    if len(titles) != 1 or blocks[0].level != 1:
        raise MarkedTextError(f"expected one H1, at the start of the text, found {len(titles)}")
    notes = {key: (number, _note(parser, definitions[key])) for key, number in inline.numbers.items()}
    if uncalled := sorted(definitions.keys() - notes.keys()):
        raise MarkedTextError(f"footnotes defined, never called: {', '.join(uncalled)}: call them or drop them")
    return MarkedText(titles[0], tuple(blocks[1:]), notes)


def _note(parser: MarkdownIt, body: str) -> str:
    return _Inline({}).markup(parser.parseInline(body)[0].children)


def _blocks(tokens: list[Token], inline: _Inline) -> Iterator[Block]:
    """Blocks in reading order; the stream of tokens is walked once, with the open lists as the only state."""
    lists: list[int | None] = []
    marker, cursor = "", 0
    while cursor < len(tokens):
        token = tokens[cursor]
        if token.type == "heading_open":
            yield _text_block("heading", tokens[cursor + 1], inline, level=int(token.tag[1]))
        elif token.type == "table_open":
            end = next(i for i in range(cursor, len(tokens)) if tokens[i].type == "table_close")
            yield Block("table", rows=tuple(_rows(tokens[cursor:end], inline)))
            cursor = end
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            marker = "•" if lists[-1] is None else f"{lists[-1]}."
            lists[-1] = None if lists[-1] is None else lists[-1] + 1
        elif token.type == "paragraph_open":
            kind: _TextKind = "item" if lists else "paragraph"
            yield _text_block(kind, tokens[cursor + 1], inline, level=len(lists), marker=marker)
            marker = ""
        elif token.type in _NOT_PRINTED:
            raise MarkedTextError(f"expected headings, text, lists, tables, found {token.type} at {token.map}")
        cursor += 1


def _text_block(kind: _TextKind, token: Token, inline: _Inline, *, level: int, marker: str = "") -> Block:
    plain = "".join(child.content if child.type != "softbreak" else " " for child in token.children or [])
    return Block(kind, inline.markup(token.children), _CALL.sub("", plain), level, marker)


def _rows(tokens: list[Token], inline: _Inline) -> Iterator[tuple[str, ...]]:
    row: list[str] = []
    for token in tokens:
        if token.type == "inline":
            row.append(inline.markup(token.children))
        elif token.type == "tr_close":
            yield tuple(row)
            row = []
