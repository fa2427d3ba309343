"""An answer as server-sent events: work and what is known of it go in; events, heartbeats and a last word come out."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

from service.answer import Mode
from service.language import quality_of
from service.live import Event, LiveAnswer
from service.observe import internal_error, log_fault
from service.problems import ProblemError, problem_body
from service.wire import AnswerOut, BundleOut, CitationOut, EvidenceOut, NoticeOut, StatementOut
from service.wire_parts import Out, json_text

MEDIA_TYPE = "text/event-stream"
HEARTBEAT_S = 15.0
FIRST_BYTE_S = 1.0
"""How long the stream waits for the whole answer before it begins: as long, a fault still has an HTTP status of its own."""
HEADERS: Mapping[str, str] = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Accept"}


class CreatedOut(Out):
    """`answer.created`: the question was accepted."""

    id: str
    request_id: str
    mode: Mode
    as_of: dt.date
    bundle: BundleOut


class RetrievedOut(Out):
    """`retrieval.completed`: the passages that the answer is made from, best first."""

    passages: list[EvidenceOut]


class StatementEventOut(Out):
    """`answer.statement`: one sentence, its place in the answer, and its citations in full."""

    index: int
    statement: StatementOut
    citations: list[CitationOut]


class NoticeEventOut(Out):
    """`answer.notice`: a notice and the citations that it names, in full."""

    notice: NoticeOut
    citations: list[CitationOut]


def wants_stream(request: Request, asked: bool) -> bool:
    """Whether to stream: the body asks for it, or the client names text/event-stream and likes it no less than JSON."""
    if asked:
        return True
    liked = {"application/json": 0.0, MEDIA_TYPE: 0.0}
    for part in request.headers.get("accept", "")[:500].split(","):
        kind, _, parameters = part.strip().partition(";")
        if kind.strip().lower() in liked:
            liked[kind.strip().lower()] = quality_of(parameters)
    return liked[MEDIA_TYPE] > 0 and liked[MEDIA_TYPE] >= liked["application/json"]


def events_of(answer: AnswerOut, retrieved: list[EvidenceOut]) -> Iterator[tuple[str, Out]]:
    """The events of an answer that is whole, in order, without `answer.created`; the last is `answer.completed`."""
    by_number = {citation.n: citation for citation in answer.citations}
    yield "retrieval.completed", RetrievedOut(passages=retrieved)
    for index, statement in enumerate(answer.statements):
        cited = [by_number[n] for n in statement.citations]
        yield "answer.statement", StatementEventOut(index=index, statement=statement, citations=cited)
    for notice in answer.notices:
        named = [by_number[n] for n in notice.citations if n in by_number]
        yield "answer.notice", NoticeEventOut(notice=notice, citations=named)
    yield "answer.completed", answer


def event_text(name: str, data: str) -> bytes:
    """One event as it travels; `data` is one line."""
    return f"event: {name}\ndata: {data}\n\n".encode()


async def stream_response(
    request: Request,
    created: CreatedOut,
    work: Callable[[Callable[[], None]], Awaitable[tuple[AnswerOut, list[EvidenceOut]]]],
    *,
    live: LiveAnswer | None = None,
    heartbeat_s: float = HEARTBEAT_S,
    first_byte_s: float = FIRST_BYTE_S,
) -> StreamingResponse:
    """The stream of the answer that `work` computes, as a response: see `stream_events`."""
    times = {"heartbeat_s": heartbeat_s, "first_byte_s": first_byte_s}
    events = await stream_events(request, created, work, live=live, **times)
    return StreamingResponse(events, headers=dict(HEADERS), media_type=MEDIA_TYPE)


async def stream_events(
    request: Request,
    created: CreatedOut,
    work: Callable[[Callable[[], None]], Awaitable[tuple[AnswerOut, list[EvidenceOut]]]],
    *,
    live: LiveAnswer | None = None,
    heartbeat_s: float = HEARTBEAT_S,
    first_byte_s: float = FIRST_BYTE_S,
) -> AsyncGenerator[bytes, None]:
    """The events of the answer that `work` computes, one a piece; `work` is given what to call once it has its permit.

    What `live` is told is sent at once; the stream then begins with it.

    Raises: what `work` raises before it has begun, or within `first_byte_s` after; later faults are an `error` event.
    """
    admitted = asyncio.Event()
    loop = asyncio.get_running_loop()
    computing = asyncio.ensure_future(work(lambda: _tell(loop, admitted)))
    live = live or LiveAnswer(0.0)
    waiting, begun = asyncio.ensure_future(admitted.wait()), asyncio.ensure_future(live.begun.wait())
    try:
        await asyncio.wait({computing, waiting}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({computing, begun}, timeout=first_byte_s, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        live.leave()
        computing.cancel()
        raise
    finally:
        waiting.cancel()
        begun.cancel()
    if computing.done():
        computing.result()
    return _sent(request, created, computing, live, heartbeat_s)


def _tell(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    """Set an event from a thread; a loop that has ended meanwhile no longer waits for it."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(event.set)


async def _sent(
    request: Request,
    created: CreatedOut,
    computing: asyncio.Future[tuple[AnswerOut, list[EvidenceOut]]],
    live: LiveAnswer,
    heartbeat_s: float,
) -> AsyncGenerator[bytes, None]:
    """Everything that is sent. Whoever goes away before the end leaves no work behind."""
    try:
        yield event_text("answer.created", json_text(created))
        sent: Counter[str] = Counter()
        async for event in _early(computing, live, heartbeat_s):
            if event is None:
                yield b": heartbeat\n\n"
                continue
            sent[event[0]] += 1
            yield event_text(event[0], json_text(event[1]))
        try:
            answer, retrieved = computing.result()
        except Exception as fault:  # noqa: BLE001 - the edge: a stream that has begun can only end in an event
            yield event_text("error", json.dumps(_problem_of(fault, request), ensure_ascii=False))
            return
        request.state.outcome = answer.outcome.value
        for name, data in events_of(answer, retrieved):
            if sent[name] > 0:  # it was sent early, and an answer only grows
                sent[name] -= 1
                continue
            yield event_text(name, json_text(data))
    finally:
        live.leave()
        computing.cancel()


async def _early(
    computing: asyncio.Future[tuple[AnswerOut, list[EvidenceOut]]], live: LiveAnswer, heartbeat_s: float
) -> AsyncIterator[Event | None]:
    """What is known before the answer is whole, as it becomes known; None for each time that nothing was for a while."""
    while not computing.done():
        getting = asyncio.ensure_future(live.early.get())
        try:
            awaited: set[asyncio.Future[Any]] = {computing, getting}
            done, _ = await asyncio.wait(awaited, timeout=heartbeat_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not getting.done():
                getting.cancel()
        if getting in done:
            yield getting.result()
        elif not done:
            yield None
    while not live.early.empty():
        yield live.early.get_nowait()


def _problem_of(fault: Exception, request: Request) -> dict[str, Any]:
    if isinstance(fault, ProblemError):
        problem = fault
    else:
        log_fault(fault, request.state.request_id)
        problem = internal_error(fault)
    request.state.outcome = problem.code
    return problem_body(problem, request)
