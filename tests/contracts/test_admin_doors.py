"""Nobody administers without the token: every route of the administration, as the application lists them, over every method."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from service.admin import SESSION_S, AdminGate
from service.admin_pages import COOKIE
from service.engine import AnswerEngine
from tests.contracts.test_problems import check
from tests.http_maker import app_of

TOKEN, OLD = "a-token-of-the-operator", "the-token-of-last-month"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW")
WRONG = {
    "none": {},
    "empty": {"Authorization": ""},
    "another": {"Authorization": "Bearer not-the-token-at-all"},
    "the old one": {"Authorization": f"Bearer {OLD}"},
    "a part": {"Authorization": f"Bearer {TOKEN[:-1]}"},
    "more": {"Authorization": f"Bearer {TOKEN}x"},
    "another case": {"Authorization": f"Bearer {TOKEN.upper()}"},
    "as Basic": {"Authorization": f"Basic {TOKEN}"},
    "bare": {"Authorization": TOKEN},
    "as a cookie": {"Cookie": f"{COOKIE}={TOKEN}"},
    "in another header": {"X-Admin-Token": TOKEN},
    "no ASCII": {"Authorization": "Bearer clé-d-accès".encode()},
}


def admin_addresses(app: FastAPI) -> list[tuple[str, frozenset[str]]]:
    """Every address under /v1/admin and /admin, with something in the place of its parameters, and its methods."""
    found: dict[str, set[str]] = {}
    for route in iter_route_contexts(app.routes):
        if route.path and "/admin" in route.path:
            found.setdefault(re.sub(r"\{\w+(:\w+)?\}", "hds", route.path), set()).update(route.methods or ())
    return [(path, frozenset(methods)) for path, methods in sorted(found.items())]


@pytest.fixture(scope="module")
def app(starter_engine: AnswerEngine, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder = tmp_path_factory.mktemp("doors")
    return app_of(starter_engine, bundles_dir=folder / "bundles", inbox_dir=folder / "inbox", admin_token=TOKEN)


def visitor(app: FastAPI, address: str) -> TestClient:
    """A client of an address of its own, so that its wrong tries count for itself."""
    return TestClient(app, client=(address, 1), follow_redirects=False)


def acts(app: FastAPI) -> list[Any]:
    return [act for act in app.state.administration.audit.latest(100) if act.result == "done"]


def test_the_routes_are_found(app: FastAPI) -> None:
    paths = {path for path, _ in admin_addresses(app)}
    assert {"/admin", "/admin/login", "/v1/admin/reindex", "/v1/admin/documents/hds", "/v1/admin/audit"} <= paths
    assert len(paths) >= 13


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
def test_no_route_of_the_api_opens_by_any_method_without_the_token(app: FastAPI, headers: dict[str, Any]) -> None:
    for row, (path, methods) in enumerate(admin_addresses(app)):
        if not path.startswith("/v1/"):
            continue
        for column, method in enumerate(METHODS):
            client = visitor(app, f"192.0.2.{row}")
            response = client.request(method, path, headers={**headers, "X-Forwarded-For": f"198.51.100.{column}"})
            known = method in methods or (method == "HEAD" and "GET" in methods)
            assert response.status_code in ((401, 429) if known else (405,)), (method, path)
            if method != "HEAD":
                check(response, response.json()["code"])
            if response.status_code == 401:
                assert response.headers["www-authenticate"].startswith("Bearer")
    assert acts(app) == []


@pytest.mark.parametrize("cookie", ["", "none", "expired", "forged", "of the old token"])
def test_no_act_of_the_page_is_done_without_a_session(app: FastAPI, cookie: str) -> None:
    gate = app.state.administration.gate
    long_ago = AdminGate(TOKEN, clock=lambda: 1_000_000_000.0)
    sessions = {
        "none": "0.0",
        "expired": long_ago.new_session(),
        "forged": f"{2**40}.{'0' * 64}",
        "of the old token": AdminGate(OLD).new_session(),
    }
    headers = {"Cookie": f"{COOKIE}={sessions[cookie]}"} if cookie else {}
    pages = [path for path, _ in admin_addresses(app) if path.startswith("/admin")]
    ways = ("reindex", "jobs/hds/cancel", "bundles/hds/activate", "maintenance", "withdraw", "logout", "nothing")
    for path in [*pages, *(f"/admin/{act}" for act in ways)]:
        for method in METHODS:
            fields = {"on": "yes", "document_id": "hds", "reason": "x", "query": "PECAN", "key": gate.form_key("")}
            response = visitor(app, "203.0.113.7").request(method, path, headers=headers, data=fields)
            assert response.status_code in (200, 401, 403, 404, 405, 429), (method, path)
            assert "Set-Cookie" not in response.headers
            if response.status_code == 200:
                assert (method, path) in (("GET", "/admin"), ("HEAD", "/admin")), "only the form to sign in is shown"
                assert method == "HEAD" or 'name="token"' in response.text
    assert acts(app) == []
    assert app.state.maintenance.current() is None


def test_a_form_of_another_site_is_refused_in_a_session_that_is_good(app: FastAPI) -> None:
    session = app.state.administration.gate.new_session()
    for key in ("", "0" * 64, AdminGate(OLD).form_key(session)):
        response = visitor(app, "203.0.113.8").post(
            "/admin/maintenance", headers={"Cookie": f"{COOKIE}={session}"}, data={"on": "yes", "key": key}
        )
        assert response.status_code in (401, 403)
    assert acts(app) == []


def test_wrong_tokens_are_tried_slowly_and_the_right_one_still_opens(app: FastAPI) -> None:
    client = visitor(app, "203.0.113.9")
    tried = [client.get("/v1/admin/jobs", headers=WRONG["another"]).status_code for _ in range(40)]
    assert tried.count(429) >= 10
    assert client.get("/v1/admin/jobs", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_a_new_token_ends_what_the_old_one_opened(starter_engine: AnswerEngine, tmp_path: Path) -> None:
    session = AdminGate(OLD).new_session()
    before, after = (
        TestClient(app_of(starter_engine, bundles_dir=tmp_path, admin_token=token), follow_redirects=False)
        for token in (OLD, TOKEN)
    )
    for client, opens in ((before, True), (after, False)):
        page = client.get("/admin", headers={"Cookie": f"{COOKIE}={session}"})
        assert ('name="token"' in page.text) is not opens
        answer = client.get("/v1/admin/jobs", headers={"Authorization": f"Bearer {OLD}"})
        assert answer.status_code == (200 if opens else 401)


def test_a_session_ends_after_eight_hours() -> None:
    now = [1_800_000_000.0]
    gate = AdminGate(TOKEN, clock=lambda: now[0])
    session = gate.new_session()
    assert gate.by_session(session)
    now[0] += SESSION_S + 1
    assert gate.by_session(session) is None


@pytest.mark.parametrize(
    "metadata",
    [
        "[" * 60_000, '{"title":' * 6_000 + "1" + "}" * 6_000, '{"title": "\\ud800"}', '{"title": NaN}', '{"title": 1e999}',
        '{"url": "javascript:alert(1)"}', '{"file": "/etc/passwd"}', '{"id": "../x"}', '{"title": "a\\u0000b"}' * 2, "\x00", "null",
    ],
    ids=["deep list", "deep object", "half a character", "NaN", "infinite", "script", "file", "id", "two objects", "NUL", "null"],
)  # fmt: skip
def test_what_is_said_of_a_pushed_document_is_checked_before_anything_is_kept(app: FastAPI, metadata: str) -> None:
    response = visitor(app, "203.0.113.10").put(
        "/v1/admin/documents/note",
        headers={"Authorization": f"Bearer {TOKEN}"},
        files={"file": ("../../note.md", b"# Note")},
        data={"metadata": metadata},
    )
    assert check(response, "invalid_request")["field"] == "metadata"
    assert not app.state.settings.inbox_dir.exists()


@pytest.mark.parametrize(
    "identifier", ["..", "%2e%2e%2fx", "a%00b", "A", "con%3a", "-a", "a" * 300, "é", "a%0ab", "%5c%5chost%5cx"]
)
def test_an_id_that_is_a_path_is_no_id(app: FastAPI, identifier: str) -> None:
    client, bearer = visitor(app, "203.0.113.11"), {"Authorization": f"Bearer {TOKEN}"}
    for method, more in (("PUT", {"files": {"file": ("note.md", b"# Note")}}), ("DELETE", {})):
        response = client.request(method, f"/v1/admin/documents/{identifier}", headers=bearer, **more)
        assert response.status_code in (400, 404, 405)
        check(response, response.json()["code"])
    assert not app.state.settings.inbox_dir.exists()


def test_without_a_token_there_is_no_administration(starter_engine: AnswerEngine, app: FastAPI) -> None:
    closed = TestClient(app_of(starter_engine))
    for path, methods in admin_addresses(app):
        for method in methods:
            response = closed.request(method, path, headers={"Authorization": "Bearer "})
            assert response.status_code == 404, (method, path)
