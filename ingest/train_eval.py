"""An encoder and question sets enter, a score a set leaves: the figures of the encoder's model card.

A set is a folder with `corpus.jsonl` (id, title, text), `queries.jsonl` (id, text) and `qrels.tsv` (query, passage,
grade). The score is nDCG@10 over title and text by cosine alone. Nothing here is learned from.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.encoder import Encoder

DEPTH = 10
ODD_HALF_SETS = frozenset({"piaf"})
"""Sets whose even passages others may learn from: only questions on passages with an odd sha256(id) are asked."""


def in_odd_half(passage_id: str) -> bool:
    """Whether a passage lies in the half that nothing may learn from."""
    return int(hashlib.sha256(passage_id.encode()).hexdigest(), 16) % 2 == 1


def evaluate_folder(encoder: Encoder, folder: Path) -> dict[str, float]:
    """Return nDCG@10 by name of set, for every set in `folder`."""
    found = sorted(path.parent for path in folder.glob("*/qrels.tsv"))
    return {path.name: evaluate_set(encoder, path, odd_only=path.name in ODD_HALF_SETS) for path in found}


def evaluate_set(encoder: Encoder, folder: Path, odd_only: bool = False) -> float:
    """Return the mean nDCG@10 over the questions of one set that have a right passage.

    With `odd_only` all passages compete, and only questions about the odd half are asked.
    """
    corpus = _records(folder / "corpus.jsonl")
    relevant = defaultdict[str, set[str]](set)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        question_id, passage_id, grade = line.split("\t")
        if float(grade) > 0 and (not odd_only or in_odd_half(passage_id)):
            relevant[question_id].add(passage_id)
    questions = [record for record in _records(folder / "queries.jsonl") if relevant.get(record["id"])]
    passages = encoder.encode_passages([f"{record.get('title', '')}\n{record['text']}".strip() for record in corpus])
    asked = encoder.encode_questions([record["text"] for record in questions])
    ids = [record["id"] for record in corpus]
    scores = [
        _ndcg([ids[place] in relevant[question["id"]] for place in order], len(relevant[question["id"]]))
        for question, order in zip(questions, _best(asked @ passages.T), strict=True)
    ]
    return float(np.mean(scores))


def translation_accuracy(encoder: Encoder, french_english: Sequence[tuple[str, str]]) -> float:
    """Return the share of English sentences whose nearest French one, among all given, is their translation."""
    french = encoder.encode_passages([row[0] for row in french_english])
    english = encoder.encode_questions([row[1] for row in french_english])
    return float(np.mean((english @ french.T).argmax(axis=1) == np.arange(len(french_english))))


def _records(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _best(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    return np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]


def _ndcg(hits: Sequence[bool], relevant: int) -> float:
    discounts = 1.0 / np.log2(np.arange(2, DEPTH + 2))
    gained = float(np.sum(discounts[: len(hits)][np.asarray(hits, dtype=bool)]))
    return gained / float(np.sum(discounts[: min(relevant, DEPTH)]))
