"""An answer and what was expected of it in, passed or not out: the rules by which a questions file is judged."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from corpus.errors import KnownError
from service.answer import Answer, Language, Outcome, Question, Turn

_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_SPACES = re.compile(r"\s+")
_OUTCOMES: Mapping[str, frozenset[Outcome]] = {
    "answer": frozenset({Outcome.ANSWERED}),
    "correct_premise": frozenset({Outcome.ANSWERED}),
    "abstain": frozenset({Outcome.NO_SOURCE, Outcome.OUT_OF_SCOPE}),
    "reserve": frozenset({Outcome.NO_SOURCE, Outcome.ANSWERED}),
    "redirect": frozenset({Outcome.OUT_OF_SCOPE}),
    "refuse": frozenset({Outcome.DECLINED, Outcome.OUT_OF_SCOPE, Outcome.NO_SOURCE}),
}
NEED_FACTS = frozenset({"answer", "correct_premise", "redirect"})


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of a questions file. `facts` and `forbidden` are regular expressions on the normalised text."""

    id: str
    question: str
    language: Language
    kind: str
    behavior: str
    facts: tuple[str, ...]
    forbidden: tuple[str, ...]
    history: tuple[Turn, ...]
    as_of: dt.date

    def to_question(self) -> Question:
        """The question as a client would send it."""
        return Question(self.question, self.as_of, conversation=self.history)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer passed, and if not, why in one phrase."""

    passed: bool
    reason: Literal["", "outcome", "no_citation", "facts_missing", "forbidden_found"] = ""
    missing: tuple[str, ...] = ()


def normalise(text: str) -> str:
    """Case and accents folded (NFD), œ as oe, every space and dash plain, apostrophes straight."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("œ", "oe"))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SPACES.sub(" ", _DASHES.sub("-", plain.replace("’", "'").replace("‘", "'")))


def fact_found(pattern: str, text: str) -> bool:
    """Whether the expected fact stands in the text, both normalised."""
    return re.search(pattern, normalise(text)) is not None


def judge(expected: Expected, answer: Answer) -> Verdict:
    """The verdict on an answer: its outcome, a citation where one is due, every fact found, nothing forbidden."""
    if answer.outcome not in _OUTCOMES[expected.behavior]:
        return Verdict(False, "outcome")
    answered = answer.outcome is Outcome.ANSWERED
    if answered and not answer.citations:
        return Verdict(False, "no_citation")
    text = normalise(answer.text)
    if expected.behavior in NEED_FACTS or (expected.behavior == "reserve" and answered):
        missing = tuple(fact for fact in expected.facts if not re.search(fact, text))
        if missing:
            return Verdict(False, "facts_missing", missing)
    if any(re.search(pattern, text) for pattern in expected.forbidden):
        return Verdict(False, "forbidden_found")
    return Verdict(True)


def load_questions(path: Path) -> list[Expected]:
    """The questions of a JSON Lines file.

    Raises: `questions_invalid`, which names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as bad:
        raise KnownError("questions_invalid", f"{path} cannot be read: {bad}", "Give a file with --questions.") from bad
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(_expected(json.loads(line)))
            except (ValueError, KeyError, TypeError, re.error) as bad:
                raise KnownError(
                    "questions_invalid", f"{path.name}, line {number}: {bad}", "See docs/quality.md."
                ) from bad
    return found


def _expected(raw: Mapping[str, Any]) -> Expected:
    if raw["behavior"] not in _OUTCOMES:
        raise ValueError(f"behavior {raw['behavior']!r}; known: {', '.join(_OUTCOMES)}")
    return Expected(
        id=str(raw["id"]),
        question=str(raw["question"]),
        language="en" if raw.get("language") == "en" else "fr",
        kind=str(raw.get("kind", "other")),
        behavior=str(raw["behavior"]),
        facts=_patterns(raw.get("expected_facts", [])),
        forbidden=_patterns(raw.get("forbidden", [])),
        history=tuple(Turn(turn["role"], turn["content"]) for turn in raw.get("history", [])),
        as_of=dt.date.fromisoformat(raw["as_of"]),
    )


def _patterns(raw: Sequence[str]) -> tuple[str, ...]:
    for pattern in raw:
        re.compile(pattern)
    return tuple(raw)
