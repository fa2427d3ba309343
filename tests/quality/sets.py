"""A folder of a retrieval set in; its documents, its questions and which documents answer each, out.

A set is `corpus.jsonl` (id, title, text), `queries.jsonl` (id, text) and `qrels.tsv` (question, document, relevance).
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
OWN_SET = REPOSITORY / "tests" / "data" / "retrieval"
LARGE_SETS = ("piaf", "cnil_assistant", "spf_fiches", "cdtn_prequalified", "ffe_gold", "dila_manual")
OWN = "own"
AS_TYPED = "own_as_typed"
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class SetDocument:
    """One text of the set, as it was published."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """One question. `answer` is the gold span where the set has one, `kind` what the set says of it."""

    id: str
    text: str
    answer: str = ""
    kind: str = ""
    language: str = "fr"
    document_id: str = ""


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A set ready to be measured. `gold` gives the documents that answer a question, by its id."""

    name: str
    documents: tuple[SetDocument, ...]
    questions: tuple[SetQuestion, ...]
    gold: Mapping[str, frozenset[str]]


def shared_folder() -> Path | None:
    """The folder of the large sets: what SOURCIER_SHARED names, or `shared` beside the repository; None without it."""
    named = os.environ.get("SOURCIER_SHARED")
    folder = Path(named) if named else REPOSITORY.parent / "shared"
    return folder / "eval" if (folder / "eval").is_dir() else None


def read_set(folder: Path, name: str | None = None) -> RetrievalSet:
    """The set of a folder; questions without a gold document are left out."""
    documents = tuple(
        SetDocument(str(d["id"]), _TAG.sub("", d.get("title", "")), d["text"]) for d in _lines(folder / "corpus.jsonl")
    )
    gold: dict[str, set[str]] = defaultdict(set)
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as stream:
        for question, document, relevance in csv.reader(stream, delimiter="\t"):
            if int(relevance) > 0:
                gold[question].add(document)
    questions = tuple(question for question in read_questions(folder / "queries.jsonl") if question.id in gold)
    return RetrievalSet(name or folder.name, documents, questions, {q: frozenset(d) for q, d in gold.items()})


def read_questions(path: Path) -> tuple[SetQuestion, ...]:
    """The questions of a JSON Lines file."""
    return tuple(
        SetQuestion(
            str(raw["id"]),
            raw["text"],
            raw.get("answer") or "",
            raw.get("kind") or raw.get("type") or "",
            raw.get("language", "fr"),
        )
        for raw in _lines(path)
    )


def is_odd(document_id: str) -> bool:
    """Whether a piaf passage is of the half that nothing has learned from."""
    return int(hashlib.sha256(document_id.encode()).hexdigest(), 16) % 2 == 1


def odd_half(whole: RetrievalSet, *, distractors: bool = False) -> RetrievalSet:
    """The set's questions on documents of the odd half, asked of that half, or of all documents with `distractors`."""
    kept = {d.id for d in whole.documents if is_odd(d.id)}
    return replace(
        whole,
        name=f"{whole.name}_odd_among_all" if distractors else f"{whole.name}_odd",
        documents=whole.documents if distractors else tuple(d for d in whole.documents if d.id in kept),
        questions=tuple(q for q in whole.questions if whole.gold[q.id] <= kept),
    )


def open_set(name: str) -> RetrievalSet | None:
    """A set by name ("own", "own_as_typed", a large set, "piaf_odd", "piaf_odd_among_all"), or None where it is not here.

    "own" has the questions written out, "own_as_typed" those in shorthand, with typos, without accents and in English.
    """
    if name in (OWN, AS_TYPED):
        whole = read_set(OWN_SET, name)
        kept = tuple(q for q in whole.questions if (q.kind == "plain") == (name == OWN))
        return replace(whole, questions=kept)
    shared = shared_folder()
    base = name.removesuffix("_among_all").removesuffix("_odd")
    if shared is None or not (shared / base / "corpus.jsonl").is_file():
        return None
    whole = read_set(shared / base)
    return whole if name == base else odd_half(whole, distractors=name.endswith("_among_all"))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            if line.strip():
                yield json.loads(line)
