"""What is counted exists, moves when it should, and is what the alerts and the guide name."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from corpus.last_runs import Evaluation, LastRuns, note_evaluation, note_fetches, read_runs
from service.engine import AnswerEngine
from tests.admin_maker import BEARER, TOKEN
from tests.http_maker import BrokenEngine, SlowEngine, client_of
from tests.makers import ROOT, call

ASK = "/v1/answers"
PECAN = {"question": "Quel est le plafond de la PECAN ?"}
NOT_OURS = {"up"}
RULES = yaml.safe_load((ROOT / "docs" / "operations" / "alerts.yml").read_text(encoding="utf-8"))
WORDS_OF_PROMQL = frozenset(
    """sum by rate increase histogram_quantile avg_over_time time max min and or le on without ignoring""".split()
)


@pytest.fixture
def client(starter_engine: AnswerEngine, tmp_path: Path) -> TestClient:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "note.md").write_text("# Note\n", encoding="utf-8")
    note_fetches(tmp_path, {"www.has-sante.fr": "2026-11-22T06:00:00+00:00"})
    note_evaluation(tmp_path, "questions-dev", Evaluation("2026-11-23T06:00:00+00:00", {"answered": 0.97}))
    settings = {"admin_token": TOKEN, "inbox_dir": inbox, "feedback_file": str(tmp_path / "reports.jsonl")}
    return client_of(starter_engine, bundles_dir=tmp_path, **settings)


def samples(client: TestClient) -> dict[str, float]:
    """Every sample of /metrics by its name and labels."""
    lines = [line for line in client.get("/metrics").text.splitlines() if line and not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def families(client: TestClient) -> dict[str, str]:
    """The metrics that /metrics announces, with their kind."""
    found = [line.split()[2:4] for line in client.get("/metrics").text.splitlines() if line.startswith("# TYPE")]
    return dict(found)


def rules() -> list[dict[str, Any]]:
    return [rule for group in RULES["groups"] for rule in group["rules"]]


def names_of(expression: str) -> set[str]:
    """The metrics of an expression: its names that are no words of PromQL, labels and values left out."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(?:by|on|without|ignoring)\s*\([^)]*\)", "", expression)
    return {name for name in re.findall(r"[a-z_:][a-z0-9_:]*", bare) if name not in WORDS_OF_PROMQL} - NOT_OURS


def test_streams_are_counted_while_they_run_and_when_they_are_cut(
    client: TestClient, starter_engine: AnswerEngine
) -> None:
    client.post(ASK, json={**PECAN, "stream": True})
    seen = samples(client)
    assert seen["sourcier_streams_active"] == 0
    assert seen["sourcier_answer_first_byte_seconds_count"] == 1
    assert not any("aborted_total{" in name for name in seen)
    broken = client_of(_LateFault(starter_engine))
    assert "event: error" in broken.post(ASK, json={**PECAN, "stream": True}).text
    assert samples(broken)['sourcier_streams_aborted_total{by="server"}'] == 1


def test_a_stream_that_its_reader_leaves_is_counted_so(starter_engine: AnswerEngine) -> None:
    engine = SlowEngine(starter_engine)
    client = client_of(engine)
    body = json.dumps({**PECAN, "stream": True}).encode()
    headers = [(b"content-type", b"application/json"), (b"host", b"x")]
    scope = {"type": "http", "method": "POST", "path": ASK, "raw_path": ASK.encode(), "query_string": b"", "headers": headers,
             "http_version": "1.1", "scheme": "http", "server": ("x", 80), "client": ("127.0.0.1", 1), "root_path": ""}  # fmt: skip

    async def leave_early() -> None:
        begun = asyncio.Event()
        messages = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            if (message := next(messages, None)) is not None:
                return message
            await begun.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body" and message.get("body"):
                begun.set()

        await client.app(scope, receive, send)

    asyncio.run(leave_early())
    engine.let_go.set()
    seen = samples(client)
    assert seen['sourcier_streams_aborted_total{by="client"}'] == 1
    assert seen["sourcier_streams_active"] == 0


class _LateFault(BrokenEngine):
    """Breaks once the stream has begun."""

    def ask(self, question: Any) -> Any:
        time.sleep(1.3)
        return super().ask(question)


def test_an_answer_moves_what_it_should(client: TestClient) -> None:
    before = samples(client)
    client.post(ASK, json=PECAN)
    client.post(ASK, json={"question": ""})
    after = samples(client)
    moved = {name for name in after if after[name] > before.get(name, 0.0)}
    for name in (
        'sourcier_answers_total{outcome="answered",mode="extractive",lang="fr"}',
        'sourcier_answer_duration_seconds_count{mode="extractive"}',
        "sourcier_answer_citations_count",
        "sourcier_queue_wait_seconds_count",
        'sourcier_http_request_duration_seconds_count{route="/v1/answers"}',
        'sourcier_refusals_total{reason="question_empty"}',
    ):
        assert name in moved, name
    assert {"retrieve", "rank", "compose"} <= set(
        re.findall(r'stage_duration_seconds_count\{stage="(\w+)"', " ".join(moved))
    )


