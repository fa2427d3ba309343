"""Clients that dawdle, lie or crowd, over real sockets: each is cut off or refused by name, and the others are answered."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.server_maker import Server, serving

QUESTION = "Quel est le plafond de la PECAN ?"
CROWD = 1000
POST = b"POST /v1/answers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
FILES_OF_OTHERS = (b"root:", b"[project]", b"SOURCIER_")


@pytest.fixture(scope="module")
def server(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("server") / "log"
    with serving(starter, log, REQUEST_TIMEOUT_S="2", ANSWER_TIMEOUT_S="60") as found:
        yield found
        assert b"Traceback" not in log.read_bytes()
        assert all(line.startswith(b"{") for line in log.read_bytes().splitlines()[1:])


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=60)


def said(server: Server, sent: bytes) -> bytes:
    """All that the service says to these bytes until it closes."""
    with connect(server) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
        return all_of(connection)


def all_of(connection: socket.socket) -> bytes:
    received = b""
    with suppress(ConnectionResetError):
        while block := connection.recv(65536):
            received += block
    return received


def check_refusal(response: bytes, status: int, code: str) -> None:
    """A whole problem with our headers."""
    head, _, body = response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), response[:200]
    problem = json.loads(body)
    assert problem["code"] == code
    for name in (b"content-security-policy", b"x-content-type-options", b"referrer-policy", b"x-request-id"):
        assert name in head.lower()
    assert problem["request_id"].encode() in head


def test_headers_that_never_end_are_cut_off_while_others_are_answered(server: Server) -> None:
    with ExitStack() as held:
        slow = [held.enter_context(connect(server)) for _ in range(50)]
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ")
        start = time.monotonic()
        while time.monotonic() - start < 1:
            for connection in slow:
                connection.sendall(b"a")
            time.sleep(0.1)
        assert server.ask(QUESTION)["outcome"] == "answered"
        assert [all_of(connection) for connection in slow] == [b""] * 50  # each was closed by the service


def test_a_connection_that_says_nothing_is_closed(server: Server) -> None:
    with connect(server) as connection:
        assert all_of(connection) == b""


def test_a_second_request_is_awaited_no_longer_than_the_first(server: Server) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTT")
        received = all_of(connection)
    assert received.count(b"HTTP/1.1 200 ") == 1


def test_a_body_that_does_not_come_is_refused_and_holds_no_place(server: Server) -> None:
    with ExitStack() as held:
        slow = [held.enter_context(connect(server)) for _ in range(60)]  # more than there are permits and places
        for connection in slow:
            connection.sendall(POST + b'Content-Length: 100\r\n\r\n{"question": "')
        assert server.ask(QUESTION)["outcome"] == "answered"
        for connection in slow:
            check_refusal(all_of(connection), 408, "request_timeout")


def test_who_reads_nothing_holds_up_nobody(server: Server) -> None:
    asked = b"GET /v1/documents?limit=100 HTTP/1.1\r\nHost: x\r\n\r\n"
    with ExitStack() as held:
        for _ in range(30):
            connection = socket.socket()
            held.enter_context(connection)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(asked * 20)
        assert server.ask(QUESTION)["outcome"] == "answered"


def test_a_thousand_idle_connections_leave_room_for_a_question(server: Server) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < CROWD + 200:
        pytest.skip(f"this system grants {hard} files to a process")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, CROWD + 200), hard))
    try:
        with ExitStack() as held:
            for _ in range(CROWD):
                held.enter_context(connect(server))
            assert server.ask(QUESTION)["outcome"] == "answered"
            assert len(list(Path(f"/proc/{server.process.pid}/fd").iterdir())) > CROWD / 2
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(20_000)) + b"\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX A: b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200) + b"\r\n\r\n",
        POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
        POST + b"Content-Length: -1\r\n\r\n{}",
        POST + b"Content-Length: 0x10\r\n\r\n{}",
        POST + b"Content-Length: 1" + b"0" * 30 + b"\r\n\r\n{}",
        POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    ],
    ids=[
        "huge header", "many headers", "huge address", "NUL in a header", "two hosts", "no host", "space in a name", "TLS",
        "two lengths", "negative length", "hexadecimal length", "endless length", "two codings", "hidden coding",
        "broken chunk", "endless chunk",
    ],
)  # fmt: skip
def test_what_is_no_http_is_refused_by_name_and_smuggles_nothing(server: Server, sent: bytes) -> None:
    response = said(server, sent + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert response.count(b"HTTP/1.1 ") == 1
    codes = {400: "invalid_request", 408: "request_timeout", 413: "payload_too_large"}
    status = int(response.split()[1])
    check_refusal(response, status, codes[status])


def test_two_ways_to_measure_a_body_smuggle_no_request(server: Server) -> None:
    """Content-Length and Transfer-Encoding together: one reading alone, and whatever follows is never another's request."""
    inside = b"GET /v1/corpus HTTP/1.1\r\nHost: x\r\n\r\n"
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(inside), inside)
    sent = POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked
    response = said(server, sent)
    assert response.count(b"HTTP/1.1 ") == 1
    check_refusal(response, 400, "invalid_request")


