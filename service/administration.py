"""What an operator may do, whichever door they come by: an act goes in; it is done, and written into the audit log."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Iterator

from corpus.bundle_card import check_seals, read_card, seal_file
from corpus.errors import BundleError, KnownError
from corpus.shelf import Shelf
from corpus.withdrawals import MAX_REASON_CHARS, Withdrawal
from service.admin import AdminGate, Operator
from service.admin_documents import Pushed, files_of, place, remove
from service.audit import Audit, now
from service.builder import Builder
from service.job_metrics import JobMetrics
from service.jobs import Job, JobRunningError, Jobs
from service.maintenance import MAX_MESSAGE_CHARS, Maintenance, MaintenanceSwitch
from service.metrics import Metrics
from service.problems import ProblemError, invalid_request, not_found
from service.settings import ServiceSettings
from service.texts import Wording

FOLDER = ".service"
AUDIT_FILE = f"{FOLDER}/audit.jsonl"


class Administration:
    """The operator's side of one shelf. Its methods may take long (checksums, a process): call them in a thread."""

    def __init__(self, settings: ServiceSettings, shelf: Shelf, switch: MaintenanceSwitch, metrics: Metrics) -> None:
        folder = shelf.folder / FOLDER
        self.shelf = shelf
        self.switch = switch
        self.gate = AdminGate(settings.admin_token.get_secret_value())
        self.audit = Audit(shelf.folder / AUDIT_FILE)
        self.builder = Builder(settings, shelf.folder)
        self.jobs = Jobs(folder / "jobs", self.builder.command, JobMetrics(metrics.registry).ended)
        self.max_document_bytes = settings.max_document_bytes
        self._inbox_turn = threading.Lock()

    def reindex(self, who: Operator, request_id: str) -> str:
        """Start a reindexing; the id of its job.

        Raises: `job_conflict` while one runs, with its Location.
        """
        with self._audited(who, "reindex", "", request_id):
            try:
                return self.jobs.start(who.name)
            except JobRunningError as running:
                raise _conflict(running.job_id) from running

    def cancel(self, who: Operator, job_id: str, request_id: str) -> Job:
        """Cancel a job that runs; the job.

        Raises: `not_found`, `job_conflict` where it has ended already.
        """
        with self._audited(who, "cancel", job_id, request_id):
            job = self.job(job_id)
            if not self.jobs.cancel(job_id):
                detail = Wording("Ce travail est déjà terminé.", "This job has ended already.")
                raise ProblemError("job_conflict", detail)
            return self.jobs.job(job_id) or job

    def job(self, job_id: str) -> Job:
        """A job.

        Raises: `not_found`.
        """
        job = self.jobs.job(job_id)
        if job is None:
            raise not_found(Wording("Aucun travail ne porte cet identifiant.", "No job has this id."))
        return job

    def push(self, who: Operator, pushed: Pushed, *, cited: bool, request_id: str) -> tuple[str, str]:
        """Put a document into the inbox and have it indexed; the id of the job that runs now, and the SHA-256 of the document.

        `cited` says whether the open bundle holds the document. One that was withdrawn is let in again only when no bundle in
        use holds what was withdrawn, or that would be cited until the new one is there.

        Raises: `job_conflict` in that case; the job that it names is on its way.
        """
        withdrawals = self.shelf.withdrawals()
        with self._audited(who, "push", pushed.document_id, request_id):
            withdrawn = pushed.document_id in withdrawals.current()
            if withdrawn and cited:
                raise _conflict(self.jobs.ask_for(who.name))
            with self._inbox_turn:
                sha256 = seal_file(place(pushed, self.builder.inbox())).sha256
            if withdrawn:  # only now: a build that began before must not find the old document let in again
                withdrawals.restore(pushed.document_id)
            return self.jobs.ask_for(who.name), sha256

    def withdraw(
        self, who: Operator, document_id: str, reason: str, *, cited: bool, request_id: str
    ) -> tuple[Withdrawal, str]:
        """Withdraw a document: it is cited no more from now on; then a reindexing leaves it out. The withdrawal and the job's id.

        Raises: `not_found`, `invalid_request` naming `reason`.
        """
        with self._audited(who, "withdraw", document_id, request_id):
            withdrawals = self.shelf.withdrawals()
            known = cited or document_id in withdrawals.current()
            inbox = self.builder.inbox()
            if not known and not files_of(document_id, inbox):
                raise not_found(Wording("Aucun document ne porte cet identifiant.", "No document has this id."))
            try:
                made = withdrawals.withdraw(document_id, reason, dt.datetime.now(dt.UTC))
            except BundleError as bad:
                if bad.code != "withdrawal_invalid":
                    raise
                detail = Wording(
                    f"reason : de 1 à {MAX_REASON_CHARS} caractères.", f"reason: 1 to {MAX_REASON_CHARS} characters."
                )
                raise invalid_request("reason", detail) from bad
            with self._inbox_turn:
                remove(document_id, inbox)
            return made, self.jobs.ask_for(who.name)

    def activate(self, who: Operator, bundle_id: str, request_id: str) -> None:
        """Point to a bundle after checking every file of it; each worker takes it within a second.

        Raises: `not_found`, `bundle_refused`.
        """
        with self._audited(who, "activate", bundle_id, request_id):
            if bundle_id not in {card.id for card in self.shelf.cards()}:
                raise not_found(Wording("Aucun lot d'index ne porte cet identifiant.", "No bundle has this id."))
            folder = self.shelf.folder / bundle_id
            try:
                check_seals(folder, read_card(folder))
                self.shelf.activate(bundle_id, by="rollback" if bundle_id == self.shelf.previous_id() else "activate")
            except KnownError as bad:
                detail = Wording(f"{bad.code} : {bad.message}", f"{bad.code}: {bad.message}")
                raise ProblemError("bundle_refused", detail) from bad

    def maintain(self, who: Operator, on: bool, message: str, request_id: str) -> Maintenance | None:
        """Turn the kill switch; what it says now.

        Raises: `invalid_request` naming `message`.
        """
        message = " ".join(message.split())
        with self._audited(who, "maintenance", "on" if on else "off", request_id):
            if len(message) > MAX_MESSAGE_CHARS:
                limit = MAX_MESSAGE_CHARS
                detail = Wording(f"message : {limit} caractères au plus.", f"message: at most {limit} characters.")
                raise invalid_request("message", detail)
            if on:
                return self.switch.turn_on(message, now())
            self.switch.turn_off()
            return None

    @contextlib.contextmanager
    def _audited(self, who: Operator, act: str, target: str, request_id: str) -> Iterator[None]:
        """Write an act down with its result, also when it is refused."""
        result = "internal_error"
        try:
            yield
            result = "done"
        except ProblemError as refused:
            result = refused.code
            raise
        except KnownError as refused:
            result = refused.code
            raise
        finally:
            self.audit.write(who.name, act, target, result, request_id)


def _conflict(job_id: str) -> ProblemError:
    detail = Wording(f"Le travail {job_id} est en cours.", f"The job {job_id} is running.")
    return ProblemError("job_conflict", detail, headers={"Location": f"/v1/admin/jobs/{job_id}"})
