"""`python -m tests.quality.train_weights [--write]`: learn service/weights.json from the even half of a reading set.

The sentence weights are a prior set by hand plus as much of what a listwise loss learns on questions of the even half of
piaf (the odd half and every other large set are never seen); the weights of evidence are learned from the same questions,
asked with and without their passage in the index, and from our own questions (`POLICY_QUESTIONS`, the invented town).
Nothing here reads the questions that answers are judged by (`questions-dev.jsonl`, `questions-held.jsonl`).
Without `--write` the weights are printed and nothing is changed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from corpus.encoder import open_encoder
from service.answer import Question
from service.engine import AnswerEngine, open_engine
from service.features import NAMES, Candidates
from service.judge import load_questions
from service.query import Query
from service.rank import CONFIDENCE_NAMES, WEIGHTS_FILE, confidence_features, load_weights
from service.retrieve import retrieve
from service.scope import read_scope
from tests.quality.sentence_answers import holds_span
from tests.quality.set_bundle import SetEngine, engine_of
from tests.quality.sets import (
    OWN,
    OWN_SET,
    REPOSITORY,
    RetrievalSet,
    SetQuestion,
    is_odd,
    open_set,
    read_questions,
    read_set,
)

PASSAGES = 20
SENTENCE_QUESTIONS = 3000
EVIDENCE_QUESTIONS = 1500
OFF_TOPIC_QUESTIONS = 700
SEED = 0
LEARNED_SHARE = 1.0
RIDGE = 1e-3
SPREAD = 1.08
"""Mean standard deviation of the scores of one question's sentences: what the thresholds of composing are set on."""
PRIOR = {
    "coverage": 1.0, "coverage_with_title": 0.5, "cosine": 0.6, "fused": 0.5, "has_form": 0.15, "lacks_form": -0.15, "lead": 0.3,
    "bigrams": 0.2, "asks_itself": -0.5, "leans": -0.1, "passage_coverage": 0.2, "nearness": 0.1,
}  # fmt: skip
# Encyclopaedia questions seldom ask for these forms, policy questions often do; and notes and tables are quoted last.
BY_HAND = {
    "definition_lead": 3.0, "date_form": 1.2, "number_form": 0.3, "who_form": 0.5, "counted": 0.35, "named": 0.35,
    "uncertain": -0.4, "unknown_share": 0.0,
}  # fmt: skip
PENALTY = -1.2
EVIDENCE_RIDGE = 0.01
AGAINST = frozenset(
    "lacks_form unknown_share missing missing_in_passage short count_missing form_missing person_missing".split()
)
READING_WEIGHT = 0.1
"""There are thousands of questions on the reading set, a few hundred of ours: all of it weighs about as much as one of our files."""
OWN_WEIGHT = 0.5
POLICY_QUESTIONS = tuple(REPOSITORY / "tests" / "data" / f"questions-{name}.jsonl" for name in ("open", "silence"))
ANSWERABLE = frozenset({"answer", "correct_premise"})
UNANSWERABLE = frozenset({"abstain"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn, print, and with `--write` replace the file; 2 where the reading set is not here."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.train_weights", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"replace {WEIGHTS_FILE.name}")
    parser.add_argument(
        "--bundles", type=Path, default=REPOSITORY / "bundles", help="where the starter corpus is indexed"
    )
    options = parser.parse_args(arguments)
    whole = open_set("piaf")
    if whole is None:
        print("the reading set is not here: set SOURCIER_SHARED to the folder that holds eval/piaf", file=sys.stderr)
        return 2
    held = engine_of(_even_half(whole), open_encoder())
    starter = open_engine(options.bundles)
    own = engine_of(read_set(OWN_SET, OWN), open_encoder())
    questions = _shuffled(_even_half(whole).questions)
    sentence = _sentence_weights(held, whole, questions[:SENTENCE_QUESTIONS])
    evidence = _evidence_weights(held, starter, own, whole, questions[:EVIDENCE_QUESTIONS], sentence)
    text = json.dumps({"sentence": sentence, "confidence": evidence}, indent=1) + "\n"
    print(text, end="")
    if options.write:
        WEIGHTS_FILE.write_text(text, encoding="utf-8")
    return 0


def _even_half(whole: RetrievalSet) -> RetrievalSet:
    documents = tuple(d for d in whole.documents if not is_odd(d.id))
    kept = {d.id for d in documents}
    questions = tuple(q for q in whole.questions if q.answer and whole.gold[q.id] & kept)
    return replace(whole, name="piaf_even", documents=documents, questions=questions)


def _shuffled(questions: Sequence[SetQuestion]) -> list[SetQuestion]:
    order = np.random.default_rng(SEED).permutation(len(questions))
    return [questions[n] for n in order]


def _found(engine: AnswerEngine, text: str, without: frozenset[int] = frozenset()) -> tuple[Query, Candidates]:
    """The sentences found for a question, those of some documents (by row) left out."""
    query = engine.query_of(text[:500])
    allowed = np.flatnonzero(~np.isin(engine.bundle.passage_document, list(without))) if without else None
    hits = retrieve(engine.bundle, query, PASSAGES, allowed)
    return query, engine.candidates(query, hits)


def _sentence_weights(held: SetEngine, whole: RetrievalSet, questions: Sequence[SetQuestion]) -> dict[str, float]:
    rows, labels = [], []
    for question in questions:
        _, found = _found(held.engine, question.text)
        if not found.sentences:
            continue
        gold = [
            held.document_ids[int(held.engine.bundle.passage_document[s.passage_row])] in whole.gold[question.id]
            for s in found.sentences
        ]
        right = [
            is_gold and holds_span(question.answer, s.text) for is_gold, s in zip(gold, found.sentences, strict=True)
        ]
        if any(right):
            rows.append(found.features)
            labels.append(np.asarray(right))
    learned = _listwise(rows, labels)
    prior = np.asarray([PRIOR.get(name, 0.0) for name in NAMES])
    mixed = prior / _spread(rows, prior) + LEARNED_SHARE * learned / _spread(rows, learned)
    mixed *= SPREAD / _spread(rows, mixed)
    weights = {name: round(float(value), 3) for name, value in zip(NAMES, mixed, strict=True)}
    return {**weights, **BY_HAND, "penalty": PENALTY}


def _listwise(rows: Sequence[NDArray[np.float32]], labels: Sequence[NDArray[np.bool_]]) -> NDArray[np.float64]:
    """Weights that give the right sentences of each question the largest share of a softmax over all of its sentences.

    The listwise loss of Cao et al., "Learning to Rank: From Pairwise Approach to Listwise Approach", ICML 2007; a little
    ridge on features scaled to unit deviation. Sentences right by themselves do better than under a loss by sentence:
    only their order within a question is used.
    """
    features = np.concatenate(rows).astype(np.float64)
    scale = features.std(axis=0) + 1e-9
    features /= scale
    right = np.concatenate(labels)
    starts = np.cumsum([0, *(len(one) for one in rows[:-1])])
    owner = np.repeat(np.arange(len(rows)), [len(one) for one in rows])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = features @ weights
        powers = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        of_all = powers / np.add.reduceat(powers, starts)[owner]
        kept = np.where(right, powers, 0.0)
        mass = np.add.reduceat(kept, starts)
        total = np.add.reduceat(powers, starts)
        slope = features.T @ (of_all - kept / mass[owner]) / len(rows)
        return float(-np.log(mass / total).mean() + RIDGE * weights @ weights), slope + 2 * RIDGE * weights

    found = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    weights: NDArray[np.float64] = found.x / scale
    return weights


def _spread(rows: Sequence[NDArray[np.float32]], weights: NDArray[np.float64]) -> float:
    """How far apart a weighting puts the sentences of one question: the mean standard deviation."""
    return float(np.mean([np.std(features @ weights) for features in rows])) or 1.0


def _evidence_weights(
    held: SetEngine,
    starter: AnswerEngine,
    own: SetEngine,
    whole: RetrievalSet,
    questions: Sequence[SetQuestion],
    sentence: dict[str, float],
) -> dict[str, float]:
    """A logistic regression over questions that have an answer where they are asked and questions that have none.

    From the reading set: asked with their passage, with it taken out, and of a corpus on another subject. From ours: the
    questions of `POLICY_QUESTIONS` asked of the starter corpus, and those on the invented town asked of its own.
    """
    weights = np.asarray([sentence[name] for name in NAMES], np.float32)
    row_of = {identifier: n for n, identifier in enumerate(held.document_ids)}

    def evidence(engine: AnswerEngine, query: Query, found: Candidates) -> NDArray[np.float32]:
        if not found.sentences:
            return np.zeros(len(CONFIDENCE_NAMES), np.float32)
        return confidence_features(found, query, found.features @ weights + np.float32(PENALTY) * found.penalty)

    def asked(engine: AnswerEngine, text: str, without: frozenset[int] = frozenset()) -> NDArray[np.float32]:
        return evidence(engine, *_found(engine, text, without))

    rows: list[tuple[NDArray[np.float32], bool, float]] = []
    for question in questions:
        gold = frozenset(row_of[d] for d in whole.gold[question.id] if d in row_of)
        rows += [(asked(held.engine, question.text), True, READING_WEIGHT)]
        rows += [(asked(held.engine, question.text, gold), False, READING_WEIGHT)]
    rows += [(asked(starter, q.text), False, READING_WEIGHT) for q in questions[:OFF_TOPIC_QUESTIONS]]
    rows += [(asked(own.engine, q.text), True, OWN_WEIGHT) for q in read_questions(OWN_SET / "queries.jsonl")]
    rows += [(asked(own.engine, q.text), False, OWN_WEIGHT) for q in read_questions(OWN_SET / "unanswerable.jsonl")]
    for expected in (one for path in POLICY_QUESTIONS for one in load_questions(path)):
        if expected.behavior in ANSWERABLE | UNANSWERABLE:
            question_asked = Question(expected.question, expected.as_of, conversation=expected.history)
            query = starter.read(question_asked, read_scope(expected.question), expected.language)
            found = starter.candidates(query, starter.retrieve(query))
            rows.append((evidence(starter, query, found), expected.behavior in ANSWERABLE, 1.0))
    return _regression(rows)


def _regression(rows: Sequence[tuple[NDArray[np.float32], bool, float]]) -> dict[str, float]:
    """Weights by name and the bias of a logistic regression, both labels of equal weight in all.

    Every weight keeps the sign that reason gives it: whatever is missing speaks against an answer, even where the
    questions at hand happen to say otherwise.
    """
    raw, labels = np.stack([row for row, _, _ in rows]).astype(np.float64), np.asarray([label for _, label, _ in rows])
    shares = np.asarray([share for _, _, share in rows])
    for label in (True, False):
        shares[labels == label] /= 2 * shares[labels == label].sum()
    mean, deviation = raw.mean(axis=0), raw.std(axis=0) + 1e-9
    features = np.c_[(raw - mean) / deviation, np.ones(len(raw))]
    sign = np.where(labels, 1.0, -1.0)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (features @ weights)
        slope = -(shares * sign / (1 + np.exp(margin))) @ features
        ridge = EVIDENCE_RIDGE * np.r_[weights[:-1], 0.0]
        return float(shares @ np.logaddexp(0, -margin) + ridge @ weights / 2), slope + ridge

    bounds = [(None, 0.0) if name in AGAINST else (0.0, None) for name in CONFIDENCE_NAMES]
    start = np.zeros(features.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x
    plain = found[:-1] / deviation
    bias = float(found[-1] - plain @ mean)
    return {**{n: round(float(v), 4) for n, v in zip(CONFIDENCE_NAMES, plain, strict=True)}, "bias": round(bias, 4)}


if __name__ == "__main__":
    load_weights()
    sys.exit(main())
