"""Connections, as uvicorn's workers hand them over."""

from __future__ import annotations

import asyncio
import socket

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from service.connections import PatientProtocol


async def answer_nobody(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that is never asked: only the connection itself is looked at."""


@pytest.mark.asyncio
async def test_an_answer_is_not_held_back_until_the_client_has_acknowledged_its_headers() -> None:
    config = Config(answer_nobody)
    made: list[PatientProtocol] = []

    def protocol() -> PatientProtocol:
        made.append(PatientProtocol(config, ServerState(), {}))
        return made[-1]

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as shared:  # as for several workers: it names no protocol
        shared.bind(("127.0.0.1", 0))
        server = await asyncio.get_running_loop().create_server(protocol, sock=shared)
        _, writer = await asyncio.open_connection(*shared.getsockname())
        while not (made and getattr(made[0], "transport", None)):
            await asyncio.sleep(0.01)
        line = made[0].transport.get_extra_info("socket")
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        writer.close()
        made[0].transport.abort()
        server.close()
