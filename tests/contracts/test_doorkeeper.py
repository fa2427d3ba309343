"""Who is let in to ask, over HTTP: personal data, too many questions, a full queue, maintenance; and what is counted of it."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from corpus.shelf import Shelf
from service.admission import Admission
from service.engine import AnswerEngine
from service.maintenance import FILE_NAME, MaintenanceSwitch
from service.problems import ProblemError
from tests.contracts.test_problems import ASK, check
from tests.http_maker import OtherEngine, client_of

MAIL = "Mon adresse est jean.dupont@exemple.fr, que faire ?"
DOORS: tuple[tuple[str, dict[str, Any]], ...] = (
    (ASK, {"json": {"question": "Qui ?"}}),
    ("/v1/search", {"json": {"query": "Qui ?"}}),
    ("/ask", {"data": {"question": "Qui ?"}}),
)


@pytest.fixture
def client(starter_engine: AnswerEngine, tmp_path: Path) -> TestClient:
    return client_of(starter_engine, bundles_dir=tmp_path)


def metric(client: TestClient, line: str) -> float:
    """The value of one line of /metrics, 0 where it is not there."""
    for found in client.get("/metrics").text.splitlines():
        if found.rpartition(" ")[0] == line:
            return float(found.rpartition(" ")[2])
    return 0.0


def test_personal_data_is_refused_at_every_door_before_anything_is_asked(starter_engine: AnswerEngine) -> None:
    engine = OtherEngine(starter_engine)
    client = client_of(engine)
    problem = check(client.post(ASK, json={"question": MAIL}), "personal_data_detected")
    assert problem["field"] == "question"
    assert "adresse électronique" in problem["detail"]
    assert "dupont" not in str(problem)
    check(client.post("/v1/search", json={"query": MAIL}), "personal_data_detected")
    said = {"question": "Et ensuite ?", "conversation": [{"role": "user", "text": MAIL}]}
    assert check(client.post(ASK, json=said), "personal_data_detected")["field"] == "conversation[0].text"
    page = client.post("/ask", data={"question": MAIL})
    assert page.status_code == 422
    assert [asked for asked in engine.asked if "dupont" in asked.text] == []  # the page asks its own suggestions
    assert metric(client, 'sourcier_refusals_total{reason="personal_data_detected"}') == 4


def test_our_own_earlier_words_may_hold_the_address_of_an_office(client: TestClient) -> None:
    said = {"question": "Et ensuite ?", "conversation": [{"role": "assistant", "text": MAIL}]}
    assert client.post(ASK, json=said).status_code == 200


def test_a_client_that_asks_too_much_waits_and_another_does_not(starter_engine: AnswerEngine) -> None:
    client = client_of(starter_engine, rate_per_minute=3)
    other = TestClient(client.app, client=("192.0.2.9", 1))
    for path, body in DOORS:
        assert client.post(path, **body).status_code == 200
    for path, body in DOORS[:2]:
        response = client.post(path, **body)
        check(response, "rate_limited")
        assert 1 <= int(response.headers["retry-after"]) <= 20
    page = client.post("/ask", data={"question": "Qui ?"}, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
    assert client.get("/v1/corpus").status_code == 200
    assert other.post(ASK, json={"question": "Qui ?"}).status_code == 200
    assert metric(client, 'sourcier_rate_limited_total{scope="client"}') == 3


def test_a_listed_site_can_read_that_it_must_wait(starter_engine: AnswerEngine) -> None:
    site = {"Origin": "https://www.exemple.fr"}
    client = client_of(starter_engine, rate_per_minute=1, cors_origins=(site["Origin"],))
    client.post(ASK, json={"question": "Qui ?"}, headers=site)
    refused = client.post(ASK, json={"question": "Qui ?"}, headers=site)
    assert refused.headers["access-control-allow-origin"] == site["Origin"]
    assert "Retry-After" in refused.headers["access-control-expose-headers"]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "testclient"])
def test_by_default_this_very_machine_is_not_limited(starter_engine: AnswerEngine, address: str) -> None:
    client = TestClient(client_of(starter_engine).app, client=(address, 1))
    assert {client.post(ASK, json={"question": "Qui ?"}).status_code for _ in range(70)} == {200}


@pytest.mark.parametrize("address", ["192.0.2.9", "2001:db8::9"])
def test_by_default_a_client_of_elsewhere_has_sixty_a_minute(starter_engine: AnswerEngine, address: str) -> None:
    client = TestClient(client_of(starter_engine).app, client=(address, 1))
    codes = [client.post(ASK, json={"question": ""}).status_code for _ in range(75)]
    assert codes[:60] == [422] * 60
    assert 429 in codes[60:]


def test_a_limit_that_was_set_holds_for_this_machine_too_and_none_for_nobody(starter_engine: AnswerEngine) -> None:
    limited, free = (client_of(starter_engine, rate_per_minute=n).app for n in (60, 0))
    asked = {"question": ""}
    assert 429 in [TestClient(limited, client=("127.0.0.1", 1)).post(ASK, json=asked).status_code for _ in range(75)]
    assert {TestClient(free, client=("192.0.2.9", 1)).post(ASK, json=asked).status_code for _ in range(75)} == {422}


def test_workers_share_the_limit(starter_engine: AnswerEngine) -> None:
    client = client_of(starter_engine, rate_per_minute=8, workers=4)
    codes = [client.post(ASK, json={"question": "Qui ?"}).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_a_full_queue_refuses_at_once() -> None:
    async def crowd() -> list[str]:
        release = threading.Event()
        admission = Admission(1, 5.0, waiting_asks=1)
        asks = [asyncio.create_task(admission.run(lambda _: release.wait(5))) for _ in range(4)]
        await asyncio.sleep(0.05)
        assert [task.done() for task in asks] == [False, False, True, True]
        assert admission.waiting() == 1
        release.set()
        ended = await asyncio.gather(*asks, return_exceptions=True)
        assert admission.waiting() == 0
        assert await admission.run(lambda _: True)
        admission.close()
        return [one.code if isinstance(one, ProblemError) else "answered" for one in ended]

    assert asyncio.run(crowd()) == ["answered", "answered", "overloaded", "overloaded"]


def test_maintenance_refuses_questions_with_the_words_of_the_operator_and_nothing_else(
    client: TestClient, tmp_path: Path
) -> None:
    switch = MaintenanceSwitch(tmp_path)
    switch.turn_on("Une réponse fausse est en cours de correction {1}.", "2026-11-23T10:00:00Z")
    for path, body in DOORS:
        response = client.post(path, **body)
        assert check(response, "maintenance")["detail"].startswith("Une réponse fausse")
        assert int(response.headers["retry-after"]) > 0
    assert client.get("/v1/corpus").status_code == client.get("/").status_code == 200
    assert client.get("/readyz").json()["maintenance"] is True
    assert metric(client, "sourcier_maintenance_mode") == 1
    assert metric(client, 'sourcier_refusals_total{reason="maintenance"}') == 3
    switch.turn_off()
    assert client.post(ASK, json={"question": "Qui ?"}).status_code == 200


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"message": 1}'])
def test_a_switch_that_cannot_be_read_stays_on(client: TestClient, tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    check(client.post(ASK, json={"question": "Qui ?"}), "maintenance")


def test_what_is_counted_has_its_names_and_never_a_question(client: TestClient) -> None:
    client.post(ASK, json={"question": "Quel est le plafond de la PECAN ?"})
    client.get("/v1/documents/secret-of-mine")
    client.request("BREW", "/secret-of-mine")
    text = client.get("/metrics").text
    assert client.get("/metrics").headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'sourcier_http_requests_total{route="/v1/answers",method="POST",code="200"} 1' in text
    assert 'sourcier_answers_total{outcome="answered",mode="extractive",lang="fr"} 1' in text
    assert 'sourcier_stage_duration_seconds_count{stage="retrieve"} 1' in text
    assert 'method="other"' in text
    assert "secret" not in text and "PECAN" not in text
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert {"sourcier_index_info", "sourcier_index_passages", "sourcier_queue_wait_seconds"} <= names


def test_a_withdrawn_document_is_neither_found_nor_cited_nor_shown_from_now_on(
    client: TestClient, tmp_path: Path
) -> None:
    asked = {"question": "Quel est le plafond de la PECAN ?", "include": ["passages"]}
    cited = client.post(ASK, json=asked).json()["citations"][0]
    document = cited["document"]["id"]
    total = client.get("/v1/documents").json()["total"]
    tags = {
        path: client.get(path).headers["etag"] for path in ("/v1/documents", "/v1/corpus", f"/v1/documents/{document}")
    }
    Shelf(tmp_path).withdrawals().withdraw(
        document, "Remplacée par une autre note.", dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    )
    answer = client.post(ASK, json=asked).json()
    found = client.post("/v1/search", json={"query": "plafond de la PECAN", "limit": 50}).json()["data"]
    named = [one["document"]["id"] for one in (*answer["citations"], *answer["passages"], *answer["nearest"], *found)]
    assert document not in named
    for path in ("", "/pages/0", "/file"):
        problem = check(client.get(f"/v1/documents/{document}{path}", headers={"If-None-Match": "*"}), "gone")
        assert "Remplacée par une autre note." in problem["detail"]
    check(client.get(cited["links"]["passage"]), "gone")
    assert client.get(cited["links"]["view"], headers={"Accept": "text/html"}).status_code == 410
    assert client.get("/v1/documents").json()["total"] == total - 1
    assert f"/documents/{document}?" not in client.get("/documents").text
    for path in ("/v1/documents", "/v1/corpus"):
        assert client.get(path, headers={"If-None-Match": tags[path]}).status_code == 200
    assert f'"document_id":"{document}"' not in client.get("/v1/corpus").text
    Shelf(tmp_path).withdrawals().restore(document)
    assert client.get(f"/v1/documents/{document}").status_code == 200
    assert client.post(ASK, json=asked).json()["citations"][0]["document"]["id"] == document
