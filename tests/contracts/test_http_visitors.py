"""GET /v1/suggestions and POST /v1/feedback: proposals are answered, reports are kept bare and within bounds."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from corpus.bundle import Bundle
from corpus.encoder import Encoder
from service.engine import AnswerEngine
from service.suggestions import KEPT_S, WANTED, Suggestions
from tests.http_maker import OtherEngine, client_of
from tests.makers import TODAY

REPORT: dict[str, Any] = {"answer_id": "ans_1", "reason": "not_said", "passage_id": "pecan.0123456789ab.0"}


@pytest.fixture(scope="module")
def client(starter_engine: AnswerEngine) -> TestClient:
    return client_of(starter_engine)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_each_proposed_question_is_answered_in_full(client: TestClient, lang: str) -> None:
    proposed = client.get(f"/v1/suggestions?lang={lang}").json()
    assert proposed["lang"] == lang
    assert 3 <= len(proposed["data"]) <= WANTED
    for question in proposed["data"]:
        answer = client.post("/v1/answers", json={"question": question, "lang": lang}).json()
        assert (answer["outcome"], answer["completeness"]) == ("answered", "complete"), question


def test_french_proposals_are_set_in_french_typography(client: TestClient) -> None:
    for question in client.get("/v1/suggestions?lang=fr").json()["data"]:
        assert question.endswith("\u202f?")
        assert "'" not in question


def test_proposals_are_not_sent_twice(client: TestClient) -> None:
    first = client.get("/v1/suggestions?lang=fr")
    again = client.get("/v1/suggestions?lang=fr", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/v1/suggestions?lang=en").headers["etag"] != first.headers["etag"]


def test_questions_are_tried_once_an_hour_for_each_index(starter_engine: AnswerEngine) -> None:
    engine = OtherEngine(starter_engine)
    at = [0.0]
    suggestions = Suggestions(lambda: at[0])
    first = suggestions.of(engine, "b-1", "fr", TODAY)
    tried = len(engine.asked)
    assert suggestions.of(engine, "b-1", "fr", TODAY) == first
    assert len(engine.asked) == tried
    at[0] = KEPT_S + 1
    suggestions.of(engine, "b-1", "fr", TODAY)
    suggestions.of(engine, "b-2", "fr", TODAY)
    suggestions.of(engine, "b-2", "fr", TODAY + dt.timedelta(days=1))
    assert len(engine.asked) == 4 * tried


def test_an_index_that_answers_none_of_them_proposes_none(small_bundle: Bundle, encoder: Encoder) -> None:
    engine = AnswerEngine(small_bundle, encoder)
    for question in Suggestions().of(engine, "b", "fr", TODAY):
        assert "PECAN" in question or "HDS" in question


def test_reports_are_refused_where_no_file_is_named(client: TestClient) -> None:
    response = client.post("/v1/feedback", json=REPORT)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert client.get("/v1/suggestions").json()["feedback"] is False


def test_a_report_is_one_line_with_nothing_of_who_sent_it(starter_engine: AnswerEngine, tmp_path: Path) -> None:
    file = tmp_path / "reports.jsonl"
    client = client_of(starter_engine, feedback_file=str(file))
    assert client.get("/v1/suggestions").json()["feedback"] is True
    sent = client.post("/v1/feedback", json={**REPORT, "note": "La citation\nparle d'autre chose."})
    assert sent.status_code == 201
    client.post("/v1/feedback", json={"answer_id": "ans_2", "reason": "other"})
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["answer_id"] for line in lines] == ["ans_1", "ans_2"]
    assert lines[0]["id"] == sent.json()["id"]
    assert set(lines[0]) == {"id", "received_at", "answer_id", "reason", "bundle_id", "passage_id", "note", "lang"}
    assert file.stat().st_mode & 0o077 == 0


def test_a_full_file_takes_no_more(starter_engine: AnswerEngine, tmp_path: Path) -> None:
    file = tmp_path / "reports.jsonl"
    client = client_of(starter_engine, feedback_file=str(file), feedback_max_bytes=1000)
    answers = [client.post("/v1/feedback", json={**REPORT, "note": "é" * 80}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 503, 503]
    assert answers[-1].json()["code"] == "feedback_full"
    assert file.stat().st_size <= 1000


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"reason": "bad"}, "reason", "invalid_request"),
        ({"note": "x" * 1001}, "note", "invalid_request"),
        ({"question": "secret"}, "question", "invalid_request"),
        ({"note": "Écrivez-moi : jean.dupont@exemple.fr"}, "note", "personal_data_detected"),
    ],
)
def test_a_report_out_of_bounds_is_refused(
    starter_engine: AnswerEngine, tmp_path: Path, change: dict[str, str], field: str, code: str
) -> None:
    client = client_of(starter_engine, feedback_file=str(tmp_path / "reports.jsonl"))
    problem = client.post("/v1/feedback", json={**REPORT, **change}).json()
    assert (problem["code"], problem["field"]) == (code, field)
    assert not (tmp_path / "reports.jsonl").exists()
