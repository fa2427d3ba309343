"""/admin in the hands of an operator, and of those who are none: forms, sessions, and what they do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from corpus.encoder import Encoder
from service.admin import SESSION_S, AdminGate
from tests.admin_maker import BEARER, TOKEN, Office, office

PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("admin"), encoder) as made:
        yield made


@pytest.fixture
def signed_in(desk: Office) -> Iterator[TestClient]:
    desk.client.cookies.clear()
    response = desk.client.post("/admin/login", data={"token": f" {TOKEN} "}, headers=PAGE)
    assert response.status_code == 200
    yield desk.client
    desk.client.cookies.clear()


def key_of(client: TestClient) -> str:
    found = re.search(r'name="key" value="([0-9a-f]{64})"', client.get("/admin", headers=PAGE).text)
    assert found is not None
    return found[1]


def test_who_is_not_signed_in_sees_the_form_and_nothing_else(desk: Office) -> None:
    desk.client.cookies.clear()
    html = desk.client.get("/admin", headers=PAGE).text
    assert 'type="password"' in html
    assert str(desk.shelf.active_id()) not in html.partition("<footer")[0]
    for path in (
        "reindex",
        "maintenance",
        "withdraw",
        "search",
        "logout",
        f"bundles/{desk.shelf.active_id()}/activate",
    ):
        response = desk.client.post(f"/admin/{path}", data={"on": "yes", "query": "PECAN"}, headers=PAGE)
        assert response.status_code == 401
        assert 'type="password"' in response.text
    assert desk.call("GET", "/jobs").json()["data"] == []
    assert desk.call("GET", "/maintenance").json()["on"] is False


def test_a_wrong_token_is_refused_and_leaves_no_cookie(desk: Office) -> None:
    desk.client.cookies.clear()
    response = desk.client.post("/admin/login", data={"token": "wrong"}, headers=PAGE)
    assert response.status_code == 401
    assert 'role="alert"' in response.text
    assert not desk.client.cookies


def test_the_cookie_of_a_session_is_for_this_page_alone(desk: Office) -> None:
    desk.client.cookies.clear()
    response = desk.client.post("/admin/login", data={"token": TOKEN}, follow_redirects=False)
    cookie = response.headers["set-cookie"]
    for word in ("HttpOnly", "SameSite=strict", "Path=/admin"):
        assert word in cookie
    assert TOKEN not in cookie
    session = re.search(r"sourcier_admin=([^;]+)", cookie)[1]  # type: ignore[index]
    stolen = desk.client.get("/v1/admin/jobs", headers={"Authorization": f"Bearer {session}"})
    assert stolen.status_code == 401


def test_a_session_ends_and_cannot_be_made_up() -> None:
    now = [1000.0]
    gate = AdminGate(TOKEN, lambda: now[0])
    session = gate.new_session()
    assert gate.by_session(session) is not None
    end, _, signature = session.partition(".")
    for forged in ("", ".", f"{int(end) + 1}.{signature}", f"{end}.{'0' * 64}", f"{end}.é", session + "0"):
        assert gate.by_session(forged) is None
    assert AdminGate(TOKEN + "2", lambda: now[0]).by_session(session) is None
    now[0] += SESSION_S
    assert gate.by_session(session) is None


def test_a_form_of_another_site_does_nothing(signed_in: TestClient, desk: Office) -> None:
    for key in ("", "0" * 64):
        response = signed_in.post("/admin/maintenance", data={"on": "yes", "key": key}, headers=PAGE)
        assert response.status_code == 401
        assert "expiré" in response.text
    assert desk.call("GET", "/maintenance").json()["on"] is False


def test_the_page_shows_what_is_served_and_how_fresh_it_is(signed_in: TestClient, desk: Office) -> None:
    html = signed_in.get("/admin", headers=PAGE).text
    assert str(desk.shelf.active_id()) in html
    for title in ("État du service", "Fraîcheur des sources", "Indexations", "Dernières actions"):
        assert title in html
    assert TOKEN not in html


def test_the_switch_is_turned_and_the_message_shown_as_text(signed_in: TestClient, desk: Office) -> None:
    key = key_of(signed_in)
    data = {"key": key, "on": "yes", "message": "<b>Correction</b> en cours."}
    response = signed_in.post("/admin/maintenance", data=data, headers=PAGE)
    assert response.url.path == "/admin"
    assert "&lt;b&gt;Correction&lt;/b&gt; en cours." in response.text
    assert desk.client.post("/v1/answers", json={"question": "Qui ?"}).json()["detail"] == "<b>Correction</b> en cours."
    signed_in.post("/admin/maintenance", data={"key": key}, headers=PAGE)
    assert desk.call("GET", "/maintenance").json()["on"] is False


def test_an_indexing_is_started_from_the_page_and_told_there(signed_in: TestClient, desk: Office) -> None:
    response = signed_in.post("/admin/reindex", data={"key": key_of(signed_in)}, headers=PAGE)
    assert "C’est fait." in response.text
    again = signed_in.post("/admin/reindex", data={"key": key_of(signed_in)}, headers=PAGE)
    assert again.status_code in (200, 409)
    desk.quiet()
    assert "rien n’a changé" in signed_in.get("/admin", headers=PAGE).text


def test_what_the_engine_finds_is_shown_with_its_scores(signed_in: TestClient) -> None:
    data = {"key": key_of(signed_in), "query": "plafond de la PECAN"}
    html = signed_in.post("/admin/search", data=data, headers=PAGE).text
    assert "780" in html
    assert re.search(r'<td class="figure">[01]\.\d{3}</td>', html)
    refused = signed_in.post("/admin/search", data={**data, "query": "jean@exemple.fr"}, headers=PAGE)
    assert refused.status_code == 422


def test_a_document_is_withdrawn_from_the_page(signed_in: TestClient, desk: Office) -> None:
    key = key_of(signed_in)
    for document_id, code in (("nowhere", 404), ("../x", 400), ("", 400)):
        data = {"key": key, "document_id": document_id, "reason": "Erreur."}
        assert signed_in.post("/admin/withdraw", data=data, headers=PAGE).status_code == code
    data = {"key": key, "document_id": "hds", "reason": "Note erronée."}
    assert "Note erronée." in signed_in.post("/admin/withdraw", data=data, headers=PAGE).text
    assert desk.client.get("/v1/documents/hds").status_code == 410
    desk.quiet()


def test_signing_out_ends_it_here(signed_in: TestClient) -> None:
    html = signed_in.post("/admin/logout", data={"key": key_of(signed_in)}, headers=PAGE).text
    assert 'type="password"' in html
    assert not signed_in.cookies


def test_it_speaks_english_too_and_acts_are_written_down(signed_in: TestClient, desk: Office) -> None:
    html = signed_in.get("/admin?lang=en", headers=PAGE).text
    assert "Freshness of sources" in html
    assert 'action="/admin/reindex?lang=en"' in html
    acts = [act["act"] for act in desk.call("GET", "/audit", headers=BEARER).json()["data"]]
    assert "sign in" in acts


def test_an_address_that_is_no_act_is_told_so(signed_in: TestClient) -> None:
    key = key_of(signed_in)
    for path in ("nothing", "jobs/x", "bundles//activate", "jobs/x/cancel"):
        assert signed_in.post(f"/admin/{path}", data={"key": key}, headers=PAGE).status_code == 404


def test_without_a_token_in_the_settings_there_is_no_page(desk: Office, tmp_path: Path) -> None:
    from tests.http_maker import client_of

    client = client_of(desk.client.app.state.engine)  # type: ignore[attr-defined]
    assert client.get("/admin", headers=PAGE).status_code == 404
    assert client.post("/admin/login", data={"token": ""}, headers=PAGE).status_code == 404
