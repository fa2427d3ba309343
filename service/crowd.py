"""A question that comes while too many others wait: its bytes go in; the bytes of a refusal, which cost next to nothing, come out.

What is refused the long way takes a third of a millisecond: with ten times the questions that can be answered, refusing would leave
no time to answer. Only what is plain is refused here; everything else goes the long way, and is refused there in the same words.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from service.admission import Admission
from service.cors import mark_response
from service.loop_lag import LoopLag
from service.maintenance import MaintenanceSwitch
from service.metrics import Metrics
from service.observe import ACCESS_LOG, SECURITY_HEADERS, new_request_id
from service.problems import problem_response

MAX_HEAD_BYTES = 8192
_LINE = re.compile(rb"POST (/v1/answers|/v1/search) HTTP/1\.1\r\n")
_HEADER = re.compile(rb"([!#$%&'*+\-.^_`|~0-9a-z]+):[ \t]*([^\r\n\x00]*?)[ \t]*\r\n")
_PLAIN = frozenset({b"keep-alive", b"Keep-Alive", b""})
_UNUSUAL = frozenset({b"expect", b"transfer-encoding", b"upgrade"})


class Crowd:
    """Refuses questions of one worker at its sockets while the event loop is late and the queue full."""

    def __init__(
        self, admission: Admission, lag: LoopLag, switch: MaintenanceSwitch, metrics: Metrics, origins: Iterable[str]
    ) -> None:
        self._admission = admission
        self._lag = lag
        self._switch = switch
        self._metrics = metrics
        self._origins = frozenset(origins)

    def refusal(self, data: bytes, also: Iterable[tuple[bytes, bytes]] = ()) -> bytes | None:
        """The response, with the headers `also`, to one whole request where it is refused; None where it may come in."""
        if not self._admission.is_crowded(self._lag.seconds()) or self._switch.current() is not None:
            return None
        start_s = time.perf_counter()
        found = _plain(data)
        return None if found is None else self._written(*found, also, start_s)

    def _written(
        self, path: str, headers: Mapping[bytes, bytes], also: Iterable[tuple[bytes, bytes]], start_s: float
    ) -> bytes:
        problem, request_id = self._admission.overloaded(), new_request_id()
        scope = {
            "type": "http",
            "headers": list(headers.items()),
            "query_string": b"",
            "state": {"request_id": request_id},
        }
        request = Request(scope)
        response = problem_response(problem, request)
        response.headers.update({"X-Request-ID": request_id, **SECURITY_HEADERS})
        mark_response(response.headers, origin := request.headers.get("origin", ""), origin in self._origins)
        duration_s = time.perf_counter() - start_s
        self._metrics.request(path, "POST", response.status_code, problem.code, duration_s)
        line = {"request_id": request_id, "method": "POST", "route": path, "status": response.status_code}
        ACCESS_LOG.info(json.dumps({**line, "duration_ms": round(duration_s * 1000, 2), "outcome": problem.code}))
        return bytes_of(response, also)


def bytes_of(response: Response, also: Iterable[tuple[bytes, bytes]] = ()) -> bytes:
    """A response as it travels over HTTP/1.1."""
    status = HTTPStatus(response.status_code)
    head = b"".join(b"%b: %b\r\n" % header for header in (*also, *response.raw_headers))
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() + head + b"\r\n" + bytes(response.body)


def _plain(data: bytes) -> tuple[str, dict[bytes, bytes]] | None:
    """Path and headers of one question that came whole and asks for nothing unusual; None for anything else."""
    line = _LINE.match(data)
    end = data.find(b"\r\n\r\n", 0, MAX_HEAD_BYTES)
    if line is None or end < 0:
        return None
    headers: dict[bytes, bytes] = {}
    position = line.end()
    head = data[: end + 2].lower()
    while position < end + 2:
        header = _HEADER.match(head, position)
        if header is None or header.group(1) in headers or header.group(1) in _UNUSUAL:
            return None
        headers[header.group(1)] = data[header.start(2) : header.end(2)]
        position = header.end()
    length = headers.get(b"content-length", b"")
    whole = length.isdigit() and len(length) < 10 and int(length) == len(data) - end - 4
    if not whole or b"host" not in headers or headers.get(b"connection", b"") not in _PLAIN:
        return None
    return line.group(1).decode(), headers
