"""GET /v1/documents/{id}/pages/{index}/image over the starter corpus; boxes of citations, and what they cost."""

from __future__ import annotations

import struct
import threading
import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.engine import AnswerEngine
from tests.http_maker import client_of

QUESTION = "Quel est le plafond de la PECAN ?"
IMAGE = "/v1/documents/pecan/pages/1/image"


@pytest.fixture(scope="module")
def client(starter_engine: AnswerEngine) -> TestClient:
    return client_of(starter_engine)


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG, in pixels."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def test_a_quote_of_a_pdf_has_boxes_and_a_picture_of_its_page(client: TestClient) -> None:
    answer: dict[str, Any] = client.post("/v1/answers", json={"question": QUESTION}).json()
    pdf = [c for c in answer["citations"] if c["links"].get("page_image")]
    assert pdf
    for citation in pdf:
        assert citation["boxes"]
        assert {box["page_index"] for box in citation["boxes"]} == {citation["page"]["index"]}
        response = client.get(citation["links"]["page_image"])
        assert (response.status_code, response.headers["content-type"]) == (200, "image/png")
        assert size_of(response.content)[0] in (959, 960, 961)
    for citation in answer["citations"]:
        if "page_image" not in citation["links"]:
            assert citation["boxes"] == []


def test_a_page_that_is_drawn_for_ever_keeps_neither_its_reader_nor_an_answer(starter_engine: AnswerEngine) -> None:
    client = client_of(starter_engine, answer_timeout_s=2)
    images = client.app.state.page_images  # type: ignore[attr-defined]
    release, begun = threading.Event(), threading.Event()

    def for_ever() -> None:
        with images._lock:
            begun.set()
            release.wait(60)

    images.draw(for_ever)
    assert begun.wait(60)
    try:
        response = client.get(IMAGE)
        assert (response.status_code, response.json()["code"]) == (504, "timeout")
        assert images.boxes(starter_engine.bundle.folder / "any.pdf", [], 0, 1) == ()
    finally:
        release.set()


def test_boxes_are_cheap(client: TestClient, starter_engine: AnswerEngine) -> None:
    images = client.app.state.page_images  # type: ignore[attr-defined]
    bundle = starter_engine.bundle
    costs_ms = []
    for record in bundle.documents:
        path, page = bundle.original(record.source.id), bundle.page(record.source.id, 0)
        if record.source.media_type == "application/pdf" and path is not None and page is not None:
            started = time.perf_counter()
            images.boxes(path, page.runs, 100, 300)
            costs_ms.append((time.perf_counter() - started) * 1000)
    costs_ms.sort()
    print(f"boxes of a quote: median {costs_ms[len(costs_ms) // 2]:.1f} ms, worst {costs_ms[-1]:.1f} ms")
    assert costs_ms[len(costs_ms) // 2] < 25


def test_a_picture_may_stand_in_any_site_and_is_not_sent_twice(client: TestClient) -> None:
    first = client.get(IMAGE)
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert first.headers["x-content-type-options"] == "nosniff"
    again = client.get(IMAGE, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("width", "sent"), [(1, 640), (640, 640), (641, 960), (1920, 1920)])
def test_the_width_is_rounded_up_to_one_of_a_few(client: TestClient, width: int, sent: int) -> None:
    assert abs(size_of(client.get(f"{IMAGE}?width={width}").content)[0] - sent) <= 1


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("width=0", 400, "width"), ("width=1921", 400, "width"), ("width=x", 400, "width"), ("start=-1", 400, "start"),
        ("start=5&end=2", 400, "end"), ("start=0&end=99999999", 400, "end"), ("part=9", 400, "part"),
        ("part=3", 404, None),
    ],
)  # fmt: skip
def test_a_picture_out_of_bounds_is_refused(client: TestClient, query: str, status: int, field: str | None) -> None:
    response = client.get(f"{IMAGE}?{query}")
    assert (response.status_code, response.json().get("field")) == (status, field)


@pytest.mark.parametrize("path", ["nowhere/pages/0", "pecan/pages/99", "omnibus-ia/pages/0"])
def test_what_is_no_page_of_a_pdf_has_no_picture(client: TestClient, path: str) -> None:
    response = client.get(f"/v1/documents/{path}/image")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
