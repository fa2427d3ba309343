"""A publisher's program pushes a document and learns in one request whether it is answered from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.encoder import Encoder
from tests.admin_maker import Office, office

TEXT = "# Télésurveillance\n\nLa télésurveillance est remboursée depuis 2023.\n"


@pytest.fixture
def desk(tmp_path: Path, encoder: Encoder) -> Iterator[Office]:
    with office(tmp_path, encoder) as made:
        yield made


def push(desk: Office, document_id: str, text: str, name: str = "note.md", wait_s: float = 60, **about: str) -> Any:
    files, data = {"file": (name, text.encode())}, {"metadata": json.dumps(about)}
    return desk.call("PUT", f"/documents/{document_id}", files=files, data=data, params={"wait_s": wait_s})


def test_a_push_can_wait_until_its_document_is_answered_from(desk: Office) -> None:
    desk.call("POST", "/reindex")  # the push is indexed by the job that follows
    done = push(desk, "telesurveillance", TEXT)
    assert (done.status_code, done.json()["indexed"]) == (200, True)
    cited = desk.ask("Depuis quand la télésurveillance est-elle remboursée ?")["citations"][0]["document"]
    assert (cited["id"], cited["publisher"]) == ("telesurveillance", "")


def test_the_same_text_with_other_metadata_is_waited_for_too(desk: Office) -> None:
    push(desk, "telesurveillance", TEXT)
    done = push(desk, "telesurveillance", TEXT, publisher="Agence A")
    assert (done.status_code, done.json()["indexed"]) == (200, True)
    assert desk.client.get("/v1/documents/telesurveillance").json()["publisher"] == "Agence A"


def test_a_document_that_cannot_be_read_is_told_in_the_same_response(desk: Office) -> None:
    done = push(desk, "broken", "%PDF-1.7 nothing", "broken.pdf")
    assert (done.status_code, done.json()["indexed"]) == (200, False)
    assert [one["code"] for one in done.json()["job"]["warnings"]] == ["broken_document"]


def test_who_does_not_wait_is_answered_at_once(desk: Office) -> None:
    done = push(desk, "telesurveillance", TEXT, wait_s=0)
    assert (done.status_code, done.json().get("indexed")) == (202, None)
    assert done.headers["location"].endswith(done.json()["job"]["id"])
