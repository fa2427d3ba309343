"""The corpus over HTTP: passages, documents, pages, files, and their validators."""

from __future__ import annotations

import hashlib

import pytest
from starlette.testclient import TestClient

from service.engine import AnswerEngine
from tests.http_maker import client_of


@pytest.fixture(scope="module")
def client(starter_engine: AnswerEngine) -> TestClient:
    return client_of(starter_engine)


def test_a_passage_stands_in_its_context_on_its_page(client: TestClient, starter_engine: AnswerEngine) -> None:
    passage = starter_engine.bundle.passage_at(len(starter_engine.bundle) // 2)
    body = client.get(f"/v1/passages/{passage.id}").json()
    place = body["locator"]
    page = client.get(f"/v1/documents/{passage.document_id}/pages/{place['page_index']}").json()
    assert body["text"] == passage.text == page["text"][place["start"] : place["end"]]
    around = body["context"]["before"] + body["text"] + body["context"]["after"]
    assert around in page["text"]
    assert body["document"]["id"] == passage.document_id


def test_the_catalogue_is_read_in_parts_without_a_gap_or_a_repeat(
    client: TestClient, starter_engine: AnswerEngine
) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        body = client.get("/v1/documents", params={"limit": 7, "cursor": cursor}).json()
        seen += [document["id"] for document in body["data"]]
        if body["next_cursor"] is None:
            break
        cursor = body["next_cursor"]
    assert seen == sorted(record.source.id for record in starter_engine.bundle.documents)
    assert body["total"] == len(seen)


def test_a_document_says_what_it_is_and_how_it_stands(client: TestClient, starter_engine: AnswerEngine) -> None:
    record = starter_engine.bundle.documents[0]
    body = client.get(f"/v1/documents/{record.source.id}").json()
    assert (body["title"], body["pages"], body["passages"]) == (record.source.title, record.n_pages, record.n_passages)
    assert body["id"] in [version["id"] for version in body["versions"]]
    assert client.get(body["links"]["first_page"]).json()["pages"] == record.n_pages
    assert client.get(body["links"]["view"]).status_code == 200


@pytest.mark.parametrize(
    ("media_type", "shown"),
    [("application/pdf", "inline"), ("text/html", "attachment"), ("text/markdown", "inline")],
)
def test_a_file_is_the_original_and_cannot_run_on_our_origin(
    client: TestClient, starter_engine: AnswerEngine, media_type: str, shown: str
) -> None:
    source = next(r.source for r in starter_engine.bundle.documents if r.source.media_type == media_type)
    response = client.get(f"/v1/documents/{source.id}/file")
    assert hashlib.sha256(response.content).hexdigest() == source.sha256
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-disposition"].startswith(f'{shown}; filename="{source.id}.')
    assert media_type == "application/pdf" or "sandbox" in response.headers["content-security-policy"]


def test_a_part_of_a_file_can_be_asked_for(client: TestClient, starter_engine: AnswerEngine) -> None:
    source = next(r.source for r in starter_engine.bundle.documents if r.source.media_type == "application/pdf")
    response = client.get(f"/v1/documents/{source.id}/file", headers={"Range": "bytes=0-3"})
    assert (response.status_code, response.content) == (206, b"%PDF")


def test_the_corpus_says_what_is_served(client: TestClient, starter_engine: AnswerEngine) -> None:
    body = client.get("/v1/corpus").json()
    assert body["bundle"]["id"] == starter_engine.bundle.card.id
    assert body["counts"]["passages"] == len(starter_engine.bundle)
    assert body["encoder"]["dimension"] == starter_engine.bundle.vectors.dimension
    assert len(body["sources"]) == len(starter_engine.bundle.documents)


def test_what_did_not_change_is_not_sent_again(client: TestClient, starter_engine: AnswerEngine) -> None:
    record = starter_engine.bundle.documents[0]
    passage = starter_engine.bundle.passage_at(0)
    document = f"/v1/documents/{record.source.id}"
    for path in (f"/v1/passages/{passage.id}", "/v1/documents", document, f"{document}/pages/0", f"{document}/file",
                 "/v1/corpus", "/widget.js", "/static/page.css"):  # fmt: skip
        first = client.get(path)
        assert first.status_code == 200, path
        for sent in (first.headers["etag"], f'W/{first.headers["etag"]}, "other"', "*"):
            again = client.get(path, headers={"If-None-Match": sent})
            assert (again.status_code, again.content) == (304, b""), path
            assert again.headers["etag"] == first.headers["etag"]
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_answers_and_pages_for_people_are_never_stored(client: TestClient) -> None:
    assert client.post("/v1/answers", json={"question": "Qui ?"}).headers["cache-control"] == "no-store"
    for path in ("/", "/ask", "/documents"):
        assert client.get(path).headers["cache-control"] == "no-store"


def test_head_is_answered_as_get_without_its_body(client: TestClient) -> None:
    for path in ("/", "/v1/corpus", "/healthz", "/widget.js"):
        response = client.head(path)
        assert (response.status_code, response.content) == (200, b"")
