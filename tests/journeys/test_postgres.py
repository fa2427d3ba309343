"""Bundles on PostgreSQL: published in one transaction, answered from over HTTP as from the folder, and switched while people ask."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.bundle import Bundle, open_bundle
from corpus.encoder import Encoder
from corpus.shelf import Shelf
from service.answer import Filters
from service.engine import AnswerEngine
from tests.journeys.test_hot_reload import QUESTION, Askers, edition, quotes_hold
from tests.makers import ROOT, question
from tests.postgres_maker import PASSWORD, Server, execute, postgres, url_of, wait_for
from tests.server_maker import serving

shelves = pytest.importorskip("corpus.postgres_shelf", reason="needs psycopg: pip install 'sourcier[test]'")
publish = pytest.importorskip("corpus.postgres_writer").publish
DEV = ROOT / "tests" / "data" / "questions-dev.jsonl"
ENTRY = "Quand le règlement européen sur l'IA est-il entré en vigueur ?"
SWITCHES = 8


@pytest.fixture(scope="module")
def primary() -> Iterator[Server]:
    with postgres() as server:
        yield server


@pytest.fixture
def database(primary: Server) -> str:
    """The address of a database in which nothing was published."""
    url = url_of(primary)
    for (name,) in execute(url, "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'sourcier')"):
        execute(url, f'DROP SCHEMA "{name}" CASCADE')
    return url


def ingest(command: str, url: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """What `python -m ingest` says over a folder of bundles, with a store named."""
    return subprocess.run(
        [sys.executable, "-m", "ingest", command, "--bundles", str(folder), *options],
        cwd=ROOT,
        env={**os.environ, "SOURCIER_STORE": url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def editions(tmp_path: Path, encoder: Encoder) -> tuple[Shelf, Bundle, Bundle]:
    """A shelf with two editions, the first of them active."""
    first, second = edition(tmp_path, encoder, 780), edition(tmp_path, encoder, 797)
    Shelf(tmp_path).activate(first.card.id)
    return Shelf(tmp_path), first, second


def stored(url: str) -> Bundle:
    """The bundle that a store answers from."""
    shelf = shelves.StoredShelf(url)
    return shelf.open(shelf.active_id())


def dev_questions() -> list[str]:
    return [json.loads(line)["question"] for line in DEV.read_text(encoding="utf-8").splitlines()]


def test_a_replica_without_any_bundle_answers_over_http_what_was_published(
    database: str, starter: Path, tmp_path: Path
) -> None:
    done = ingest("publish", database, starter, "--json")
    assert done.returncode == 0, done.stderr
    active = Shelf(starter).active_id()
    assert json.loads(done.stdout) == {"bundle_id": active, "before": None, "copied": True, "removed": []}
    again = ingest("publish", database, starter)
    assert (again.returncode, again.stdout) == (4, f"the store answers from {active} already\n")

    nothing, log = tmp_path / "nothing", tmp_path / "log"
    with serving(nothing, log, STORE=database) as server:
        answer = server.ask(ENTRY)
        assert (answer["outcome"], answer["bundle"]["id"]) == ("answered", active)
        assert quotes_hold(answer, {active or "": open_bundle(Shelf(starter).active_folder())})
        cited = answer["citations"][0]["document"]["id"]
        assert server.get(f"/v1/documents/{cited}")["id"] == cited
        assert server.get("/v1/changes")["data"]
    assert PASSWORD not in log.read_text() + done.stdout + done.stderr + again.stderr
    assert not nothing.exists()


def test_the_dev_questions_are_answered_as_from_the_folder(
    database: str, starter: Path, starter_engine: AnswerEngine
) -> None:
    publish(database, Shelf(starter).active_folder())
    engine = AnswerEngine(stored(database), starter_engine.encoder).warm()
    questions = dev_questions()
    same, shared = 0, []
    for n, text in enumerate(questions):
        if n % 3 == 0:
            here, there = starter_engine.ask(question(text)), engine.ask(question(text))
            same += (here.outcome, here.text) == (there.outcome, there.text)
        near = starter_engine.find(starter_engine.query_of(text), 10).rows
        shared.append(np.isin(near, engine.find(engine.query_of(text), 10).rows).mean())
    assert same >= 0.99 * len(questions) / 3
    assert np.mean(shared) >= 0.99


@pytest.mark.parametrize("looked_at_within", [0, 20_000])
def test_a_graph_of_neighbours_gives_the_same_and_as_many_through_a_filter(
    database: str, starter: Path, starter_engine: AnswerEngine, monkeypatch: pytest.MonkeyPatch, looked_at_within: int
) -> None:
    monkeypatch.setattr("corpus.postgres_vectors.LOOKED_AT_WITHIN", looked_at_within)
    publish(database, Shelf(starter).active_folder(), approximate_from=1)
    assert execute(database, "SELECT approximate FROM sourcier.bundle") == [(True,)]
    engine = AnswerEngine(stored(database), starter_engine.encoder)
    ids = frozenset(record.source.id for record in engine.bundle.documents[::7])
    for text in dev_questions()[::8]:
        vector = engine.query_of(text).vector
        for allowed in (None, engine.allowed(Filters(documents=ids))):
            exact, _ = starter_engine.bundle.vectors.search(vector, 50, allowed)
            found, scores = engine.bundle.vectors.search(vector, 50, allowed)
            assert len(found) == len(exact)
            assert np.isin(exact[:10], found).mean() >= 0.9
            assert (np.diff(scores) <= 0).all()


def test_everything_that_a_bundle_tells_is_the_same(database: str, starter: Path) -> None:
    here = open_bundle(Shelf(starter).active_folder())
    publish(database, here.folder)
    there = stored(database)
    assert (there.card, there.documents, there.changes) == (here.card, here.documents, here.changes)
    rows = np.arange(0, len(here), 5)
    assert [there.passage_at(row) for row in rows] == [here.passage_at(row) for row in rows]
    assert [there.page_at(row) for row in range(len(here.pages))] == [
        here.page_at(row) for row in range(len(here.pages))
    ]
    assert there.sentence_at(7) == here.sentence_at(7)
    assert (there.vectors.vectors_of(rows) == here.vectors.vectors_of(rows)).all()
    assert (there.vectors.best_scores(here.vectors.vectors_of(rows[:2])) > 0.999).all()
    for record in here.documents[::10]:
        mine, theirs = here.original(record.source.id), there.original(record.source.id)
        assert (mine and mine.read_bytes()) == (theirs and theirs.read_bytes())


def test_a_publication_while_people_ask_fails_no_answer_and_mixes_none(
    database: str, editions: tuple[Shelf, Bundle, Bundle], tmp_path: Path
) -> None:
    _, first, second = editions
    publish(database, first.folder)
    bundles = {one.card.id: one for one in (first, second)}
    settings = {"STORE": database, "CACHED_ANSWERS": "0"}
    with serving(tmp_path / "nothing", tmp_path / "log", **settings) as server, Askers(server) as askers:
        for n in range(SWITCHES):
            target = (second, first)[n % 2].card.id
            publish(database, bundles[target].folder)
            wait_for(lambda taken=target: server.get("/readyz")["bundle"]["id"] == taken, "not taken")
        asked = len(askers.answers)
        wait_for(lambda: len(askers.answers) > asked + 5, "nobody asks any more")
    assert askers.failures == []
    assert {answer["bundle"]["id"] for answer in askers.answers} == set(bundles)
    assert all(quotes_hold(answer, bundles) for answer in askers.answers)


def test_a_publisher_that_is_killed_half_way_changes_nothing(
    database: str, editions: tuple[Shelf, Bundle, Bundle]
) -> None:
    import psycopg

    shelf, first, second = editions
    publish(database, first.folder)
    shelf.activate(second.card.id)
    with psycopg.connect(database) as holder:
        holder.execute(
            "LOCK TABLE sourcier.active IN ACCESS EXCLUSIVE MODE"
        )  # all is copied, and the pointer cannot move
        command = [sys.executable, "-m", "ingest", "publish", "--bundles", str(shelf.folder)]
        publisher = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "SOURCIER_STORE": database})
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'sourcier'"
        wait_for(lambda: execute(database, waiting), "the publisher does not come so far")
        other = ingest("publish", database, shelf.folder)
        assert (other.returncode, other.stderr.split(":")[0]) == (2, "store_busy")
        publisher.kill()
        publisher.wait()
        holder.rollback()
    wait_for(lambda: not execute(database, waiting), "the server goes on for a publisher that is gone")
    assert stored(database).card.id == first.card.id
    assert execute(database, "SELECT id FROM sourcier.bundle") == [(first.card.id,)]
    assert len(execute(database, "SELECT 1 FROM pg_namespace WHERE starts_with(nspname, 'sourcier_b')")) == 1
    done = ingest("publish", database, shelf.folder)
    assert (done.returncode, stored(database).card.id) == (0, second.card.id)


def test_old_bundles_are_removed_but_for_those_that_answered_last(
    database: str, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCIER_KEEP_BUNDLES", "2")
    made = [edition(tmp_path, encoder, amount) for amount in (780, 797, 801)]
    for bundle in made:
        Shelf(tmp_path).activate(bundle.card.id)
        publish(database, bundle.folder)
    assert ingest("publish", database, tmp_path).returncode == 4
    left = {row[0] for row in execute(database, "SELECT id FROM sourcier.bundle")}
    assert left == {bundle.card.id for bundle in made[1:]}
    back = ingest("rollback", database, tmp_path)
    assert (back.returncode, stored(database).card.id) == (0, made[1].card.id), back.stderr


def test_a_withdrawn_document_is_cited_by_no_replica(
    database: str, editions: tuple[Shelf, Bundle, Bundle], tmp_path: Path
) -> None:
    shelf, first, _ = editions
    publish(database, first.folder)
    with serving(tmp_path / "nothing", tmp_path / "log", STORE=database) as server:
        assert server.ask(QUESTION)["citations"]
        done = ingest("withdraw", database, shelf.folder, "pecan", "--reason", "Erreur de l'éditeur")
        assert done.returncode == 0, done.stderr
        wait_for(lambda: not server.ask(QUESTION)["citations"], "a withdrawn document is cited")
        assert [one["reason"] for one in server.get("/v1/changes")["withdrawn"]] == ["Erreur de l'éditeur"]
        assert ingest("restore", database, shelf.folder, "pecan").returncode == 0
        wait_for(lambda: server.ask(QUESTION)["citations"], "a restored document is not cited")


def test_what_an_operator_activates_answers_from_the_store_too(
    database: str, editions: tuple[Shelf, Bundle, Bundle]
) -> None:
    shelf, first, second = editions
    operated = shelves.PublishingShelf(shelf.folder, database)
    operated.activate(second.card.id)
    assert (shelf.active_id(), stored(database).card.id) == (second.card.id, second.card.id)
    operated.withdrawals().withdraw("hds", "Référentiel dépassé", dt.datetime.now(dt.UTC))
    operated.activate(first.card.id)
    assert stored(database).card.id == first.card.id
    assert list(shelves.StoredShelf(database).withdrawals().current()) == ["hds"]
    assert PASSWORD not in repr(operated)


def test_a_build_publishes_what_it_activates(database: str, tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "note.md").write_text("# Note\n\nLe plafond de la PECAN est de 812 € par an et par patient.\n")
    done = ingest("build", database, tmp_path / "bundles", "--documents", str(documents), "--json")
    assert done.returncode == 0, done.stderr
    assert stored(database).card.id == json.loads(done.stdout)["bundle_id"]
    assert dt.datetime.fromisoformat(stored(database).card.built_at)
