"""A busy day whose every question, address, browser and secret is marked: no line of any log and no file keeps one of them."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.admin_maker import TEXTS, TOKEN
from tests.makers import ROOT, call
from tests.server_maker import Server, free_port, serving

WORD = "zorglubique"
"""A word of every question, in paths, fields, headers and bodies."""
BROWSER = "Naviguefox/77.1"
ADDRESS = "203.0.113.77"
ADDRESS_6 = "2001:db8:77::9"
COOKIE = "biscuit-zorglub"
NOTE = "remarque-zorglub"
"""What a reader writes in a report: kept in the file of reports, by intent, and nowhere else."""
MARKS = (WORD, "naviguefox", ADDRESS, ADDRESS_6, COOKIE, NOTE, TOKEN, "dupont", "wrong-token")
HEADERS = {
    "User-Agent": BROWSER,
    "X-Forwarded-For": ADDRESS,
    "Cookie": f"a={COOKIE}",
    "Referer": f"https://exemple.fr/{WORD}",
    "X-Request-ID": f"req-{WORD}",
    "Origin": f"https://{WORD}.exemple.fr",
}
QUESTION = f"Quel est le plafond de la PECAN, {WORD} ?"
BROKEN = """
import time, uvicorn
from service.app import create_app
from service.connections import PatientProtocol
from service.engine import open_engine
from service.settings import ServiceSettings
from tests.http_maker import BrokenEngine
import sys
from pathlib import Path

class LateFault(BrokenEngine):
    def ask(self, question):
        if question.max_passages == 7:
            time.sleep(1.5)
        return super().ask(question)

settings = ServiceSettings(bundles_dir=Path(sys.argv[1]), port=int(sys.argv[2]))
app = create_app(settings, LateFault(open_engine(settings.bundles_dir)))

@app.get("/half")
async def half():
    from starlette.responses import StreamingResponse
    async def parts():
        yield b"x" * 10
        raise RuntimeError("a fault that quotes MARK")
    return StreamingResponse(parts())

uvicorn.run(app, port=settings.port, log_level="warning", access_log=False, server_header=False, log_config=None,
            http=PatientProtocol, ws="none")
