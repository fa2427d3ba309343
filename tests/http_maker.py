"""An application over a real engine goes out; with it, engines that are slow or break, for the faults of the HTTP edge."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from service.answer import Answer, Evidence, Filters, Question
from service.app import create_app
from service.desk import Engine
from service.settings import ServiceSettings
from tests.makers import TODAY


def app_of(engine: Engine | None, **settings: Any) -> FastAPI:
    """The application on the day of the starter corpus; settings as given, the environment left out."""
    if engine is not None:
        settings.setdefault("bundles_dir", engine.bundle.folder.parent)
    return create_app(ServiceSettings(**settings), engine, clock=lambda: TODAY)


def client_of(engine: Engine | None, **settings: Any) -> TestClient:
    """A client of `app_of`."""
    return TestClient(app_of(engine, **settings))


class OtherEngine:
    """A real engine's bundle behind another behaviour."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.bundle = engine.bundle
        self.excluded: frozenset[str] = frozenset()
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        return self.engine.ask(question)

    def search(self, query: str, *, limit: int, as_of: dt.date, filters: Filters) -> tuple[Evidence, ...]:
        return self.engine.search(query, limit=limit, as_of=as_of, filters=filters)


class SlowEngine(OtherEngine):
    """Answers when it is let go."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.let_go = threading.Event()

    def ask(self, question: Question) -> Answer:
        self.let_go.wait(20)
        return super().ask(question)


class BrokenEngine(OtherEngine):
    """Fails with the question in the fault's message, as careless code would."""

    def __init__(self, engine: Engine, fault: type[Exception] = RuntimeError) -> None:
        super().__init__(engine)
        self.fault = fault

    def ask(self, question: Question) -> Answer:
        raise self.fault(f"cannot answer {question.text}")
