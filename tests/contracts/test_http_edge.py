"""What holds for every response: ids, headers, origins, logs, and nothing of a question where it does not belong."""

from __future__ import annotations

import json
import logging
import re

import pytest
from starlette.testclient import TestClient

from service.engine import AnswerEngine
from tests.http_maker import BrokenEngine, client_of

SECRET = "Monsieur Untel, né le 3 mai 1951, a-t-il droit à la télésurveillance ?"
PATHS = (
    "/",
    "/ask",
    "/documents",
    "/docs",
    "/healthz",
    "/readyz",
    "/v1/corpus",
    "/v1/nowhere",
    "/widget.js",
    "/openapi.json",
)
SITE = "https://www.exemple.fr"


@pytest.fixture(scope="module")
def client(starter_engine: AnswerEngine) -> TestClient:
    return client_of(starter_engine, cors_origins=(SITE,))


@pytest.mark.parametrize("path", PATHS)
def test_every_response_has_a_request_id_of_ours_and_security_headers(client: TestClient, path: str) -> None:
    responses = [client.get(path, headers={"X-Request-ID": "forged"}) for _ in range(2)]
    ids = {response.headers["x-request-id"] for response in responses}
    assert len(ids) == 2
    assert not any("forged" in value for value in ids)
    headers = responses[0].headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert {"referrer-policy", "permissions-policy", "x-frame-options"} <= set(headers)


@pytest.mark.parametrize("path", ["/", "/ask", "/documents", "/docs", "/documents/nowhere"])
def test_no_page_holds_an_inline_script_or_style_or_anything_of_another_host(client: TestClient, path: str) -> None:
    html = client.get(path, headers={"Accept": "text/html"}).text
    assert "<style" not in html
    assert " style=" not in html
    assert " onclick=" not in html
    assert html.count("<script") == html.count("<script src=") + html.count('<script type="module" src=')
    assert re.findall(r'<(?:script|link|img|iframe)\b[^>]*(?:src|href)="(?:\w+:)?//', html) == []


def test_a_site_on_the_list_may_call_the_api_and_no_other_may(client: TestClient) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    allowed = client.options("/v1/answers", headers={"Origin": SITE, **asks})
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == SITE
    assert "Content-Type" in allowed.headers["access-control-allow-headers"]
    for origin in ("https://exemple.fr", "http://www.exemple.fr", "null", f"{SITE}.ailleurs.net"):
        refused = client.options("/v1/answers", headers={"Origin": origin, **asks})
        assert refused.json()["code"] == "forbidden_origin"
        assert "access-control-allow-origin" not in refused.headers


def test_answers_and_their_problems_can_be_read_by_a_listed_site_alone(client: TestClient) -> None:
    for body, status in (({"question": "Qui ?"}, 200), ({"question": ""}, 422)):
        response = client.post("/v1/answers", json=body, headers={"Origin": SITE})
        assert (response.status_code, response.headers["access-control-allow-origin"]) == (status, SITE)
        assert "Origin" in response.headers["vary"]
        other = client.post("/v1/answers", json=body, headers={"Origin": "https://ailleurs.net"})
        assert "access-control-allow-origin" not in other.headers


def test_no_site_is_on_the_list_by_default(starter_engine: AnswerEngine) -> None:
    response = client_of(starter_engine).get("/v1/corpus", headers={"Origin": SITE})
    assert "access-control-allow-origin" not in response.headers


def test_the_widget_may_be_loaded_from_anywhere(client: TestClient) -> None:
    for path in ("/widget.js", "/widget/element.js", "/widget/panel.js"):
        headers = client.get(path, headers={"Origin": "https://ailleurs.net"}).headers
        assert headers["access-control-allow-origin"] == "*"
        assert headers["content-type"].startswith("text/javascript")
    assert "access-control-allow-origin" not in client.get("/static/page.css").headers


def test_scripts_are_packed_for_those_who_take_it(client: TestClient) -> None:
    packed = client.get("/widget/panel.js", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/widget/panel.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]


def test_each_request_leaves_one_line_without_its_question(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.post("/v1/answers", json={"question": SECRET})
        client.get("/ask", params={"q": SECRET})
        client.post("/ask", data={"question": SECRET})
        client.post("/v1/answers", json={"question": SECRET, SECRET: 1})
        client.get(f"/{SECRET}")
    lines = [json.loads(record.message) for record in caplog.records if record.name == "sourcier.access"]
    assert [line["route"] for line in lines] == ["/v1/answers", "/ask", "/ask", "/v1/answers", "(none)"]
    assert [line["status"] for line in lines] == [200, 200, 200, 400, 404]
    assert lines[0]["outcome"] and lines[3]["outcome"] == "invalid_request"
    assert all(line["request_id"].startswith("req_") and line["duration_ms"] > 0 for line in lines)
    ours = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    assert not any(word in ours for word in ("Untel", "1951", "surveillance"))


def test_a_fault_is_logged_by_type_and_place_but_not_by_message(
    starter_engine: AnswerEngine, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(BrokenEngine(starter_engine))
    with caplog.at_level(logging.INFO):
        response = client.post("/v1/answers", json={"question": SECRET})
    assert response.json()["code"] == "internal_error"
    assert "Untel" not in response.text + caplog.text  # the client logs addresses, not bodies
    (fault,) = [json.loads(record.message) for record in caplog.records if record.name == "sourcier.fault"]
    assert fault["fault"] == "RuntimeError"
    assert fault["request_id"] == response.headers["x-request-id"] == response.json()["request_id"]
    assert any("http_maker.py" in frame for frame in fault["frames"])


def test_the_description_of_the_api_names_every_route_and_the_problems(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) >= {
        "/v1/answers", "/v1/search", "/v1/passages/{passage_id}", "/v1/documents", "/v1/documents/{document_id}",
        "/v1/documents/{document_id}/pages/{page_index}", "/v1/documents/{document_id}/pages/{page_index}/image",
        "/v1/documents/{document_id}/file", "/v1/corpus", "/healthz", "/readyz", "/metrics",
    }  # fmt: skip
    asked = document["paths"]["/v1/answers"]["post"]
    assert asked["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/AnswerRequest")
    assert "application/problem+json" in asked["responses"]["default"]["content"]
    assert document["components"]["schemas"]["AnswerRequest"]["required"] == ["question"]
    text = json.dumps(document)
    for name in document["components"]["schemas"]:
        assert name in text


def test_the_docs_can_be_switched_off(starter_engine: AnswerEngine) -> None:
    client = client_of(starter_engine, docs=False)
    assert client.get("/docs").status_code == 404
    assert "/docs" not in client.get("/").text


def test_without_an_index_the_process_lives_but_is_not_ready() -> None:
    client = client_of(None)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
