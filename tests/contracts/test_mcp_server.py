"""The official MCP client calls the tools of a real service over loopback; who may call, and what refusals read like."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from starlette.testclient import TestClient

from corpus.encoder import Encoder
from corpus.shelf import Shelf
from service.engine import AnswerEngine
from service.maintenance import MaintenanceSwitch
from service.mcp_server import hosts_of
from service.settings import ServiceSettings
from tests.contracts.test_problems import check
from tests.http_maker import BrokenEngine, app_of, client_of
from tests.loopback import on_loopback
from tests.makers import ROOT, note, write

QUESTION = "Quel est le plafond de la PECAN ?"
SAID = "Le plafond annuel d’une thérapie numérique sous PECAN s’élève à 780\u00a0€ par patient."
SITE = "https://www.exemple.fr"
HEADERS = {"Accept": "application/json, text/event-stream", "Host": "127.0.0.1:8000"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


@pytest.fixture(scope="module")
def service(starter_engine: AnswerEngine) -> Iterator[str]:
    with on_loopback(app_of(starter_engine)) as url:
        yield url


def called(url: str, work: Callable[[Client], Awaitable[Any]], **more: Any) -> Any:
    """What a block does with a connected client."""

    async def run() -> Any:
        async with Client(url, **more) as client:
            return await work(client)

    return asyncio.run(run())


def call(url: str, tool: str, **arguments: Any) -> Any:
    """A tool's result, by the official client."""
    return called(f"{url}/mcp", lambda client: client.call_tool(tool, arguments))