def test_a_report_is_counted_by_its_reason(client: TestClient) -> None:
    client.post("/v1/feedback", json={"answer_id": "ans_1", "reason": "outdated"})
    assert samples(client)['sourcier_feedback_total{reason="outdated"}'] == 1


def test_what_ran_elsewhere_is_shown(client: TestClient) -> None:
    seen = samples(client)
    day = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC).timestamp()
    assert seen['sourcier_source_last_success_timestamp_seconds{source="www.has-sante.fr"}'] == day
    assert seen['sourcier_eval_score{set="questions-dev",metric="answered"}'] == 0.97
    assert seen['sourcier_eval_last_run_timestamp_seconds{set="questions-dev"}'] == day + 86400
    assert seen["sourcier_documents_newest_timestamp_seconds"] == pytest.approx(time.time(), abs=600)
    assert any(name.startswith("sourcier_source_newest_timestamp_seconds{") for name in seen)


def test_a_file_of_runs_that_cannot_be_read_shows_nothing(client: TestClient, tmp_path: Path) -> None:
    for content in ("", "[]", '{"fetches": 1}', '{"fetches": {}, "evaluations": {"a": {}}}', "[" * 100):
        (tmp_path / "last-runs.json").write_text(content, encoding="utf-8")
        assert read_runs(tmp_path) == LastRuns()
        assert client.get("/metrics").status_code == 200


def test_an_evaluation_leaves_its_scores(starter: Path, tmp_path: Path) -> None:
    questions = tmp_path / "few.jsonl"
    questions.write_text((ROOT / "tests/data/questions-dev.jsonl").read_text(encoding="utf-8").splitlines()[0] + "\n")
    assert call("service", "eval", "--questions", str(questions), "--bundles", str(starter), "--json").returncode == 0
    scores = read_runs(starter).evaluations["few"].scores
    assert scores["verbatim"] == 1.0


def test_an_older_document_hides_no_newer_one(tmp_path: Path) -> None:
    from service.run_metrics import NewestFile

    for name, moment in (("a.md", 1_000_000), ("b/c.md", 2_000_000), (".hidden", 3_000_000)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (moment, moment))
    assert NewestFile(tmp_path).seconds() == 2_000_000
    assert NewestFile(tmp_path / "nowhere").seconds() == 0.0


def test_every_metric_that_an_alert_names_is_there(client: TestClient) -> None:
    known = set(families(client))
    known |= {
        f"{name}{end}"
        for name, kind in families(client).items()
        if kind == "histogram"
        for end in ("_bucket", "_sum", "_count")
    }
    known |= {rule["record"] for rule in rules() if "record" in rule}
    named = {name for rule in rules() for name in names_of(rule["expr"])}
    assert named - known == set()
    assert len(named) > 15


def test_every_label_that_an_alert_names_is_one_of_its_metric() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "service").glob("*.py"))
    labels = set(re.findall(r'"(\w+)"', " ".join(re.findall(r"\(((?:\"\w+\",? ?)+)\)", source))))
    used = {
        name
        for rule in rules()
        for found in re.findall(r"\{([^}]*)\}", rule["expr"])
        for name in re.findall(r"(\w+)=", found)
    }
    assert used <= labels


def test_every_alert_says_what_and_what_to_do_in_french_first() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    assert {"SourcierSourceSilent", "SourcierNoAnswerShareUp", "SourcierCitationsDropped", "SourcierIndexBehindDocuments",
            "SourcierQueueWait", "SourcierMaintenance"} <= {rule["alert"] for rule in alerts}  # fmt: skip
    for rule in alerts:
        assert set(rule["annotations"]) == {"summary", "summary_en", "action"}
        assert rule["labels"]["severity"] in ("info", "warning", "critical")


def test_the_guide_names_every_metric_and_no_other(client: TestClient) -> None:
    guide = (ROOT / "docs" / "operating-service.md").read_text(encoding="utf-8")
    table = guide.partition("## Counts and alerts")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(sourcier_[a-z_]+)`", table))
    assert named == set(families(client))


def test_health_and_counts_need_no_token_and_hold_none(client: TestClient) -> None:
    client.get("/v1/admin/jobs", headers=BEARER)
    assert TOKEN not in client.get("/metrics").text
