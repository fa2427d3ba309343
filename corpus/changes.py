"""Two bundles in, what changed between them out; and the file of a bundle that tells its last changes, newest first.

`changes.json` is no part of what a bundle's id is derived from (the same documents give the same id whatever was there
before), so it is not sealed by the card: it carries its own checksum.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.document import Source
from corpus.errors import BundleError
from corpus.withdrawals import replace_file

if TYPE_CHECKING:
    from corpus.bundle import Bundle, DocumentRecord

FILE_NAME = "changes.json"
MAX_ENTRIES = 30
MAX_SENTENCES = 20
MAX_SENTENCE_CHARS = 600


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document that entered, left or changed. `reason` says why it left; `fields` are what is said otherwise of it.

    `added` and `removed` are sentences, at most MAX_SENTENCES each; `n_added` and `n_removed` count them all.
    """

    document_id: str
    title: str
    reason: str = ""
    fields: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    n_added: int = 0
    n_removed: int = 0


@dataclass(frozen=True, slots=True)
class BundleChanges:
    """What a build changed: documents that entered, changed and left; `built_at` is RFC 3339, UTC."""

    bundle_id: str
    previous_id: str | None
    built_at: str
    entered: tuple[DocumentChange, ...] = ()
    changed: tuple[DocumentChange, ...] = ()
    left: tuple[DocumentChange, ...] = ()


def compare(old: Bundle | None, new: Bundle, built_at: str, reasons: Mapping[str, str]) -> BundleChanges:
    """What is otherwise in `new`; `reasons` says, by document id, why a document left."""
    before = {record.source.id: n for n, record in enumerate(old.documents)} if old else {}
    entered, changed = [], []
    for row, record in enumerate(new.documents):
        if old is None or record.source.id not in before:
            entered.append(DocumentChange(record.source.id, record.source.title))
            continue
        known = old.documents[before.pop(record.source.id)]
        told = _told_otherwise(known.source, record.source)
        if known.text_sha256 != record.text_sha256:
            changed.append(_changed_text(old, known, new, new.documents[row], told))
        elif told:
            changed.append(DocumentChange(record.source.id, record.source.title, fields=told))
    left = [
        DocumentChange(name, old.documents[row].source.title, reason=reasons.get(name, ""))
        for name, row in before.items()
        if old is not None
    ]
    previous = old.card.id if old else None
    return BundleChanges(new.card.id, previous, built_at, tuple(entered), tuple(changed), tuple(left))


def write_changes(folder: Path, changes: Sequence[BundleChanges]) -> None:
    """Write the newest MAX_ENTRIES of `changes` (newest first) into a bundle's folder, whole or not at all."""
    entries = [asdict(one) for one in changes[:MAX_ENTRIES]]
    document = {"sha256": _checksum(entries), "entries": entries}
    replace_file(folder / FILE_NAME, json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def read_changes(folder: Path) -> tuple[BundleChanges, ...]:
    """The changes of a bundle, newest first; none where the bundle tells none.

    Raises: `bundle_corrupt` where the file is damaged.
    """
    try:
        raw = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        if raw["sha256"] != _checksum(raw["entries"]):
            raise ValueError("its checksum is that of another content")
        return tuple(_bundle_changes(one) for one in raw["entries"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as bad:
        raise BundleError(
            "bundle_corrupt", f"{folder.name}: {FILE_NAME} cannot be read: {bad}", "Run: python -m ingest build"
        ) from bad


def _told_otherwise(old: Source, new: Source) -> tuple[str, ...]:
    names = (one.name for one in fields(Source) if one.name not in ("sha256", "media_type", "file", "superseded_on"))
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _changed_text(
    old: Bundle, known: DocumentRecord, new: Bundle, record: DocumentRecord, told: tuple[str, ...]
) -> DocumentChange:
    before, after = _sentences(old, known), _sentences(new, record)
    added, removed = _beyond(after, before), _beyond(before, after)
    return DocumentChange(
        record.source.id,
        record.source.title,
        fields=told,
        added=tuple(one[:MAX_SENTENCE_CHARS] for one in added[:MAX_SENTENCES]),
        removed=tuple(one[:MAX_SENTENCE_CHARS] for one in removed[:MAX_SENTENCES]),
        n_added=len(added),
        n_removed=len(removed),
    )


def _sentences(bundle: Bundle, record: DocumentRecord) -> list[str]:
    rows = range(record.first_passage, record.first_passage + record.n_passages)
    return [bundle.sentence_at(one).text for row in rows for one in bundle.sentence_rows(row)]


def _beyond(sentences: Sequence[str], others: Sequence[str]) -> list[str]:
    """The sentences, in order, less as many of each as `others` has."""
    left = Counter(others)
    found = []
    for one in sentences:
        if left[one] > 0:
            left[one] -= 1
        else:
            found.append(one)
    return found


def _checksum(entries: Any) -> str:
    text = json.dumps(entries, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _bundle_changes(raw: Mapping[str, Any]) -> BundleChanges:
    previous = raw["previous_id"]
    entered, changed, left = (tuple(_change(one) for one in raw[key]) for key in ("entered", "changed", "left"))
    return BundleChanges(
        str(raw["bundle_id"]),
        None if previous is None else str(previous),
        str(raw["built_at"]),
        entered,
        changed,
        left,
    )


def _change(raw: Mapping[str, Any]) -> DocumentChange:
    lists = {key: tuple(str(one) for one in raw[key]) for key in ("fields", "added", "removed")}
    n_added, n_removed = int(raw["n_added"]), int(raw["n_removed"])
    identity = str(raw["document_id"]), str(raw["title"]), str(raw["reason"])
    return DocumentChange(*identity, lists["fields"], lists["added"], lists["removed"], n_added, n_removed)
