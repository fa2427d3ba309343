"""Ranked sentences and a date go in; the same with what holds on that date before its older and its coming versions come out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from corpus.bundle import Bundle
from corpus.document import Source, Status
from service.compose_extractive import NEAR_DUPLICATE
from service.rank import RIVAL_GAP, Ranked, Ranking
from service.time_frame import standing

NOT_NOW = frozenset({Status.SUPERSEDED, Status.HISTORICAL, Status.ANNOUNCED})


def holding_first(ranking: Ranking, bundle: Bundle, as_of: dt.date) -> Ranking:
    """The ranking in which a sentence that holds on `as_of` has at least the score of the same sentence in another version of its
    document that does not hold, and what does not hold by its dates or by its successor's counts RIVAL_GAP less.

    Two versions of one rule differ in a number, and score otherwise only for what stands around it. Documents of no other version
    keep the scores that the ranking gave them, whatever their declared status: it has weighed that.
    """
    sources = [bundle.source_of(one.sentence.passage_row) for one in ranking.sentences]
    held = [standing("", source, as_of).status for source in sources]
    if all(
        status is source.status and not source.superseded_by + source.supersedes
        for status, source in zip(held, sources, strict=True)
    ):
        return ranking
    scores = [one.score for one in ranking.sentences]
    for n, (status, source) in enumerate(zip(held, sources, strict=True)):
        if status is Status.IN_FORCE:
            continue
        family = _family(bundle, source)
        twins = [m for m, other in enumerate(sources) if held[m] is Status.IN_FORCE and other.id in family]
        twins = [m for m in twins if _repeats(bundle, ranking.sentences[n], ranking.sentences[m])]
        if twins:
            scores[twins[0]] = max(scores[twins[0]], ranking.sentences[n].score)
        if twins or (status in NOT_NOW and status is not source.status):
            scores[n] -= RIVAL_GAP
    found = [replace(one, score=score) for one, score in zip(ranking.sentences, scores, strict=True)]
    return replace(ranking, sentences=tuple(sorted(found, key=lambda one: -one.score)))


def _family(bundle: Bundle, source: Source) -> set[str]:
    """The ids of all versions of a document, itself left out."""
    found, open_ids = {source.id}, [*source.superseded_by, *source.supersedes]
    while open_ids:
        record = bundle.document(name) if (name := open_ids.pop()) not in found else None
        found.add(name)
        if record is not None:
            open_ids += [*record.source.superseded_by, *record.source.supersedes]
    return found - {source.id}


def _repeats(bundle: Bundle, one: Ranked, other: Ranked) -> bool:
    mine, theirs = (frozenset(bundle.lexicon.terms_of(ranked.sentence.row).tolist()) for ranked in (one, other))
    return len(mine & theirs) > NEAR_DUPLICATE * min(len(mine), len(theirs))
