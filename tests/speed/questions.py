"""How fast questions are answered on the starter corpus: `python -m tests.speed.questions`, beside a plain LangChain service.

Both services hold the same passages and the same encoder and are asked the same questions, one after the other in one run:
ratios mean something, milliseconds depend on the machine. `--document` also renews docs/speed.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from corpus.encoder import open_encoder
from corpus.shelf import Shelf
from service.answer import Question
from service.engine import AnswerEngine, open_engine
from service.langchain_embeddings import SourcierEmbeddings
from service.threads import one_thread_a_question
from tests.makers import ROOT
from tests.quality import measure
from tests.quality.retrieval import hits_of, rankings_of
from tests.quality.set_bundle import engine_of
from tests.quality.sets import OWN, open_set
from tests.server_maker import Server, free_port, serving, wait_until_ready
from tests.speed.clients import ask_at_once, times_of
from tests.speed.document import questions_table, renew
from tests.speed.memory import largest
from tests.speed.plot import questions_svg
from tests.speed.vanilla import BUNDLE_VARIABLE, PASSAGES_GIVEN, store_of

AS_OF = dt.date(2026, 11, 23)
CLIENTS = (1, 8, 64)
WORKERS = (1, 2)
WARM_UP_S = 1.5
AS_IT_COMES = {"RATE_PER_MINUTE": "0", "WAITING_ASKS": "128"}
"""No limit a client and a queue that holds 64 clients; what is asked again is answered from memory."""
UNLIMITED = AS_IT_COMES | {"CACHED_ANSWERS": "0"}
"""The same with every answer made anew."""


def starter_questions() -> list[str]:
    """The questions for the starter corpus that stand alone, as people type them."""
    lines = (ROOT / "tests" / "data" / "questions-dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [raw["question"] for raw in map(json.loads, lines) if not raw["history"]]


def build_starter(bundles: Path) -> None:
    """Index the starter corpus there, as an operator does."""
    command = [sys.executable, "-m", "ingest", "build", "--bundles", str(bundles), "--progress", "lines"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


@contextmanager
def serving_vanilla(bundles: Path, log: Path, workers: int) -> Iterator[Server]:
    """The plain service over the active bundle's passages, until the end of the block."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "tests.speed.vanilla:create_app", "--port", str(port)]
    command += ["--workers", str(workers), "--log-level", "warning", "--no-access-log"]
    env = {**os.environ, BUNDLE_VARIABLE: str(Shelf(bundles).active_folder())}
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=stream, env=env)
    try:
        server = Server(port, log, process)
        wait_until_ready(server)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def in_process(ask: Callable[[str], object], questions: Sequence[str]) -> dict[str, float]:
    """The time of each question, asked once after ten others."""
    for question in questions[:10]:
        ask(question)
    times = []
    for question in questions:
        start = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - start) * 1000)
    return times_of(times)


def in_process_answers(engine: AnswerEngine, questions: Sequence[str]) -> dict[str, float]:
    """The time of each question until it is answered by an engine."""
    return in_process(lambda text: engine.ask(Question(text, AS_OF)), questions)


def over_http(server: Server, path: str, questions: Sequence[str], seconds: float) -> dict[str, Any]:
    """What each number of clients gets, and the memory of a worker after that."""
    ask_at_once(server.port, path, questions, 8, WARM_UP_S)
    heard = {str(n): ask_at_once(server.port, path, questions, n, seconds).to_json() for n in CLIENTS}
    return {"clients": heard, "memory": largest(server.process.pid)}


def quality() -> dict[str, float]:
    """nDCG@10 of both on the retrieval set of the repository: the same passages, best passage of each document."""
    found = open_set(OWN)
    if found is None:
        raise RuntimeError("tests/data/retrieval is missing")
    held = engine_of(found, encoder := open_encoder())
    bundle = held.engine.bundle
    store = store_of(bundle, SourcierEmbeddings.of(encoder))
    ours, plain = [], []
    for question in found.questions:
        gold = found.gold[question.id]
        ours.append(measure.ndcg(rankings_of(held, hits_of(held.engine, question.text))["fused"], gold))
        rows = [int(one.metadata["row"]) for one in store.similarity_search(question.text, k=50)]
        ranked = dict.fromkeys(held.document_ids[int(bundle.passage_document[row])] for row in rows)
        plain.append(measure.ndcg(list(ranked), gold))
    return {"sourcier": round(float(np.mean(ours)), 4), "vanilla": round(float(np.mean(plain)), 4)}


def measured(seconds: float) -> dict[str, Any]:
    """Every figure, by service."""
    questions = starter_questions()
    figures: dict[str, Any] = {"questions": len(questions), "seconds": seconds, "cores": os.cpu_count()}
    ours: dict[str, Any] = {}
    again: dict[str, Any] = {}
    vanilla: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        bundles, log = Path(name) / "bundles", Path(name) / "service.log"
        build_starter(bundles)
        engine = open_engine(bundles).warm()
        figures["passages"] = len(engine.bundle)
        store = store_of(engine.bundle)
        ours["in_process"] = in_process_answers(engine, questions)
        vanilla["in_process"] = in_process(lambda text: store.similarity_search(text, k=PASSAGES_GIVEN), questions)
        for workers in WORKERS:
            start = time.perf_counter()
            with serving(bundles, log, "--workers", str(workers), **UNLIMITED) as server:
                ours.setdefault("ready_s", round(time.perf_counter() - start, 2))
                ours[f"workers_{workers}"] = over_http(server, "/v1/answers", questions, seconds)
            with serving(bundles, log, "--workers", str(workers), **AS_IT_COMES) as server:
                again[f"workers_{workers}"] = over_http(server, "/v1/answers", questions, seconds)
            start = time.perf_counter()
            with serving_vanilla(bundles, log, workers) as server:
                vanilla.setdefault("ready_s", round(time.perf_counter() - start, 2))
                vanilla[f"workers_{workers}"] = over_http(server, "/ask", questions, seconds)
    return {**figures, "sourcier": ours, "again": again, "vanilla": vanilla, "ndcg_10": quality()}


def main() -> int:
    """Print the table; 1 where an answer was an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each load; default: %(default)s")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "questions.json")
    parser.add_argument("--document", action="store_true", help="renew docs/speed.md and its plot")
    options = parser.parse_args()
    one_thread_a_question()
    figures = measured(options.seconds)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    options.out.with_suffix(".svg").write_text(questions_svg(figures), encoding="utf-8")
    print(table := questions_table(figures))
    if options.document:
        renew("questions", table)
        (ROOT / "docs" / "images" / "speed-questions.svg").write_text(questions_svg(figures), encoding="utf-8")
    loads = [figures[one][f"workers_{n}"]["clients"].values() for one in ("sourcier", "again") for n in WORKERS]
    return int(any(load["errors"] for one in loads for load in one))


if __name__ == "__main__":
    sys.exit(main())
