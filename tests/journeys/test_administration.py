"""An operator's day over HTTP: documents pushed, changed and withdrawn, bundles switched, jobs watched and cancelled."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.encoder import Encoder
from ingest.lock import building
from service.admin_documents import sidecar_text
from tests.admin_maker import BEARER, PECAN, TOKEN, Office, office
from tests.contracts.test_problems import check
from tests.http_maker import client_of

NEW = "# La PECAN\n\nLe plafond de la PECAN est de 890 € par an et par patient depuis 2026.\n"
ABOUT = {"title": "La PECAN en 2026", "publisher": "Agence A", "published_on": "2026-10-01", "kind": "guidance"}


@pytest.fixture
def desk(tmp_path: Path, encoder: Encoder) -> Iterator[Office]:
    with office(tmp_path, encoder) as made:
        yield made


def push(desk: Office, document_id: str, text: str, name: str = "note.md", **about: Any) -> Any:
    data = {"metadata": json.dumps(about)} if about else {}
    return desk.call("PUT", f"/documents/{document_id}", files={"file": (name, text.encode())}, data=data)


def test_a_pushed_document_is_answered_from(desk: Office) -> None:
    response = push(desk, "telesurveillance", "# Télésurveillance\n\nLa télésurveillance est remboursée depuis 2023.\n")
    assert response.status_code == 202
    job = desk.ended(response.headers["location"].rpartition("/")[2])
    assert (job["state"], job["progress"], job["changes"]["added"]) == ("succeeded", 1.0, 1)
    desk.serves(job["bundle_id"])
    answer = desk.ask("Depuis quand la télésurveillance est-elle remboursée ?")
    assert answer["citations"][0]["document"]["id"] == "telesurveillance"
    assert answer["bundle"]["id"] == job["bundle_id"]


def test_a_new_version_replaces_the_old_with_what_is_said_of_it(desk: Office) -> None:
    job = desk.ended(push(desk, "pecan", NEW, **ABOUT).json()["job"]["id"])
    desk.serves(job["bundle_id"])
    cited = desk.ask()["citations"][0]
    assert "890" in cited["quote"]["exact"]
    assert {key: cited["document"][key] for key in ABOUT} == ABOUT
    (latest, *_) = desk.client.get("/v1/changes").json()["data"]
    (changed,) = latest["changed"]
    assert changed["document_id"] == "pecan"
    assert "890" in changed["added"][0] and "780" in changed["removed"][0]


def test_a_withdrawn_document_is_cited_no_more_at_once_and_comes_back_only_anew(desk: Office) -> None:
    assert "780" in desk.ask()["text"]
    response = desk.call("DELETE", "/documents/pecan", params={"reason": "Montant erroné."})
    assert response.status_code == 202
    assert response.json()["reason"] == "Montant erroné."
    answer = desk.ask()
    assert not any(one["document"]["id"] == "pecan" for one in (*answer["citations"], *answer["nearest"]))
    assert "Montant erroné." in check(desk.client.get("/v1/documents/pecan"), "gone")["detail"]
    again = push(desk, "pecan", NEW)
    if again.status_code == 409:  # the job that takes it out of the index still runs
        check(again, "job_conflict")
        assert again.headers["location"].startswith("/v1/admin/jobs/job_")
    desk.quiet()
    desk.until(lambda: desk.client.app.state.engine.bundle.document("pecan") is None, "it is still there")
    check(desk.client.get("/v1/documents/pecan"), "gone")
    job = desk.ended(push(desk, "pecan", NEW).json()["job"]["id"])
    desk.serves(job["bundle_id"])
    assert "890" in desk.ask()["text"]
    assert desk.client.get("/v1/documents/pecan").status_code == 200


def test_a_bundle_is_rolled_back_and_a_damaged_one_refused(desk: Office) -> None:
    first = desk.shelf.active_id()
    assert first is not None
    second = desk.ended(push(desk, "pecan", NEW).json()["job"]["id"])["bundle_id"]
    desk.serves(second)
    listed = desk.call("GET", "/bundles").json()["data"]
    assert [(one["id"], one["active"], one["serving"], one["rollback"]) for one in listed] == [
        (second, True, True, False),
        (first, False, False, True),
    ]
    assert desk.call("POST", f"/bundles/{first}/activate").status_code == 200
    desk.serves(first)
    assert "780" in desk.ask()["text"]
    path = desk.shelf.folder / second / "text.bin"
    path.write_bytes(path.read_bytes() + b"!")
    assert "text.bin" in check(desk.call("POST", f"/bundles/{second}/activate"), "bundle_refused")["detail"]
    check(desk.call("POST", "/bundles/b-nowhere/activate"), "not_found")
    assert desk.shelf.active_id() == first


def test_one_job_runs_at_a_time_and_can_be_followed(desk: Office) -> None:
    started = desk.call("POST", "/reindex")
    assert started.status_code == 202
    job_id = started.json()["id"]
    again = desk.call("POST", "/reindex")
    check(again, "job_conflict")
    assert again.headers["location"] == started.headers["location"] == f"/v1/admin/jobs/{job_id}"
    events = desk.call("GET", f"/jobs/{job_id}/events").text
    names = [line.removeprefix("event: ") for line in events.splitlines() if line.startswith("event: ")]
    assert names[-1] == "job.ended"
    assert set(names[:-1]) <= {"job.progress"}
    last = json.loads(events.strip().rpartition("data: ")[2])
    assert (last["state"], last["unchanged"], last["phase"]) == ("succeeded", True, "")
    assert desk.call("GET", "/jobs").json()["data"][0] == last
    check(desk.call("POST", f"/jobs/{job_id}/cancel"), "job_conflict")
    check(desk.call("GET", "/jobs/job_20260101000000_000000"), "not_found")
    check(desk.call("GET", "/jobs/..%2F..%2Factive"), "not_found")


def test_a_push_while_a_job_runs_is_indexed_by_the_job_after_it(desk: Office) -> None:
    running = desk.call("POST", "/reindex").json()["id"]
    pushed = push(desk, "pecan", NEW)
    assert pushed.status_code == 202
    desk.ended(running)
    desk.until(lambda: "890" in desk.ask()["text"], "the pushed document is not answered from")


def test_a_job_is_cancelled_with_all_that_it_started(desk: Office) -> None:
    before = desk.shelf.active_id()
    push(desk, "long", "# Long\n\n" + "\n\n".join(f"La phrase {n} du rapport est longue." for n in range(20_000)))
    job_id = desk.call("GET", "/jobs").json()["data"][0]["id"]
    assert desk.call("POST", f"/jobs/{job_id}/cancel").status_code == 202
    job = desk.ended(job_id)
    assert (job["state"], job["code"]) == ("cancelled", None)
    assert desk.shelf.active_id() == before
    assert "780" in desk.ask()["text"]
    (desk.inbox / "long.md").unlink()
    assert desk.ended(desk.call("POST", "/reindex").json()["id"])["state"] == "succeeded"


def test_a_job_whose_builder_was_killed_has_failed_and_frees_the_place(desk: Office) -> None:
    job_id = desk.call("POST", "/reindex").json()["id"]
    folder = desk.shelf.folder / ".service" / "jobs" / job_id
    os.killpg(int((folder / "pid").read_text(encoding="utf-8")), signal.SIGKILL)
    job = desk.ended(job_id)
    assert (job["state"], job["code"]) == ("failed", "interrupted")
    assert desk.ended(desk.call("POST", "/reindex").json()["id"])["state"] == "succeeded"


def test_what_cannot_be_indexed_is_told_by_document(desk: Office) -> None:
    job = desk.ended(push(desk, "broken", "%PDF-1.7 nothing", name="broken.pdf").json()["job"]["id"])
    assert job["state"] == "succeeded"
    (remark,) = job["warnings"]
    assert (remark["document_id"], remark["code"]) == ("broken", "broken_document")
    for line in (
        'sourcier_jobs_total{type="reindex",status="succeeded"} 1',
        'sourcier_ingest_failures_total{code="broken_document"} 1',
        'sourcier_source_changes_total{kind="failed"} 1',
    ):
        desk.until(lambda line=line: line in desk.client.get("/metrics").text.splitlines(), line)  # type: ignore[misc]


def test_a_push_while_the_command_line_builds_is_indexed_after_it(desk: Office) -> None:
    with building(desk.shelf.folder, dt.datetime.now(dt.UTC)):
        job = desk.ended(push(desk, "pecan", NEW).json()["job"]["id"])
        assert (job["state"], job["code"]) == ("failed", "build_running")
    desk.until(lambda: "890" in desk.ask()["text"], "the pushed document is not answered from")


def test_pushes_at_the_same_time_lose_nothing(desk: Office) -> None:
    codes: list[int] = []
    threads = [
        threading.Thread(
            target=lambda n=n: codes.append(
                push(desk, f"note-{n}", f"# Note {n}\n\nLe plafond numéro {n} vaut {n}00 euros.").status_code
            )
        )
        for n in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [202] * 5
    wanted = {f"note-{n}" for n in range(5)}
    desk.until(
        lambda: wanted <= {record.source.id for record in desk.client.app.state.engine.bundle.documents},
        "a pushed note is missing",
    )


@pytest.mark.parametrize(
    ("files", "data", "code", "field"),
    [
        ({}, {"metadata": "{}"}, "unsupported_media_type", None),
        ({"other": ("a.md", b"x")}, {}, "invalid_request", "file"),
        ({"file": ("a.exe", b"x")}, {}, "unsupported_media_type", None),
        ({"file": ("a.md", b"x")}, {"metadata": "["}, "invalid_request", "metadata"),
        ({"file": ("a.md", b"x")}, {"metadata": '{"id": "other"}'}, "invalid_request", "metadata"),
        ({"file": ("a.md", b"x")}, {"metadata": '{"kind": "rumour"}'}, "invalid_request", "metadata"),
        ({"file": ("a.md", b"x")}, {"metadata": '{"published_on": "hier"}'}, "invalid_request", "metadata"),
        ({"file": ("a.md", b"x" * 200_000)}, {}, "payload_too_large", None),
    ],
)
def test_a_push_that_cannot_be_used_leaves_nothing(
    tmp_path: Path, encoder: Encoder, files: Any, data: Any, code: str, field: str | None
) -> None:
    with office(tmp_path, encoder, max_document_bytes=100_000) as desk:
        problem = check(desk.call("PUT", "/documents/note", files=files or None, data=data), code)
        assert problem.get("field") == field
        assert not desk.inbox.exists()
        assert desk.call("GET", "/jobs").json()["data"] == []


@pytest.mark.parametrize("document_id", ["Note", "a--b", "-a", "..", "a.b", "é"])
def test_an_id_that_cannot_stand_in_the_catalogue_is_refused(desk: Office, document_id: str) -> None:
    assert push(desk, document_id, "x").status_code in (400, 404, 405)
    assert not desk.inbox.exists()


def test_a_sidecar_says_what_was_sent_whatever_its_signs() -> None:
    import tomllib

    said = {"title": 'Le « "guide" » \\ de\tl\x7fété\n', "supersedes": ["a", "b"], "published_on": "2026-10-01"}
    assert tomllib.loads(sidecar_text(said)) == said


def test_the_kill_switch_says_the_words_of_the_operator_and_outlasts_a_restart(
    tmp_path: Path, encoder: Encoder
) -> None:
    with office(tmp_path, encoder) as desk:
        body = {"on": True, "message": " Correction\n en cours. "}
        assert desk.call("POST", "/maintenance", json=body).json()["message"] == "Correction en cours."
        refused = desk.client.post("/v1/answers", json={"question": PECAN})
        assert check(refused, "maintenance")["detail"] == "Correction en cours."
        another = client_of(desk.client.app.state.engine, bundles_dir=desk.shelf.folder)
        check(another.post("/v1/answers", json={"question": PECAN}), "maintenance")
        assert desk.call("POST", "/maintenance", json={"on": False}).json() == {
            "on": False,
            "since": None,
            "message": "",
        }
        assert desk.ask()["outcome"] == "answered"
        check(desk.call("POST", "/maintenance", json={"on": "yes"}), "invalid_request")
        check(desk.call("POST", "/maintenance", json={"on": True, "message": "x" * 501}), "invalid_request")


def test_every_act_is_written_down_with_who_and_what_and_its_result(desk: Office) -> None:
    desk.call("POST", "/maintenance", json={"on": True})
    desk.call("POST", "/maintenance", json={"on": False})
    desk.call("POST", "/bundles/b-nowhere/activate")
    desk.call("DELETE", "/documents/nowhere")
    acts = desk.call("GET", "/audit").json()["data"]
    assert [(act["act"], act["target"], act["result"]) for act in acts] == [
        ("withdraw", "nowhere", "not_found"),
        ("activate", "b-nowhere", "not_found"),
        ("maintenance", "off", "done"),
        ("maintenance", "on", "done"),
    ]
    assert len({act["by"] for act in acts}) == 1
    assert TOKEN not in (desk.shelf.folder / ".service" / "audit.jsonl").read_text(encoding="utf-8")


DOORS = (
    ("POST", "/reindex"), ("GET", "/jobs"), ("GET", "/jobs/job_20260101000000_000000"), ("GET", "/bundles"),
    ("GET", "/jobs/job_20260101000000_000000/events"), ("POST", "/jobs/job_20260101000000_000000/cancel"),
    ("PUT", "/documents/a"), ("DELETE", "/documents/a"), ("POST", "/bundles/a/activate"), ("POST", "/maintenance"),
    ("GET", "/maintenance"), ("GET", "/audit"),
)  # fmt: skip


def test_without_the_token_every_door_is_shut_and_trying_tokens_is_slow(desk: Office) -> None:
    for method, path in DOORS:
        refused = desk.client.request(method, f"/v1/admin{path}")
        check(refused, "unauthorized")
        assert refused.headers["www-authenticate"].startswith("Bearer")
    for wrong in ("Bearer nope", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é", "Bearer "):
        assert desk.client.get("/v1/admin/jobs", headers={"Authorization": wrong.encode()}).status_code == 401
    codes = [desk.client.get("/v1/admin/jobs", headers={"Authorization": f"Bearer {n}"}).status_code for n in range(40)]
    assert codes[-1] == 429
    assert desk.client.get("/v1/admin/jobs", headers=BEARER).status_code == 200


def test_without_a_token_in_the_settings_there_is_no_administration(desk: Office) -> None:
    client = client_of(desk.client.app.state.engine)
    for method, path in DOORS:
        check(client.request(method, f"/v1/admin{path}", headers=BEARER), "not_found")
    check(client.get("/admin", headers={"Accept": "application/json"}), "not_found")
    assert not [path for path in client.get("/openapi.json").json()["paths"] if "admin" in path]
