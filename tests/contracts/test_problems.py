"""Every documented problem happens as documented, and every code that is raised is documented."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from corpus.errors import KnownError
from service.engine import AnswerEngine
from service.problems import PROBLEM_KINDS
from tests.http_maker import BrokenEngine, SlowEngine, client_of
from tests.makers import ROOT

JSON = {"Content-Type": "application/json"}
ASK = "/v1/answers"
Send = Callable[[TestClient], httpx2.Response]


@pytest.fixture(scope="module")
def client(starter_engine: AnswerEngine) -> TestClient:
    return client_of(starter_engine)


def check(response: httpx2.Response, code: str) -> dict[str, Any]:
    """The response is a whole, well-formed problem of that code."""
    problem: dict[str, Any] = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["code"] == code
    assert problem["status"] == response.status_code == PROBLEM_KINDS[code].status
    assert problem["type"] == f"urn:sourcier:problem:{code}"
    assert problem["title"] and problem["detail"] and problem["hint"]
    assert problem["request_id"] == response.headers["x-request-id"]
    assert "Traceback" not in response.text
    return problem


@pytest.mark.parametrize(
    ("body", "position"),
    [
        (b"", "1:0"),
        (b'{"question": ', "1:13"),
        (b'{\n "question": oui}', "2:14"),
        (b"\x00\xff\xfe\x89PNG", "1:1"),
        (b"\xff" * 1000, "1:1"),
        (b"[" * 60000, "1:202"),
        (b'{"question": "\\ud800"}', "1:21"),
        (b'{"question": "a", "max_passages": NaN}', None),
    ],
    ids=["nothing", "cut", "word", "binary", "bytes", "nested", "half a pair", "not a number"],
)
def test_a_body_that_is_not_json_is_refused_with_its_position(
    client: TestClient, body: bytes, position: str | None
) -> None:
    problem = check(client.post(ASK, content=body, headers=JSON), "invalid_request")
    assert position is None or problem["position"] == position


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("[1]", None),
        ("{}", "question"),
        ('{"question": 12}', "question"),
        ('{"question": null}', "question"),
        ('{"question": "a", "quesiton": "b"}', "quesiton"),
        ('{"question": "a", "lang": "de"}', "lang"),
        ('{"question": "a", "as_of": "hier"}', "as_of"),
        ('{"question": "a", "as_of": "2026-02-30"}', "as_of"),
        ('{"question": "a", "max_passages": 0}', "max_passages"),
        ('{"question": "a", "max_passages": "6"}', "max_passages"),
        ('{"question": "a", "include": ["all"]}', "include[0]"),
        ('{"question": "a", "conversation": [{"role": "system", "text": ""}]}', "conversation[0].role"),
        ('{"question": "a", "filters": {"kinds": ["law", "rumour"]}}', "filters.kinds[1]"),
        ('{"question": "a", "filters": {"documents": ["nowhere"]}}', "filters.documents[0]"),
        ('{"question": "a", "filters": {"publishers": ["nobody"]}}', "filters.publishers[0]"),
        ('{"question": "a", "filters": {"countries": []}}', "filters.countries"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(client: TestClient, body: str, field: str | None) -> None:
    problem = check(client.post(ASK, content=body, headers=JSON), "invalid_request")
    assert problem.get("field") == field
    assert field is None or field in problem["detail"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=%40%40", "cursor=_w"])
def test_a_parameter_that_cannot_be_used_is_named(client: TestClient, query: str) -> None:
    problem = check(client.get(f"/v1/documents?{query}"), "invalid_request")
    assert problem["field"] == query.partition("=")[0]


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere", "/v1/nowhere", "/v1/passages/nowhere", "/v1/passages/nowhere.0123456789ab", "/v1/passages/a%2F..%2Fb",
        "/v1/documents/nowhere", "/v1/documents/nowhere/pages/0", "/v1/documents/nowhere/file", "/static/nowhere.css",
        "/static/..%2Fapp.py", "/widget/nowhere.js", "/documents/nowhere", "/docs/nowhere",
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_not_found(client: TestClient, path: str) -> None:
    check(client.get(path), "not_found")


@pytest.mark.parametrize("index", ["-1", "999", "x", "1.5", "9" * 5000])
def test_a_page_that_a_document_lacks_is_not_found(
    client: TestClient, starter_engine: AnswerEngine, index: str
) -> None:
    document = starter_engine.bundle.documents[0].source.id
    check(client.get(f"/v1/documents/{document}/pages/{index}"), "not_found")


def test_a_method_that_an_address_lacks_is_refused_with_those_it_has(client: TestClient) -> None:
    for method, path, allowed in (("GET", ASK, "POST"), ("DELETE", "/v1/corpus", "GET"), ("POST", "/healthz", "GET")):
        response = client.request(method, path)
        check(response, "method_not_allowed")
        assert response.headers["allow"] == allowed


def endless(blocks: int, sent: list[int]) -> Iterator[bytes]:
    for _ in range(blocks):
        sent.append(65536)
        yield b"x" * 65536


@pytest.mark.parametrize("path", [ASK, "/v1/search"])
def test_ten_megabytes_are_refused(client: TestClient, path: str) -> None:
    check(client.post(path, content=b"x" * 10_000_000, headers=JSON), "payload_too_large")
    check(client.post(path, content=endless(160, []), headers=JSON), "payload_too_large")


def test_a_body_at_the_limit_is_read(starter_engine: AnswerEngine) -> None:
    client = client_of(starter_engine, max_body_bytes=2000)
    body = b'{"question": ""}'
    assert check(client.post(ASK, content=body.ljust(2000), headers=JSON), "question_empty")
    assert check(client.post(ASK, content=body.ljust(2001), headers=JSON), "payload_too_large")


@pytest.mark.parametrize("content_type", [None, "text/plain", "multipart/form-data; boundary=x", "application/jsonp"])
def test_a_body_that_is_not_declared_as_json_is_refused(client: TestClient, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    check(client.post(ASK, content=b'{"question": "Qui ?"}', headers=headers), "unsupported_media_type")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html", "image/png", ""])
def test_json_is_sent_whatever_is_accepted(client: TestClient, accept: str) -> None:
    response = client.post(ASK, json={"question": "Qui ?"}, headers={"Accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")


@pytest.mark.parametrize("question", ["", " ", "\n\t ", "\u200b\u00a0\u202f\ufeff", "\x00"])
def test_an_empty_question_is_refused(client: TestClient, question: str) -> None:
    assert check(client.post(ASK, json={"question": question}), "question_empty")["field"] == "question"
    assert check(client.post("/v1/search", json={"query": question}), "question_empty")["field"] == "query"


def test_five_hundred_characters_are_a_question_and_one_more_is_too_long(client: TestClient) -> None:
    assert client.post(ASK, json={"question": " " + "é" * 500 + " "}).status_code == 200
    assert client.post(ASK, json={"question": "e\u0301" * 500}).status_code == 200
    assert client.post(ASK, json={"question": "\U0001f600" * 500}).status_code == 200
    check(client.post(ASK, json={"question": "é" * 501}), "question_too_long")


def test_a_fault_that_nobody_foresaw_says_nothing_of_itself(starter_engine: AnswerEngine) -> None:
    for engine in (BrokenEngine(starter_engine), BrokenEngine(starter_engine, fault=KeyError)):
        response = client_of(engine).post(ASK, json={"question": "Qui a dit cela ?"})
        check(response, "internal_error")
        assert "cela" not in response.text


def test_a_named_fault_of_the_kernel_stays_with_the_operator(starter_engine: AnswerEngine) -> None:
    class Corrupt(BrokenEngine):
        def ask(self, question: Any) -> Any:
            raise KnownError("bundle_corrupt", "text.bin was altered", "Run: python -m ingest build")

    response = client_of(Corrupt(starter_engine)).post(ASK, json={"question": "Qui ?"})
    check(response, "internal_error")
    assert "text.bin" not in response.text


@pytest.mark.parametrize(
    "send",
    [
        lambda c: c.post(ASK, json={"question": "Qui ?"}),
        lambda c: c.post("/v1/search", json={"query": "Qui ?"}),
        lambda c: c.get("/v1/corpus"),
        lambda c: c.get("/readyz"),
    ],
)
def test_without_an_index_nothing_is_answered(send: Send) -> None:
    response = send(client_of(None))
    check(response, "index_not_ready")
    assert int(response.headers["retry-after"]) > 0


def test_an_answer_that_takes_too_long_is_given_up_and_one_that_waits_too_long_too(
    starter_engine: AnswerEngine,
) -> None:
    engine = SlowEngine(starter_engine)
    client = client_of(engine, answer_timeout_s=0.2, concurrent_asks=1)
    try:
        check(client.post(ASK, json={"question": "Qui ?"}), "timeout")
        response = client.post(ASK, json={"question": "Qui ?"})
        check(response, "overloaded")
        assert int(response.headers["retry-after"]) > 0
    finally:
        engine.let_go.set()
    assert client.get("/healthz").status_code == 200


def test_a_preflight_of_an_unknown_site_is_refused(client: TestClient) -> None:
    headers = {"Origin": "https://ailleurs.net", "Access-Control-Request-Method": "POST"}
    check(client.options(ASK, headers=headers), "forbidden_origin")


@pytest.mark.parametrize(
    ("query", "accept_language", "title"),
    [
        ("", "", "Question vide"),
        ("", "en-GB,en;q=0.9,fr;q=0.5", "Empty question"),
        ("", "de", "Question vide"),
        ("?lang=en", "fr", "Empty question"),
        ("?lang=xx", "en;q=0.2, fr;q=bad", "Empty question"),
    ],
)
def test_a_problem_speaks_the_language_that_is_asked_for(
    client: TestClient, query: str, accept_language: str, title: str
) -> None:
    response = client.post(ASK + query, json={"question": ""}, headers={"Accept-Language": accept_language})
    assert check(response, "question_empty")["title"] == title


def test_a_person_who_follows_a_dead_link_gets_a_page(client: TestClient) -> None:
    response = client.get("/documents/nowhere", headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert response.headers["x-request-id"] in response.text


def documented(heading: str) -> dict[str, str]:
    """The codes of one table of docs/errors.md, with their second column."""
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    part = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", part, re.MULTILINE))


def raised() -> set[str]:
    """The codes that are handed to a fault anywhere in the packages."""
    codes = set()
    for package in ("corpus", "ingest", "service"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    code = node.args[0].value
                    of_a_problem = name == "ProblemError"
                    pattern = r"[a-z]+(_[a-z]+)*" if of_a_problem else r"[a-z]+(_[a-z]+)+"
                    if name.endswith("Error") and isinstance(code, str) and re.fullmatch(pattern, code):
                        codes.add(code)
    return codes


def test_the_table_of_problems_says_what_the_service_does() -> None:
    assert {code: int(status) for code, status in documented("Over HTTP").items()} == {
        code: kind.status for code, kind in PROBLEM_KINDS.items()
    }


def test_every_code_that_is_raised_is_documented_and_no_other() -> None:
    assert set(documented("Over HTTP")) | set(documented("On the command line")) == raised()


def test_every_documented_problem_has_a_test() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [code for code in documented("Over HTTP") if f'"{code}"' not in tests] == []
