"""A primary and a standby: answers go on when the primary dies, an outage is never told as silence, and no fault shows a password."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from corpus.encoder import Encoder
from corpus.errors import KnownError
from corpus.shelf import Shelf
from tests.journeys.test_hot_reload import QUESTION, edition
from tests.makers import ROOT
from tests.postgres_maker import DATABASE, PASSWORD, USER, Server, execute, postgres, url_of, wait_for
from tests.server_maker import Server as Replica
from tests.server_maker import free_port, serving

postgres_store = pytest.importorskip("corpus.postgres", reason="needs psycopg: pip install 'sourcier[test]'")
active_id = pytest.importorskip("corpus.postgres_bundle").active_id
publish = pytest.importorskip("corpus.postgres_writer").publish
DEV = ROOT / "tests" / "data" / "questions-dev.jsonl"
ANSWER_LIMIT_S = 10


@pytest.fixture
def primary() -> Iterator[Server]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="module")
def lasting() -> Iterator[Server]:
    """A primary that no test ends."""
    with postgres() as server:
        yield server


@pytest.fixture
def unused(lasting: Server) -> Server:
    """The same, nothing published to it."""
    for (name,) in execute(url_of(lasting), "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'sourcier')"):
        execute(url_of(lasting), f'DROP SCHEMA "{name}" CASCADE')
    return lasting


def caught_up(primary: Server, standby: Server) -> bool:
    """Whether the standby has all that the primary wrote."""
    [(written,)] = execute(url_of(primary), "SELECT pg_current_wal_lsn()::text")
    return execute(url_of(standby), "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [written]) == [(True,)]


def test_answers_go_on_from_the_standby_when_the_primary_is_killed(
    primary: Server, starter: Path, tmp_path: Path, encoder: Encoder
) -> None:
    standby = primary.standby()
    try:
        store = url_of(primary, standby)
        publish(store, Shelf(starter).active_folder())
        wait_for(lambda: caught_up(primary, standby), "the standby does not follow")
        asked = [json.loads(line)["question"] for line in DEV.read_text(encoding="utf-8").splitlines()][:24]
        with serving(tmp_path / "nothing", tmp_path / "log", STORE=store, CACHED_ANSWERS="0") as server:
            before = [server.ask(text)["text"] for text in asked[:6]]
            primary.kill()
            started = time.monotonic()
            after = [server.ask(text) for text in asked]
            assert time.monotonic() - started < len(asked) * ANSWER_LIMIT_S
            assert [answer["text"] for answer in after[:6]] == before
            assert {answer["bundle"]["id"] for answer in after} == {Shelf(starter).active_id()}
            assert server.get("/readyz")["status"] == "ready"

            refused = _publish(store, starter)
            assert (refused.returncode, refused.stderr.split(":")[0]) == (2, "store_read_only")
            execute(url_of(standby), "SELECT pg_promote()")
            made = edition(tmp_path / "later", encoder, 797)
            Shelf(tmp_path / "later").activate(made.card.id)
            wait_for(lambda: _publish(store, tmp_path / "later").returncode in (0, 4), "nothing can be published")
            wait_for(lambda: server.get("/readyz")["bundle"]["id"] == made.card.id, "not taken")
            assert "797" in server.ask(QUESTION)["text"]
        assert PASSWORD not in (tmp_path / "log").read_text() + refused.stderr
    finally:
        standby.kill()


def test_replicas_go_back_to_the_bundle_that_the_standby_has(primary: Server, tmp_path: Path, encoder: Encoder) -> None:
    first, second = edition(tmp_path, encoder, 780), edition(tmp_path, encoder, 797)
    standby = primary.standby()
    try:
        publish(url_of(primary), first.folder)
        wait_for(lambda: caught_up(primary, standby), "the standby does not follow")
        execute(url_of(standby), "SELECT pg_wal_replay_pause()")
        with serving(
            tmp_path / "nothing", tmp_path / "log", STORE=url_of(primary, standby), CACHED_ANSWERS="0"
        ) as server:
            publish(url_of(primary), second.folder)
            wait_for(lambda: server.get("/readyz")["bundle"]["id"] == second.card.id, "not taken")
            assert "797" in server.ask(QUESTION)["text"]
            primary.kill()
            told = []
            wait_for(lambda: told.append(_told(server, QUESTION)) or "780" in told[-1], "it does not go back")
            assert all(one in ("index_not_ready", "timeout") or "797" in one for one in told[:-1]), told
            assert server.get("/readyz")["bundle"]["id"] == first.card.id
    finally:
        standby.kill()


def test_answers_go_on_from_the_standby_when_the_primary_hangs(
    primary: Server, tmp_path: Path, encoder: Encoder
) -> None:
    made = edition(tmp_path, encoder, 780)
    standby = primary.standby()
    try:
        publish(url_of(primary), made.folder)
        wait_for(lambda: caught_up(primary, standby), "the standby does not follow")
        settings = {"STORE": url_of(primary, standby), "CACHED_ANSWERS": "0", "ANSWER_TIMEOUT_S": "60"}
        with serving(tmp_path / "nothing", tmp_path / "log", **settings) as server:
            assert server.ask(QUESTION)["outcome"] == "answered"
            primary.freeze()
            assert "six activités" in server.ask("Combien d'activités couvre la certification HDS ?")["text"]
            assert server.get("/readyz")["status"] == "ready"
    finally:
        primary.kill()
        standby.kill()


def test_an_outage_is_a_problem_and_no_silence_and_ends_by_itself(
    primary: Server, tmp_path: Path, encoder: Encoder
) -> None:
    made = edition(tmp_path, encoder, 780)
    store = url_of(primary)
    publish(store, made.folder)
    log = tmp_path / "log"
    with serving(tmp_path / "nothing", log, STORE=store, CACHED_ANSWERS="0") as server:
        assert server.ask(QUESTION)["outcome"] == "answered"
        execute(
            store, f'UPDATE "sourcier_{made.card.id.replace("-", "_")}".embedding SET passage_row = -1 - passage_row'
        )
        with pytest.raises(HTTPError) as damaged:
            server.ask("Combien d'activités couvre la certification HDS ?")
        assert (damaged.value.code, json.load(damaged.value)["code"]) == (503, "index_not_ready")
        execute(
            store, f'UPDATE "sourcier_{made.card.id.replace("-", "_")}".embedding SET passage_row = -1 - passage_row'
        )
        primary.kill()
        with pytest.raises(HTTPError) as outage:
            server.ask("Combien d'activités couvre la certification HDS ?")
        assert (outage.value.code, outage.value.headers["Retry-After"]) == (503, "5")
        body = json.load(outage.value)
        assert body["code"] == "index_not_ready"
        assert "base de données" in body["detail"]
        primary.again()
        wait_for(
            lambda: "six" in _told(server, "Combien d'activités couvre la certification HDS ?"),
            "it does not answer again",
        )
    said = log.read_text()
    assert '"code": "store_unreachable"' in said
    assert PASSWORD not in said


def test_a_reader_may_answer_and_not_publish(unused: Server, tmp_path: Path, encoder: Encoder) -> None:
    made = edition(tmp_path, encoder, 780)
    execute(url_of(unused), f"CREATE ROLE sourcier_reader LOGIN PASSWORD '{PASSWORD}'")
    publish(url_of(unused), made.folder)
    reader = url_of(unused).replace(f"//{USER}:", "//sourcier_reader:")
    env = {**os.environ, "SOURCIER_STORE": reader, "SOURCIER_BUNDLES_DIR": str(tmp_path / "nothing")}
    asked = subprocess.run(
        [sys.executable, "-m", "service", "ask", QUESTION],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "780" in asked.stdout, asked.stderr
    checks = _doctor(env)
    assert checks["bundle"]["state"] == "ok", checks
    assert made.card.id in checks["bundle"]["found"]
    gone = _doctor({**env, "SOURCIER_STORE": reader.replace(f":{unused.port}", f":{free_port()}")}, "--lang", "fr")
    assert gone["bundle"]["state"] == "failure"
    assert "aucun hôte de la base de données ne répond" in gone["bundle"]["found"]
    assert PASSWORD not in json.dumps(gone)
    with pytest.raises(KnownError) as refused:
        publish(reader, edition(tmp_path, encoder, 797).folder)
    assert refused.value.code == "store_forbidden"
    assert PASSWORD not in asked.stdout + asked.stderr + str(refused.value)


def test_what_cannot_be_served_from_is_refused_by_name(unused: Server, tmp_path: Path, encoder: Encoder) -> None:
    made = edition(tmp_path, encoder, 780)
    assert _refusal(url_of(unused)) == "store_empty"
    publish(url_of(unused), made.folder)
    execute(url_of(unused), "UPDATE sourcier.layout SET version = 99")
    assert _refusal(url_of(unused)) == "store_layout"
    assert _refusal(url_of(unused).replace(PASSWORD, "another-password")) == "store_unreachable"
    assert _refusal(f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{free_port()}/{DATABASE}") == "store_unreachable"
    for bad in (f"mysql://{USER}:{PASSWORD}@h/d", f"postgresql://{USER}:{PASSWORD}@h/d?nonsense={PASSWORD}", PASSWORD):
        assert _refusal(bad) == "store_invalid"


def _refusal(url: str) -> str:
    with pytest.raises(KnownError) as refused:
        active_id(postgres_store.Store(url, patience_s=0.5))
    assert PASSWORD not in str(refused.value)
    assert "another-password" not in str(refused.value)
    return refused.value.code


def _doctor(env: dict[str, str], *options: str) -> dict[str, dict[str, str]]:
    """What the doctor found, by check; it may say no password anywhere."""
    command = [sys.executable, "-m", "service", "doctor", "--json", *options]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert PASSWORD not in done.stdout + done.stderr
    return {one["check"]: one for one in json.loads(done.stdout)["checks"]}


def _publish(url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ingest", "publish", "--bundles", str(folder)]
    env = {**os.environ, "SOURCIER_STORE": url}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


def _told(server: Replica, text: str) -> str:
    """An answer's text, or the code of the problem that came instead."""
    try:
        return str(server.ask(text)["text"])
    except HTTPError as problem:
        return str(json.load(problem)["code"])
