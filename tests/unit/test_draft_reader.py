"""A model's reply is read piece by piece: each statement once, as soon as its object is closed, whatever stands around it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.draft_reader import MAX_CHARS, DraftReader, WrittenQuote, WrittenStatement

TEXTS = st.text(alphabet='abé {}[]"\\\n,:`«»', max_size=30)
STATEMENTS = st.lists(st.tuples(TEXTS, st.lists(st.tuples(st.integers(1, 9), TEXTS), max_size=3)), max_size=4)


def read(reply: str, *sizes: int) -> tuple[list[WrittenStatement], DraftReader]:
    """All statements of a reply that comes in pieces of the given sizes, over and over."""
    reader, found, at, n = DraftReader(), list[WrittenStatement](), 0, 0
    while at < len(reply):
        size = (sizes or (7,))[n % len(sizes or (7,))]
        found += reader.feed(reply[at : at + size])
        at, n = at + size, n + 1
    return found, reader


@given(STATEMENTS, st.lists(st.integers(1, 12), min_size=1, max_size=5), st.booleans())
def test_what_was_written_is_read_back_however_it_is_cut(
    written: list[tuple[str, list[tuple[int, str]]]], sizes: list[int], escaped: bool
) -> None:
    value = {
        "statements": [
            {"text": text, "quotes": [{"passage": n, "words": words} for n, words in quotes]}
            for text, quotes in written
        ]
    }
    found, reader = read(json.dumps(value, ensure_ascii=escaped), *sizes)
    assert found == [WrittenStatement(text, tuple(WrittenQuote(*q) for q in quotes)) for text, quotes in written]
    assert reader.closed


@given(st.text(max_size=200), st.integers(1, 9))
def test_no_reply_makes_it_stumble(reply: str, size: int) -> None:
    read(reply, size)


def test_a_statement_is_given_when_its_object_closes_and_not_before() -> None:
    reader = DraftReader()
    assert list(reader.feed('{"statements": [{"text": "Un", "quotes": []')) == []
    assert [one.text for one in reader.feed('}, {"text": "De')] == ["Un"]
    assert not reader.closed
    assert [one.text for one in reader.feed('ux", "quotes": []}]}')] == ["Deux"]
    assert reader.closed


@pytest.mark.parametrize(
    ("shape", "quotes"),
    [
        ('{"text": "T", "passages": [1, 2], "quotes": ["a"]}', ((1, "a"), (2, "a"))),
        ('{"text": "T", "quotes": [{"passage": "[3]", "words": "a"}]}', ((3, "a"),)),
        ('{"text": "T", "quotes": [{"passage": [1, 2], "quote": "a"}]}', ((1, "a"), (2, "a"))),
        ('{"texte": "T", "quotes": [{"passage": 1, "text": "a"}]}', ((1, "a"),)),
        ('{"text": "T", "quotes": [{"passage": true, "words": "a"}, 5, null]}', ()),
        ('{"text": "T", "quotes": []}', ()),
    ],
)
def test_other_shapes_that_models_give_are_understood(shape: str, quotes: tuple[tuple[int, str], ...]) -> None:
    found, _ = read(shape)
    assert found == [WrittenStatement("T", tuple(WrittenQuote(*q) for q in quotes))]


@pytest.mark.parametrize("shape", ['{"text": "T"}', '{"text": 5, "quotes": []}', '{"quotes": []}', "[1]", "null"])
def test_what_is_no_statement_is_none(shape: str) -> None:
    assert read(shape)[0] == []


def test_a_reply_that_never_ends_is_not_kept() -> None:
    reader = DraftReader()
    with pytest.raises(ValueError, match="too long"):
        for _ in range(MAX_CHARS):
            list(reader.feed("{" * 100))
