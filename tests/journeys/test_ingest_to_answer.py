"""From documents to a cited answer: filters, dates, languages, the encoder's agreement, and what serving costs."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.bundle import Bundle
from corpus.bundle_card import read_card
from corpus.document import Kind, Status
from corpus.encoder import Encoder
from corpus.errors import KnownError
from ingest.build import BuildReport
from service.answer import Filters, Outcome
from service.engine import AnswerEngine, open_engine
from service.evaluate import is_verbatim
from tests.makers import ROOT, TODAY, note, question, run, write

READY_S = 15
MEMORY_BYTES = 500 << 20
FIRST = "Quand l'état des lieux de l'IA en santé a-t-il été publié, et par qui ?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> AnswerEngine:
    """Three small documents of different publishers, kinds, dates and languages."""
    notes = [
        note("has", "Le plafond de la PECAN est de 780 € par an.", publisher="HAS", published_on=dt.date(2024, 4, 22)),
        note("loi", "Le plafond de la PECAN est fixé par arrêté.", publisher="État", kind=Kind.LAW),
        note(
            "calendrier",
            "Dépassé depuis le 27 juillet 2026 : le haut risque de l'annexe III s'applique le 2 août 2026.",
            publisher="UE",
            published_on=dt.date(2026, 7, 24),
        ),
    ]
    return AnswerEngine(write(tmp_path_factory.mktemp("three") / "b-three", notes, encoder), encoder)


def found(engine: AnswerEngine, filters: Filters, query: str = "plafond de la PECAN") -> list[str]:
    return [one.source.id for one in engine.search(query, limit=10, as_of=TODAY, filters=filters)]


def test_the_first_question_of_a_newcomer_is_answered_by_exact_quotes(starter_engine: AnswerEngine) -> None:
    answer = starter_engine.ask(question(FIRST))
    assert answer.outcome is Outcome.ANSWERED
    assert "11 février 2025" in answer.text
    assert any(who in answer.text for who in ("Délégation au numérique en santé", "DNS", "Yannick Neuder"))
    assert is_verbatim(answer, starter_engine.bundle)
    for citation in answer.citations:
        assert citation.source.title and citation.source.published_on
        assert citation.passage.locator.section


def test_every_document_of_the_starter_corpus_is_indexed(starter_build: tuple[Path, BuildReport]) -> None:
    report = starter_build[1]
    assert [(one.document_id, one.code) for one in report.failed] == []
    assert report.counts["documents"] >= 36


def test_building_the_starter_corpus_again_gives_the_same_bundle(
    starter_build: tuple[Path, BuildReport], tmp_path: Path
) -> None:
    done = run("ingest", "build", "--bundles", str(tmp_path), "--json")
    assert json.loads(done.stdout)["bundle_id"] == starter_build[1].bundle_id
    assert (
        read_card(tmp_path / starter_build[1].bundle_id).files
        == read_card(starter_build[0] / starter_build[1].bundle_id).files
    )


def test_search_finds_passages_best_first_with_their_scores(engine: AnswerEngine) -> None:
    evidence = engine.search("plafond de la PECAN", limit=2, as_of=TODAY, filters=Filters())
    assert len(evidence) == 2
    assert {one.source.id for one in evidence} == {"has", "loi"}
    assert evidence[0].score >= evidence[1].score
    assert all(0 <= one.score <= 1 for one in evidence)


@pytest.mark.parametrize(
    ("filters", "documents"),
    [
        (Filters(publishers=("HAS",)), {"has"}),
        (Filters(kinds=(Kind.LAW,)), {"loi"}),
        (Filters(documents=("has", "calendrier")), {"has", "calendrier"}),
        (Filters(published_after=dt.date(2025, 1, 1)), {"calendrier"}),
        (Filters(publishers=("HAS",), kinds=(Kind.LAW,)), set()),
        (Filters(publishers=("Nobody",)), set()),
    ],
)
def test_filters_let_only_their_documents_through(engine: AnswerEngine, filters: Filters, documents: set[str]) -> None:
    assert set(found(engine, filters)) <= documents
    if documents:
        assert found(engine, filters)


def test_a_filter_that_leaves_nothing_is_answered_by_no_source_and_no_error(engine: AnswerEngine) -> None:
    answer = engine.ask(question("Quel est le plafond de la PECAN ?", filters=Filters(publishers=("Nobody",))))
    assert answer.outcome is Outcome.NO_SOURCE
    assert (answer.statements, answer.citations) == ((), ())


def test_an_answer_quotes_only_what_the_filters_let_through(engine: AnswerEngine) -> None:
    answer = engine.ask(question("Quel est le plafond de la PECAN ?", filters=Filters(publishers=("HAS",))))
    assert answer.outcome is Outcome.ANSWERED
    assert {citation.source.id for citation in answer.citations} == {"has"}


def test_the_asked_date_moves_a_statement_from_in_force_to_superseded(engine: AnswerEngine) -> None:
    text = "Quand s'applique le haut risque de l'annexe III ?"
    before = engine.ask(question(text, as_of=dt.date(2026, 7, 26)))
    after = engine.ask(question(text, as_of=dt.date(2026, 7, 27)))
    assert [statement.status for statement in before.statements] == [Status.IN_FORCE]
    assert [statement.status for statement in after.statements] == [Status.SUPERSEDED]
    assert "superseded_source" not in {notice.code for notice in before.notices}
    assert "superseded_source" in {notice.code for notice in after.notices}


def test_an_english_question_answered_in_french_says_so(engine: AnswerEngine) -> None:
    answer = engine.ask(question("What is the ceiling (plafond) of PECAN?"))
    assert answer.lang == "en"
    if answer.outcome is Outcome.ANSWERED:
        assert "quotes_in_french" in {notice.code for notice in answer.notices}


def test_a_conversation_completes_a_short_question(starter_engine: AnswerEngine) -> None:
    history = [("user", "Qu'est-ce que la PECAN ?"), ("assistant", "Une prise en charge anticipée numérique.")]
    answer = starter_engine.ask(question("Ça dure combien de temps ?", history=history))
    assert "un an" in answer.text


@pytest.mark.parametrize(
    "text", ["?", "...", "\u200b", "😀", "a" * 500, "日本語の質問", "' OR 1=1 --", "<script>", "\x00"]
)
def test_an_odd_question_gets_an_outcome_and_never_an_exception(starter_engine: AnswerEngine, text: str) -> None:
    answer = starter_engine.ask(question(text))
    assert answer.text
    assert is_verbatim(answer, starter_engine.bundle)


def test_threads_share_an_engine_and_agree(starter_engine: AnswerEngine) -> None:
    texts = [FIRST, "Combien de temps dure la PECAN ?", "Who hosts the Health Data Hub?"] * 4
    alone = [starter_engine.ask(question(text)).text for text in texts]
    together: dict[int, str] = {}

    def ask(place: int) -> None:
        together[place] = starter_engine.ask(question(texts[place])).text

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[place] for place in range(len(texts))] == alone


def test_an_encoder_that_did_not_make_the_bundle_is_refused_by_name(small_bundle: Bundle, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(small_bundle.folder, tmp_path / small_bundle.card.id))
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    card["encoder"]["revision"] = "feedfeedfeedfeed"
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    (tmp_path / "active").write_text(small_bundle.card.id, encoding="utf-8")
    with pytest.raises(KnownError, match="feedfeedfeedfeed") as caught:
        open_engine(tmp_path)
    assert caught.value.code == "encoder_mismatch"
    assert card["encoder"]["name"] in caught.value.message


def test_another_analysis_of_text_is_refused_by_name(small_bundle: Bundle, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(small_bundle.folder, tmp_path / small_bundle.card.id))
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps({**card, "analysis_rule": "other-9"}), encoding="utf-8")
    (tmp_path / "active").write_text(small_bundle.card.id, encoding="utf-8")
    with pytest.raises(KnownError, match="other-9"):
        open_engine(tmp_path)


def test_the_serving_process_never_loads_torch(starter: Path) -> None:
    program = (
        "import datetime, sys, pathlib\n"
        "from service.engine import open_engine\n"
        "from service.answer import Question\n"
        f"engine = open_engine(pathlib.Path({str(starter)!r}))\n"
        f"answer = engine.ask(Question({FIRST!r}, datetime.date(2026, 11, 23)))\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'langgraph', 'sklearn', 'scipy'} & set(sys.modules)\n"
        "print(answer.outcome.value, sorted(heavy))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("answered []", "")


@pytest.fixture
def served(starter: Path) -> Iterator[tuple[str, int, float]]:
    """The service as a user runs it: its address, its process id, and the seconds until it was ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "service", "serve", "--bundles", str(starter), "--port", str(port)]
    start = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=dict(os.environ)
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while time.monotonic() - start < 60 and process.poll() is None:
            try:
                urllib.request.urlopen(f"{address}/readyz", timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        yield address, process.pid, time.monotonic() - start
    finally:
        process.terminate()
        _, said = process.communicate(timeout=20)
        assert b"Traceback" not in said


def test_the_service_is_ready_soon_and_stays_small(served: tuple[str, int, float]) -> None:
    address, process_id, ready_s = served
    assert ready_s < READY_S
    body = json.dumps({"question": FIRST}).encode()
    request = urllib.request.Request(f"{address}/v1/answers", body, {"Content-Type": "application/json"})
    for _ in range(20):
        with urllib.request.urlopen(request, timeout=20) as response:
            assert json.load(response)["outcome"] == "answered"
    status = Path(f"/proc/{process_id}/status")
    if not status.exists():
        pytest.skip("the memory of a process is read from /proc")
    resident = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    assert int(resident.split()[1]) * 1024 < MEMORY_BYTES, resident