""".replace("MARK", WORD)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("privacy")
    (made / "documents").mkdir()
    for name, text in TEXTS.items():
        (made / "documents" / f"{name}.md").write_text(text, encoding="utf-8")
    built = call("ingest", "build", "--documents", str(made / "documents"), "--bundles", str(made / "bundles"))
    assert built.returncode == 0
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    settings = {
        "ADMIN_TOKEN": TOKEN,
        "DOCUMENTS_DIR": str(folder / "documents"),
        "FEEDBACK_FILE": str(folder / "reports.jsonl"),
        "RATE_PER_MINUTE": "3000",
        "REQUEST_TIMEOUT_S": "2",
    }
    with serving(folder / "bundles", folder / "log", "--workers", "1", **settings) as found:
        yield found


def requests_of(client: httpx2.Client) -> list[httpx2.Response]:
    """Every sort of request, good and bad."""
    ask, page, bearer = "/v1/answers", f"/{WORD}", {"Authorization": f"Bearer {TOKEN}"}
    texts = (QUESTION, "", QUESTION * 20, f"{WORD} jean.dupont@exemple.fr", f"Qui est {WORD} ?", f"Ignore tout, {WORD}")
    said = [client.post(ask, json={"question": text}) for text in texts]
    said += [client.post(ask, json={"question": text, "stream": True}) for text in texts]
    said += [client.post("/v1/search", json={"query": text}) for text in texts]
    said += [client.post("/ask", data={"question": text}) for text in texts]
    said += [
        client.post("/openai/v1/chat/completions", json={"messages": [{"role": "user", "content": t}]}) for t in texts
    ]
    said += [
        client.post(ask, json={"question": QUESTION, WORD: 1}),
        client.post(ask, json={"question": QUESTION, "filters": {"publishers": [WORD]}}),
        client.post(ask, json={"question": QUESTION, "conversation": [{"role": "user", "text": WORD}]}),
        client.post(ask, content=f'{{"question": "{WORD}'.encode(), headers={"Content-Type": "application/json"}),
        client.post(ask, content=QUESTION.encode(), headers={"Content-Type": f"text/{WORD}"}),
        client.post(ask, content=b"x" * 70_000, headers={"Content-Type": "application/json"}),
        client.get("/ask", params={"q": QUESTION}),
        client.get(page, params={"q": WORD}),
        client.get(ask),
        client.request(WORD.upper(), page),
        client.get(f"/v1/documents/{WORD}"),
        client.get("/v1/documents", params={"cursor": WORD}),
        client.get(f"/v1/passages/{WORD}.0123456789ab"),
        client.options(ask, headers={"Access-Control-Request-Method": "POST"}),
        client.post("/v1/feedback", json={"answer_id": "ans_1", "reason": "other", "note": NOTE}),
        client.post("/v1/feedback", json={"answer_id": "ans_1", "reason": WORD}),
        client.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                                  "params": {"name": "answer", "arguments": {"question": QUESTION}}}),
        client.get("/v1/admin/jobs", headers={"Authorization": "Bearer wrong-token"}),
        client.get("/v1/admin/jobs", headers=bearer),
        client.post("/v1/admin/reindex", headers=bearer),
        client.post("/v1/admin/maintenance", json={"on": False, "message": ""}, headers=bearer),
        client.post("/admin/login", data={"token": "wrong-token"}),
        client.post("/admin/login", data={"token": TOKEN}),
    ]  # fmt: skip
    return said


def raw(server: Server, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(sent)
        while connection.recv(65536):
            pass


def check_lines(log: Path) -> list[Mapping[str, Any]]:
    """The lines of a log after its first, each a JSON object without any mark."""
    text = log.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("Sourcier: http://127.0.0.1:")]
    for line in lines:
        assert [mark for mark in MARKS if mark.lower() in line.lower()] == [], line
    return [json.loads(line) for line in lines]


def test_no_line_and_no_file_of_a_busy_day_holds_a_question_an_address_or_a_browser(
    server: Server, folder: Path
) -> None:
    with httpx2.Client(base_url=server.url, headers=HEADERS, timeout=60) as client, ThreadPoolExecutor(4) as crowd:
        said = [one for ones in crowd.map(lambda _: requests_of(client), range(3)) for one in ones]
        ids = {one.headers["x-request-id"] for one in said}
        assert {200, 201, 400, 401, 404, 405, 413, 415, 422} <= {one.status_code for one in said}
        client.get("/healthz", headers={"X-Forwarded-For": ADDRESS_6})
    raw(server, f"GET /{WORD} HTTP/1.1\r\nHost: x\r\nX: {WORD}\x00\r\n\r\n".encode())
    raw(
        server,
        f"POST /v1/answers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{WORD}".encode(),
    )
    with httpx2.Client(base_url=server.url, timeout=60) as client:
        while any(
            job["state"] == "running"
            for job in client.get("/v1/admin/jobs", headers={"Authorization": f"Bearer {TOKEN}"}).json()["data"]
        ):
            time.sleep(0.1)
        metrics = client.get("/metrics").text
    assert [mark for mark in MARKS if mark.lower() in metrics.lower()] == []
    lines = check_lines(folder / "log")
    assert ids <= {line["request_id"] for line in lines if "route" in line}, "every request has its line"
    for path in folder.rglob("*"):
        if path.is_file():
            kept = path.read_bytes().decode("utf-8", "replace").lower()
            allowed = {NOTE} if path.name == "reports.jsonl" else set()
            assert {mark for mark in MARKS if mark.lower() in kept} <= allowed, path


def test_each_request_leaves_one_line_that_says_how_it_went(server: Server, folder: Path) -> None:
    with httpx2.Client(base_url=server.url, headers=HEADERS, timeout=60) as client:
        answer = client.post("/v1/answers", json={"question": QUESTION})
        refusal = client.post("/v1/answers", json={"question": ""})
    assert refusal.json()["request_id"] == refusal.headers["x-request-id"]
    lines = {line["request_id"]: line for line in check_lines(folder / "log") if "route" in line}
    assert set(lines[answer.headers["x-request-id"]]) >= {"method", "route", "status", "duration_ms", "outcome"}
    assert lines[answer.headers["x-request-id"]]["route"] == "/v1/answers"
    assert lines[refusal.headers["x-request-id"]]["outcome"] == "question_empty"


def test_a_service_that_breaks_says_where_and_not_on_what(folder: Path) -> None:
    """Faults before, after and in the middle of a response, whose messages quote the question."""
    port, log = free_port(), folder / "broken.log"
    command = [sys.executable, "-c", BROKEN, str(folder / "bundles"), str(port)]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=stream)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=HEADERS, timeout=60) as client:
            end = time.monotonic() + 60
            while True:
                try:
                    client.get("/healthz")
                    break
                except httpx2.TransportError:
                    assert process.poll() is None and time.monotonic() < end, log.read_text(encoding="utf-8")
                    time.sleep(0.1)
            whole = client.post("/v1/answers", json={"question": QUESTION})
            assert whole.status_code == 500
            late = client.post("/v1/answers", json={"question": QUESTION, "stream": True, "max_passages": 7})
            assert "event: error" in late.text and "internal_error" in late.text
            with pytest.raises(httpx2.TransportError):
                client.get("/half")
            for text in (whole.text, late.text):
                assert WORD not in text
    finally:
        process.terminate()
        process.wait(20)
    faults = [line for line in check_lines(log) if "fault" in line]
    assert {line["request_id"] for line in faults if "request_id" in line} >= {whole.headers["x-request-id"]}
    assert all(re.fullmatch(r"(\w+\.py|<string>):\d+ .+", frame) for line in faults for frame in line["frames"])
    assert any("logger" in line for line in faults), "the server's own line is written without its message"
