"""Files beside documents: `name.toml` next to `name.pdf` goes in; what it says of the document, or why it cannot be used, comes out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from corpus.bundle import source_to_json
from corpus.catalogue import read_source
from corpus.document import Source
from corpus.errors import CatalogueError, KnownError
from ingest.job import Job

ENDING = ".toml"
_NOT_ITS_OWN = ("id", "file", "sha256", "media_type", "superseded_by", "superseded_on")


def is_sidecar(path: Path, names: set[str]) -> bool:
    """Whether a file says something of another one; `names` are those of its folder."""
    return path.suffix.lower() == ENDING and any(Path(name).stem == path.stem and name != path.name for name in names)


def with_sidecar(job: Job, listed: Source | None = None) -> Job:
    """The job with what its sidecar says, over what the catalogue says of a `listed` document of that id.

    A sidecar that cannot be used is a `refusal` of the job: the document must not be shown under wrong dates.
    """
    known = (
        {key: value for key, value in source_to_json(listed).items() if value and key not in _NOT_ITS_OWN}
        if listed
        else {}
    )
    try:
        beside = job.path.with_suffix(ENDING)
        said = {**known, **({} if beside.is_symlink() else _read(beside, job.source.id))}  # a link may lead anywhere
    except KnownError as bad:
        return replace(job, refusal=bad)
    return replace(job, sidecar=said)


def _read(path: Path, source_id: str) -> Mapping[str, Any]:
    """What a sidecar says; nothing where there is none.

    Raises: `catalogue_invalid`.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as bad:
        raise CatalogueError("catalogue_invalid", f"{path.name}: {bad}", "Mend the TOML and try again.") from bad
    for key in ("id", "file"):
        if key in table:
            raise CatalogueError(
                "catalogue_invalid", f"{path.name}: {key!r} is that of the file", "Take it out and try again."
            )
    read_source({"id": source_id, **table}, path.name)
    return table
