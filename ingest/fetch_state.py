"""What earlier fetches learnt of each address: a JSON file beside the fetched documents, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from corpus.withdrawals import replace_file

FILE_NAME = ".state.json"


@dataclass(frozen=True, slots=True)
class Seen:
    """One source. Times are RFC 3339, UTC; `not_before` is when its publisher lets us come back; `entries` were in its feed."""

    url: str = ""
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    checked_at: str = ""
    changed_at: str = ""
    not_before: str = ""
    entries: tuple[str, ...] = ()


def read_state(folder: Path) -> dict[str, Seen]:
    """What is known, by source id; nothing where the file cannot be read: then everything is asked for again."""
    try:
        raw = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        return {str(key): _seen(value) for key, value in raw.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write_state(folder: Path, state: Mapping[str, Seen]) -> None:
    """Keep what is known now."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({key: asdict(value) for key, value in sorted(state.items())}, ensure_ascii=False, indent=1)
    replace_file(folder / FILE_NAME, text + "\n")


def _seen(raw: Mapping[str, object]) -> Seen:
    texts = {one.name: str(raw.get(one.name, "")) for one in fields(Seen) if one.name != "entries"}
    entries = raw.get("entries", [])
    return Seen(**texts, entries=tuple(str(one) for one in entries) if isinstance(entries, list) else ())
