"""A questions file and two bundles in, leave to activate the new one out, or a refusal: its recall must not fall.

The search is the kernel's own data (words and vectors, weighed alike), not the service's ranking: what is asked is whether
the passages that answered before can still be found (docs/adr/0006-incremental-builds.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.analysis import fold, terms
from corpus.bundle import Bundle
from corpus.encoder import Encoder
from corpus.errors import KnownError

Scores = NDArray[np.float32]
LOOKED_AT = 10
TOLERANCE = 0.02
ANSWERABLE = frozenset({"answer", "correct_premise"})
MAX_NAMED = 10


class GateError(KnownError):
    """A bundle that was not activated because fewer of the expected passages are found in it."""


@dataclass(frozen=True, slots=True)
class GateQuestion:
    """A question and what must be found for it: `facts` are patterns on folded text, `documents` are ids."""

    id: str
    text: str
    language: str
    facts: tuple[re.Pattern[str], ...]
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """The questions of a file, and by how much recall (0..1) may fall."""

    name: str
    questions: tuple[GateQuestion, ...]
    tolerance: float = TOLERANCE


@dataclass(frozen=True, slots=True)
class Passed:
    """What was measured: recall (0..1) in the new bundle, and in the active one where it could be compared."""

    after: float
    before: float | None
    questions: int


def read_gate(path: Path, tolerance: float) -> Gate:
    """The gate of a questions file: JSON Lines, as `python -m service eval` reads it; `expected_documents` may name ids.

    Questions that are not to be answered, or that say nothing of what is expected, are passed over.

    Raises: `questions_invalid`, which names the line, also where no question is left.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as bad:
        raise KnownError(
            "questions_invalid", f"{path} cannot be read: {bad}.", "Give a file with --questions."
        ) from bad
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(_question(json.loads(line), number))
            except (ValueError, KeyError, TypeError, AttributeError, re.error) as bad:
                what = f"{path.name}, line {number}: {type(bad).__name__}: {bad}."
                raise KnownError("questions_invalid", what, "Mend that line.") from bad
    chosen = tuple(one for one in found if one is not None)
    if not chosen:
        what = f"{path.name}: no question says what is expected."
        raise KnownError("questions_invalid", what, "Give expected_facts or expected_documents.")
    return Gate(path.name, chosen, tolerance)


def pass_gate(gate: Gate, old: Bundle | None, new: Bundle, encoder: Encoder) -> Passed:
    """The recall of both bundles; without an old one, or with one of another encoder, there is nothing to compare with.

    Raises: GateError `recall_fell`, which names the questions that lost most.
    """
    after = found_shares(new, encoder, gate.questions)
    if old is None or old.card.encoder != encoder.card:
        return Passed(_mean(after), None, len(after))
    before = found_shares(old, encoder, gate.questions)
    if _mean(before) - _mean(after) > gate.tolerance + 1e-9:
        lost = sorted((after[key] - before[key], key) for key in after if after[key] < before[key])
        named = ", ".join(key for _, key in lost[:MAX_NAMED]) + (", ..." if len(lost) > MAX_NAMED else "")
        raise GateError(
            "recall_fell",
            f"recall on {gate.name} would fall from {100 * _mean(before):.1f} % to {100 * _mean(after):.1f} %, by more than"
            f" {100 * gate.tolerance:g} points; questions that lost: {named}. The active bundle stays.",
            "Look at what changed with: python -m ingest plan. To publish all the same, build with a larger --tolerance.",
        )
    return Passed(_mean(after), _mean(before), len(after))


def found_shares(bundle: Bundle, encoder: Encoder, questions: Sequence[GateQuestion]) -> dict[str, float]:
    """For each question, the share (0..1) of what is expected that stands in its LOOKED_AT best passages."""
    vectors = encoder.encode_questions([one.text for one in questions])
    found = {}
    for one, vector in zip(questions, vectors, strict=True):
        rows = _best(bundle, one, vector)
        ids = {bundle.source_of(row).id for row in rows}
        texts = [fold(" ".join((bundle.source_of(row).title, *bundle.section_of(row)))) for row in rows]
        texts += [" ".join(fold(bundle.passage_at(row).text).split()) for row in rows]
        held = [any(fact.search(text) for text in texts) for fact in one.facts] + [
            name in ids for name in one.documents
        ]
        found[one.id] = sum(held) / len(held)
    return found


def _best(bundle: Bundle, question: GateQuestion, vector: Scores) -> list[int]:
    """The rows of the best passages: BM25 of words and headings, and cosine, each scaled to 0..1, summed."""
    words = np.zeros(len(bundle), np.float32)
    for word in set(terms(question.text, question.language)):
        number = bundle.lexicon.vocabulary.get(word)
        if number is not None:
            bundle.lexicon.body.add_to(words, number)
            bundle.lexicon.title.add_to(words, number)
    dense = np.zeros(len(bundle), np.float32)
    near, scores = bundle.vectors.search(vector, min(len(bundle), 200))
    dense[near] = np.maximum(scores, 0)
    fused = _scaled(words) + _scaled(dense)
    best: list[int] = np.argsort(-fused, kind="stable")[:LOOKED_AT].tolist()
    return best


def _scaled(scores: Scores) -> Scores:
    highest = float(scores.max()) if len(scores) else 0.0
    return scores / np.float32(highest) if highest > 0 else scores


def _mean(shares: Mapping[str, float]) -> float:
    return sum(shares.values()) / len(shares)


def _question(raw: Mapping[str, Any], number: int) -> GateQuestion | None:
    if raw.get("behavior", "answer") not in ANSWERABLE:
        return None
    documents = tuple(str(one) for one in raw.get("expected_documents", ()))
    facts = tuple(re.compile(one) for one in raw.get("expected_facts", ()))
    text, language = raw["question"], "en" if raw.get("language") == "en" else "fr"
    if not isinstance(text, str) or not text.strip():
        raise ValueError("question: a text is expected")
    return (
        GateQuestion(str(raw.get("id", f"line {number}")), text, language, facts, documents)
        if facts or documents
        else None
    )
