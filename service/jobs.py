"""Reindexing: a wish goes in; one builder process at a time runs, and what any worker may know of it comes out.

All that is known of a job lies in a folder of its own beside the bundles, so every worker process can tell of it, and a
worker that ends takes no job with it. The builder itself holds the lock: when it ends, however it ends, the lock is free.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from corpus.errors import KnownError
from corpus.withdrawals import replace_file
from service.builder import Command
from service.job_progress import Progress, Remark, progress_of, remarks_of, report_of

KEPT = 20
KILL_AFTER_S = 5.0
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 30.0
TRIES, FEW_TRIES = 100, 4
NOTHING_TO_DO = 4
State = Literal["running", "succeeded", "failed", "cancelled"]
_ID = re.compile(r"job_[0-9]{14}_[0-9a-f]{6}")


class JobRunningError(KnownError):
    """A job runs already; `job_id` says which."""

    def __init__(self, job_id: str) -> None:
        super().__init__("build_running", f"the job {job_id} runs already", "Wait for its end.")
        self.job_id = job_id


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is now. `progress` is within 0..1, times are RFC 3339 in UTC, `eta_s` is the builder's guess."""

    id: str
    state: State
    by: str
    started_at: str
    finished_at: str | None = None
    phase: str = ""
    done: int = 0
    total: int = 0
    progress: float = 0.0
    eta_s: float | None = None
    remarks: tuple[Remark, ...] = ()
    bundle_id: str | None = None
    unchanged: bool = False
    changes: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    code: str | None = None
    message: str | None = None


class Jobs:
    """The jobs of a shelf. `command` gives what builds a bundle and prints its report; `ended` hears of each job that this
    process started.
    """

    def __init__(
        self, folder: Path, command: Callable[[], Command], ended: Callable[[Job], None] = lambda job: None
    ) -> None:
        self._folder = folder
        self._command = command
        self._ended = ended
        self._turn = threading.Lock()

    def start(self, by: str) -> str:
        """Start a job; its id.

        Raises: JobRunningError.
        """
        with self._turn:
            return self._start(by)

    def _start(self, by: str, patience_s: float = FIRST_WAIT_S) -> str:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._take(handle)
            job_id = f"job_{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}_{secrets.token_hex(3)}"
            os.pwrite(handle, job_id.encode(), 0)  # ids are all of one length: nothing of the one before is left
            process = self._launch(job_id, by, handle)
        finally:
            os.close(handle)
        threading.Thread(target=self._wait, args=(job_id, process, patience_s), name=job_id, daemon=True).start()
        self._prune()
        return job_id

    def ask_for(self, by: str) -> str:
        """Start a job, or have one follow the one that runs; the id of the job that is running now."""
        with self._turn:
            try:
                return self._start(by)
            except JobRunningError as running:
                replace_file(self._wish(), by)
                if not self._is_running(running.job_id) and self._wish().exists():  # it ended meanwhile, unseen
                    with contextlib.suppress(JobRunningError):
                        return self._start(by)
                return running.job_id

    def job(self, job_id: str) -> Job | None:
        """A job by its id, or None."""
        if not _ID.fullmatch(job_id):
            return None
        folder = self._folder / job_id
        try:
            begun = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return _job(folder, begun, running=self._is_running(job_id))

    def all(self) -> list[Job]:
        """The jobs that are kept, the newest first."""
        names = sorted((path.name for path in self._folder.glob("job_*")), reverse=True)
        return [job for name in names if (job := self.job(name)) is not None]

    def is_wanted(self) -> bool:
        """Whether a job is to follow the one that runs."""
        return self._wish().exists()

    def running(self) -> Job | None:
        """The job that runs, or None."""
        return next((job for job in self.all() if job.state == "running"), None)

    def cancel(self, job_id: str) -> bool:
        """End a job that runs, with what it has started; False where it does not run. The active bundle is untouched."""
        job = self.job(job_id)
        if job is None or job.state != "running":
            return False
        (self._folder / job_id / "cancelled").touch()
        self._wish().unlink(missing_ok=True)
        self._signal(job_id, signal.SIGTERM)
        later = threading.Timer(KILL_AFTER_S, self._signal, (job_id, signal.SIGKILL))
        later.daemon = True
        later.start()
        return True

    def _take(self, handle: int) -> None:
        """Take the lock. A reader holds it for an instant, and whoever starts a job writes its id only then: look again.

        Raises: JobRunningError.
        """
        for attempt in range(TRIES):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                holder = os.pread(handle, 100, 0).decode("utf-8", "replace")
                if attempt >= FEW_TRIES and (self._folder / holder / "job.json").is_file() and _ID.fullmatch(holder):
                    break
                time.sleep(0.01)
            else:
                return
        raise JobRunningError(holder)

    def _launch(self, job_id: str, by: str, lock: int) -> subprocess.Popen[bytes]:
        folder = self._folder / job_id
        folder.mkdir()
        begun = {"id": job_id, "by": by, "started_at": _now()}
        replace_file(folder / "job.json", json.dumps(begun) + "\n")
        # Now that whoever waits for it sees the job, and before that looks at any document.
        self._wish().unlink(missing_ok=True)
        command = self._command()
        with (folder / "report.json").open("wb") as report, (folder / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own command, no word of which comes from a request
                command.words,
                env={**os.environ, **command.settings},
                stdin=subprocess.DEVNULL,
                stdout=report,
                stderr=log,
                pass_fds=(lock,),
                start_new_session=True,
            )
        (folder / "pid").write_text(str(process.pid), encoding="utf-8")
        return process

    def _wait(self, job_id: str, process: subprocess.Popen[bytes], patience_s: float) -> None:
        """Write down how a job ended, and start the one that was asked for meanwhile.

        Where a builder of the command line (`ingest watch`) was at work, what was asked for is tried again after a while.
        """
        code = process.wait()
        replace_file(self._folder / job_id / "end.json", json.dumps({"code": code, "finished_at": _now()}) + "\n")
        job = self.job(job_id)
        if job is not None:
            self._ended(job)
            if job.code == "build_running":
                time.sleep(patience_s)
                self._follow(job.by, min(2 * patience_s, LONGEST_WAIT_S))
                return
        with contextlib.suppress(OSError):
            self._follow(self._wish().read_text(encoding="utf-8"), FIRST_WAIT_S)

    def _follow(self, by: str, patience_s: float) -> None:
        with self._turn, contextlib.suppress(JobRunningError):
            self._start(by, patience_s)

    def _is_running(self, job_id: str) -> bool:
        """Whether the builder of that job holds the lock."""
        try:
            with (self._folder / "lock").open("rb") as lock:
                if lock.read(100).decode("utf-8", "replace") != job_id:
                    return False
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False

    def _signal(self, job_id: str, number: signal.Signals) -> None:
        if self._is_running(job_id):  # else its number may be another process's by now
            with contextlib.suppress(OSError, ValueError):
                os.killpg(int((self._folder / job_id / "pid").read_text(encoding="utf-8")), number)

    def _wish(self) -> Path:
        return self._folder / "wanted"

    def _prune(self) -> None:
        for path in sorted(self._folder.glob("job_*"))[:-KEPT]:
            shutil.rmtree(path, ignore_errors=True)


