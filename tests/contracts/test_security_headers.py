"""The headers that keep a browser from being used against its reader: on every response of every route, whatever its status."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from service.engine import AnswerEngine
from tests.http_maker import BrokenEngine, app_of, client_of

TOKEN = "a-token-of-the-operator"
FOR_ANY_SITE = ("/widget.js", "/widget/", "/image")
"""What other sites may put into their pages: the assistant, and the picture of a page that it shows."""
STRICT_REFERRERS = ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")


@pytest.fixture(scope="module")
def app(starter_engine: AnswerEngine, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return app_of(starter_engine, admin_token=TOKEN, inbox_dir=tmp_path_factory.mktemp("inbox"), request_timeout_s=5)


def addresses(app: FastAPI, document: str) -> Iterator[str]:
    """Every address of the application, with something that is there in the place of its parameters where it can be."""
    values = {"document_id": document, "page_index": "0", "name": "panel.js"}
    for route in iter_route_contexts(app.routes):
        if route.path:
            yield re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: values.get(found[1], "x"), route.path)


def check_headers(path: str, headers: Any) -> None:
    policy = {part.split()[0]: part.split()[1:] for part in headers["content-security-policy"].split(";")}
    pdf = headers.get("content-type") == "application/pdf"  # a browser's reader of PDF needs its own scripts
    assert pdf or policy["default-src"] == ["'none'"], path
    assert policy["frame-ancestors"] == ["'none'"], path
    for name, words in policy.items():
        loose = {"*", "http:"} if name == "img-src" else {"*", "http:", "https:", "data:", "blob:"}
        assert not loose & set(words) and not any(word.startswith("'unsafe") for word in words), (path, name)
    if "text/html" in headers.get("content-type", "") and "sandbox" not in policy:
        assert policy["base-uri"] == ["'none'"] and policy["form-action"] == ["'self'"], path
    assert headers["x-content-type-options"] == "nosniff", path
    assert headers["x-frame-options"] == "DENY", path
    assert headers["referrer-policy"] in STRICT_REFERRERS, path
    assert "camera=()" in headers["permissions-policy"], path
    assert headers["cross-origin-opener-policy"] == "same-origin", path
    anywhere = any(part in path for part in FOR_ANY_SITE) and "cross-origin" in headers["cross-origin-resource-policy"]
    assert anywhere or headers["cross-origin-resource-policy"] == "same-origin", path
    assert re.fullmatch(r"req_[0-9a-f]{20}", headers["x-request-id"]), path
    assert "server" not in headers and "x-powered-by" not in headers, path


def test_every_response_of_every_route_has_them(app: FastAPI, starter_engine: AnswerEngine) -> None:
    client = TestClient(app, follow_redirects=False)
    documents = {record.source.media_type: record.source.id for record in starter_engine.bundle.documents}
    seen = set()
    for document in documents.values():
        for path in addresses(app, document):
            for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"):
                if path.endswith("/events"):
                    continue
                response = client.request(method, path, headers={"Accept": "text/html"} if document[0] < "m" else {})
                check_headers(path, response.headers)
                seen.add(response.status_code)
    assert {200, 401, 404, 405, 415} <= seen


def test_they_are_there_whatever_happens(app: FastAPI, starter_engine: AnswerEngine) -> None:
    client, site = TestClient(app), {"Origin": "https://ailleurs.net", "Access-Control-Request-Method": "POST"}
    tag = client.get("/v1/corpus").headers["etag"]
    asked = {"question": "Quel est le plafond de la PECAN ?"}
    responses: dict[int, Any] = {
        304: client.get("/v1/corpus", headers={"If-None-Match": tag}),
        400: client.post("/v1/answers", content=b"{", headers={"Content-Type": "application/json"}),
        403: client.options("/v1/answers", headers=site),
        413: client.post("/v1/answers", content=b"x" * 70_000, headers={"Content-Type": "application/json"}),
        422: client.post("/v1/answers", json={"question": ""}),
        500: client_of(BrokenEngine(starter_engine)).post("/v1/answers", json=asked),
        503: client_of(None).post("/v1/answers", json=asked),
    }
    limited = client_of(starter_engine, rate_per_minute=1)
    responses[429] = [limited.post("/v1/answers", json=asked) for _ in range(2)][1]
    for status, response in responses.items():
        assert response.status_code == status
        check_headers(f"{status}", response.headers)
    stream = client.post("/v1/answers", json={**asked, "stream": True})
    assert stream.headers["content-type"].startswith("text/event-stream")
    check_headers("stream", stream.headers)


def test_another_site_can_load_the_assistant_and_nothing_that_knows_its_reader(app: FastAPI) -> None:
    client, site = TestClient(app), {"Origin": "https://ailleurs.net"}
    for path in ("/widget.js", "/widget/panel.js"):
        headers = client.get(path, headers=site).headers
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        assert headers["access-control-allow-origin"] == "*"
    for path in ("/v1/corpus", "/v1/suggestions", "/admin", "/metrics", "/"):
        headers = client.get(path, headers=site).headers
        assert "access-control-allow-origin" not in headers
        assert "access-control-allow-credentials" not in headers


def test_no_visitor_is_given_a_cookie(app: FastAPI) -> None:
    client = TestClient(app)
    for path in ("/", "/ask", "/documents", "/demo", "/v1/corpus", "/widget.js", "/docs"):
        assert "set-cookie" not in client.get(path).headers
    assert "set-cookie" not in client.post("/ask", data={"question": "Qui ?"}).headers
