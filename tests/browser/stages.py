"""Two small servers for tests: a site with a strict policy that embeds the assistant, and a service that plays a script."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import uvicorn

from tests.makers import ROOT

WIDGET = ROOT / "service" / "widget"

PAGE = """<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Un site</title>{head}<script type="module" src="{script}/widget.js"></script></head>
<body><main><h1>Un site</h1><p>Son texte.</p>{body}</main></body></html>"""
ASSISTANT = (
    '<policy-assistant endpoint="{endpoint}" lang="{lang}"{more}>'
    '<a href="{endpoint}/ask">Poser une question</a></policy-assistant>'
)
BUNDLE = {"id": "b-1", "built_at": "2026-11-23T00:00:00Z"}
CORPUS = {"sources": [{}] * 52, "latest_published_on": "2026-11-23", "bundle": BUNDLE}
HOSTILE = """
* { all: unset !important; font-size: 3px !important; color: red !important }
policy-assistant, button, textarea, p { transform: rotate(9deg) !important }
"""


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], port: int = 0) -> Iterator[str]:
    """A server of that handler on loopback; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@contextmanager
def running(app: Any, port: int = 0) -> Iterator[str]:
    """A real service on loopback; its address."""
    with socket.socket() as held:  # bound here, so that nobody else takes the port meanwhile
        held.bind(("127.0.0.1", port))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            thread.join(0.02)
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@dataclass
class Site:
    """A site of its own origin, with a copy of the assistant below /assistant. Unless told otherwise, its policy lets the
    script's service and the endpoint in, and nothing else.
    """

    service: str
    url: str = ""
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)

    def page(
        self,
        body: str | None = None,
        *,
        endpoint: str = "",
        lang: str = "fr",
        more: str = "",
        head: str = "",
        images: bool = True,
        policy: str = "",
        script: str = "",
    ) -> str:
        """The address of a page with that body, or with one assistant."""
        endpoint = endpoint or self.service
        body = ASSISTANT.format(endpoint=endpoint, lang=lang, more=f" {more}" if more else "") if body is None else body
        html = PAGE.format(lang=lang, head=head, script=script or self.service, body=body)
        policy = policy or (
            f"default-src 'none'; script-src {self.service}; connect-src {self.service} {endpoint}; style-src 'self'; "
            + (f"img-src {self.service} {endpoint}; " if images else "")
            + "require-trusted-types-for 'script'; trusted-types 'none'"
        )
        path = f"/{len(self.pages)}"
        self.pages[path] = (html, policy)
        return self.url + path

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """What serves the pages that were made."""
        site = self

        class Handler(_Quiet):
            def do_GET(self) -> None:
                text, policy = site.pages.get(self.path, ("", "default-src 'none'"))
                kind = "html"
                copied = WIDGET / self.path.removeprefix("/assistant/")
                if self.path == "/hostile.css":
                    text, kind = HOSTILE, "css"
                elif self.path.startswith("/assistant/") and copied.is_file():
                    text, kind = copied.read_text(encoding="utf-8"), "javascript"
                self.send_response(200 if text else 404)
                self.send_header("Content-Type", f"text/{kind}; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(text.encode())

        return Handler


@dataclass
class Reply:
    """What a scripted service answers: a status, headers, and pieces of the body, each after some seconds."""

    pieces: Sequence[tuple[float, str]] = ()
    status: int = 200
    kind: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False
    """The connection breaks after the last piece, rather than being closed as it should."""


@dataclass
class Stage:
    """A service that plays what a test wrote; questions are answered by its replies, in turn, the last again and again."""

    replies: list[Reply] = field(default_factory=list)
    corpus: dict[str, Any] = field(default_factory=lambda: dict(CORPUS))
    suggestions: dict[str, Any] = field(default_factory=lambda: {"data": ["Une question ?"], "feedback": False})
    asked: list[dict[str, Any]] = field(default_factory=list)
    reported: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """What serves the script."""
        stage = self

        class Handler(_Quiet):
            protocol_version = "HTTP/1.1"

            def do_OPTIONS(self) -> None:
                self._send(Reply(status=204))

            def do_GET(self) -> None:
                body = stage.corpus if "/corpus" in self.path else stage.suggestions
                self._send(Reply([(0, json.dumps(body))], kind="application/json", status=200 if body else 404))

            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if "feedback" in self.path:
                    stage.reported.append(sent)
                    return self._send(Reply([(0, '{"id": "fb_1"}')], status=201, kind="application/json"))
                stage.asked.append(sent)
                return self._send(stage.replies.pop(0) if len(stage.replies) > 1 else stage.replies[0])

            def _send(self, reply: Reply) -> None:
                self.send_response(reply.status)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Access-Control-Allow-Headers", "*")
                self.send_header("Access-Control-Expose-Headers", "Retry-After, X-Request-ID")
                self.send_header("Content-Type", reply.kind)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status == 204:
                    self.end_headers()
                    return
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.close_connection = True
                try:
                    for wait_s, piece in reply.pieces:
                        time.sleep(wait_s)
                        data = piece.encode()
                        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
                        self.wfile.flush()
                    if not reply.lost:
                        self.wfile.write(b"0\r\n\r\n")
                except OSError:
                    return

        return Handler


def event(name: str, data: Any) -> str:
    """One server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def events_of(service: str, question: str, **more: Any) -> list[str]:
    """The events that a real service sends for a question, as they travel."""
    request = urllib.request.Request(
        f"{service}/v1/answers",
        json.dumps({"question": question, **more}).encode(),
        {"Content-Type": "application/json", "Accept": "text/event-stream"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        text: str = response.read().decode()
    return [block + "\n\n" for block in text.split("\n\n") if block]


def joined(service: str, *questions: str, **more: Any) -> list[str]:
    """The events of one answer whose statements are those of several real answers, so that it has as many at least."""
    parsed = [
        [(part.split("\n")[0][7:], json.loads(part.split("data: ", 1)[1])) for part in events_of(service, q, **more)]
        for q in questions
    ]
    whole, *others = (events[-1][1] for events in parsed)
    for other in others:
        offset = len(whole["citations"])
        whole["citations"] += [{**citation, "n": citation["n"] + offset} for citation in other["citations"]]
        whole["statements"] += [
            {**said, "citations": [n + offset for n in said["citations"]]} for said in other["statements"]
        ]
    stated = [
        event(
            "answer.statement",
            {"index": n, "statement": said, "citations": [whole["citations"][c - 1] for c in said["citations"]]},
        )
        for n, said in enumerate(whole["statements"])
    ]
    assert len(stated) >= len(questions)
    before = [event(name, data) for name, data in parsed[0] if name in ("answer.created", "retrieval.completed")]
    notices = [event(name, data) for name, data in parsed[0] if name == "answer.notice"]
    return [*before, *stated, *notices, event("answer.completed", whole)]


def statements(events: list[str]) -> list[str]:
    """The texts of the statements of some events."""
    return [
        json.loads(part.split("data: ", 1)[1])["statement"]["text"]
        for part in events
        if part.startswith("event: answer.statement")
    ]


def problem(code: str, status: int, detail: str = "Détail.", **headers: str) -> Reply:
    """A refusal."""
    body = {"code": code, "status": status, "detail": detail, "title": "Titre", "hint": "", "request_id": "req_1"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply([(0, json.dumps(body))], status=status, kind="application/problem+json", headers=named)
