"""The kill switch: a message of the operator goes in; every worker refuses questions with it, through a restart too."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.withdrawals import replace_file
from service.problems import ProblemError
from service.texts import Wording

FILE_NAME = "maintenance.json"
MAX_MESSAGE_CHARS = 500
RETRY_AFTER_S = 300
STANDARD = Wording("Le service est momentanément interrompu.", "The service is interrupted for the moment.")


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Questions are refused since a moment (RFC 3339, UTC), with these words; empty words mean the standard ones."""

    message: str
    since: str


class MaintenanceSwitch:
    """The switch of a shelf. `current` costs one `stat` while nothing changes; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._seen: tuple[tuple[int, int, int], Maintenance] | None = None

    def current(self) -> Maintenance | None:
        """What is said now, or None where questions are answered. A file that cannot be read keeps the switch on."""
        try:
            state = self._path.stat()
        except FileNotFoundError:
            return None
        stamp = (state.st_ino, state.st_mtime_ns, state.st_size)
        seen = self._seen
        if seen is None or seen[0] != stamp:
            seen = self._seen = (stamp, self._read())
        return seen[1]

    def turn_on(self, message: str, now: str) -> Maintenance:
        """Refuse questions from now on; the words of a switch that is on are replaced."""
        before = self.current()
        made = Maintenance(message, before.since if before else now)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self._path, json.dumps(asdict(made), ensure_ascii=False) + "\n")
        return made

    def turn_off(self) -> None:
        """Answer questions again."""
        self._path.unlink(missing_ok=True)

    def check(self) -> None:
        """Let a question pass.

        Raises: `maintenance` with the operator's words while the switch is on.
        """
        on = self.current()
        if on is not None:
            detail = Wording(on.message, on.message) if on.message else STANDARD
            raise ProblemError("maintenance", detail, headers={"Retry-After": str(RETRY_AFTER_S)})

    def _read(self) -> Maintenance:
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))
            dt.datetime.fromisoformat(raw["since"])
            return Maintenance(str(raw["message"])[:MAX_MESSAGE_CHARS], raw["since"])
        except (OSError, ValueError, KeyError, TypeError):
            return Maintenance("", "")
