"""Where the documents of a shelf come from: what the last build was told, beside the bundles, for whoever builds there next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from corpus.withdrawals import replace_file

FILE_NAME = "origin.json"
INBOX = "inbox"


@dataclass(frozen=True, slots=True)
class Origin:
    """A folder of documents, or a catalogue; absolute paths, of the machine that built."""

    documents: Path | None = None
    catalogue: Path | None = None


def read_origin(shelf: Path) -> Origin | None:
    """What the last build of a shelf was made from, or None where nothing usable is written down."""
    try:
        raw = json.loads((shelf / FILE_NAME).read_text(encoding="utf-8"))
        documents, catalogue = raw.get("documents"), raw.get("catalogue")
    except (OSError, ValueError, AttributeError):
        return None
    if isinstance(documents, str) and Path(documents).is_absolute():
        return Origin(documents=Path(documents))
    if isinstance(catalogue, str) and Path(catalogue).is_absolute():
        return Origin(catalogue=Path(catalogue))
    return None


def write_origin(shelf: Path, origin: Origin) -> None:
    """Write down what the build was made from."""
    said = {
        name: str(path.absolute())
        for name, path in (("documents", origin.documents), ("catalogue", origin.catalogue))
        if path
    }
    replace_file(shelf / FILE_NAME, json.dumps(said, ensure_ascii=False) + "\n")


def inbox_of_folder(shelf: Path) -> Path:
    """Where documents are put that were pushed beside a folder of documents: that folder itself is its owner's."""
    return shelf / INBOX
