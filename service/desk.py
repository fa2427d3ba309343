"""What a request may reach: the application goes in; the engine (read once a request), settings, clock and permits come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import Depends, Request

from service.admission import Admission
from service.answer import Answer, Evidence, Filters, Question
from service.problems import ProblemError
from service.settings import ServiceSettings
from service.texts import Wording

if TYPE_CHECKING:
    from corpus.bundle import Bundle

Clock = Callable[[], dt.date]


class Engine(Protocol):
    """What the HTTP side asks of the answering side; one engine stands on one bundle for as long as it lives."""

    @property
    def bundle(self) -> Bundle:
        """What the answers stand on."""
        ...

    def ask(self, question: Question) -> Answer:
        """The answer to a question."""
        ...

    def search(self, query: str, *, limit: int, as_of: dt.date, filters: Filters) -> tuple[Evidence, ...]:
        """The passages nearest to a query, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """One request's view of the service. `engine` never changes within it, even if another is put in its place meanwhile."""

    settings: ServiceSettings
    clock: Clock
    admission: Admission
    engine: Engine


def desk_of(request: Request) -> Desk:
    """The desk of a request.

    Raises: `index_not_ready` where no bundle is open.
    """
    state = request.app.state
    engine: Engine | None = state.engine
    if engine is None:
        detail = Wording("Aucun index n'est ouvert.", "No index is open.")
        raise ProblemError("index_not_ready", detail, headers={"Retry-After": "10"})
    return Desk(state.settings, state.clock, state.admission, engine)


AtDesk = Annotated[Desk, Depends(desk_of)]
