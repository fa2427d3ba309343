"""Documents withdrawn from the answers, each with its reason, beside the bundles: a reader sees a change at once.

The file `withdrawn.json` stands on the shelf, not in a bundle: a withdrawal holds before the next build and after it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from corpus.catalogue import DOCUMENT_ID
from corpus.errors import BundleError

FILE_NAME = "withdrawn.json"
MAX_REASON_CHARS = 500


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A document that is never cited; `since` is RFC 3339, UTC."""

    document_id: str
    reason: str
    since: str


NOTHING: Mapping[str, Withdrawal] = MappingProxyType({})


class Withdrawals:
    """The withdrawals of a shelf. `current` costs one `stat` while nothing changes; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE_NAME
        self._seen: tuple[tuple[int, int, int], Mapping[str, Withdrawal]] | None = None

    def current(self) -> Mapping[str, Withdrawal]:
        """What is withdrawn at this moment, by document id.

        Raises: `withdrawals_damaged` where the file cannot be read: nobody can then say what may be cited.
        """
        try:
            state = self._path.stat()
        except FileNotFoundError:
            return NOTHING
        stamp = (state.st_ino, state.st_mtime_ns, state.st_size)
        seen = self._seen
        if seen is None or seen[0] != stamp:
            seen = self._seen = (stamp, _read(self._path))
        return seen[1]

    def withdraw(self, document_id: str, reason: str, now: dt.datetime) -> Withdrawal:
        """Withdraw a document from now on; one that is withdrawn already keeps its date and takes the new reason.

        Raises: `withdrawal_invalid` for an id or a reason that cannot be used, `withdrawals_damaged`.
        """
        reason = " ".join(reason.split())
        if not DOCUMENT_ID.fullmatch(document_id) or not 0 < len(reason) <= MAX_REASON_CHARS:
            raise BundleError(
                "withdrawal_invalid",
                f"{document_id!r} cannot be withdrawn for {reason[:80]!r}:"
                f" a document id and a reason of 1 to {MAX_REASON_CHARS} characters are expected.",
                "The ids are those of /v1/documents.",
            )
        with self._changing() as known:
            since = known[document_id].since if document_id in known else _rfc3339(now)
            made = known[document_id] = Withdrawal(document_id, reason, since)
        return made

    def restore(self, document_id: str) -> bool:
        """Let a document be cited again, once it is in a bundle; False where it was not withdrawn.

        Raises: `withdrawals_damaged`.
        """
        with self._changing() as known:
            return known.pop(document_id, None) is not None

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[str, Withdrawal]]:
        """The withdrawals to change, written back whole; two writers never lose each other's change."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f".{FILE_NAME}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = dict(_read(self._path)) if self._path.exists() else {}
            yield known
            text = json.dumps(
                {w.document_id: {"reason": w.reason, "since": w.since} for w in known.values()},
                ensure_ascii=False,
                indent=1,
                sort_keys=True,
            )
            replace_file(self._path, text + "\n")


def replace_file(path: Path, text: str) -> None:
    """Write a small file so that a reader sees the old text or the new one, through a crash and a power cut too."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut; not every file system can, and then nothing is lost but that promise."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> Mapping[str, Withdrawal]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        found = {str(key): Withdrawal(str(key), str(one["reason"]), str(one["since"])) for key, one in raw.items()}
    except FileNotFoundError:
        return NOTHING
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as bad:
        raise BundleError(
            "withdrawals_damaged",
            f"{path} cannot be read ({type(bad).__name__}), so nobody can say what was withdrawn.",
            "Mend the file, or remove it and withdraw the documents again with: python -m ingest withdraw",
        ) from bad
    return MappingProxyType(found)


def _rfc3339(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
