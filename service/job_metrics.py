"""What is counted of reindexing: jobs that ended go in; the metrics of docs/operating-service.md about them come out."""

from __future__ import annotations

from service.jobs import Job
from service.metric_text import Registry

JOB_SECONDS = (0.1, 1.0, 10.0, 60.0, 600.0, 3600.0)
COUNTED = ("added", "changed", "described", "withdrawn", "failed", "gone")


class JobMetrics:
    """Counts the jobs that one worker started; no label holds the id of a document."""

    def __init__(self, registry: Registry) -> None:
        self._jobs = registry.counter("sourcier_jobs_total", "Jobs that ended, by how.", ("type", "status"))
        self._durations = registry.histogram(
            "sourcier_job_duration_seconds", "Time by phase of a job.", ("type", "phase"), JOB_SECONDS
        )
        self._failures = registry.counter(
            "sourcier_ingest_failures_total", "Documents that a job could not index, by reason.", ("code",)
        )
        self._changes = registry.counter(
            "sourcier_source_changes_total", "Documents by what a job did with them.", ("kind",)
        )

    def ended(self, job: Job) -> None:
        """Count a job; its phases' own times are those of the builder."""
        self._jobs.add("reindex", job.state)
        for phase, seconds in job.seconds.items():
            self._durations.observe(seconds, "reindex", phase)
        for remark in job.remarks:
            if remark.code:
                self._failures.add(remark.code)
        for kind in COUNTED:
            self._changes.add(kind, amount=job.changes.get(kind, 0))
