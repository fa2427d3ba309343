"""The administration as JSON: requests and what is known of jobs, bundles and withdrawals go in; pydantic models come out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from corpus.bundle_card import BundleCard
from corpus.shelf import Shelf
from service.audit import Act
from service.jobs import Job
from service.maintenance import Maintenance
from service.wire_parts import Out
from service.wire_request import Strict


class MaintenanceRequest(Strict):
    """Body of POST /v1/admin/maintenance: whether questions are refused, and with which words."""

    on: bool
    message: Annotated[str, Field(max_length=2000)] = ""


class RemarkOut(Out):
    """A warning on one document, or with a `code` why it could not be indexed."""

    document_id: str
    code: str
    message: str


class JobOut(Out):
    """A reindexing. `done` and `total` count documents, `progress` is within 0..1, `eta_s` is null where it is not known."""

    id: str
    type: Literal["reindex"]
    state: Literal["running", "succeeded", "failed", "cancelled"]
    by: str
    started_at: str
    finished_at: str | None
    phase: str
    done: int
    total: int
    progress: float
    eta_s: float | None
    warnings: list[RemarkOut]
    bundle_id: str | None
    unchanged: bool
    changes: dict[str, int]
    seconds: dict[str, float]
    code: str | None
    message: str | None


class JobsOut(Out):
    """The jobs that are kept, the newest first."""

    data: list[JobOut]


class PushedOut(Out):
    """A document that was taken, and the job that will index it. `indexed` says, once it is known, whether it is answered from."""

    document_id: str
    indexed: bool | None = None
    job: JobOut


class WithdrawnOut(Out):
    """A document that is cited no more, since when and why, and the job that will leave it out."""

    document_id: str
    since: str
    reason: str
    job: JobOut


class BundleEntryOut(Out):
    """A bundle of the shelf. `active` is what the pointer names, `serving` what this worker answers from."""

    id: str
    built_at: str
    active: bool
    serving: bool
    rollback: bool
    counts: dict[str, int]
    encoder: str


class BundlesOut(Out):
    """The bundles, the newest first; `refused` is the one that was activated but cannot be served, if any."""

    data: list[BundleEntryOut]
    refused: dict[str, str] | None


class MaintenanceOut(Out):
    """Whether questions are refused, since when, and with which words."""

    on: bool
    since: str | None
    message: str


class ActOut(Out):
    """One line of the audit log."""

    at: str
    by: str
    act: str
    target: str
    result: str
    request_id: str


class AuditOut(Out):
    """The last acts, the newest first."""

    data: list[ActOut]


def job_out(job: Job) -> JobOut:
    """A job as it is sent."""
    return JobOut(
        id=job.id,
        type="reindex",
        state=job.state,
        by=job.by,
        started_at=job.started_at,
        finished_at=job.finished_at,
        phase=job.phase,
        done=job.done,
        total=job.total,
        progress=job.progress,
        eta_s=job.eta_s,
        warnings=[RemarkOut(document_id=r.document_id, code=r.code, message=r.message) for r in job.remarks],
        bundle_id=job.bundle_id,
        unchanged=job.unchanged,
        changes=dict(job.changes),
        seconds={stage: round(seconds, 3) for stage, seconds in job.seconds.items()},
        code=job.code,
        message=job.message,
    )


def bundles_out(shelf: Shelf, serving: str | None) -> list[BundleEntryOut]:
    """The bundles of a shelf, the newest first."""
    active, previous = shelf.active_id(), shelf.previous_id()

    def entry(card: BundleCard) -> BundleEntryOut:
        return BundleEntryOut(
            id=card.id,
            built_at=card.built_at,
            active=card.id == active,
            serving=card.id == serving,
            rollback=card.id == previous,
            counts=dict(card.counts),
            encoder=card.encoder.name,
        )

    return [entry(card) for card in reversed(shelf.cards())]


def maintenance_out(state: Maintenance | None) -> MaintenanceOut:
    """The switch as it is sent."""
    if state is None:
        return MaintenanceOut(on=False, since=None, message="")
    return MaintenanceOut(on=True, since=state.since or None, message=state.message)


def act_out(act: Act) -> ActOut:
    """A line of the audit log as it is sent."""
    return ActOut(at=act.at, by=act.by, act=act.act, target=act.target, result=act.result, request_id=act.request_id)