def plainly(client: TestClient, tool: str, **arguments: Any) -> Any:
    """A tool's result, by a request as it travels."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    response = client.post("/mcp", json=body, headers=HEADERS)
    assert response.status_code == 200, response.text
    return response.json()["result"]


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_finds_the_three_tools(service: str, path: str, mode: str) -> None:
    listed = called(service + path, lambda client: client.list_tools(), mode=mode)
    tools = {tool.name: tool for tool in listed.tools}
    assert list(tools) == ["search", "fetch", "answer"]
    for tool in tools.values():
        assert " / " in (tool.description or "") and " / " in (tool.title or "")
        assert tool.output_schema["type"] == "object"
        assert tool.annotations.read_only_hint is True
    required = {name: tool.input_schema["required"] for name, tool in tools.items()}
    assert required == {"search": ["query"], "fetch": ["id"], "answer": ["question"]}


def test_the_official_client_gets_a_cited_answer(service: str) -> None:
    result = call(service, "answer", question=QUESTION)
    made = result.structured_content
    assert (result.is_error, made["outcome"], made["lang"]) == (False, "answered", "fr")
    (citation,) = made["citations"]
    assert citation["quote"] == SAID == made["statements"][0]["text"]
    assert citation["page"] == "2" and citation["url"].startswith(f"{service}/documents/pecan?page=1&start=")
    text = result.content[0].text
    assert text.startswith(f"{SAID} [1]") and "Sources\u00a0:\n[1] La PECAN" in text


def test_what_is_found_can_be_fetched(service: str) -> None:
    found = call(service, "search", query="plafond de la PECAN", limit=3)
    assert json.loads(found.content[0].text) == found.structured_content
    first = found.structured_content["results"][0]
    assert len(found.structured_content["results"]) == 3
    assert {"id", "title", "url", "text", "score", "metadata"} == set(first)
    passage = call(service, "fetch", id=first["id"]).structured_content
    assert passage["text"] == first["text"] and passage["metadata"]["status"] == "in_force"
    document = call(service, "fetch", id=first["metadata"]["document_id"]).structured_content
    assert first["text"] in document["text"] and document["truncated"] is False
    assert document["title"] == first["title"]


def test_what_is_quoted_can_be_fetched_and_holds_the_quote(service: str) -> None:
    (citation,) = call(service, "answer", question=QUESTION).structured_content["citations"]
    assert SAID in call(service, "fetch", id=citation["id"]).structured_content["text"]


def test_only_addresses_of_the_web_are_given_to_agents(tmp_path: Path, encoder: Encoder) -> None:
    hostile = note("loi", "Le délai est de soixante jours.", url="javascript:alert(1)")
    decree = note("decret", "Le décret fixe le délai de recours à deux mois.", url="https://exemple.fr/decret")
    client = client_of(AnswerEngine(write(tmp_path / "b", [hostile, decree], encoder), encoder))
    found = plainly(client, "search", query="délai")["structuredContent"]["results"]
    urls = {one["metadata"]["document_id"]: one["url"] for one in found}
    assert urls["decret"] == "https://exemple.fr/decret"
    assert urls["loi"].startswith("http://127.0.0.1:8000/documents/loi?page=0&start=0")
    assert (
        plainly(client, "fetch", id="loi")["structuredContent"]["url"] == "http://127.0.0.1:8000/documents/loi?page=0"
    )


def test_the_door_is_counted_by_its_path(starter_engine: AnswerEngine) -> None:
    client = client_of(starter_engine)
    plainly(client, "answer", question=QUESTION)
    text = client.get("/metrics").text
    assert 'route="/mcp",method="POST",code="200"} 1' in text
    assert 'sourcier_answers_total{outcome="answered",mode="extractive",lang="fr"} 1' in text


def test_the_asked_date_holds_for_tools(service: str) -> None:
    then = call(service, "answer", question=QUESTION, as_of="2024-01-15").structured_content
    assert then["as_of"] == "2024-01-15"
    found = call(service, "search", query="plafond de la PECAN", as_of="2024-01-15").structured_content
    assert found["as_of"] == "2024-01-15" and len(found["notices"]) == 1


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("answer", {"question": ""}, "question_empty: La question est vide."),
        ("answer", {"question": "x" * 501}, "question_too_long: "),
        ("answer", {"question": "Je suis jean.dupont@exemple.fr, que faire ?"}, "personal_data_detected: "),
        ("answer", {"question": "What is my limit, jean.dupont@exemple.fr?"}, "personal_data_detected: The text holds"),
        ("search", {"query": "Je suis jean.dupont@exemple.fr"}, "personal_data_detected: "),
        ("search", {"query": "a", "limit": 0}, "invalid_request: limit"),
        ("search", {"query": "a", "limit": "3"}, "invalid_request: limit"),
        ("search", {}, "invalid_request: query"),
        ("answer", {"question": "a", "as_of": "hier"}, "invalid_request: as_of"),
        ("answer", {"question": "a", "model": "x"}, "invalid_request: model"),
        ("fetch", {"id": "nowhere"}, "not_found: "),
        ("fetch", {"id": "pecan.000000000000"}, "not_found: "),
        ("fetch", {"id": "../../etc/passwd"}, "not_found: "),
        ("delete", {"id": "pecan"}, "not_found: "),
    ],
)
def test_a_call_that_cannot_be_served_is_a_result_that_says_why(
    starter_engine: AnswerEngine, tool: str, arguments: dict[str, Any], says: str
) -> None:
    result = plainly(client_of(starter_engine), tool, **arguments)
    assert result["isError"] is True
    text = result["content"][0]["text"]
    assert text.startswith(says) and "dupont" not in text


def test_a_withdrawn_document_is_neither_found_nor_fetched(starter_engine: AnswerEngine, tmp_path: Path) -> None:
    client = client_of(starter_engine, bundles_dir=tmp_path)
    passage = plainly(client, "search", query="plafond de la PECAN")["structuredContent"]["results"][0]["id"]
    Shelf(tmp_path).withdrawals().withdraw("pecan", "Remplacée.", dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    for asked in (passage, "pecan"):
        assert plainly(client, "fetch", id=asked)["content"][0]["text"].startswith("gone: ")
    found = plainly(client, "search", query="plafond de la PECAN", limit=50)["structuredContent"]["results"]
    assert "pecan" not in {one["metadata"]["document_id"] for one in found}


def test_maintenance_and_the_limit_of_each_client_hold_for_questions_and_not_for_reading(
    starter_engine: AnswerEngine, tmp_path: Path
) -> None:
    client = client_of(starter_engine, bundles_dir=tmp_path, rate_per_minute=2)
    switch = MaintenanceSwitch(tmp_path)
    switch.turn_on("Une correction est en cours.", "2026-11-23T10:00:00Z")
    for tool, given in (("answer", {"question": QUESTION}), ("search", {"query": QUESTION})):
        result = plainly(client, tool, **given)
        assert result["isError"] and "maintenance: Une correction est en cours." in result["content"][0]["text"]
        assert "Retry-After: 300 s" in result["content"][0]["text"]
    assert plainly(client, "fetch", id="pecan")["isError"] is False
    switch.turn_off()
    seen = [plainly(client, "answer", question=QUESTION) for _ in range(3)]
    assert [one["isError"] for one in seen] == [False, False, True]
    assert seen[2]["content"][0]["text"].startswith("rate_limited: ")
    assert plainly(client, "fetch", id="pecan")["isError"] is False


def test_a_fault_is_told_without_its_message(starter_engine: AnswerEngine, caplog: pytest.LogCaptureFixture) -> None:
    result = plainly(client_of(BrokenEngine(starter_engine)), "answer", question=QUESTION)
    assert result["isError"] and result["content"][0]["text"].startswith("internal_error: ")
    assert "PECAN" not in json.dumps(result) + caplog.text
    assert any(record.name == "sourcier.fault" for record in caplog.records)


def test_without_an_index_a_tool_says_so(starter_engine: AnswerEngine) -> None:
    assert plainly(client_of(None), "answer", question="a")["content"][0]["text"].startswith("index_not_ready: ")


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost", "[::1]:8000", "www.exemple.fr", "assistant.exemple.fr"]
)
def test_this_machine_s_names_and_those_that_are_listed_are_answered(starter_engine: AnswerEngine, host: str) -> None:
    client = client_of(starter_engine, cors_origins=(SITE,), mcp_hosts=("assistant.exemple.fr",))
    response = client.post("/mcp", json=LIST, headers={**HEADERS, "Host": host})
    assert len(response.json()["result"]["tools"]) == 3


@pytest.mark.parametrize("host", ["ailleurs.net", "127.0.0.1.ailleurs.net", "www.exemple.fr.ailleurs.net:8000"])
def test_another_name_turned_to_this_machine_is_refused(starter_engine: AnswerEngine, host: str) -> None:
    client = client_of(starter_engine, cors_origins=(SITE,))
    check(client.post("/mcp", json=LIST, headers={**HEADERS, "Host": host}), "misdirected_request")


def test_a_page_may_call_only_if_its_site_is_listed(starter_engine: AnswerEngine) -> None:
    client = client_of(starter_engine, cors_origins=(SITE,))
    allowed = client.post("/mcp", json=LIST, headers={**HEADERS, "Origin": SITE})
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, SITE)
    for origin in ("https://ailleurs.net", "http://127.0.0.1:8000", "null"):
        check(client.post("/mcp", json=LIST, headers={**HEADERS, "Origin": origin}), "forbidden_origin")


def test_a_service_that_listens_everywhere_cannot_know_its_names_unless_they_are_given() -> None:
    assert hosts_of(ServiceSettings(host="0.0.0.0")) is None
    assert "a.fr" in (hosts_of(ServiceSettings(host="::", mcp_hosts=("A.fr",))) or ())


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
def test_what_is_no_call_is_refused_by_its_own_problem(starter_engine: AnswerEngine, path: str) -> None:
    client = client_of(starter_engine)
    for method in ("GET", "DELETE"):
        assert check(client.request(method, path, headers=HEADERS), "method_not_allowed")
    large = client.post(path, content=b"x" * 70000, headers={**HEADERS, "Content-Type": "application/json"})
    check(large, "payload_too_large")
    broken = client.post(path, content=b"{", headers={**HEADERS, "Content-Type": "application/json"})
    assert broken.status_code == 400


def test_where_the_package_is_missing_the_door_says_so(
    starter_engine: AnswerEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.lowlevel", None)
    client = client_of(starter_engine)
    assert "pip install mcp" in check(client.post("/mcp", json=LIST, headers=HEADERS), "not_found")["detail"]
    assert client.post("/v1/answers", json={"question": QUESTION}).status_code == 200


def test_many_agents_at_once_are_each_answered(service: str) -> None:
    async def ask(n: int) -> str:
        async with Client(f"{service}/mcp") as client:
            result = await client.call_tool(
                "fetch" if n % 2 else "answer", {"id": "pecan"} if n % 2 else {"question": QUESTION}
            )
        return str(result.structured_content["title" if n % 2 else "outcome"])

    async def crowd() -> list[str]:
        return await asyncio.gather(*(ask(n) for n in range(12)))

    said = asyncio.run(crowd())
    assert said[::2] == ["answered"] * 6 and all("PECAN" in title for title in said[1::2])


def test_the_protocol_is_loaded_by_its_first_request_alone() -> None:
    program = (
        "import sys, service.app, service.__main__\n"
        "from service.settings import ServiceSettings\n"
        "app = service.app.create_app(ServiceSettings(), None)\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules if name.startswith(('mcp', 'httpx', 'openai'))}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
