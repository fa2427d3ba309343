"""A model's JSON as it comes, piece by piece, in; each statement out as soon as its object is closed, never before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_CHARS = 40_000
MAX_QUOTES = 8
_TEXTS = ("text", "texte", "statement", "sentence")
_WORDS = ("words", "quote", "exact", "citation", "mots", "text")
_THOUGHT = ("<think>", "</think>")


@dataclass(frozen=True, slots=True)
class WrittenQuote:
    """The number of a passage, from 1, and words that are said to stand in it."""

    passage: int
    words: str


@dataclass(frozen=True, slots=True)
class WrittenStatement:
    """A statement as the model gave it; nothing of it is checked."""

    text: str
    quotes: tuple[WrittenQuote, ...]


class DraftReader:
    """Reads one model's reply. Fences, prose and thoughts around the JSON are passed over.

    `closed` tells whether an object with a list of statements came to its end: without it, the reply was cut or is no JSON.
    """

    def __init__(self) -> None:
        self.closed = False
        self._text = ""
        self._at = 0
        self._open: list[int] = []
        self._in_string = False
        self._escaped = False
        self._inside = 0
        """Objects within this one belong to a statement that is still open or was read already."""

    def feed(self, piece: str) -> Iterator[WrittenStatement]:
        """The statements that are whole now.

        Raises: ValueError where the reply goes on for ever.
        """
        self._text += piece
        if len(self._text) > MAX_CHARS:
            raise ValueError("the reply is too long")
        if self._thinking():
            return
        while self._at < len(self._text):
            char = self._text[self._at]
            self._at += 1
            if self._step(char):
                start = self._open.pop()
                found = self._closed_object(self._text[start : self._at])
                if found is not None:
                    yield found

    def _thinking(self) -> bool:
        """Whether the reply begins with thoughts that have not ended yet."""
        begin, end = _THOUGHT
        if self._at or not self._text.lstrip().startswith(begin):
            return False
        place = self._text.find(end)
        self._at = 0 if place < 0 else place + len(end)
        return place < 0

    def _step(self, char: str) -> bool:
        """Follow one character; whether it closes an object. Quotation marks count within objects alone: prose has its own."""
        if self._in_string:
            if self._escaped:
                self._escaped = False
            elif char == "\\":
                self._escaped = True
            elif char == '"':
                self._in_string = False
        elif char == "{":
            self._open.append(self._at - 1)
        elif self._open and char == '"':
            self._in_string = True
        return char == "}" and bool(self._open) and not self._in_string

    def _closed_object(self, text: str) -> WrittenStatement | None:
        try:
            value = json.loads(text, strict=False)
        except ValueError:
            return None
        except RecursionError:
            return None
        if isinstance(value.get("statements"), list):
            self.closed = True
            return None
        return _statement(value)


def _statement(value: Mapping[str, Any]) -> WrittenStatement | None:
    """The statement of an object, or None where it is none: a quote, or something else."""
    text = next((value[key] for key in _TEXTS if isinstance(value.get(key), str)), None)
    listed = value.get("quotes", value.get("citations"))
    if text is None or not isinstance(listed, list):
        return None
    passages = _numbers(value.get("passages", value.get("passage")))
    quotes: list[WrittenQuote] = []
    for one in listed[:MAX_QUOTES]:
        if isinstance(one, str):
            quotes += [WrittenQuote(number, one) for number in passages]
        elif isinstance(one, dict):
            words = next((one[key] for key in _WORDS if isinstance(one.get(key), str)), "")
            numbers = _numbers(one.get("passage", one.get("n"))) or passages
            quotes += [WrittenQuote(number, words) for number in numbers]
    return WrittenStatement(text, tuple(quotes[:MAX_QUOTES]))


def _numbers(value: Any) -> list[int]:
    """Passage numbers, however a model writes them: 1, "1", "[1]", [1, 2]."""
    values = value if isinstance(value, list) else [value]
    found = []
    for one in values[:MAX_QUOTES]:
        if isinstance(one, int) and not isinstance(one, bool):
            found.append(one)
        elif isinstance(one, str):
            digits = "".join(char for char in one if char in "0123456789")
            found += [int(digits)] if 0 < len(digits) <= 4 else []
    return found
