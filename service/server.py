"""One serving process: connections and, one day, a signal come in; whole answers go out, and the process ends without a loss.

uvicorn's own end of service loses what stands in the queue of the socket and what a client sends while its connection is idle,
waits for no time limit of computing threads, and leaves with the signal instead of a code.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
from collections.abc import Iterable

from uvicorn import Server
from uvicorn.protocols.http.flow_control import CLOSE_HEADER

from service.observe import INDEX_LOG

LOOK_EVERY_S = 0.05
CUT_OFF_S = 1.0
"""How long what was cut off at the limit has to clear up behind itself."""
THREADS_S = 5.0
"""How long threads that compute for nobody any more may delay the end of the process."""


class PatientServer(Server):
    """uvicorn's server with an end at which nothing that was accepted is lost.

    At SIGTERM or SIGINT: whoever stands in the queue of the socket is let in, the socket is closed, `/readyz` is refused, requests
    under way and those that come within a moment over open connections are answered, and their connections closed. That has
    `timeout_graceful_shutdown` seconds; SIGINT again cuts it short.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the service; called in the event loop, once."""
        stopping = self.lifespan.state.get("stopping")
        if isinstance(stopping, asyncio.Event):
            stopping.set()
        self.server_state.default_headers = [*self.server_state.default_headers, CLOSE_HEADER]
        await self._close_doors(sockets or [])
        await self._until_idle(self.config.timeout_graceful_shutdown or 0)
        cut_off = await self._cut_off()
        await self.lifespan.shutdown()
        INDEX_LOG.info(json.dumps({"event": "stopped", "requests_cut_off": cut_off}))
        self._captured_signals.clear()  # else uvicorn raises them again, and the process ends by a signal
        _leave_in(THREADS_S)

    async def _close_doors(self, sockets: Iterable[socket.socket]) -> None:
        """Take no more connections; those that the system has accepted for us already are ours."""
        doors = [listener.dup() for server in self.servers for listener in server.sockets]
        for server in self.servers:
            server.close()
        for listener in sockets:
            listener.close()
        waiting = [client for door in doors for client in _last_clients(door)]
        loop = asyncio.get_running_loop()
        for client in waiting:
            try:
                await loop.connect_accepted_socket(self._protocol, client)
            except OSError:  # it has gone meanwhile
                client.close()

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made

    async def _until_idle(self, limit_s: float) -> None:
        """Tell every connection, also one that is only being made, and wait until all are closed, but no longer than that."""
        loop, state = asyncio.get_running_loop(), self.server_state
        end_s = loop.time() + limit_s
        told: set[object] = set()
        await asyncio.sleep(LOOK_EVERY_S)
        while (state.connections or state.tasks) and not self.force_exit and loop.time() < end_s:
            for connection in state.connections - told:
                connection.shutdown()
                told.add(connection)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _cut_off(self) -> int:
        """End what is still under way; how many requests that were."""
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CUT_OFF_S)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        return len(tasks)


def _last_clients(door: socket.socket) -> list[socket.socket]:
    """The connections that wait at a listening socket, which is closed in the instant after the last of them."""
    found: list[socket.socket] = []
    door.setblocking(False)
    with door:
        while True:
            try:
                client, _ = door.accept()
            except OSError:  # none is left, or the process may hold no more
                return found
            client.setblocking(False)
            found.append(client)


def _leave_in(seconds: float) -> None:
    """End this process then at the latest: Python would wait for ever for a thread that does not end."""
    timer = threading.Timer(seconds, os._exit, (0,))
    timer.daemon = True
    timer.start()
