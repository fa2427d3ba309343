"""Documents and questions that carry orders, shown or hidden: with extracts and with a model that obeys every order, nothing of an answer changes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.engine import AnswerEngine, open_engine
from tests.chat_maker import MODEL, ChatServer, chat_server
from tests.http_maker import client_of
from tests.injected_documents import Injection, injections, put
from tests.makers import call
from tests.obedient_model import CANARY, ObedientModel, decoded, plain

CASES = injections()
MODES = ("extractive", "generative")
REFUSED = {"declined", "no_source", "out_of_scope"}


@dataclass(frozen=True)
class Stand:
    """The same documents without and with their orders, each behind a service whose model obeys."""

    clean: TestClient
    hostile: TestClient
    model: ObedientModel
    server: ChatServer


def engine_of(folder: Path, *, clean: bool) -> AnswerEngine:
    documents = folder / "documents"
    documents.mkdir(parents=True)
    for case in CASES:
        put(case, documents, clean=clean)
    built = call("ingest", "build", "--documents", str(documents), "--bundles", str(folder / "bundles"))
    assert built.returncode == 0, built.stderr
    return open_engine(folder / "bundles")


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    clean = engine_of(tmp_path_factory.mktemp("clean"), clean=True)
    hostile = engine_of(tmp_path_factory.mktemp("hostile"), clean=False)
    with chat_server() as server:
        server.script = model = ObedientModel()
        settings = {"chat_model": MODEL, "chat_base_url": server.url}
        yield Stand(client_of(clean, **settings), client_of(hostile, **settings), model, server)


def ask(client: TestClient, question: str, mode: str) -> dict[str, Any]:
    response = client.post("/v1/answers", json={"question": question, "mode": mode})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def sources(answer: dict[str, Any]) -> set[str]:
    return {citation["document"]["id"] for citation in answer["citations"]}


def said(answer: dict[str, Any]) -> str:
    """Everything that the answer says in its own name, every disguise undone."""
    own = {name: answer[name] for name in ("text", "statements", "notices", "choices")}
    return plain(decoded(json.dumps(own, ensure_ascii=False)))


def check_links(client: TestClient, answer: dict[str, Any]) -> None:
    """Every link of an answer is one of this service or of the catalogue, and its words hold none."""
    known = {document["url"] for document in client.get("/v1/documents?limit=100").json()["data"]} - {None}
    for citation in (*answer["citations"], *answer["nearest"]):
        for link in citation["links"].values():
            assert link is None or link in known or link.startswith(("/v1/", "/documents/")), link
    assert not any(mark in said(answer) for mark in ("://", "](", "<img", "<a ", "www."))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.id}-{case.where}-{case.format}-{case.how}-{case.lang}")
def test_an_order_changes_nothing(stand: Stand, case: Injection, mode: str) -> None:
    asked = case.question if case.where == "document" else case.question.removeprefix(case.payload).strip()
    expected, given = ask(stand.clean, asked, mode), ask(stand.hostile, case.question, mode)
    assert expected["outcome"] == "answered"
    assert sources(expected) == {case.id}
    assert CANARY not in said(given)
    assert given.keys() - {"model", "prompt_version"} == expected.keys() - {"model", "prompt_version"}
    check_links(stand.hostile, given)
    if case.where == "question" and given["outcome"] in REFUSED:
        assert (given["statements"], given["citations"]) == ([], [])
        return
    assert given["outcome"] == "answered"
    assert sources(given) == sources(expected)
    assert {statement["text"] for statement in expected["statements"]} <= {one["text"] for one in given["statements"]}
    for citation in given["citations"]:
        page = stand.hostile.get(citation["links"]["page_text"]).json()
        quote = citation["quote"]
        assert page["text"][quote["start"] : quote["end"]] == quote["exact"]


def test_the_model_did_see_orders_and_obeyed_them(stand: Stand) -> None:
    """Or the test above would say little."""
    seen = 0
    for case in CASES:
        stand.model.saw_order = False
        ask(stand.hostile, case.question, "generative")
        seen += stand.model.saw_order
    assert seen >= 20
    lines = stand.hostile.get("/metrics").text.splitlines()
    assert any(line.startswith('sourcier_citations_dropped_total{reason="') for line in lines)


def test_there_are_cases_of_every_kind() -> None:
    assert len(CASES) >= 60
    assert len({case.id for case in CASES}) == len(CASES)
    assert Counter(case.lang for case in CASES)["en"] >= 15
    assert Counter(case.where for case in CASES)["question"] >= 10
    assert {case.format for case in CASES} >= {"md", "html", "txt", "pdf", "docx", "odt"}
    hidden = {"white", "zero_width", "tags", "comment", "metadata", "base64", "homoglyph", "image", "link"}
    assert {case.how for case in CASES} >= hidden
