"""Texts around the wire: a page laid out with its mark, the context of a quote, typography and languages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.language import preferred_language
from service.page_text import Block, Piece, context_after, context_before, lay_out
from service.texts import Wording, count_in_words, date_in_words, french

TEXT = "Titre\n\nUne phrase. Une autre.\n\nA | B\n1 | 2\n\nFin."


def characters(blocks: tuple[Block, ...], *, marked: bool = False) -> str:
    return "".join(p.text for b in blocks for line in b.lines for p in line if p.marked or not marked)


def test_a_page_is_laid_out_in_headings_paragraphs_and_rows() -> None:
    blocks = lay_out(TEXT, None, {"Titre"})
    assert [block.kind for block in blocks] == ["heading", "text", "rows", "text"]
    assert blocks[2].lines == ((Piece("A | B"),), (Piece("1 | 2"),))


def test_a_heading_is_known_whatever_its_blanks() -> None:
    assert lay_out("Qui\u00a0?\n\nLui.", None, {"Qui ?"})[0].kind == "heading"


def test_a_quote_is_marked_where_it_stands() -> None:
    start = TEXT.index("Une autre.")
    (_, paragraph, *_) = lay_out(TEXT, (start, start + 10))
    assert paragraph.lines == ((Piece("Une phrase. "), Piece("Une autre.", marked=True, first=True)),)


@given(st.text(alphabet="ab \n|\u00a0é", max_size=60), st.data())
def test_nothing_is_lost_but_line_ends_and_exactly_the_quote_is_marked(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    blocks = lay_out(text, (start, end))
    assert characters(blocks).replace("\n", "") == text.replace("\n", "")
    assert characters(blocks, marked=True).replace("\n", "") == text[start:end].replace("\n", "")
    firsts = [p for b in blocks for line in b.lines for p in line if p.first]
    assert len(firsts) == (1 if text[start:end].strip() else len(firsts))


@pytest.mark.parametrize(
    ("prefix", "start", "shown"),
    [
        ("fin.\n\nAvant cela, ", 300, "Avant cela, "),
        ("oupé en deux, puis ", 300, "… en deux, puis "),
        ("Au début, ", 10, "Au début, "),
        ("", 0, ""),
    ],
)
def test_what_precedes_a_quote_begins_with_a_whole_word(prefix: str, start: int, shown: str) -> None:
    assert context_before(prefix, start) == shown


@pytest.mark.parametrize(
    ("suffix", "shown"),
    [(" Puis ceci.\n\nEnsuite", " Puis ceci."), (" Puis cela se coup", " Puis cela se …"), ("", ""), (".", ".")],
)
def test_what_follows_a_quote_ends_with_a_whole_word(suffix: str, shown: str) -> None:
    assert context_after(suffix) == shown


def test_french_has_its_no_break_spaces_and_its_apostrophe() -> None:
    assert french("L'index « neuf » : 12 500 ?") == "L\u2019index «\u202fneuf\u202f»\u00a0: 12\u202f500\u202f?"


def test_values_are_put_in_as_they_are() -> None:
    assert Wording("Titre : {title}", "").in_("fr", title="l'état : {x} ?") == "Titre\u00a0: l'état : {x} ?"


def test_dates_and_numbers_are_written_as_the_language_has_them() -> None:
    assert re.sub(r"\s", " ", date_in_words("2025-02-01T09:00:00Z", "fr")) == "1er février 2025"
    assert re.sub(r"\s", " ", date_in_words("2025-02-01", "en")) == "1 February 2025"
    assert (count_in_words(12500, "fr"), count_in_words(12500, "en")) == ("12\u202f500", "12,500")


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "fr"), ("en", "en"), ("fr-CA, en;q=0.8", "fr"), ("de, en-US;q=0.7, fr;q=0.3", "en"), ("*", "fr"), ("en;q=0", "fr"),
        ("en;q=x", "fr"), (";;,,=", "fr"), ("en;q=nan", "fr"),
    ],
)  # fmt: skip
def test_the_better_liked_of_our_languages_is_spoken(header: str, lang: str) -> None:
    assert preferred_language(header) == lang
