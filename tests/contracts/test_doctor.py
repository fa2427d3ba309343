"""`python -m service doctor` and `purge`, as an operator types them: French first, JSON for programs, an exit code that tells."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from service.feedback import FeedbackFile, FeedbackRequest
from service.line_file import add_line, purge_lines
from tests.makers import call

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
SAFE = {"HOST": "127.0.0.1", "PORT": "0", "ADMIN_TOKEN": "", "CORS_ORIGINS": "", "CHAT_MODEL": "", "FEEDBACK_FILE": ""}


def examined(monkeypatch: pytest.MonkeyPatch, bundles: Path, **settings: str) -> tuple[int, dict[str, list[Any]]]:
    """The exit code, and what was found by check."""
    for name, value in {**SAFE, **settings}.items():
        monkeypatch.setenv(f"SOURCIER_{name}", value)
    done = call("service", "doctor", "--json", "--lang", "en", "--bundles", str(bundles))
    found: dict[str, list[Any]] = {}
    for one in json.loads(done.stdout)["checks"]:
        found.setdefault(one["check"], []).append(one)
    return done.returncode, found


def test_a_sound_installation_has_nothing_that_fails(monkeypatch: pytest.MonkeyPatch, starter: Path) -> None:
    code, found = examined(monkeypatch, starter)
    assert code == 0
    wanted = ["python", "packages", "bundle", "encoder", "disk", "permissions", "port", "tesseract", "settings"]
    assert list(found) == wanted
    assert {one["state"] for name in ("python", "bundle", "encoder", "port", "settings") for one in found[name]} == {
        "ok"
    }
    assert all(one["advice"] for ones in found.values() for one in ones if one["state"] != "ok")


def test_it_speaks_french_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, starter: Path, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCIER_PORT", "0")
    assert "est libre" in call("service", "doctor", "--bundles", str(starter)).stdout
    done = call("service", "doctor", "--bundles", str(tmp_path))
    assert done.returncode == 1
    assert "Le service ne peut fonctionner ainsi." in done.stdout
    assert "The service cannot run" in call("service", "doctor", "--lang", "en", "--bundles", str(tmp_path)).stdout


def test_without_an_index_it_says_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, found = examined(monkeypatch, tmp_path / "nowhere")
    assert code == 1
    assert found["bundle"][0]["state"] == "failure"
    assert "bundle_missing" in found["bundle"][0]["found"]
    assert "ingest build" in found["bundle"][0]["advice"]


def test_a_taken_port_is_a_warning(monkeypatch: pytest.MonkeyPatch, starter: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, found = examined(monkeypatch, starter, PORT=str(taken.getsockname()[1]))
    assert (code, found["port"][0]["state"]) == (0, "warning")


@pytest.mark.parametrize(
    ("settings", "state", "words"),
    [
        ({"ADMIN_TOKEN": "a" * 40}, "warning", "easy to guess"),
        ({"ADMIN_TOKEN": "a" * 40, "HOST": "0.0.0.0"}, "failure", "easy to guess"),
        ({"HOST": "0.0.0.0"}, "warning", "without TLS"),
        ({"HOST": "0.0.0.0", "RATE_PER_MINUTE": "0"}, "failure", "no rate limit"),
        ({"CORS_ORIGINS": "http://www.exemple.fr"}, "warning", "over plain http"),
        ({"CORS_ORIGINS": "*"}, "failure", "no web origin"),
        ({"PORT": "99999"}, "failure", "SOURCIER_PORT"),
        ({"CHAT_MODEL": "m", "CHAT_BASE_URL": "https://llm.exemple.com/v1"}, "warning", "sent to llm.exemple.com"),
        ({"CHAT_MODEL": "m", "CHAT_BASE_URL": "http://llm.exemple.com/v1"}, "failure", "without TLS: llm.exemple.com"),
    ],
)  # fmt: skip
def test_a_setting_that_is_unsafe_is_told(
    monkeypatch: pytest.MonkeyPatch, starter: Path, settings: dict[str, str], state: str, words: str
) -> None:
    code, found = examined(monkeypatch, starter, **settings)
    (one,) = [one for one in found["settings"] if words in one["found"]]
    assert one["state"] == state
    assert one["advice"]
    assert code == (1 if "failure" in {one["state"] for one in found["settings"]} else 0)


def test_a_token_is_never_shown(monkeypatch: pytest.MonkeyPatch, starter: Path) -> None:
    monkeypatch.setenv("SOURCIER_ADMIN_TOKEN", "secret-secret-secret")
    assert "secret" not in call("service", "doctor", "--bundles", str(starter)).stdout


def report(number: int) -> FeedbackRequest:
    return FeedbackRequest(answer_id=f"ans_{number}", reason="other")


def test_old_reports_and_acts_are_purged_and_new_ones_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path, acts = tmp_path / "reports.jsonl", tmp_path / ".service" / "audit.jsonl"
    file, now = FeedbackFile(path, 100_000), dt.datetime.now(dt.UTC)
    for days in (90, 31, 29, 0):
        file.add(report(days), now - dt.timedelta(days=days))
    acts.parent.mkdir()
    for days in (400, 1):
        add_line(acts, json.dumps({"at": (now - dt.timedelta(days=days)).isoformat(), "by": "x"}).encode() + b"\n")
    monkeypatch.setenv("SOURCIER_FEEDBACK_FILE", str(path))
    done = call("service", "purge", "--bundles", str(tmp_path), "--json")
    assert done.returncode == 0
    assert [(one["what"], one["removed"], one["kept"]) for one in json.loads(done.stdout)] == [
        ("reports", 2, 2),
        ("acts", 1, 1),
    ]
    assert [json.loads(line)["answer_id"] for line in path.read_text().splitlines()] == ["ans_29", "ans_0"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert "0 removed, 2 kept" in call("service", "purge", "--bundles", str(tmp_path)).stdout
    call("service", "purge", "--days", "0", "--bundles", str(tmp_path))
    assert path.read_text() == ""


def test_what_is_added_while_old_lines_go_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    line = json.dumps({"at": NOW.isoformat()}).encode() + b"\n"

    def add() -> None:
        for _ in range(200):
            add_line(path, line)

    adding = [threading.Thread(target=add) for _ in range(4)]
    for thread in adding:
        thread.start()
    while any(thread.is_alive() for thread in adding):
        purge_lines(path, NOW - dt.timedelta(days=1), "at")
        add_line(path, b'{"at": "2020-01-01T00:00:00+00:00"}\n')
    purge_lines(path, NOW - dt.timedelta(days=1), "at")
    assert path.read_bytes() == line * 800
