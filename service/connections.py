"""Connections: bytes of clients come in; requests go on to the application; who keeps a line without using it is cut off."""

from __future__ import annotations

import asyncio
import json
import socket

import h11
from starlette.requests import Request
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.h11_impl import H11Protocol

from service.crowd import Crowd
from service.observe import ACCESS_LOG, SECURITY_HEADERS, new_request_id
from service.problems import ProblemError, problem_response
from service.texts import Wording

DEFAULT_TIMEOUT_S = 20.0
STALLED_S = 60.0
"""How long a client may take in nothing of what we send."""
LAST_REQUEST_S = 1.0
"""How long an open connection may still bring a request once the service is being stopped: it may be on its way."""


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, which waits for ever for a client's headers and for one that reads nothing; here both have an end.

    How long a request may take to begin is `request_timeout_s` of the application's lifespan state. A refusal that uvicorn makes
    itself is a problem with our headers and our line in the log, as any other.
    """

    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _stopping = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come; its first request is awaited."""
        super().connection_made(transport)
        line = transport.get_extra_info("socket")
        if line is not None and line.family in (socket.AF_INET, socket.AF_INET6):
            # uvicorn's sockets for several workers name no protocol, and asyncio then leaves Nagle's algorithm on: 40 ms an answer
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._stop(self._deadline)
        self._stop(self._stalled)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes have come. A question that would only be refused is refused without being read."""
        crowd: Crowd | None = self.app_state.get("crowd")
        if crowd is not None and self._is_between_requests() and not self._stopping:
            refusal = crowd.refusal(data, self.server_state.default_headers)
            if refusal is not None:
                self._unset_keepalive_if_required()
                self.transport.write(refusal)
                self.on_response_complete()
                return
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Its next request is awaited; uvicorn closes sooner where nothing at all comes."""
        super().on_response_complete()
        self._await_request()

    def shutdown(self) -> None:
        """The service is being stopped: the request under way is answered, or the one that is on its way; then the line closes."""
        self._stopping = True
        if self._is_idle():
            self._await_request()
        elif not self.cycle.response_started:
            self.cycle.default_headers = [*self.cycle.default_headers, CLOSE_HEADER]

    def pause_writing(self) -> None:
        """The client does not take in what we send."""
        super().pause_writing()
        self._stop(self._stalled)
        self._stalled = self.loop.call_later(STALLED_S, self.transport.abort)

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        self._stop(self._stalled)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; nothing of it is read or logged."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):  # an answer is on its way already
            self.transport.close()
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        request_id = new_request_id()
        detail = Wording("La requête n'est pas conforme à HTTP.", "The request is not valid HTTP.")
        scope = {"type": "http", "headers": [], "query_string": b"", "state": {"request_id": request_id}}
        refusal = problem_response(ProblemError("invalid_request", detail), Request(scope))
        ours = {**SECURITY_HEADERS, "X-Request-ID": request_id, "Connection": "close"}
        headers = [*refusal.raw_headers, *((name.encode(), value.encode()) for name, value in ours.items())]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=bytes(refusal.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
        line = {"request_id": request_id, "method": None, "route": "(none)", "status": 400, "duration_ms": 0.0}
        ACCESS_LOG.info(json.dumps({**line, "outcome": "invalid_request"}))

    def _await_request(self) -> None:
        self._stop(self._deadline)
        timeout_s = float(self.app_state.get("request_timeout_s", DEFAULT_TIMEOUT_S))
        if self._stopping:
            timeout_s = min(timeout_s, LAST_REQUEST_S)
        self._deadline = self.loop.call_later(timeout_s, self._give_up)

    def _give_up(self) -> None:
        """Close, unless a request is being answered: its body has a limit of its own."""
        if self._is_idle():
            self.transport.close()
            self._stop(self._stalled)
            self._stalled = self.loop.call_later(STALLED_S, self.transport.abort)

    def _is_between_requests(self) -> bool:
        """Whether nothing of a next request has come yet."""
        return self._is_idle() and self.conn.our_state is h11.IDLE and not self.conn.trailing_data[0]

    def _is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()
