"""Scored sentences in, the few that answer out: exact sentences, as few as answer, none that repeats another."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.analysis import terms
from corpus.bundle import Bundle, Sentence
from service.query import Query
from service.sentence_scores import Scored

MAX_STATEMENTS = 3
MAX_LIST_ITEMS = 12
NEAR_DUPLICATE = 0.6
SECOND_SHARE = 0.92
NEW_NOTIONS_SHARE = 0.7


def compose(bundle: Bundle, query: Query, scored: Sequence[Scored]) -> list[Scored]:
    """The sentences to state, the best first: one, or more where the question asks for many things or one leaves a gap."""
    if not scored:
        return []
    chosen = [scored[0]]
    for candidate in scored[1:]:
        if len(chosen) >= MAX_STATEMENTS:
            break
        if candidate.score < NEW_NOTIONS_SHARE * scored[0].score or _repeats(candidate, chosen):
            continue
        covered = frozenset().union(*(c.slots for c in chosen))
        adds = bool(candidate.slots - covered)
        close = candidate.score >= SECOND_SHARE * scored[0].score
        if adds or (close and (query.intent.many or len(chosen) < 2)):
            chosen.append(candidate)
    return chosen


def list_after(bundle: Bundle, sentence: Sentence) -> list[Sentence]:
    """The items that a sentence ending in a colon announces, in reading order, from the same document."""
    if not sentence.text.rstrip().endswith(":"):
        return []
    document = int(bundle.passage_document[sentence.passage_row])
    items: list[Sentence] = []
    for row in range(sentence.row + 1, min(sentence.row + 1 + 2 * MAX_LIST_ITEMS, len(bundle.sentences))):
        following = bundle.sentence_at(row)
        if following.kind != "item" or int(bundle.passage_document[following.passage_row]) != document:
            break
        items.append(following)
    return items[:MAX_LIST_ITEMS]


def _repeats(candidate: Scored, chosen: Sequence[Scored]) -> bool:
    mine = frozenset(terms(candidate.sentence.text, "fr"))
    for other in chosen:
        theirs = frozenset(terms(other.sentence.text, "fr"))
        if mine and len(mine & theirs) / min(len(mine), len(theirs) or 1) > NEAR_DUPLICATE:
            return True
    return False
