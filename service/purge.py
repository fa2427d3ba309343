"""What is kept of people: the service's settings and a number of days go in; older reports and acts are removed and counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from service.administration import AUDIT_FILE
from service.line_file import purge_lines
from service.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class Purged:
    """One file of which lines were removed: what it holds, where it is, how many went and how many stayed."""

    what: str
    path: str
    removed: int
    kept: int


def purge(settings: ServiceSettings, bundles_dir: Path, days: int, now: dt.datetime) -> list[Purged]:
    """Remove readers' reports and operators' acts that are older than `days`.

    Raises: OSError where a file cannot be written.
    """
    before = now - dt.timedelta(days=days)
    files = [("acts", bundles_dir / AUDIT_FILE, "at")]
    if settings.feedback_file:
        files.insert(0, ("reports", Path(settings.feedback_file), "received_at"))
    return [Purged(what, str(path), *purge_lines(path, before, key)) for what, path, key in files]