def _job(folder: Path, begun: Mapping[str, Any], *, running: bool) -> Job:
    progress = progress_of(folder / "log")
    report = report_of(folder / "report.json")
    try:
        end: Mapping[str, Any] = json.loads((folder / "end.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        end = {}
    state, code, message = _state(end, report, progress, running=running, cancelled=(folder / "cancelled").exists())
    done = 1.0 if state == "succeeded" else progress.done / progress.total if progress.total else 0.0
    return Job(
        id=folder.name,
        state=state,
        by=str(begun["by"]),
        started_at=str(begun["started_at"]),
        finished_at=end.get("finished_at"),
        phase="" if state != "running" else progress.phase,
        done=progress.done,
        total=progress.total,
        progress=round(done, 4),
        eta_s=progress.eta_s if state == "running" else None,
        remarks=tuple(remarks_of(report.get("documents", ())) if report else progress.remarks),
        bundle_id=report.get("bundle_id") if report else None,
        unchanged=bool(report and report.get("unchanged")),
        changes=report.get("changes", {}) if report else {},
        seconds=report.get("seconds", {}) if report else {},
        code=code,
        message=message,
    )


def _state(
    end: Mapping[str, Any], report: Mapping[str, Any] | None, progress: Progress, *, running: bool, cancelled: bool
) -> tuple[State, str | None, str | None]:
    if not end and running:
        return "running", None, None
    if report is not None and end.get("code", 0) in (0, NOTHING_TO_DO):
        return "succeeded", None, None
    if cancelled:
        return "cancelled", None, None
    code, message = progress.fault or ("interrupted", "the builder ended without a report")
    return "failed", code, message


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
