"""A folder of documents under administration: texts go in; a running application with its token, and what it does, come out."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from corpus.encoder import Encoder
from corpus.shelf import Shelf
from ingest.build import build
from ingest.jobs import jobs_of_folder
from service.app import create_app
from service.engine import open_engine
from service.settings import ServiceSettings
from tests.makers import TODAY

TOKEN = "a-token-of-the-operator"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PECAN = "Quel est le plafond de la PECAN par an et par patient ?"
TEXTS = {
    "pecan": "# La PECAN\n\nLe plafond de la PECAN est de 780 € par an et par patient.\n",
    "hds": "# L'hébergement\n\nLa certification HDS couvre six activités d'hébergement.\n",
}


class Office:
    """An application with its administration, and short words for what tests do with it."""

    def __init__(self, client: TestClient, folder: Path) -> None:
        self.client = client
        self.documents = folder / "documents"
        self.shelf = Shelf(folder / "bundles")
        self.inbox = self.shelf.folder / "inbox"

    def call(self, method: str, path: str, **more: Any) -> Any:
        return self.client.request(method, f"/v1/admin{path}", headers={**BEARER, **more.pop("headers", {})}, **more)

    def ask(self, question: str = PECAN) -> Any:
        return self.client.post("/v1/answers", json={"question": question, "include": ["passages"]}).json()

    def job(self, job_id: str) -> Any:
        return self.call("GET", f"/jobs/{job_id}").json()

    def ended(self, job_id: str) -> Any:
        """The job, once it has ended."""
        self.until(lambda: self.job(job_id)["state"] != "running", f"{job_id} has not ended")
        return self.job(job_id)

    def quiet(self) -> None:
        """Wait until no job runs, those that were asked for meanwhile included."""
        self.until(
            lambda: all(job["state"] != "running" for job in self.call("GET", "/jobs").json()["data"]), "a job runs"
        )

    def serves(self, bundle_id: str) -> None:
        """Wait until the application answers from a bundle."""
        self.until(lambda: self.client.get("/readyz").json()["bundle"]["id"] == bundle_id, f"{bundle_id} is not served")

    @staticmethod
    def until(condition: Callable[[], bool], what: str, timeout_s: float = 60) -> None:
        end = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < end, what
            time.sleep(0.05)


@contextmanager
def office(folder: Path, encoder: Encoder, **settings: Any) -> Iterator[Office]:
    """An application over the TEXTS, indexed, that takes what is activated while it runs."""
    documents = folder / "documents"
    documents.mkdir(parents=True)
    for name, text in TEXTS.items():
        (documents / f"{name}.md").write_text(text, encoding="utf-8")
    shelf = Shelf(folder / "bundles")
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    build(jobs_of_folder(documents), encoder, shelf, now=now, keep_bundles=3)
    given = {"bundles_dir": shelf.folder, "documents_dir": str(documents), "admin_token": TOKEN, **settings}
    app = create_app(ServiceSettings(**given), open_engine(shelf.folder), clock=lambda: TODAY, follow=True)
    with TestClient(app) as client:
        made = Office(client, folder)
        yield made
        made.quiet()
