"""A server that speaks as OpenAI's on loopback, whose model does as it is told: a script goes in; requests and what became of them come out."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "scripted-1"
_FENCED = re.compile(
    r"^(?P<fence>«[0-9a-f]+») passage (?P<n>\d+)\n(?P<body>.*?)^(?P=fence) (?:fin du|end of) passage", re.M | re.S
)
Body = dict[str, Any]
Script = Callable[["Exchange"], None]


class Exchange:
    """One request to the model, and the way to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: Body) -> None:
        self.handler = handler
        self.body = body
        self.streaming = False

    @property
    def prompt(self) -> str:
        """Everything that the model is told."""
        return "\n".join(message["content"] for message in self.body["messages"])

    @property
    def passages(self) -> dict[int, str]:
        """The text of each passage of the prompt, by its number."""
        found = _FENCED.finditer(self.body["messages"][-1]["content"])
        return {
            int(one["n"]): re.split(r"^(?:texte :|text:)\n", one["body"], maxsplit=1, flags=re.M)[1] for one in found
        }

    def number_of(self, words: str) -> int:
        """The number of the first passage that holds the words."""
        return next(n for n, text in self.passages.items() if words in text)

    def refuse(self, status: int, message: str = "no", **headers: str) -> None:
        """Answer with an HTTP error."""
        self._send(status, json.dumps({"error": {"message": message, "type": "scripted", "code": status}}), headers)

    def begin(self) -> None:
        """Begin a stream of events."""
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "text/event-stream")
        self.handler.send_header("Connection", "close")
        self.handler.end_headers()
        self.streaming = True

    def say(self, text: str, *, size: int = 17, pause_s: float = 0.0) -> None:
        """Send a text in pieces, as a model's stream does."""
        if not self.streaming:
            self.begin()
        for at in range(0, len(text), size):
            self._event({"role": "assistant", "content": text[at : at + size]}, None)
            time.sleep(pause_s)

    def end(self) -> None:
        """End the stream as it should."""
        self._event({}, "stop")
        self.handler.wfile.write(b"data: [DONE]\n\n")

    def _event(self, delta: Body, finish: str | None) -> None:
        event = {
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }  # fmt: skip
        self.handler.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.handler.wfile.flush()

    def _send(self, status: int, text: str, headers: dict[str, str]) -> None:
        data = text.encode()
        self.handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.send_header("Content-Length", str(len(data)))
        self.handler.end_headers()
        self.handler.wfile.write(data)


class ChatServer:
    """The server of one test. `script` may be changed at any time; `left` is set when a client goes away before the end."""

    def __init__(self) -> None:
        self.script: Script = replies
        self.asked: list[Body] = []
        self.left = threading.Event()
        self.closing = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                body["_path"], body["_authorization"] = self.path, self.headers.get("Authorization")
                outer.asked.append(body)
                self.close_connection = True
                try:
                    outer.script(Exchange(self, body))
                except (BrokenPipeError, ConnectionResetError):
                    outer.left.set()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """What SOURCIER_CHAT_BASE_URL is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def waits_for_the_client_to_leave(self, exchange: Exchange, limit_s: float = 60.0) -> None:
        """Send nothing of use until the other side hangs up."""
        end_s = time.monotonic() + limit_s
        while time.monotonic() < end_s and not self.closing.is_set():
            if exchange.streaming:
                exchange.handler.wfile.write(b": waiting\n\n")
                exchange.handler.wfile.flush()
            elif _hung_up(exchange.handler):
                raise BrokenPipeError
            time.sleep(0.02)

    def close(self) -> None:
        """Stop serving."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


def _hung_up(handler: BaseHTTPRequestHandler) -> bool:
    import select

    readable, _, _ = select.select([handler.connection], [], [], 0)
    return bool(readable) and handler.connection.recv(1) == b""


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    """A scripted server until the end of the block."""
    server = ChatServer()
    try:
        yield server
    finally:
        server.close()


def replies(exchange: Exchange, *statements: Body, before: str = "", after: str = "", size: int = 17) -> None:
    """Answer with statements as JSON, prose around them if given."""
    exchange.say(before + json.dumps({"statements": list(statements)}, ensure_ascii=False) + after, size=size)
    exchange.end()


def stated(text: str, *quotes: tuple[int, str]) -> Body:
    """A statement as a model should give it."""
    return {"text": text, "quotes": [{"passage": n, "words": words} for n, words in quotes]}


def says_what_it_quotes(*needles: str) -> Script:
    """A script that states, for each needle, the very sentence of the prompt that holds it."""

    def script(exchange: Exchange) -> None:
        found = []
        for needle in needles:
            number = exchange.number_of(needle)
            sentence = next(s for s in re.split(r"(?<=[.!?])\s+", exchange.passages[number]) if needle in s)
            found.append(stated(sentence, (number, sentence)))
        replies(exchange, *found)

    return script
