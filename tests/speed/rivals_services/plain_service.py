"""A function that finds passages in, the FastAPI application around it out: `POST /ask`, `GET /readyz`.

What tutorials write themselves where a library has no server of its own. The files of this folder run in the environments
of the libraries that they show, and know nothing of Sourcier: passages come as JSON, an index is a folder.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

Passage = dict[str, Any]
"""`row`, `text`, and the `title` and `source` of its document."""


class Asked(BaseModel):
    """A question."""

    question: str


def index_folder() -> Path:
    """Where the index of the service lies."""
    return Path(os.environ["RIVAL_INDEX"])


def passages_given() -> int:
    """How many passages an answer has."""
    return int(os.environ.get("RIVAL_GIVEN", "4"))


def application(find: Callable[[str], list[Passage]]) -> FastAPI:
    """The service over what `find` gives for a question."""
    app = FastAPI()

    @app.post("/ask")
    def ask(asked: Asked) -> dict[str, list[Passage]]:
        return {"passages": find(asked.question)}

    @app.get("/readyz")
    def ready() -> dict[str, str]:
        return {"status": "ready"}

    return app


def index_from_command(build: Callable[[list[Passage], Path], None]) -> None:
    """Index the passages of the file that the command line names into the folder that it names."""
    passages, folder = Path(sys.argv[1]), Path(sys.argv[2])
    build(json.loads(passages.read_text(encoding="utf-8")), folder)
