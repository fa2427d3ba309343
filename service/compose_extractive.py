"""Ranked sentences in, the few that answer out: exact spans of a page, as few as answer, none that repeats another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.bundle import Bundle, Sentence
from service.answer_forms import leans_on_context
from service.compose import Draft, Found, Span
from service.intent import Asks
from service.query import Query
from service.rank import Ranked, Ranking
from service.visible_text import speaks_to_machine

MAX_STATEMENTS = 3
MAX_LIST_ITEMS = 20
NEAR_DUPLICATE = 0.65
FLOOR_BELOW_BEST = 1.6
CLOSE_TO_BEST = 0.9
CLOSE_IN_COMPARISON = 0.8
AS_FULL_SHARE = 0.85
NEW_NOTIONS_SHARE = 0.12


class ExtractiveComposer:
    """Composes of exact quotes alone: each draft is its quote."""

    def compose(self, found: Found) -> Iterator[Draft]:
        """One draft a span. What speaks to a machine is quoted to nobody."""
        for span in compose(found.bundle, found.query, found.ranking):
            if speaks_to_machine(span.text):
                continue
            yield Draft(span.text, (span,), (span.sentence.passage_row,))


def compose(bundle: Bundle, query: Query, ranking: Ranking) -> list[Span]:
    """The spans to state, the best first: one, or more where the question asks for several things or one leaves a gap."""
    chosen = _choose(bundle, query, ranking.sentences)
    spans: list[Span] = []
    for ranked in chosen:
        spans.append(in_context(bundle, ranked.sentence))
        spans += [Span(item, item.start, item.text) for item in list_after(bundle, ranked.sentence)]
    return _without_repeats(spans)


def _choose(bundle: Bundle, query: Query, ranked: Sequence[Ranked]) -> list[Ranked]:
    chosen: list[Ranked] = []
    for candidate in ranked:
        if not chosen:
            chosen.append(candidate)
            continue
        gap = chosen[0].score - candidate.score
        if len(chosen) >= MAX_STATEMENTS or gap > FLOOR_BELOW_BEST:
            break
        if _repeats(bundle, candidate, chosen):
            continue
        held = frozenset[int]().union(*(c.held for c in chosen))
        adds = _worth(query, candidate.held - held) >= NEW_NOTIONS_SHARE
        as_full = candidate.coverage >= AS_FULL_SHARE * chosen[0].coverage
        close = as_full and gap < CLOSE_TO_BEST and (query.intent.many or len(chosen) < 2)
        compares = Asks.COMPARISON in query.intent.asks and gap < CLOSE_IN_COMPARISON
        if adds or close or compares:
            chosen.append(candidate)
    return chosen


def _worth(query: Query, slots: frozenset[int]) -> float:
    """The share of the question's inverse frequency in some of its notions."""
    total = query.total_idf or 1.0
    return sum(query.slots[n].idf * query.slots[n].weight for n in slots if n < len(query.slots)) / total


def list_after(bundle: Bundle, sentence: Sentence) -> list[Sentence]:
    """The items that a sentence ending in a colon announces, in reading order, from the same document."""
    if not sentence.text.rstrip().endswith(":"):
        return []
    document = int(bundle.passage_document[sentence.passage_row])
    items: list[Sentence] = []
    for row in range(sentence.row + 1, min(sentence.row + 1 + MAX_LIST_ITEMS, len(bundle.sentences))):
        following = bundle.sentence_at(row)
        if following.kind != "item" or int(bundle.passage_document[following.passage_row]) != document:
            break
        items.append(following)
    return items


def in_context(bundle: Bundle, sentence: Sentence) -> Span:
    """The sentence, or the two sentences where it begins with a word that points back within its paragraph."""
    before = sentence.row - 1
    if leans_on_context(sentence.text) and before in bundle.sentence_rows(sentence.passage_row):
        earlier = bundle.sentence_at(before)
        between = bundle.text_between(sentence.passage_row, earlier.start, sentence.end)
        if "\n" not in between and earlier.kind == sentence.kind:
            return Span(sentence, earlier.start, between)
    return Span(sentence, sentence.start, sentence.text)


def _without_repeats(spans: list[Span]) -> list[Span]:
    seen: set[tuple[int, int]] = set()
    kept = []
    for span in spans:
        key = (span.sentence.passage_row, span.sentence.start)
        if key not in seen:
            seen.add(key)
            kept.append(span)
    return kept


def _repeats(bundle: Bundle, candidate: Ranked, chosen: Sequence[Ranked]) -> bool:
    mine = frozenset(bundle.lexicon.terms_of(candidate.sentence.row).tolist())
    for other in chosen:
        theirs = frozenset(bundle.lexicon.terms_of(other.sentence.row).tolist())
        if len(mine & theirs) > NEAR_DUPLICATE * min(len(mine), len(theirs)):
            return True
    return False
