"""Two versions of one text: the one that holds on the asked date answers, the other is marked, kept, and found by its date."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.encoder import Encoder
from tests.admin_maker import PECAN, Office, office
from tests.makers import call, question

OLD = "# Le tarif de la PECAN\n\nLe plafond de la PECAN est de 780 € par an et par patient.\n\nLa demande se fait en ligne.\n"
NEW = "# Le tarif de la PECAN\n\nLe plafond de la PECAN est de 890 € par an et par patient.\n"
TODAY, BETWEEN, BEFORE = "2026-11-23", "2026-03-15", "2025-01-01"


@pytest.fixture
def desk(tmp_path: Path, encoder: Encoder) -> Iterator[Office]:
    with office(tmp_path, encoder) as made:
        push(made, "tarif-2024", OLD, published_on="2024-04-22")
        made.call("DELETE", "/documents/pecan", params={"reason": "Essai."})
        made.quiet()
        yield made


def push(desk: Office, document_id: str, text: str, **about: Any) -> Any:
    files, data = {"file": ("note.md", text.encode())}, {"metadata": json.dumps(about)}
    done = desk.call("PUT", f"/documents/{document_id}", files=files, data=data, params={"wait_s": 60})
    assert (done.status_code, done.json()["indexed"]) == (200, True), done.text
    return done.json()


def ask(desk: Office, as_of: str, text: str = PECAN) -> Any:
    return desk.client.post("/v1/answers", json={"question": text, "as_of": as_of}).json()


def told(answer: Any) -> tuple[str, str, str, list[str]]:
    """Amount, status and document of the first statement, and the codes of the notices."""
    first = answer["statements"][0]
    amount = next(word for word in ("780", "890") if word in first["text"])
    return amount, first["status"], answer["citations"][0]["document"]["id"], [one["code"] for one in answer["notices"]]


def test_the_version_that_holds_on_the_asked_date_answers(desk: Office) -> None:
    assert told(ask(desk, TODAY)) == ("780", "in_force", "tarif-2024", [])
    push(desk, "tarif-2026", NEW, published_on="2026-03-01", valid_from="2026-04-01", supersedes=["tarif-2024"])
    assert told(ask(desk, TODAY)) == ("890", "in_force", "tarif-2026", [])
    assert told(ask(desk, BETWEEN)) == ("780", "in_force", "tarif-2024", [])
    assert told(ask(desk, BEFORE)) == ("780", "in_force", "tarif-2024", [])


def test_the_old_version_is_kept_marked_and_told_of_where_it_alone_answers(desk: Office) -> None:
    push(desk, "tarif-2026", NEW, valid_from="2026-04-01", supersedes=["tarif-2024"])
    old, new = (desk.client.get(f"/v1/documents/tarif-{year}").json() for year in (2024, 2026))
    assert (old["superseded_by"], new["supersedes"]) == (["tarif-2026"], ["tarif-2024"])
    assert (old["status"], new["status"]) == ("superseded", "in_force")
    assert {one["id"]: one["status"] for one in new["versions"]} == {
        "tarif-2024": "superseded",
        "tarif-2026": "in_force",
    }
    alone = ask(desk, TODAY, "Comment se fait la demande de PECAN, en ligne ?")
    (statement, *_) = alone["statements"]
    assert (statement["text"], statement["status"]) == ("La demande se fait en ligne.", "superseded")
    assert "superseded_source" in [one["code"] for one in alone["notices"]]
    cited = alone["citations"][0]["document"]
    assert (cited["superseded_by"], cited["status"]) == (["tarif-2026"], "superseded")
    filtered = {"question": PECAN, "as_of": TODAY, "filters": {"documents": ["tarif-2024"]}}
    assert told(desk.client.post("/v1/answers", json=filtered).json())[:2] == ("780", "superseded")
    page = desk.client.get("/documents/tarif-2024", headers={"Accept": "text/html"})
    assert page.status_code != 200 or "tarif-2026" in page.text


def test_a_draft_takes_nobody_s_place_and_what_is_announced_only_on_its_day(desk: Office) -> None:
    push(desk, "tarif-2026", NEW, status="draft", supersedes=["tarif-2024"])
    assert told(ask(desk, TODAY)) == ("780", "in_force", "tarif-2024", [])
    push(desk, "tarif-2026", NEW, status="announced", valid_from="2027-01-01", supersedes=["tarif-2024"])
    assert told(ask(desk, TODAY)) == ("780", "in_force", "tarif-2024", [])
    assert told(ask(desk, "2027-01-01")) == ("890", "announced", "tarif-2026", ["announced"])


def test_a_document_whose_time_is_over_says_so(desk: Office) -> None:
    push(desk, "tarif-2024", OLD, valid_to="2026-07-01")
    assert told(ask(desk, TODAY)) == ("780", "superseded", "tarif-2024", ["superseded_source"])
    assert told(ask(desk, BETWEEN)) == ("780", "in_force", "tarif-2024", [])


def test_a_withdrawn_successor_gives_its_place_back(desk: Office) -> None:
    push(desk, "tarif-2026", NEW, valid_from="2026-04-01", supersedes=["tarif-2024"])
    desk.call("DELETE", "/documents/tarif-2026", params={"reason": "Annulé."})
    desk.quiet()
    desk.until(lambda: desk.client.app.state.engine.bundle.document("tarif-2026") is None, "it is still there")  # type: ignore[attr-defined]
    assert told(ask(desk, TODAY)) == ("780", "in_force", "tarif-2024", [])


@pytest.mark.parametrize("way", ["catalogue", "front matter", "sidecar"])
def test_what_replaces_what_can_be_said_in_each_place(tmp_path: Path, way: str) -> None:
    from service.engine import open_engine

    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "tarif-2024.md").write_text(OLD, encoding="utf-8")
    head = "---\nvalid_from: 2026-04-01\nsupersedes: tarif-2024\n---\n\n" if way == "front matter" else ""
    (documents / "tarif-2026.md").write_text(head + NEW, encoding="utf-8")
    said = 'valid_from = 2026-04-01\nsupersedes = ["tarif-2024"]\n'
    if way == "sidecar":
        (documents / "tarif-2026.toml").write_text(said, encoding="utf-8")
    origin = ("--documents", str(documents))
    if way == "catalogue":
        tables = (f'[[source]]\nid = "tarif-{year}"\nfile = "documents/tarif-{year}.md"\n' for year in (2024, 2026))
        (tmp_path / "mine.toml").write_text("".join(tables) + said, encoding="utf-8")
        origin = ("--catalogue", str(tmp_path / "mine.toml"))
    assert call("ingest", "build", *origin, "--bundles", str(tmp_path / "bundles")).returncode == 0
    assert call("ingest", "build", *origin, "--bundles", str(tmp_path / "bundles")).returncode == 4
    engine = open_engine(tmp_path / "bundles")
    for as_of, amount in ((TODAY, "890"), (BETWEEN, "780")):
        answer = engine.ask(question(PECAN, dt.date.fromisoformat(as_of)))
        assert amount in answer.statements[0].text
        assert answer.statements[0].status == "in_force"