def test_a_body_shorter_than_it_was_declared_is_no_question(server: Server) -> None:
    response = said(server, POST + b'Content-Length: 500\r\n\r\n{"question": "Qui ?"}')
    check_refusal(response, 408, "request_timeout")


def test_a_body_longer_than_it_was_declared_is_not_read_further(server: Server) -> None:
    body = b'{"question": "Qui ?"}'
    response = said(server, POST + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body + b"{}" * 50)
    assert response.count(b"HTTP/1.1 ") == 1
    assert response.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "host", [b"evil.example", b"x\x7f", b"x@y", b"[::1", b"a" * 5000, b"x:99999", b"", b'"><script>', b"\xff\xfe"]
)
def test_an_odd_host_is_never_markup_and_never_kept_by_a_cache(server: Server, host: bytes) -> None:
    for path in (b"/", b"/ask", b"/v1/corpus", b"/documents", b"/v1/nowhere", b"/widget.js"):
        response = said(
            server, b"GET %b HTTP/1.1\r\nHost: %b\r\nAccept: text/html\r\nConnection: close\r\n\r\n" % (path, host)
        )
        assert response[:13] in (b"HTTP/1.1 200 ", b"HTTP/1.1 404 ", b"HTTP/1.1 400 "), response[:200]
        assert b"<script>" not in response
        if len(host) > 4 and host in response:
            assert b"cache-control: no-store" in response.lower()


@pytest.mark.parametrize(
    "path",
    [
        b"/static/../pyproject.toml", b"/static/%2e%2e/%2e%2e/pyproject.toml", b"/static/..%2fapp.py", b"/static/..%5capp.py",
        b"/static/%00", b"/static/page.css%00.js", b"/static//etc/passwd", b"/static/%2fetc%2fpasswd", b"/static/C:%5cboot.ini",
        b"/widget/../../app.py", b"/widget/%2e%2e%2f%2e%2e%2fapp.py", b"/docs/..%2f__init__.py", b"/../../etc/passwd",
        b"//etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd", b"/v1/documents/..%2f..%2fcard/file", b"/v1/documents/%2e%2e/file",
        b"/v1/documents/..%2f..%2f..%2f..%2fetc%2fpasswd/file", b"/v1/documents/%00/file", b"/v1/documents/con/file",
        b"/v1/documents/..%5c..%5ccard.json/file", b"/v1/documents/card.json/file", b"/v1/documents/%c0%ae%c0%ae/file",
        b"/v1/documents/%252e%252e%252f/file", b"/v1/passages/..%2fcard.json", b"/documents/..%2f..%2fcard.json",
        b"/.env", b"/.git/config", b"/bundles/card.json", b"/card.json", b"/service/app.py",
    ],
)  # fmt: skip
def test_no_path_leads_to_a_file_that_is_not_served(server: Server, path: bytes) -> None:
    response = said(server, b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path)
    check_refusal(response, 404, "not_found")
    assert not any(words in response for words in FILES_OF_OTHERS)
    absolute = said(server, b"GET http://x%b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path)
    assert absolute.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 "))


def test_nobody_keeps_the_service_from_stopping(starter: Path, tmp_path: Path) -> None:
    """Clients that still send their request are not waited for longer than an answer may take."""
    log = tmp_path / "log"
    with ExitStack() as held:
        with serving(starter, log, REQUEST_TIMEOUT_S="600", ANSWER_TIMEOUT_S="1") as server:
            for _ in range(5):
                connection = held.enter_context(connect(server))
                connection.sendall(POST + b'Content-Length: 100\r\n\r\n{"question": "')
            assert server.ask(QUESTION)["outcome"] == "answered"
        assert b"Traceback" not in log.read_bytes()  # it has ended within twenty seconds: `serving` waits no longer
